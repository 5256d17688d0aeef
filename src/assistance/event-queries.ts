import type { AssistanceQuestion } from '../model/assistance.ts';
import type { AssistanceEvent, AssistanceFacts } from '../model/assistance-record.ts';
import type { AssistanceReply } from '../model/assistance-request.ts';
import {
  ASSISTANCE_LIFE,
  type AssistanceState,
  type AssistanceStep,
} from '../model/assistance-life.ts';
import { ownerOf, type AssistanceStanding } from '../model/assistance-standing.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Database, Transaction } from '../store/database.ts';

/** A request before anything has happened to it. */
export interface NewRequest {
  readonly id: string;
  readonly requestNumber: string;
  readonly verificationId: string | null;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly parentId: string | null;
  readonly attempt: number;
  readonly independentOf: string | null;
  readonly reason: string | null;
  readonly itemCode: string | null;
  readonly itemVersion: number | null;
  readonly askingAgency: string;
  readonly assistingAgency: string;
  readonly source: string;
  readonly questions: readonly AssistanceQuestion[];
  readonly dueOn: BusinessDate;
  readonly dueIsProvisional: boolean;
  readonly submittedAt: Date;
  readonly submittedBy: string;
}

/** Inserts, unless the same is asked already. Returns whether it inserted. */
export async function insertRequest(trx: Transaction, request: NewRequest): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    insert into assistance_request (
      id, request_number, verification_id, case_id, subject_id, requirement, parent_id, attempt,
      item_code, item_version, asking_agency, assisting_agency, source, questions, due_on,
      due_is_provisional, submitted_at, submitted_by, independent_of, reason
    ) values (
      :id, :requestNumber, :verificationId, :caseId, :subjectId, :requirement, :parentId, :attempt,
      :itemCode, :itemVersion, :askingAgency, :assistingAgency, :source, :questions, :dueOn,
      :dueIsProvisional, :submittedAt, :submittedBy, :independentOf, :reason
    )
    on conflict do nothing
    `,
    { ...request, questions: JSON.stringify(request.questions) },
  );
  return rowCount === 1;
}

/** How often the same was asked. */
export async function countAttempts(
  trx: Transaction,
  key: { caseId: string; subjectId: string; requirement: string },
): Promise<number> {
  const { rows } = await trx.raw<{ rows: { attempts: number }[] }>(
    `
    select coalesce(max(attempt), 0) as attempts
    from assistance_request
    where case_id = :caseId and subject_id = :subjectId and requirement = :requirement
      and parent_id is null
    `,
    key,
  );
  return rows[0]?.attempts ?? 0;
}

/** Marks the request for delivery to whoever assists now, from the first attempt on. */
export async function enqueueDelivery(trx: Transaction, requestId: string): Promise<void> {
  await trx.raw(
    `
    insert into assistance_delivery (request_id, next_at) values (:requestId, now())
    on conflict (request_id) do update set
      attempts = 0, next_at = now(), delivered_at = null, receipt_number = null, last_fault = null
    `,
    { requestId },
  );
}

/** Lets one step after another pass, in a request and all its parts. */
export async function lockStanding(trx: Transaction, requestId: string): Promise<void> {
  await trx.raw(
    `
    select 1
    from assistance_standing
    where request_id = (select coalesce(parent_id, id) from assistance_request where id = ?)
    for update
    `,
    [requestId],
  );
}

/** Appends what was done. */
export async function insertEvent(
  trx: Transaction,
  requestId: string,
  event: AssistanceEvent & { readonly idempotencyKey: string | null },
): Promise<void> {
  await trx('assistance_event').insert({
    ...{ request_id: requestId, number: event.number, step: event.step, state: event.state },
    ...{ at: event.at, on: event.on, agency_code: event.agencyCode, by: event.by },
    ...{ facts: JSON.stringify(event.facts), idempotency_key: event.idempotencyKey },
  });
}

interface EventRow {
  request_id: string;
  number: number;
  step: AssistanceStep;
  state: AssistanceState;
  at: Date;
  on: BusinessDate;
  agency_code: string;
  by: string;
  facts: AssistanceFacts;
  idempotency_key: string | null;
}

/** The agency that took the step with this key. Undefined where none did. */
export async function findStepByKey(
  trx: Transaction,
  requestId: string,
  idempotencyKey: string,
): Promise<string | undefined> {
  const row = await events(trx)
    .where({ request_id: requestId, idempotency_key: idempotencyKey })
    .first();
  return row?.agency_code;
}

/** Who has answered a request, by account and by the name they signed with. */
export async function listAnswerers(
  trx: Transaction,
  requestIds: readonly string[],
): Promise<readonly { readonly by: string; readonly agencyCode: string; readonly name: string }[]> {
  const { rows } = await trx.raw<{
    rows: { by: string; agencyCode: string; name: string }[];
  }>(
    `
    select distinct by, agency_code as "agencyCode", facts -> 'given' ->> 'answererName' as name
    from assistance_event
    where request_id = any(:requestIds::uuid[])
      and step in ('REPLY', 'REPLY_PARTLY', 'PROPOSE_REPLY')
    `,
    { requestIds: [...requestIds] },
  );
  return rows;
}

/** Oldest first within a request. */
export async function listEvents(
  db: Database | Transaction,
  requestIds: readonly string[],
): Promise<readonly (AssistanceEvent & { readonly requestId: string })[]> {
  const rows = await events(db)
    .whereIn('request_id', [...requestIds])
    .orderBy(['request_id', 'number']);
  return rows.map((row) => ({
    ...{ requestId: row.request_id, number: row.number, step: row.step, state: row.state },
    ...{ at: row.at, on: row.on, agencyCode: row.agency_code, by: row.by, facts: row.facts },
  }));
}

function events(db: Database | Transaction) {
  return db('assistance_event').select<EventRow[]>('*');
}

/** Keeps what the events come to. */
export async function upsertStanding(
  trx: Transaction,
  requestId: string,
  {
    standing,
    due,
  }: { standing: AssistanceStanding; due: { on: BusinessDate; provisional: boolean } },
): Promise<void> {
  const row = {
    ...{ request_id: requestId, state: standing.state, version: standing.version },
    ...{ assisting_agency: standing.assistingAgency, owner_agency: ownerOf(standing) },
    ...{ coordinator_agency: standing.coordinator, due_on: due.on },
    due_is_provisional: due.provisional,
    is_open: !ASSISTANCE_LIFE.isFinal(standing.state),
    standing: JSON.stringify(standing),
  };
  await trx('assistance_standing').insert(row).onConflict('request_id').merge();
}

/** Sets due days that were counted anew. */
export async function updateDues(
  trx: Transaction,
  dues: readonly { requestId: string; on: BusinessDate; provisional: boolean }[],
): Promise<void> {
  await trx.raw(
    `
    update assistance_standing
    set due_on = (one ->> 'on')::date, due_is_provisional = (one ->> 'provisional')::boolean
    from jsonb_array_elements(:dues::jsonb) as one
    where request_id = (one ->> 'requestId')::uuid
    `,
    { dues: JSON.stringify(dues) },
  );
}

/** Adds a reply; the one with the highest number counts. */
export async function insertReply(
  trx: Transaction,
  requestId: string,
  { number, reply }: { number: number; reply: AssistanceReply },
): Promise<void> {
  await trx('assistance_reply').insert({
    ...{ request_id: requestId, number, answers: JSON.stringify(reply.answers) },
    ...{ answerer_name: reply.answererName, as_of: reply.asOf },
    ...{ attachments: JSON.stringify(reply.attachments) },
    ...{ replied_at: reply.repliedAt, replied_by: reply.repliedBy },
  });
}
