import type { Database, Transaction } from '../store/database.ts';

/** A page of a run, as a worker holds it. An older fence can record nothing. */
export interface HeldTask {
  readonly runId: string;
  readonly number: number;
  readonly first: number;
  readonly last: number;
  readonly fence: number;
  readonly tries: number;
  readonly leaseMs: number;
}

interface TaskRow {
  run_id: string;
  number: number;
  first: number;
  last: number;
  fence: number;
  tries: number;
}

/**
 * Takes the next page of one of the runs: one that waits, or whose worker was not heard of for a
 * lease. `skip locked` gives every worker another one. Null where there is none now.
 */
export async function claimTask(
  db: Database,
  wanted: { readonly runIds: readonly string[]; readonly holder: string; readonly leaseMs: number },
): Promise<HeldTask | null> {
  const { rows } = await db.raw<{ rows: TaskRow[] }>(
    `
    update cross_check_task
    set fence = fence + 1,
      holder = :holder,
      held_until = clock_timestamp() + make_interval(secs => :leaseMs / 1000.0),
      not_before = null
    where (run_id, number) = (
      select run_id, number
      from cross_check_task
      where state = 'WAITING'
        and run_id = any(:runIds::uuid[])
        and (held_until is null or held_until < clock_timestamp())
        and (not_before is null or not_before <= clock_timestamp())
      order by run_id, number
      limit 1
      for update skip locked
    )
    returning run_id, number, first, last, fence, tries
    `,
    { ...wanted, runIds: [...wanted.runIds] },
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { number, first, last, tries } = row;
  const { leaseMs } = wanted;
  return { runId: row.run_id, number, first, last, tries, leaseMs, fence: row.fence };
}

/**
 * Holds on for another lease. False when another worker has taken over. Within a transaction it
 * locks the page, so that nobody can take over before the transaction ends.
 */
export async function extendTask(db: Database | Transaction, task: HeldTask): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `
    update cross_check_task
    set held_until = clock_timestamp() + make_interval(secs => :leaseMs / 1000.0)
    where run_id = :runId and number = :number and fence = :fence
      and state = 'WAITING' and holder is not null
    `,
    { runId: task.runId, number: task.number, fence: task.fence, leaseMs: task.leaseMs },
  );
  return rowCount === 1;
}

/** Lets go of a page that is not done. `waitMs`: left alone for so long. */
export async function releaseTask(
  db: Database | Transaction,
  task: HeldTask,
  { waitMs, tries }: { readonly waitMs: number | null; readonly tries: number },
): Promise<void> {
  await db.raw(
    `
    update cross_check_task
    set holder = null, held_until = null, tries = :tries,
      not_before = case when :waitMs::float is null then null
        else clock_timestamp() + make_interval(secs => :waitMs::float / 1000.0) end
    where run_id = :runId and number = :number and fence = :fence and state = 'WAITING'
    `,
    { runId: task.runId, number: task.number, fence: task.fence, waitMs, tries },
  );
}

/** Ends a page whose subjects all have their observation. False where another worker has it. */
export async function finishTask(trx: Transaction, task: HeldTask): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    update cross_check_task
    set state = 'DONE', holder = null, held_until = null, not_before = null
    where run_id = :runId and number = :number and fence = :fence and state = 'WAITING'
      and not exists (
        select from cross_check_subject as subject
        where subject.run_id = :runId and subject.number between :first and :last
          and not exists (
            select from cross_check_observation as seen
            where seen.run_id = subject.run_id and seen.number = subject.number
          )
      )
    `,
    {
      ...{ runId: task.runId, number: task.number, fence: task.fence },
      ...{ first: task.first, last: task.last },
    },
  );
  return rowCount === 1;
}

/** Whether any page of a run is still to be worked on. */
export async function hasWaitingTasks(db: Database | Transaction, runId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select from cross_check_task where run_id = :runId and state = 'WAITING' limit 1`,
    { runId },
  );
  return rows.length > 0;
}
