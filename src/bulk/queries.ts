import type { Bulk, BulkEvent, BulkFile, BulkState, BulkStep, BulkWaiting } from '../model/bulk.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Database, Transaction } from '../store/database.ts';

interface BulkDbRow {
  id: string;
  agency_code: string;
  number: string;
  matter_code: string;
  matter_version: number;
  legal_basis: string;
  accepted_on: BusinessDate;
  opened_at: Date;
  opened_by: string;
  asked_by: string | null;
  state: BulkState;
  version: number;
  file_digest: string | null;
  file_bytes: number | null;
  skips_rejects: boolean | null;
  waits_for: string | null;
  waits_because: string | null;
  retry_at: Date | null;
}

/** Returns whether the agency has not used the number before. */
export async function insertBulk(trx: Transaction, bulk: Bulk): Promise<boolean> {
  const added = await trx('bulk')
    .insert({
      ...{ id: bulk.id, agency_code: bulk.agencyCode, number: bulk.number },
      ...{ matter_code: bulk.matterCode, matter_version: bulk.matterVersion },
      ...{ legal_basis: bulk.legalBasis, accepted_on: bulk.acceptedOn },
      ...{ opened_at: bulk.openedAt, opened_by: bulk.openedBy },
      ...{ state: bulk.state, version: bulk.version },
    })
    .onConflict(['agency_code', 'number'])
    .ignore()
    .returning('id');
  if (added.length === 0) return false;
  await insertEvent(trx, bulk, { step: null, at: bulk.openedAt, by: bulk.openedBy, reason: null });
  return true;
}

/** Null where the agency has none with this id. */
export async function findBulk(
  db: Database | Transaction,
  by: { readonly agencyCode: string; readonly id: string },
): Promise<Bulk | null> {
  const where = { agency_code: by.agencyCode, id: by.id };
  const row = await db<BulkDbRow>('bulk').where(where).first();
  return row === undefined ? null : fromRow(row);
}

/** As it stands, and so that no other changes it until the transaction ends. */
export async function lockBulk(trx: Transaction, id: string): Promise<Bulk> {
  const row = await trx<BulkDbRow>('bulk').where({ id }).forUpdate().first();
  if (row === undefined) throw new Error('a list that was read is not there');
  return fromRow(row);
}

/** Newest first, those before `before`. */
export async function listNewestBulks(
  db: Database,
  wanted: {
    readonly agencyCode: string;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly rows: number;
  },
): Promise<readonly Bulk[]> {
  const query = db<BulkDbRow>('bulk')
    .where({ agency_code: wanted.agencyCode })
    .orderBy([
      { column: 'opened_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(wanted.rows);
  if (wanted.before !== null)
    query.whereRaw('(opened_at, id) < (?, ?::uuid)', [wanted.before.at, wanted.before.id]);
  return (await query).map(fromRow);
}

/** What a step changes besides the state. */
export interface BulkChange {
  readonly step: BulkStep;
  readonly state: BulkState;
  readonly at: Date;
  readonly by: string;
  /** Only CHECK. */
  readonly file: BulkFile | null;
  /** Only WAIT. */
  readonly waiting: BulkWaiting | null;
}

/** Takes a step of a list that is locked. */
export async function changeBulk(trx: Transaction, held: Bulk, change: BulkChange): Promise<Bulk> {
  const { step, state, at, by, waiting } = change;
  const file = change.file ?? held.file;
  const askedBy = step === 'START' ? by : held.askedBy;
  const changed: Bulk = { ...held, state, version: held.version + 1, file, waiting, askedBy };
  await trx('bulk')
    .where({ id: held.id })
    .update({
      ...{ state, version: changed.version, asked_by: askedBy },
      ...{ file_digest: file?.digest ?? null, file_bytes: file?.bytes ?? null },
      ...{ skips_rejects: file?.skipsRejects ?? null },
      ...{ waits_for: waiting?.source ?? null, waits_because: waiting?.reason ?? null },
      retry_at: waiting?.retryAt ?? null,
    });
  await insertEvent(trx, changed, { step, at, by, reason: waiting?.reason ?? null });
  return changed;
}

async function insertEvent(
  trx: Transaction,
  { id, version, state }: Bulk,
  event: Pick<BulkEvent, 'step' | 'at' | 'by' | 'reason'>,
): Promise<void> {
  await trx('bulk_event').insert({ bulk_id: id, number: version, state, ...event });
}

/** Oldest first, the latest `rows`. */
export async function listBulkEvents(
  db: Database,
  bulkId: string,
  rows: number,
): Promise<readonly BulkEvent[]> {
  const latest = await db<BulkEvent & { bulk_id: string }>('bulk_event')
    .where({ bulk_id: bulkId })
    .orderBy('number', 'desc')
    .limit(rows)
    .select('number', 'step', 'state', 'at', 'by', 'reason');
  return latest.toReversed();
}

/** What a run proves with: the list, and the name under which it holds it. */
export interface BulkLease {
  readonly bulkId: string;
  readonly holder: string;
  readonly leaseMs: number;
}

/** Lists that no run holds and that may go on now, oldest first. */
export async function listBulksToRun(db: Database, now: Date): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `
    select id
    from bulk
    where (state = 'RUNNING' or (state = 'WAITING' and retry_at <= :now))
      and (held_until is null or held_until < clock_timestamp())
    order by opened_at, id
    limit 100
    `,
    { now },
  );
  return rows.map(({ id }) => id);
}

/** Takes hold of a list. False where another run holds it. */
export async function takeLease(db: Database | Transaction, lease: BulkLease): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `
    update bulk
    set holder = :holder,
        held_until = clock_timestamp() + make_interval(secs => :leaseMs / 1000.0)
    where id = :bulkId
      and (held_until is null or held_until < clock_timestamp())
    `,
    { ...lease },
  );
  return rowCount === 1;
}

/**
 * Holds on for another `leaseMs`. False when another run has taken over. Within a transaction it
 * locks the row, so that nobody can take over, nor take a step, before the transaction ends.
 */
export async function extendLease(db: Database | Transaction, lease: BulkLease): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `
    update bulk
    set held_until = clock_timestamp() + make_interval(secs => :leaseMs / 1000.0)
    where id = :bulkId
      and holder = :holder
    `,
    { ...lease },
  );
  return rowCount === 1;
}

/** Lets go. Changes nothing when another run has taken over. */
export async function releaseLease(
  trx: Transaction,
  { bulkId, holder }: Omit<BulkLease, 'leaseMs'>,
): Promise<void> {
  await trx('bulk').where({ id: bulkId, holder }).update({ holder: null, held_until: null });
}

function fromRow(row: BulkDbRow): Bulk {
  return {
    ...{ id: row.id, agencyCode: row.agency_code, number: row.number },
    ...{ matterCode: row.matter_code, matterVersion: row.matter_version },
    ...{ legalBasis: row.legal_basis, acceptedOn: row.accepted_on },
    ...{ openedAt: row.opened_at, openedBy: row.opened_by, askedBy: row.asked_by },
    ...{ state: row.state, version: row.version },
    file:
      row.file_digest === null
        ? null
        : {
            digest: row.file_digest,
            bytes: row.file_bytes ?? 0,
            skipsRejects: row.skips_rejects ?? false,
          },
    waiting:
      row.retry_at === null
        ? null
        : { source: row.waits_for, reason: row.waits_because ?? '', retryAt: row.retry_at },
  };
}
