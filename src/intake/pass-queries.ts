import type { ScanReject } from '../connector-kit/scan.ts';
import type { Transaction, Database } from '../store/database.ts';

/** A pass, as the page of it that is being kept needs to know it. */
export interface PassRow {
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly whole: boolean;
  readonly shows_all: boolean;
  readonly live_before: number;
  /** Changes that it showed, those that were not taken included. */
  readonly read: number;
  /** Of them, those that were not taken. */
  readonly not_taken: number;
}

/** How a pass begins. */
export interface NewPass {
  readonly id: string;
  readonly collection_id: number;
  readonly name: string;
  readonly started_at: Date;
  /** Whether its first page is known to be its beginning. */
  readonly whole: boolean;
  readonly shows_all: boolean;
}

const PASS_COLUMNS = `number, id, name, whole, shows_all, live_before,
  kept + unchanged + deleted + rejected + quarantined as read,
  rejected + quarantined as not_taken`;

/** A pass that is RUNNING and has no page yet, in its first attempt. */
export async function insertPass(trx: Transaction, pass: NewPass): Promise<PassRow> {
  const { rows } = await trx.raw<{ rows: [PassRow] }>(
    `
    insert into intake_pass
      (id, collection_id, name, state, started_at, attempts, whole, shows_all, live_before)
    select :id, id, :name, 'RUNNING', :started_at, 1, :whole, :shows_all, rows_live
    from intake_collection
    where id = :collection_id
    returning ${PASS_COLUMNS}
    `,
    { ...pass },
  );
  return rows[0];
}

/** The pass, to be gone on with; an attempt is counted where a run does so for the first time. */
export async function reopenPass(
  trx: Transaction,
  { number, isNewAttempt }: { readonly number: number; readonly isNewAttempt: boolean },
): Promise<PassRow> {
  const { rows } = await trx.raw<{ rows: [PassRow] }>(
    `
    update intake_pass
    set state = 'RUNNING', reason = null, ended_at = null, attempts = attempts + :more
    where number = :number
    returning ${PASS_COLUMNS}
    `,
    { number, more: isNewAttempt ? 1 : 0 },
  );
  return rows[0];
}

/** What a page adds to its pass. */
export interface PageCounts {
  readonly number: number;
  readonly kept: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly quarantined: number;
  readonly resume: string | null;
  readonly watermark: string | null;
  readonly asOf: Date | null;
}

/** Adds to the counts of a pass, and sets where it goes on. */
export async function addPage(trx: Transaction, page: PageCounts): Promise<void> {
  await trx.raw(
    `
    update intake_pass
    set pages = pages + 1,
        kept = kept + :kept,
        unchanged = unchanged + :unchanged,
        deleted = deleted + :deleted,
        rejected = rejected + :rejected,
        quarantined = quarantined + :quarantined,
        resume = :resume,
        watermark = :watermark,
        as_of = :asOf
    where number = :number
    `,
    { ...page },
  );
}

/** How a pass ends. */
export type PassEnd =
  | { readonly state: 'COMPLETE'; readonly full: boolean; readonly removed: number }
  | { readonly state: 'FAILED'; readonly reason: string; readonly removed: number };

/** Ends a pass; one that failed keeps its resume until `clearResume`. */
export async function endPass(
  trx: Transaction,
  pass: { readonly number: number; readonly at: Date },
  end: PassEnd,
): Promise<void> {
  await trx('intake_pass')
    .where({ number: pass.number })
    .update({
      ended_at: pass.at,
      removed: end.removed,
      state: end.state,
      full: end.state === 'COMPLETE' && end.full,
      reason: end.state === 'FAILED' ? end.reason : null,
      ...(end.state === 'COMPLETE' ? { resume: null } : {}),
    });
}

/** A pass that is not to be gone on with. */
export async function clearResume(trx: Transaction, number: number): Promise<void> {
  await trx('intake_pass').where({ number }).update({ resume: null });
}

/** Rejects beyond the first thousand of a pass are only counted. */
const REJECTS_KEPT_MAX = 1_000;

/** `before` is how many of the pass there were already. */
export async function insertRejects(
  trx: Transaction,
  rejects: readonly ScanReject[],
  { pass, before }: { readonly pass: number; readonly before: number },
): Promise<void> {
  const rows = rejects
    .slice(0, Math.max(0, REJECTS_KEPT_MAX - before))
    .map((reject, at) => ({ ...reject, ordinal: before + at + 1 }));
  if (rows.length === 0) return;
  await trx.raw(
    `
    insert into intake_reject (pass, ordinal, place, field, reason)
    select cast(:pass as bigint), ordinal, place, field, reason
    from json_to_recordset(cast(:rows as json)) as reject
      (ordinal integer, place bigint, field text, reason text)
    `,
    { pass, rows: JSON.stringify(rows) },
  );
}

/** Whether a pass of this name was completed. */
export async function findDone(
  db: Database,
  { collectionId, name }: { readonly collectionId: number; readonly name: string },
): Promise<boolean> {
  const row = await db('intake_pass')
    .where({ collection_id: collectionId, name, state: 'COMPLETE' })
    .first<{ number: number } | undefined>('number');
  return row !== undefined;
}
