import type { BusinessDate } from '../model/business-date.ts';
import type { Repair, RepairEvent, RepairState, RepairStep, Severity } from '../model/repair.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { Database, Transaction } from '../store/database.ts';

interface RepairRow {
  id: string;
  agency_code: string;
  breach_id: string;
  entry_id: string;
  subject_kind: SubjectKind;
  subject_code: string;
  severity: Severity;
  is_safety_field: boolean;
  published_on: BusinessDate;
  duties_document: string;
  commitment_document: string;
  submitted_on: BusinessDate;
  submitted_at: Date;
  submitted_by: string;
  state: RepairState;
  version: number;
  accepted_by: string | null;
  accepted_at: Date | null;
}

const WITH_STATE = `
  select repair.*, last.state, last.number as version,
    accepted.by as accepted_by, accepted.at as accepted_at
  from repair
  cross join lateral (
    select state, number from repair_event where repair_id = repair.id order by number desc limit 1
  ) as last
  left join lateral (
    select by, at from repair_event where repair_id = repair.id and step = 'ACCEPT'
  ) as accepted on true
`;

/** Returns whether the agency has not used the key before. */
export async function insertRepair(
  trx: Transaction,
  repair: Repair & { readonly idempotencyKey: string },
): Promise<boolean> {
  const added = await trx('repair')
    .insert({
      ...{ id: repair.id, agency_code: repair.agencyCode, breach_id: repair.breachId },
      ...{ entry_id: repair.entryId, subject_kind: repair.subject.kind },
      ...{ subject_code: repair.subject.code, severity: repair.severity },
      ...{ is_safety_field: repair.isSafetyField, published_on: repair.publishedOn },
      ...{ duties_document: repair.dutiesDocument },
      ...{ commitment_document: repair.commitmentDocument, submitted_on: repair.submittedOn },
      ...{ submitted_at: repair.submittedAt, submitted_by: repair.submittedBy },
      idempotency_key: repair.idempotencyKey,
    })
    .onConflict(['agency_code', 'idempotency_key'])
    .ignore()
    .returning('id');
  return added.length > 0;
}

/** The next event. */
export async function insertRepairEvent(
  trx: Transaction,
  repairId: string,
  event: RepairEvent,
): Promise<void> {
  await trx('repair_event').insert({ repair_id: repairId, ...event });
}

/** By id, or by an agency's key. Null where there is none. */
export async function findRepair(
  db: Database | Transaction,
  { agencyCode, id, key }: { agencyCode: string; id?: string; key?: string },
): Promise<Repair | null> {
  const { rows } = await db.raw<{ rows: RepairRow[] }>(
    `
    ${WITH_STATE}
    where agency_code = :agencyCode
      and (:id::uuid is null or id = :id) and (:key::text is null or idempotency_key = :key)
    `,
    { agencyCode, id: id ?? null, key: key ?? null },
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Keeps others from taking a step until the transaction ends. */
export async function lockRepair(trx: Transaction, id: string): Promise<void> {
  await trx('repair').where({ id }).forUpdate().select('id');
}

/** Newest first. */
export async function listNewestRepairs(
  db: Database,
  filter: {
    agencyCode: string;
    state: RepairState | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly Repair[]> {
  const { rows } = await db.raw<{ rows: RepairRow[] }>(
    `
    ${WITH_STATE}
    where agency_code = :agencyCode and (:state::text is null or last.state = :state)
      and (:at::timestamptz is null or (submitted_at, id) < (:at::timestamptz, :id::uuid))
    order by submitted_at desc, id desc
    limit :rows
    `,
    {
      ...{ agencyCode: filter.agencyCode, state: filter.state, rows: filter.rows },
      ...{ at: filter.before?.at ?? null, id: filter.before?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

/** Whether an application for the same record is neither refused nor withdrawn. */
export async function isRepairOpen(db: Database, entryId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: RepairRow[] }>(
    `${WITH_STATE} where entry_id = :entryId
       and last.state not in ('REJECTED', 'DENIED', 'WITHDRAWN') limit 1`,
    { entryId },
  );
  return rows.length > 0;
}

/** Approved ones that not everybody may know of yet, in the order of their ids after `after`. */
export async function listApproved(
  db: Database,
  { after, rows }: { after: string | null; rows: number },
): Promise<readonly Repair[]> {
  const { rows: found } = await db.raw<{ rows: RepairRow[] }>(
    `${WITH_STATE} where last.state = 'APPROVED'
       and id in (select repair_id from repair_event where step = 'APPROVE')
       and (:after::uuid is null or id > :after)
     order by id limit :rows`,
    { after, rows },
  );
  return found.map(fromRow);
}

/** Oldest first. */
export async function listRepairEvents(
  db: Database,
  repairId: string,
): Promise<readonly RepairEvent[]> {
  return db<RepairEvent & { repair_id: string; step: RepairStep | null }>('repair_event')
    .where({ repair_id: repairId })
    .orderBy('number')
    .select('number', 'step', 'state', 'at', 'by', 'statement', 'document');
}

function fromRow(row: RepairRow): Repair {
  return {
    ...{ id: row.id, agencyCode: row.agency_code, breachId: row.breach_id, entryId: row.entry_id },
    subject: { kind: row.subject_kind, code: row.subject_code },
    ...{ severity: row.severity, isSafetyField: row.is_safety_field },
    ...{ publishedOn: row.published_on, dutiesDocument: row.duties_document },
    ...{ commitmentDocument: row.commitment_document, submittedOn: row.submitted_on },
    ...{ submittedAt: row.submitted_at, submittedBy: row.submitted_by },
    ...{ state: row.state, version: row.version },
    ...{ acceptedBy: row.accepted_by, acceptedAt: row.accepted_at },
  };
}
