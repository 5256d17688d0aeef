import type { Database, Transaction } from '../store/database.ts';

/** Runs that ended before a moment and were not swept, oldest first. */
export async function listUnswept(
  db: Database,
  { before, rows }: { readonly before: Date; readonly rows: number },
): Promise<readonly string[]> {
  const { rows: found } = await db.raw<{ rows: { id: string }[] }>(
    `
    select id from cross_check_run
    where swept_at is null and ended_at < :before
    order by ended_at limit :rows
    `,
    { before, rows },
  );
  return found.map(({ id }) => id);
}

/**
 * Deletes subjects of a run that have no difference, with what was observed of them, and counts
 * their causes. Whether there may be more; HELD where another replica is at it.
 */
export async function deleteAlike(
  trx: Transaction,
  bound: { readonly runId: string; readonly subjects: number },
): Promise<'SOME' | 'NONE' | 'HELD'> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select from cross_check_run where id = :runId and swept_at is null for update skip locked`,
    bound,
  );
  if (rows.length === 0) return 'HELD';
  const { rows: gone } = await trx.raw<{ rows: { number: number }[] }>(
    `
    select number from cross_check_subject as subject
    where run_id = :runId
      and not exists (
        select from cross_check_difference as met
        where met.run_id = subject.run_id and met.number = subject.number
      )
    order by number limit :subjects
    `,
    bound,
  );
  if (gone.length === 0) return 'NONE';
  const these = { runId: bound.runId, numbers: gone.map(({ number }) => number) };
  await trx.raw(
    `
    with gone as (
      delete from cross_check_observation
      where run_id = :runId and number = any(:numbers::integer[])
      returning cause
    )
    insert into cross_check_cause as held (run_id, cause, subjects)
    select :runId::uuid, cause, count(*)::integer from gone where cause is not null group by cause
    on conflict (run_id, cause) do update set subjects = held.subjects + excluded.subjects
    `,
    these,
  );
  await trx.raw(
    'delete from cross_check_subject where run_id = :runId and number = any(:numbers::integer[])',
    these,
  );
  return 'SOME';
}

/** Nothing is left of a run to delete: its pages go last. */
export async function markSwept(
  trx: Transaction,
  { runId, at }: { readonly runId: string; readonly at: Date },
): Promise<void> {
  await trx('cross_check_task').where({ run_id: runId }).delete();
  await trx('cross_check_run').where({ id: runId }).update({ swept_at: at });
}
