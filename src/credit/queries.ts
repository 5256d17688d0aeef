import type { CommitmentRecord } from '../model/commitment-record.ts';
import type { CreditPush, PushState } from '../model/credit-push.ts';
import type { Database, Transaction } from '../store/database.ts';

interface PushRow {
  id: string;
  commitment_id: string;
  commitment_version: number;
  agency_code: string;
  recipient: string;
  told: CreditPush['told'];
  record: CommitmentRecord | null;
  state: PushState;
  version: number;
  reference: string | null;
  field: string | null;
  reason: string | null;
  attempts: number;
  last_fault: string | null;
  created_at: Date;
  changed_at: Date;
}

/** One thing that happened to a record on its way. */
export interface PushEvent {
  readonly number: number;
  readonly state: PushState;
  readonly at: Date;
  readonly by: string;
  readonly field: string | null;
  readonly reason: string | null;
}

/** What a step changes besides the state. */
export interface PushChange {
  readonly state: PushState;
  readonly record?: CommitmentRecord;
  readonly reference?: string | null;
  readonly field: string | null;
  readonly reason: string | null;
  readonly by: string;
  readonly at: Date;
  /** Until the next thing to do. Null where nothing is left to do. */
  readonly waitSeconds: number | null;
}

/** Adds a record, due at once. Nothing where the same one is there. */
export async function insertPush(trx: Transaction, push: CreditPush): Promise<void> {
  const added = await trx('credit_push')
    .insert({
      ...{ id: push.id, commitment_id: push.commitmentId, agency_code: push.agencyCode },
      ...{ commitment_version: push.commitmentVersion, recipient: push.recipient },
      ...{ told: JSON.stringify(push.told), state: push.state, version: 1, attempts: 0 },
      ...{ next_at: trx.fn.now(), created_at: push.createdAt, changed_at: push.changedAt },
    })
    .onConflict(['commitment_id', 'commitment_version', 'recipient'])
    .ignore()
    .returning('id');
  if (added.length === 0) return;
  const event = { number: 1, state: push.state, at: push.createdAt, by: 'hub' };
  await trx('credit_push_event').insert({ push_id: push.id, ...event });
}

/** Who was ever to be told of a commitment. */
export async function listRecipients(
  trx: Transaction,
  commitmentId: string,
): Promise<readonly string[]> {
  const rows = await trx<PushRow>('credit_push')
    .where({ commitment_id: commitmentId })
    .distinct('recipient');
  return rows.map(({ recipient }) => recipient);
}

/** Whether the newest record of every recipient is acknowledged; true where there is none. */
export async function isAcknowledged(db: Database, commitmentId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { state: PushState }[] }>(
    `
    select distinct on (recipient) state from credit_push
    where commitment_id = :commitmentId
    order by recipient, commitment_version desc
    `,
    { commitmentId },
  );
  return rows.every(({ state }) => state === 'ACKNOWLEDGED');
}

/** Earlier records of a commitment for a recipient that are still on their way. */
export async function listOnTheirWay(
  trx: Transaction,
  { commitmentId, recipient }: { commitmentId: string; recipient: string },
): Promise<readonly CreditPush[]> {
  const rows = await trx<PushRow>('credit_push')
    .where({ commitment_id: commitmentId, recipient })
    .whereIn('state', ['QUEUED', 'TAKEN', 'PROBLEM'])
    .forUpdate();
  return rows.map(fromRow);
}

/** Takes a step, unless another one was taken meanwhile. Returns whether it was taken. */
export async function changePush(
  trx: Transaction,
  push: CreditPush,
  change: PushChange,
): Promise<boolean> {
  const { waitSeconds } = change;
  const changed = await trx('credit_push')
    .where({ id: push.id, version: push.version })
    .update({
      ...{ state: change.state, version: push.version + 1, changed_at: change.at },
      ...{ field: change.field, reason: change.state === 'PROBLEM' ? change.reason : null },
      ...(change.record === undefined ? {} : { record: JSON.stringify(change.record) }),
      ...(change.reference === undefined ? {} : { reference: change.reference }),
      last_fault: null,
      next_at:
        waitSeconds === null ? null : trx.raw('now() + make_interval(secs => ?)', [waitSeconds]),
    });
  if (changed === 0) return false;
  await trx('credit_push_event').insert({
    ...{ push_id: push.id, number: push.version + 1, state: change.state, at: change.at },
    ...{ by: change.by, field: change.field, reason: change.reason },
  });
  return true;
}

/** Claims by moving `next_at` a minute on, so that a claimant who dies is overtaken. */
export async function claimPushes(
  db: Database,
  wanted: { state: 'QUEUED' | 'TAKEN'; rows: number },
): Promise<readonly CreditPush[]> {
  const { rows } = await db.raw<{ rows: PushRow[] }>(
    `
    update credit_push
    set next_at = now() + interval '1 minute',
      attempts = attempts + case when state = 'QUEUED' then 1 else 0 end
    where id in (
      select id from credit_push
      where next_at <= now() and state = :state
      order by next_at
      limit :rows
      for update skip locked
    )
    returning *
    `,
    wanted,
  );
  return rows.map(fromRow);
}

/** Keeps the record as it will be sent. */
export async function setRecord(db: Database, id: string, record: CommitmentRecord): Promise<void> {
  await db('credit_push')
    .where({ id })
    .update({ record: JSON.stringify(record) });
}

/** Keeps why nothing came of an attempt, and sets the next one by the clock of the database. */
export async function recordFault(
  db: Database,
  ids: readonly string[],
  { fault, waitSeconds }: { fault: string; waitSeconds: number },
): Promise<void> {
  await db('credit_push')
    .whereIn('id', [...ids])
    .whereNotNull('next_at')
    .update({
      last_fault: fault,
      next_at: db.raw('now() + make_interval(secs => ?)', [waitSeconds]),
    });
}

/** Of the agency, or of all. Null where there is none with this id. */
export async function findPush(
  trx: Transaction,
  { agencyCode, id }: { agencyCode: string | null; id: string },
): Promise<CreditPush | null> {
  const rows = await trx<PushRow>('credit_push')
    .where({ id, ...(agencyCode === null ? {} : { agency_code: agencyCode }) })
    .forUpdate();
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Newest first. */
export async function listNewestPushes(
  db: Database,
  filter: {
    agencyCode: string | null;
    state: PushState | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly CreditPush[]> {
  const { rows } = await db.raw<{ rows: PushRow[] }>(
    `
    select * from credit_push
    where (:agencyCode::text is null or agency_code = :agencyCode)
      and (:state::text is null or state = :state)
      and (:at::timestamptz is null or (created_at, id) < (:at::timestamptz, :id::uuid))
    order by created_at desc, id desc
    limit :rows
    `,
    {
      ...{ agencyCode: filter.agencyCode, state: filter.state, rows: filter.rows },
      ...{ at: filter.before?.at ?? null, id: filter.before?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

/** Of a commitment, newest first. */
export async function listPushesOf(
  db: Database,
  commitmentId: string,
): Promise<readonly CreditPush[]> {
  const rows = await db<PushRow>('credit_push')
    .where({ commitment_id: commitmentId })
    .orderBy('created_at', 'desc');
  return rows.map(fromRow);
}

/** Oldest first. */
export async function listPushEvents(db: Database, id: string): Promise<readonly PushEvent[]> {
  return db<PushEvent & { push_id: string }>('credit_push_event')
    .where({ push_id: id })
    .orderBy('number')
    .select('number', 'state', 'at', 'by', 'field', 'reason');
}

function fromRow(row: PushRow): CreditPush {
  return {
    ...{ id: row.id, commitmentId: row.commitment_id, agencyCode: row.agency_code },
    ...{ commitmentVersion: row.commitment_version, recipient: row.recipient },
    ...{ told: row.told, record: row.record, state: row.state, version: row.version },
    ...{ reference: row.reference, field: row.field, reason: row.reason },
    ...{ attempts: row.attempts, lastFault: row.last_fault },
    ...{ createdAt: row.created_at, changedAt: row.changed_at },
  };
}
