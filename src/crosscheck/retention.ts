import type { Clock } from '../model/clock.ts';
import type { Database } from '../store/database.ts';
import { deleteAlike, listUnswept, markSwept } from './retention-queries.ts';

/** Days for which every subject of a night is kept, alike or not. */
const KEPT_DAYS = 35;
/** Runs of one turn. */
const RUNS_MAX = 100;
const SUBJECTS_MAX = 5_000;
const DAY_MS = 86_400_000;

/**
 * Deletes, of runs that ended more than 35 days ago, the rows of subjects that did not differ. What
 * differed stays, and so do counts, causes, findings and the report, whose digest is unchanged. May
 * run on every replica: a run is swept by one.
 */
export async function sweepNights(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const before = new Date(clock.now().getTime() - KEPT_DAYS * DAY_MS);
  for (const runId of await listUnswept(db, { before, rows: RUNS_MAX })) {
    let isLeft = true;
    while (isLeft && !signal.aborted)
      isLeft = await db.transaction(async (trx) => {
        const left = await deleteAlike(trx, { runId, subjects: SUBJECTS_MAX });
        if (left === 'NONE') await markSwept(trx, { runId, at: clock.now() });
        return left === 'SOME';
      });
    if (signal.aborted) return;
  }
}
