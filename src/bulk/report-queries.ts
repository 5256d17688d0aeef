import type { BulkReject, BulkRow } from '../model/bulk.ts';
import type { VerdictCode } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';

/** Rows of one statement. */
const TOGETHER_MAX = 1_000;

/** Keeps what was left out, in the order of the file. */
export async function insertRejects(
  trx: Transaction,
  bulkId: string,
  rejects: readonly BulkReject[],
): Promise<void> {
  for (let from = 0; from < rejects.length; from += TOGETHER_MAX)
    await trx('bulk_reject').insert(
      rejects
        .slice(from, from + TOGETHER_MAX)
        .map((one, at) => ({ bulk_id: bulkId, number: from + at + 1, ...one })),
    );
}

/** Of one list, those after `after`, in the order of the file. */
export async function listRejects(
  db: Database,
  wanted: { readonly bulkId: string; readonly after: number; readonly rows: number },
): Promise<readonly (BulkReject & { readonly number: number })[]> {
  return db<BulkReject & { bulk_id: string; number: number }>('bulk_reject')
    .where({ bulk_id: wanted.bulkId })
    .where('number', '>', wanted.after)
    .orderBy('number')
    .limit(wanted.rows)
    .select('number', 'line', 'field', 'reason', 'message');
}

interface RowOfBulk {
  bulk_id: string;
  line: number;
  subject_id: string;
  state: BulkRow['state'];
  fault: string | null;
  verification_id: string | null;
  ended_at: Date | null;
}

/** Of one list, those after line `after`, in the order of lines. */
export async function listRows(
  db: Database,
  wanted: {
    readonly bulkId: string;
    readonly state: BulkRow['state'] | null;
    readonly verdict: VerdictCode | null;
    readonly after: number;
    readonly rows: number;
  },
): Promise<readonly BulkRow[]> {
  const query = db<RowOfBulk>('bulk_row')
    .where({ bulk_id: wanted.bulkId })
    .where('line', '>', wanted.after)
    .orderBy('line')
    .limit(wanted.rows)
    .select('bulk_id', 'line', 'subject_id', 'state', 'fault', 'verification_id', 'ended_at');
  if (wanted.state !== null) void query.where({ state: wanted.state });
  if (wanted.verdict !== null) void query.where('verdict_code', wanted.verdict);
  return (await query).map(fromRow);
}

/** Rows that were taken in, and lines that were left out. */
export async function countTaken(
  db: Database | Transaction,
  bulkId: string,
): Promise<{ readonly rows: number; readonly rejected: number }> {
  const { rows } = await db.raw<{ rows: { rows: number; rejected: number }[] }>(
    `
    select
      (select count(*)::integer from bulk_row where bulk_id = :bulkId) as rows,
      (select count(distinct line)::integer from bulk_reject where bulk_id = :bulkId) as rejected
    `,
    { bulkId },
  );
  return rows[0] ?? { rows: 0, rejected: 0 };
}

/** How many rows are where; lines of the file that were left out, and the pace. */
export interface Counted {
  readonly groups: readonly {
    readonly state: BulkRow['state'];
    readonly verdict_code: VerdictCode | null;
    readonly rows: number;
  }[];
  readonly rejected: number;
  /** Ended since the instant that was given. */
  readonly lately: number;
  /** When the first of those ended. Null where there are none. */
  readonly since: Date | null;
}

/** Counts the rows of a list. */
export async function countRows(
  db: Database,
  { bulkId, since }: { readonly bulkId: string; readonly since: Date },
): Promise<Counted> {
  const { rows: groups } = await db.raw<{ rows: Counted['groups'] }>(
    `
    select state, verdict_code, count(*)::integer as rows
    from bulk_row
    where bulk_id = :bulkId
    group by state, verdict_code
    order by state, verdict_code
    `,
    { bulkId },
  );
  const { rows } = await db.raw<{ rows: Omit<Counted, 'groups'>[] }>(
    `
    select
      (select count(distinct line)::integer from bulk_reject where bulk_id = :bulkId) as rejected,
      count(*)::integer as lately,
      min(ended_at) as since
    from bulk_row
    where bulk_id = :bulkId and ended_at >= :since
    `,
    { bulkId, since },
  );
  return { groups, ...(rows[0] ?? { rejected: 0, lately: 0, since: null }) };
}

function fromRow(row: RowOfBulk): BulkRow {
  return {
    ...{ bulkId: row.bulk_id, line: row.line, subjectId: row.subject_id, state: row.state },
    verificationId: row.verification_id,
    skippedBecause: row.state === 'SKIPPED' ? row.fault : null,
    endedAt: row.ended_at,
  };
}
