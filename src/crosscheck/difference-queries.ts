import type { Difference, Settled } from '../model/cross-check-compare.ts';
import type { CrossCheckCounts, DifferenceCount } from '../model/cross-check-run.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';

/** How many subjects of a run are where. */
export async function countOutcomes(
  db: Database | Transaction,
  runId: string,
): Promise<CrossCheckCounts> {
  const { rows } = await db.raw<{ rows: CrossCheckCounts[] }>(
    `
    select
      (count(*) filter (where outcome = 'MATCHED'))::integer
        + (select alike from cross_check_run where id = :runId) as matched,
      (count(*) filter (where outcome = 'DIFFERING'))::integer as differing,
      (count(*) filter (where outcome = 'INCONCLUSIVE'))::integer as inconclusive
    from cross_check_observation
    where run_id = :runId
    `,
    { runId },
  );
  return rows[0] ?? { matched: 0, differing: 0, inconclusive: 0 };
}

/** How many were read since an instant, and when the first of them. */
export async function countLately(
  db: Database,
  { runId, since }: { readonly runId: string; readonly since: Date },
): Promise<{ readonly read: number; readonly since: Date | null }> {
  const { rows } = await db.raw<{ rows: { read: number; since: Date | null }[] }>(
    `
    select count(*)::integer as read, min(observed_at) as since
    from cross_check_observation
    where run_id = :runId and observed_at >= :since
    `,
    { runId, since },
  );
  return rows[0] ?? { read: 0, since: null };
}

/** Most first. */
export async function countDifferences(
  db: Database | Transaction,
  runId: string,
  rows: number,
): Promise<readonly DifferenceCount[]> {
  const { rows: found } = await db.raw<{ rows: DifferenceCount[] }>(
    `
    select class, field, value_from as "valueFrom", value_to as "valueTo",
      count(*)::integer as subjects
    from cross_check_difference
    where run_id = :runId
    group by class, field, value_from, value_to
    order by count(*) desc, class, field, value_from, value_to
    limit :rows
    `,
    { runId, rows },
  );
  return found;
}

/** Whether any subject of a run is inconclusive for a cause. */
export async function hasCause(trx: Transaction, runId: string, cause: string): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    'select from cross_check_observation where run_id = :runId and cause = :cause limit 1',
    { runId, cause },
  );
  return rows.length > 0;
}

/** Most first. */
export async function countCauses(
  db: Database | Transaction,
  runId: string,
  rows: number,
): Promise<readonly { readonly cause: string; readonly subjects: number }[]> {
  const { rows: found } = await db.raw<{ rows: { cause: string; subjects: number }[] }>(
    `
    select cause, sum(subjects)::integer as subjects
    from (
      select cause, count(*) as subjects
      from cross_check_observation
      where run_id = :runId and cause is not null
      group by cause
      union all
      select cause, subjects from cross_check_cause where run_id = :runId
    ) as counted
    group by cause
    order by sum(subjects) desc, cause
    limit :rows
    `,
    { runId, rows },
  );
  return found;
}

/** One difference of a run, with what it is about. */
export interface MetDifference extends Difference {
  readonly number: number;
  /** Null for a record of a collection, as are its code and its agency. */
  readonly commitmentId: string | null;
  readonly commitmentCode: string | null;
  readonly agencyCode: string | null;
  readonly part: string;
  readonly outcome: Settled['outcome'];
  readonly told: readonly SourceObservation[];
}

interface MetRow {
  number: number;
  commitment_id: string | null;
  code: string | null;
  agency_code: string | null;
  part: string;
  outcome: Settled['outcome'];
  told: readonly SourceObservation[] | null;
  class: Difference['class'];
  field: Difference['field'];
  value_from: string;
  value_to: string;
}

/** In the order of subjects, then of classes and fields; those after `after`, whole subjects. */
export async function listDifferences(
  db: Database | Transaction,
  wanted: { readonly runId: string; readonly after: number; readonly subjects: number },
): Promise<readonly MetDifference[]> {
  const { rows } = await db.raw<{ rows: MetRow[] }>(
    `
    select met.number, met.class, met.field, met.value_from, met.value_to, subject.part,
      commitment.id as commitment_id, commitment.code, commitment.agency_code,
      seen.outcome, seen.told
    from cross_check_difference as met
    join cross_check_subject as subject using (run_id, number)
    join cross_check_observation as seen using (run_id, number)
    left join commitment on commitment.id = subject.commitment_id
    where met.run_id = :runId
      and met.number in (
        select distinct number from cross_check_difference
        where run_id = :runId and number > :after order by number limit :subjects
      )
    order by met.number, met.class, met.field
    `,
    wanted,
  );
  return rows.map((row) => ({
    ...{ number: row.number, commitmentId: row.commitment_id, commitmentCode: row.code },
    ...{ agencyCode: row.agency_code, part: row.part, outcome: row.outcome },
    ...{ told: row.told ?? [], class: row.class, field: row.field },
    ...{ valueFrom: row.value_from, valueTo: row.value_to },
  }));
}
