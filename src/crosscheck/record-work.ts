import { isWithin, type CrossCheck } from '../model/cross-check.ts';
import { inconclusive } from '../model/cross-check-compare.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import type { AskDependencies } from './asking.ts';
import { settleRecords, type CollectionDependencies } from './collections.ts';
import { insertOutcomes, listUnreadRecords } from './observation-queries.ts';
import { findRun, shareRunState } from './run-queries.ts';
import { extendTask, finishTask, releaseTask, type HeldTask } from './task-queries.ts';

/** A page under way. */
export interface Work {
  readonly task: HeldTask;
  readonly run: CrossCheckRun;
  readonly check: CrossCheck;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
}

/** What working on a page works with. */
export interface WorkDependencies extends AskDependencies {
  readonly collections: CollectionDependencies;
}

/** Records looked up and recorded in one transaction. */
const TOGETHER = 100;
const WAIT_MS = 10_000;

/**
 * Looks every record of a page up again on both sides. What has its observation is never read
 * again; what has none is, whoever takes the page next.
 */
export async function workOnRecords(deps: WorkDependencies, work: Work): Promise<void> {
  const { db, clock } = deps;
  const { task, run, check, signal } = work;
  while (!signal.aborted) {
    const now = await findRun(db, { id: run.id });
    const isOver = clock.now() >= run.endsAt;
    if (now?.state !== 'RUNNING') return;
    if (!isOver && !isWithin(check.window, clock.now())) return;
    const page = { runId: run.id, first: task.first, last: task.last, rows: TOGETHER };
    const unread = await listUnreadRecords(db, page);
    if (unread.length === 0) {
      await db.transaction((trx) => finishTask(trx, task));
      return;
    }
    const keys = unread.map(({ key }) => key);
    const settled = isOver
      ? keys.map(() => inconclusive('TIME_IS_UP'))
      : await settleRecords(deps.collections, check, keys);
    if (!(await record(deps, work, { unread, settled }))) return;
  }
}

/** Whether the page goes on with this worker. */
async function record(
  { db, clock }: WorkDependencies,
  { task, run }: Work,
  read: {
    readonly unread: Awaited<ReturnType<typeof listUnreadRecords>>;
    /** Null where a side cannot be read: later, perhaps. */
    readonly settled: Awaited<ReturnType<typeof settleRecords>>;
  },
): Promise<boolean> {
  return db.transaction(async (trx) => {
    if (!(await extendTask(trx, task))) return false;
    if ((await shareRunState(trx, run.id)) === 'CANCELED') return false;
    const { unread, settled } = read;
    if (settled === null) {
      await releaseTask(trx, task, { waitMs: WAIT_MS, tries: task.tries });
      return false;
    }
    await insertOutcomes(
      trx,
      { runId: run.id, now: clock.now() },
      unread.map(({ number }, at) => ({
        ...(settled[at] ?? inconclusive('NOT_READ')),
        ...{ number, told: [] },
      })),
    );
    return true;
  });
}
