import type { Clock } from '../model/clock.ts';
import type { CrossCheckCounts, CrossCheckRun } from '../model/cross-check-run.ts';
import type { Database } from '../store/database.ts';
import { countLately, countOutcomes } from './difference-queries.ts';

/** How far a run has come. */
export interface CrossCheckProgress extends CrossCheckCounts {
  readonly subjects: number;
  readonly read: number;
  readonly perMinute: number;
  /** Null while nothing runs, or nothing was read lately. */
  readonly secondsLeft: number | null;
}

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** How far a run has come, and how long it will take at the pace of the last minute. */
export async function progressOf(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  { id: runId, state, subjects: all, result }: CrossCheckRun,
): Promise<CrossCheckProgress> {
  const counts = result ?? (await countOutcomes(db, runId));
  const { matched, differing, inconclusive } = counts;
  const read = matched + differing + inconclusive;
  const seen = { subjects: all ?? 0, read, matched, differing, inconclusive };
  if (state !== 'RUNNING') return { ...seen, perMinute: 0, secondsLeft: null };
  const now = clock.now().getTime();
  const lately = await countLately(db, { runId, since: new Date(now - MINUTE_MS) });
  const passedMs = Math.max(SECOND_MS, now - (lately.since?.getTime() ?? now - MINUTE_MS));
  const perMs = lately.read / passedMs;
  const left = seen.subjects - read;
  return {
    ...seen,
    perMinute: Math.round(perMs * MINUTE_MS),
    secondsLeft: perMs === 0 ? null : Math.ceil(left / perMs / SECOND_MS),
  };
}
