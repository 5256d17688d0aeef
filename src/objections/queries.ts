import type { BusinessDate } from '../model/business-date.ts';
import type { EligibilityGround } from '../model/eligibility.ts';
import type {
  Objection,
  ObjectionEvent,
  ObjectionState,
  ObjectionStep,
  SourceRecord,
} from '../model/objection.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { Database, Transaction } from '../store/database.ts';

interface ObjectionRow {
  id: string;
  agency_code: string;
  subject_kind: SubjectKind;
  subject_code: string;
  breach_id: string | null;
  entry_id: string | null;
  check_id: string | null;
  source: string | null;
  ground: EligibilityGround | null;
  reference: string | null;
  grounds: string;
  submitted_on: BusinessDate;
  submitted_at: Date;
  submitted_by: string;
  state: ObjectionState;
  version: number;
  accepted_by: string | null;
}

const WITH_STATE = `
  select objection.*, last.state, last.number as version, accepted.by as accepted_by
  from objection
  cross join lateral (
    select state, number from objection_event
    where objection_id = objection.id order by number desc limit 1
  ) as last
  left join lateral (
    select by from objection_event where objection_id = objection.id and step = 'ACCEPT'
  ) as accepted on true
`;

/** Returns whether the agency has not used the key before. */
export async function insertObjection(
  trx: Transaction,
  objection: Objection & { readonly idempotencyKey: string },
): Promise<boolean> {
  const { objected } = objection;
  const own = objected.of === 'OWN' ? objected : null;
  const told = objected.of === 'SOURCE' ? objected : null;
  const added = await trx('objection')
    .insert({
      ...{ id: objection.id, agency_code: objection.agencyCode },
      ...{ subject_kind: objection.subject.kind, subject_code: objection.subject.code },
      ...{ breach_id: own?.breachId ?? null, entry_id: own?.entryId ?? null },
      ...{ check_id: told?.checkId ?? null, source: told?.source ?? null },
      ...{ ground: told?.ground ?? null, reference: told?.reference ?? null },
      ...{ grounds: objection.grounds, submitted_on: objection.submittedOn },
      ...{ submitted_at: objection.submittedAt, submitted_by: objection.submittedBy },
      idempotency_key: objection.idempotencyKey,
    })
    .onConflict(['agency_code', 'idempotency_key'])
    .ignore()
    .returning('id');
  return added.length > 0;
}

/** The next event. */
export async function insertObjectionEvent(
  trx: Transaction,
  objectionId: string,
  event: ObjectionEvent,
): Promise<void> {
  const { correction, ...rest } = event;
  await trx('objection_event').insert({
    ...{ objection_id: objectionId, ...rest },
    correction: correction === null ? null : JSON.stringify(correction),
  });
}

/** Of the agency, by id or by key. Null where it has none. */
export async function findObjection(
  db: Database | Transaction,
  { agencyCode, id, key }: { agencyCode: string; id?: string; key?: string },
): Promise<Objection | null> {
  const { rows } = await db.raw<{ rows: ObjectionRow[] }>(
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
export async function lockObjection(trx: Transaction, id: string): Promise<void> {
  await trx('objection').where({ id }).forUpdate().select('id');
}

/** Newest first. */
export async function listNewestObjections(
  db: Database,
  filter: {
    agencyCode: string;
    states: readonly ObjectionState[] | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly Objection[]> {
  const { rows } = await db.raw<{ rows: ObjectionRow[] }>(
    `
    ${WITH_STATE}
    where agency_code = :agencyCode and (:states::text[] is null or last.state = any(:states))
      and (:at::timestamptz is null or (submitted_at, id) < (:at::timestamptz, :id::uuid))
    order by submitted_at desc, id desc
    limit :rows
    `,
    {
      ...{ agencyCode: filter.agencyCode, states: filter.states, rows: filter.rows },
      ...{ at: filter.before?.at ?? null, id: filter.before?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

/** Whether one that is open objects to the same. */
export async function isObjectedTo(db: Database, objection: Objection): Promise<boolean> {
  const { objected, subject } = objection;
  const { rows } = await db.raw<{ rows: ObjectionRow[] }>(
    `
    ${WITH_STATE}
    where subject_code = :code and last.state in ('SUBMITTED', 'ACCEPTED')
      and (entry_id = :entryId::uuid
        or (source = :source::text and ground = :ground and reference = :reference))
    limit 1
    `,
    {
      code: subject.code,
      entryId: objected.of === 'OWN' ? objected.entryId : null,
      source: objected.of === 'SOURCE' ? objected.source : null,
      ground: objected.of === 'SOURCE' ? objected.ground : null,
      reference: objected.of === 'SOURCE' ? objected.reference : null,
    },
  );
  return rows.length > 0;
}

/** Records of sources about a subject that are objected to now, at whatever agency. */
export async function listDisputedRecords(
  db: Database,
  subjectCode: string,
): Promise<readonly SourceRecord[]> {
  const { rows } = await db.raw<{ rows: ObjectionRow[] }>(
    `${WITH_STATE} where subject_code = :subjectCode and check_id is not null
       and last.state = 'ACCEPTED' limit 200`,
    { subjectCode },
  );
  return rows.flatMap(({ source, ground, reference }) =>
    source === null || ground === null || reference === null ? [] : [{ source, ground, reference }],
  );
}

/** Oldest first. */
export async function listObjectionEvents(
  db: Database,
  objectionId: string,
): Promise<readonly ObjectionEvent[]> {
  return db<ObjectionEvent & { objection_id: string; step: ObjectionStep | null }>(
    'objection_event',
  )
    .where({ objection_id: objectionId })
    .orderBy('number')
    .select('number', 'step', 'state', 'at', 'by', 'statement', 'document', 'correction');
}

function fromRow(row: ObjectionRow): Objection {
  return {
    ...{ id: row.id, agencyCode: row.agency_code },
    subject: { kind: row.subject_kind, code: row.subject_code },
    objected: objectedOf(row),
    ...{ grounds: row.grounds, submittedOn: row.submitted_on, submittedAt: row.submitted_at },
    ...{ submittedBy: row.submitted_by, state: row.state, version: row.version },
    acceptedBy: row.accepted_by,
  };
}

/** What the checks of the table leave possible. */
function objectedOf(row: ObjectionRow): Objection['objected'] {
  const { breach_id: breachId, entry_id: entryId, check_id: checkId } = row;
  if (breachId !== null && entryId !== null) return { of: 'OWN', breachId, entryId };
  const { source, ground, reference } = row;
  if (checkId === null || source === null || ground === null || reference === null)
    throw new Error('an objection without its object');
  return { of: 'SOURCE', checkId, source, ground, reference };
}
