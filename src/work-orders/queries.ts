import type { BusinessDate } from '../model/business-date.ts';
import type { RungClock } from '../model/ladder-clock.ts';
import type {
  OnSiteQuestion,
  OnSiteReport,
  WorkOrder,
  WorkOrderEvent,
  WorkOrderState,
  WorkOrderStep,
} from '../model/work-order.ts';
import type { Database, Transaction } from '../store/database.ts';

interface OrderRow {
  id: string;
  order_number: string;
  agency_code: string;
  verification_id: string;
  case_id: string;
  subject_id: string;
  requirement: string;
  attempt: number;
  origin: WorkOrder['origin'];
  reason: string | null;
  questions: readonly OnSiteQuestion[];
  clock: RungClock;
  made_at: Date;
  made_by: string;
  state: WorkOrderState;
  version: number;
  last_by: string;
  inspectors: readonly string[] | null;
  report: (OnSiteReport & { readonly inspectedOn: BusinessDate }) | null;
  reported_by: string | null;
  signed_by: string | null;
  signed_at: Date | null;
}

// Whoever was refused or assigned before counts no more, nor does what they reported.
const SELECT_ORDER = `
  select work_order.*, last.state, last.number as version, last.by as last_by,
    case when last.state = 'DRAFTED' then null else assigned.inspectors end as inspectors,
    reported.report, reported.by as reported_by, signed.by as signed_by, signed.at as signed_at
  from work_order
  cross join lateral (
    select state, number, by from work_order_event
    where work_order_id = work_order.id order by number desc limit 1
  ) as last
  left join lateral (
    select inspectors, number from work_order_event
    where work_order_id = work_order.id and step = 'ASSIGN' order by number desc limit 1
  ) as assigned on true
  left join lateral (
    select report, by, number from work_order_event
    where work_order_id = work_order.id and step = 'REPORT' and number > assigned.number
    order by number desc limit 1
  ) as reported on true
  left join lateral (
    select by, at from work_order_event
    where work_order_id = work_order.id and step = 'SIGN' and number > reported.number
    order by number desc limit 1
  ) as signed on true
`;

/** An order before anything has been done with it. */
export type NewWorkOrder = Omit<
  WorkOrder,
  'state' | 'version' | 'inspectors' | 'report' | 'canceledBy'
>;

/** Inserts, unless this attempt is there already. Returns whether it inserted. */
export async function insertOrder(trx: Transaction, order: NewWorkOrder): Promise<boolean> {
  const added = await trx('work_order')
    .insert({
      ...{ id: order.id, order_number: order.orderNumber, agency_code: order.agencyCode },
      ...{ verification_id: order.verificationId, case_id: order.caseId, origin: order.origin },
      ...{ subject_id: order.subjectId, requirement: order.requirement, attempt: order.attempt },
      ...{ reason: order.reason, questions: JSON.stringify(order.questions) },
      ...{ clock: JSON.stringify(order.clock), made_at: order.madeAt, made_by: order.madeBy },
    })
    .onConflict(['case_id', 'subject_id', 'requirement', 'attempt'])
    .ignore()
    .returning('id');
  return added.length === 1;
}

/** What comes with an event beyond what is shown of it. */
export interface NewWorkOrderEvent extends WorkOrderEvent {
  readonly inspectors: readonly string[] | null;
  readonly report: OnSiteReport | null;
  readonly idempotencyKey: string | null;
}

/** Appends what was done. */
export async function insertOrderEvent(
  trx: Transaction,
  orderId: string,
  event: NewWorkOrderEvent,
): Promise<void> {
  const { inspectors, report, idempotencyKey, ...rest } = event;
  await trx('work_order_event').insert({
    ...{ work_order_id: orderId, ...rest, idempotency_key: idempotencyKey },
    inspectors: inspectors === null ? null : [...inspectors],
    report: report === null ? null : JSON.stringify(report),
  });
}

/** Lets one step after another pass. */
export async function lockOrder(trx: Transaction, id: string): Promise<void> {
  await trx('work_order').where({ id }).forUpdate().select('id');
}

/** The same, unless somebody is at it now. Returns whether nobody was. */
export async function tryLockOrder(trx: Transaction, id: string): Promise<boolean> {
  const rows = await trx('work_order').where({ id }).forUpdate().skipLocked().select('id');
  return rows.length === 1;
}

/** Of whichever agency. Null where there is none. */
export async function findOrder(db: Database | Transaction, id: string): Promise<WorkOrder | null> {
  const { rows } = await db.raw<{ rows: OrderRow[] }>(`${SELECT_ORDER} where work_order.id = :id`, {
    id,
  });
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** The account that took the step with this key. Undefined where none did. */
export async function findStepByKey(
  trx: Transaction,
  orderId: string,
  idempotencyKey: string,
): Promise<{ readonly by: string; readonly step: WorkOrderStep | null } | undefined> {
  const rows: readonly { by: string; step: WorkOrderStep | null }[] = await trx('work_order_event')
    .where({ work_order_id: orderId, idempotency_key: idempotencyKey })
    .select('by', 'step');
  return rows[0];
}

/** All orders about a requirement of a subject in a case, oldest first. */
export async function listOrdersFor(
  db: Database | Transaction,
  about: { readonly caseId: string; readonly subjectId: string; readonly requirement: string },
): Promise<readonly WorkOrder[]> {
  const { rows } = await db.raw<{ rows: OrderRow[] }>(
    `
    ${SELECT_ORDER}
    where case_id = :caseId and subject_id = :subjectId and requirement = :requirement
    order by attempt
    `,
    { caseId: about.caseId, subjectId: about.subjectId, requirement: about.requirement },
  );
  return rows.map(fromRow);
}

/** Orders about the subjects of verifications, oldest first within each. */
export async function listOrdersOf(
  db: Database,
  verificationIds: readonly string[],
): Promise<readonly { readonly verificationId: string; readonly order: WorkOrder }[]> {
  const { rows } = await db.raw<{ rows: (OrderRow & { waiting_id: string })[] }>(
    `
    select waiting.id as waiting_id, found.*
    from verification as waiting
    join (${SELECT_ORDER}) as found
      on found.case_id = waiting.case_id and found.subject_id = waiting.subject_id
    where waiting.id = any(:ids::uuid[])
    order by waiting.id, found.made_at, found.id
    `,
    { ids: [...verificationIds] },
  );
  return rows.map((row) => ({ verificationId: row.waiting_id, order: fromRow(row) }));
}

/** Newest first. */
export async function listNewestOrders(
  db: Database,
  wanted: {
    readonly agencyCode: string;
    readonly state: WorkOrderState | null;
    readonly inspector: string | null;
    readonly before: { at: Date; id: string } | null;
    readonly rows: number;
  },
): Promise<readonly WorkOrder[]> {
  const { rows } = await db.raw<{ rows: OrderRow[] }>(
    `
    ${SELECT_ORDER}
    where agency_code = :agencyCode
      and (:state::text is null or last.state = :state)
      and (:inspector::text is null
        or (last.state <> 'DRAFTED' and :inspector = any(assigned.inspectors)))
      and (:at::timestamptz is null or (made_at, work_order.id) < (:at, :id::uuid))
    order by made_at desc, work_order.id desc
    limit :rows
    `,
    {
      ...{ agencyCode: wanted.agencyCode, state: wanted.state, inspector: wanted.inspector },
      ...{ at: wanted.before?.at ?? null, id: wanted.before?.id ?? null, rows: wanted.rows },
    },
  );
  return rows.map(fromRow);
}

/** Oldest first. */
export async function listOrderEvents(
  db: Database,
  orderId: string,
): Promise<readonly WorkOrderEvent[]> {
  return db<WorkOrderEvent & { work_order_id: string }>('work_order_event')
    .where({ work_order_id: orderId })
    .orderBy('number')
    .select('number', 'step', 'state', 'at', 'by', 'reason');
}

function fromRow(row: OrderRow): WorkOrder {
  return {
    ...{ id: row.id, orderNumber: row.order_number, agencyCode: row.agency_code },
    ...{ verificationId: row.verification_id, caseId: row.case_id, subjectId: row.subject_id },
    ...{ requirement: row.requirement, attempt: row.attempt, origin: row.origin },
    ...{ reason: row.reason, questions: row.questions, clock: row.clock, madeAt: row.made_at },
    ...{ madeBy: row.made_by, state: row.state, version: row.version },
    canceledBy: row.state === 'CANCELED' ? row.last_by : null,
    inspectors: row.inspectors ?? [],
    report:
      row.report === null
        ? null
        : {
            ...{ ...row.report, reportedBy: row.reported_by ?? '' },
            ...{ signedBy: row.signed_by, signedAt: row.signed_at },
          },
  };
}
