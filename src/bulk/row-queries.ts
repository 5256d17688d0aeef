import { TRIES_MAX, type Isolation } from '../model/bulk.ts';
import type { Claim, VerdictCode } from '../model/verification.ts';
import type { Transaction } from '../store/database.ts';

/** Rows of one statement. */
const TOGETHER_MAX = 1_000;

/** A row before it is on record. */
export interface NewRow {
  readonly line: number;
  readonly subjectId: string;
  readonly claims: readonly Claim[];
}

/** Inserts every row, in statements of bounded size. */
export async function insertRows(
  trx: Transaction,
  bulkId: string,
  rows: readonly NewRow[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += TOGETHER_MAX) {
    const some = rows.slice(from, from + TOGETHER_MAX);
    await trx.raw(
      `
      insert into bulk_row (bulk_id, line, subject_id, claims, state)
      select :bulkId, line, subject_id, claims, 'WAITING'
      from jsonb_to_recordset(:rows::jsonb) as given (line integer, subject_id uuid, claims jsonb)
      `,
      {
        bulkId,
        rows: JSON.stringify(
          some.map(({ line, subjectId, claims }) => ({ line, subject_id: subjectId, claims })),
        ),
      },
    );
  }
}

/** A row that a run asks about. */
export interface ClaimedRow {
  readonly line: number;
  readonly subjectId: string;
  readonly claims: readonly Claim[];
  readonly isolation: Isolation;
  /** Those alone, this one included. */
  readonly tries: number;
}

/**
 * Claims the next rows, those that may be asked about together first. A try alone counts from here,
 * so that a row that ends the process is known by it.
 */
export async function claimRows(
  trx: Transaction,
  claim: {
    readonly bulkId: string;
    readonly holder: string;
    readonly many: number;
    readonly few: number;
  },
): Promise<readonly ClaimedRow[]> {
  const { rows } = await trx.raw<{ rows: RawRow[] }>(
    `
    with lowest as (
      select min(isolation) as isolation
      from bulk_row
      where bulk_id = :bulkId and state = 'WAITING' and claimed_by is null
    ), next as (
      select line
      from bulk_row
      where bulk_id = :bulkId and state = 'WAITING' and claimed_by is null
        and isolation = (select isolation from lowest)
      order by line
      limit (select case isolation when 0 then :many when 1 then :few else 1 end from lowest)
    )
    update bulk_row
    set claimed_by = :holder,
        tries = tries + case when isolation = 2 then 1 else 0 end
    from next
    where bulk_id = :bulkId
      and bulk_row.line = next.line
    returning bulk_row.line, subject_id, claims, isolation, tries
    `,
    { ...claim },
  );
  return rows
    .map(({ subject_id: subjectId, ...row }) => ({ ...row, subjectId }))
    .toSorted((left, right) => left.line - right.line);
}

interface RawRow {
  line: number;
  subject_id: string;
  claims: readonly Claim[];
  isolation: Isolation;
  tries: number;
}

/**
 * What a run that has ended was asking about is asked about in smaller company; what ended with
 * its run twice when it was alone is skipped.
 */
export async function takeOverRows(
  trx: Transaction,
  given: { readonly bulkId: string; readonly at: Date },
): Promise<void> {
  await trx.raw(
    `
    update bulk_row
    set claimed_by = null,
        isolation = least(isolation + 1, 2)
    where bulk_id = :bulkId and state = 'WAITING' and claimed_by is not null
    `,
    { ...given },
  );
  await trx.raw(
    `
    update bulk_row
    set state = 'SKIPPED', fault = 'RUN_ENDED', ended_at = :at
    where bulk_id = :bulkId and state = 'WAITING' and tries >= ${TRIES_MAX}
    `,
    { ...given },
  );
}

/** A row that is settled. */
export interface ConcludedRow {
  readonly line: number;
  readonly verificationId: string;
  readonly verdictCode: VerdictCode;
}

/**
 * Settles rows that this run has claimed.
 *
 * @throws {Error} when one of them is no longer its own: then the transaction must not end well.
 */
export async function concludeRows(
  trx: Transaction,
  by: { readonly bulkId: string; readonly holder: string; readonly at: Date },
  rows: readonly ConcludedRow[],
): Promise<void> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    update bulk_row
    set state = 'CONCLUDED',
        claimed_by = null,
        fault = null,
        verification_id = given.verification_id,
        verdict_code = given.verdict_code,
        ended_at = :at
    from unnest(:lines::integer[], :ids::uuid[], :codes::text[])
      as given (line, verification_id, verdict_code)
    where bulk_id = :bulkId
      and bulk_row.line = given.line
      and state = 'WAITING'
      and claimed_by = :holder
    `,
    {
      ...by,
      lines: rows.map(({ line }) => line),
      ids: rows.map(({ verificationId }) => verificationId),
      codes: rows.map(({ verdictCode }) => verdictCode),
    },
  );
  if (rowCount !== rows.length) throw new Error('a row of a list is not this run’s own any more');
}

/** What becomes of a row that could not be settled. */
export interface FreedRow {
  readonly line: number;
  readonly isolation: Isolation;
  readonly tries: number;
  /** Why asking failed. Null where the run just left off. */
  readonly fault: string | null;
}

/** Lets go of rows that this run has claimed; those with enough tries are skipped. */
export async function freeRows(
  trx: Transaction,
  by: { readonly bulkId: string; readonly holder: string; readonly at: Date },
  rows: readonly FreedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `
    update bulk_row
    set claimed_by = null,
        isolation = given.isolation,
        tries = given.tries,
        fault = coalesce(given.fault, bulk_row.fault),
        state = case when given.tries >= ${TRIES_MAX} then 'SKIPPED' else 'WAITING' end,
        ended_at = case when given.tries >= ${TRIES_MAX} then :at::timestamptz end
    from unnest(:lines::integer[], :isolations::smallint[], :tries::smallint[], :faults::text[])
      as given (line, isolation, tries, fault)
    where bulk_id = :bulkId
      and bulk_row.line = given.line
      and claimed_by = :holder
    `,
    {
      ...by,
      lines: rows.map(({ line }) => line),
      isolations: rows.map(({ isolation }) => isolation),
      tries: rows.map(({ tries }) => tries),
      faults: rows.map(({ fault }) => fault),
    },
  );
}

/** Whether a row still waits. */
export async function hasWaiting(trx: Transaction, bulkId: string): Promise<boolean> {
  const found = await trx<{ bulk_id: string; state: string; line: number }>('bulk_row')
    .where({ bulk_id: bulkId, state: 'WAITING' })
    .limit(1)
    .select('line');
  return found.length > 0;
}
