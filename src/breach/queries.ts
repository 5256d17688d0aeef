import type {
  Breach,
  BreachDecision,
  BreachEvent,
  BreachState,
  BreachStep,
} from '../model/breach.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Database, Transaction } from '../store/database.ts';

interface BreachRow {
  id: string;
  agency_code: string;
  commitment_id: string;
  first_id: string;
  second_id: string;
  regulator_code: string | null;
  opened_by: string;
  opened_at: Date;
  state: BreachState;
  version: number;
  due_on: BusinessDate | null;
  decision: BreachDecision | null;
}

const WITH_STATE = `
  select breach.*, last.state, last.number as version, notified.due_on, decided.decision
  from breach
  cross join lateral (
    select state, number from breach_event
    where breach_id = breach.id order by number desc limit 1
  ) as last
  left join lateral (
    select due_on from breach_event where breach_id = breach.id and step = 'NOTIFY'
  ) as notified on true
  left join lateral (
    select decision from breach_event where breach_id = breach.id and step = 'DECIDE'
  ) as decided on true
`;

/** Returns whether the agency has not used the key before. */
export async function insertBreach(
  trx: Transaction,
  breach: Breach & { readonly idempotencyKey: string },
): Promise<boolean> {
  const added = await trx('breach')
    .insert({
      ...{ id: breach.id, agency_code: breach.agencyCode, commitment_id: breach.commitmentId },
      ...{ first_id: breach.verificationIds[0], second_id: breach.verificationIds[1] },
      ...{ regulator_code: breach.regulatorCode, opened_by: breach.openedBy },
      ...{ opened_at: breach.openedAt, idempotency_key: breach.idempotencyKey },
    })
    .onConflict(['agency_code', 'idempotency_key'])
    .ignore()
    .returning('id');
  return added.length > 0;
}

/** The next event. */
export async function insertBreachEvent(
  trx: Transaction,
  breachId: string,
  event: BreachEvent & {
    readonly dueOn: BusinessDate | null;
    readonly decision: BreachDecision | null;
  },
): Promise<void> {
  const { dueOn, decision, ...rest } = event;
  await trx('breach_event').insert({
    ...{ breach_id: breachId, ...rest, due_on: dueOn },
    decision: decision === null ? null : JSON.stringify(decision),
  });
}

/** Of the agency, by id or by key. Null where it has none. */
export async function findBreach(
  db: Database | Transaction,
  { agencyCode, id, key }: { agencyCode: string; id?: string; key?: string },
): Promise<Breach | null> {
  const { rows } = await db.raw<{ rows: BreachRow[] }>(
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
export async function lockBreach(trx: Transaction, id: string): Promise<void> {
  await trx('breach').where({ id }).forUpdate().select('id');
}

/** Newest first. */
export async function listNewestBreaches(
  db: Database,
  filter: {
    agencyCode: string;
    state: BreachState | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly Breach[]> {
  const { rows } = await db.raw<{ rows: BreachRow[] }>(
    `
    ${WITH_STATE}
    where agency_code = :agencyCode and (:state::text is null or last.state = :state)
      and (:at::timestamptz is null or (opened_at, id) < (:at::timestamptz, :id::uuid))
    order by opened_at desc, id desc
    limit :rows
    `,
    {
      ...{ agencyCode: filter.agencyCode, state: filter.state, rows: filter.rows },
      ...{ at: filter.before?.at ?? null, id: filter.before?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

/** The decision that stands for a commitment: the newest that was not annulled. */
export async function findStandingDecision(
  trx: Transaction,
  commitmentId: string,
): Promise<BreachDecision | null> {
  const { rows } = await trx.raw<{ rows: BreachRow[] }>(
    `${WITH_STATE} where commitment_id = :commitmentId and last.state = 'DECIDED'
     order by opened_at desc limit 1`,
    { commitmentId },
  );
  return rows[0]?.decision ?? null;
}

/** Oldest first. */
export async function listBreachEvents(
  db: Database,
  breachId: string,
): Promise<readonly BreachEvent[]> {
  return db<BreachEvent & { breach_id: string; step: BreachStep | null }>('breach_event')
    .where({ breach_id: breachId })
    .orderBy('number')
    .select('number', 'step', 'state', 'at', 'by', 'statement');
}

function fromRow(row: BreachRow): Breach {
  return {
    ...{ id: row.id, agencyCode: row.agency_code, commitmentId: row.commitment_id },
    verificationIds: [row.first_id, row.second_id],
    ...{ openedBy: row.opened_by, openedAt: row.opened_at, regulatorCode: row.regulator_code },
    ...{ state: row.state, version: row.version, hearingDueOn: row.due_on },
    decision: row.decision,
  };
}
