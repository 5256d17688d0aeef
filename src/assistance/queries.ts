import type { AssistanceQuestion } from '../model/assistance.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Database, Transaction } from '../store/database.ts';
import type {
  AssistanceAnswered,
  AssistanceReply,
  AssistanceRequest,
  AssistanceState,
} from './assistance.ts';

interface RequestRow {
  id: string;
  request_number: string;
  verification_id: string;
  case_id: string;
  subject_id: string;
  requirement: string;
  asking_agency: string;
  assisting_agency: string;
  case_number: string;
  matter_code: string;
  matter_name: string;
  legal_basis: string;
  subject_kind: string;
  subject_code: string;
  subject_name: string;
  questions: readonly AssistanceQuestion[];
  due_on: BusinessDate;
  due_is_provisional: boolean;
  submitted_at: Date;
  submitted_by: string;
  delivered_at: Date | null;
  answers: readonly AssistanceAnswered[] | null;
  answerer_name: string | null;
  as_of: BusinessDate | null;
  replied_at: Date | null;
  replied_by: string | null;
}

const SELECT_REQUEST = `
  select
    request.id, request_number, request.verification_id, request.case_id, request.subject_id,
    requirement, asking_agency, assisting_agency, case_number, case_file.matter_code,
    matter_version.name as matter_name, case_file.legal_basis, case_subject.kind as subject_kind,
    case_subject.code as subject_code, case_subject.name as subject_name, questions,
    due_on, due_is_provisional, submitted_at, submitted_by, delivered_at,
    answers, answerer_name, as_of, replied_at, replied_by
  from assistance_request as request
  join case_file on case_file.id = request.case_id
  join matter_version
    on matter_version.matter_code = case_file.matter_code
    and matter_version.version = case_file.matter_version
  join case_subject on case_subject.id = request.subject_id
  left join assistance_delivery as delivery on delivery.request_id = request.id
  left join assistance_reply as reply on reply.request_id = request.id
`;

const IS_PARTY = `(asking_agency = :agencyCode or assisting_agency = :agencyCode)`;

/** In no particular order; requests of other agencies are left out. */
export async function listRequestsByIds(
  db: Database | Transaction,
  agencyCode: string,
  ids: readonly string[],
): Promise<readonly AssistanceRequest[]> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `${SELECT_REQUEST} where ${IS_PARTY} and request.id = any(:ids::uuid[])`,
    { agencyCode, ids: [...ids] },
  );
  return rows.map(fromRow);
}

/** Of a subject in a case: the one request that asks this requirement, if there is one. */
export async function findRequestFor(
  db: Database | Transaction,
  key: { caseId: string; subjectId: string; requirement: string },
): Promise<AssistanceRequest | null> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `
    ${SELECT_REQUEST}
    where request.case_id = :caseId
      and request.subject_id = :subjectId
      and requirement = :requirement
    `,
    key,
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Newest first, all of them; the caller cuts. */
export async function listRequestsOfSubjects(
  db: Database,
  agencyCode: string,
  subjectIds: readonly string[],
): Promise<readonly AssistanceRequest[]> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `
    ${SELECT_REQUEST}
    where ${IS_PARTY}
      and request.subject_id = any(:subjectIds::uuid[])
    order by submitted_at desc, request.id desc
    `,
    { agencyCode, subjectIds: [...subjectIds] },
  );
  return rows.map(fromRow);
}

/** Requests that answer a verification: its own, and those it joined for the same subject. */
export async function listRequestsOfVerifications(
  db: Database,
  agencyCode: string,
  verificationIds: readonly string[],
): Promise<readonly { verificationId: string; request: AssistanceRequest }[]> {
  const { rows } = await db.raw<{ rows: (RequestRow & { waiting_id: string })[] }>(
    `
    select waiting.id as waiting_id, found.*
    from verification as waiting
    join (${SELECT_REQUEST} where ${IS_PARTY}) as found
      on found.case_id = waiting.case_id and found.subject_id = waiting.subject_id
    where waiting.id = any(:verificationIds::uuid[])
    order by submitted_at desc, found.id desc
    `,
    { agencyCode, verificationIds: [...verificationIds] },
  );
  return rows.map((row) => ({ verificationId: row.waiting_id, request: fromRow(row) }));
}

/** Newest first, on one side of the agency. */
export async function listNewestRequests(
  db: Database,
  wanted: {
    agencyCode: string;
    box: 'INBOX' | 'SENT';
    state: AssistanceState | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly AssistanceRequest[]> {
  const side = wanted.box === 'INBOX' ? 'assisting_agency' : 'asking_agency';
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `
    ${SELECT_REQUEST}
    where ${side} = :agencyCode
      and (:state::text is null or (replied_at is not null) = (:state = 'REPLIED'))
      and (:at::timestamptz is null or (submitted_at, request.id) < (:at, :id::uuid))
    order by submitted_at desc, request.id desc
    limit :rows
    `,
    {
      agencyCode: wanted.agencyCode,
      state: wanted.state,
      at: wanted.before?.at ?? null,
      id: wanted.before?.id ?? null,
      rows: wanted.rows,
    },
  );
  return rows.map(fromRow);
}

/** A request before it is in the inbox. */
export interface NewRequest {
  readonly id: string;
  readonly requestNumber: string;
  readonly verificationId: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly askingAgency: string;
  readonly assistingAgency: string;
  readonly source: string;
  readonly questions: readonly AssistanceQuestion[];
  readonly dueOn: BusinessDate;
  readonly dueIsProvisional: boolean;
  readonly submittedAt: Date;
  readonly submittedBy: string;
}

/**
 * Puts the request in the inbox and marks it for delivery, unless the same is asked already.
 * Returns whether it inserted.
 */
export async function insertRequest(trx: Transaction, request: NewRequest): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    with inserted as (
      insert into assistance_request (
        id, request_number, verification_id, case_id, subject_id, requirement, asking_agency,
        assisting_agency, source, questions, due_on, due_is_provisional, submitted_at, submitted_by
      ) values (
        :id, :requestNumber, :verificationId, :caseId, :subjectId, :requirement, :askingAgency,
        :assistingAgency, :source, :questions, :dueOn, :dueIsProvisional, :submittedAt, :submittedBy
      )
      on conflict (case_id, subject_id, requirement) do nothing
      returning id
    )
    insert into assistance_delivery (request_id, next_at)
    select id, now() from inserted
    `,
    { ...request, questions: JSON.stringify(request.questions) },
  );
  return rowCount === 1;
}

/** Inserts, or does nothing when there is a reply already. Returns whether it inserted. */
export async function insertReply(
  trx: Transaction,
  requestId: string,
  reply: AssistanceReply,
): Promise<boolean> {
  const inserted = await trx('assistance_reply')
    .insert({
      request_id: requestId,
      answers: JSON.stringify(reply.answers),
      answerer_name: reply.answererName,
      as_of: reply.asOf,
      replied_at: reply.repliedAt,
      replied_by: reply.repliedBy,
    })
    .onConflict('request_id')
    .ignore()
    .returning('request_id');
  return inserted.length === 1;
}

function fromRow(row: RequestRow): AssistanceRequest {
  return {
    id: row.id,
    requestNumber: row.request_number,
    verificationId: row.verification_id,
    caseId: row.case_id,
    subjectId: row.subject_id,
    requirement: row.requirement,
    askingAgency: row.asking_agency,
    assistingAgency: row.assisting_agency,
    caseNumber: row.case_number,
    matterCode: row.matter_code,
    matterName: row.matter_name,
    legalBasis: row.legal_basis,
    subjectKind: row.subject_kind,
    subjectCode: row.subject_code,
    subjectName: row.subject_name,
    questions: row.questions,
    dueOn: row.due_on,
    dueIsProvisional: row.due_is_provisional,
    submittedAt: row.submitted_at,
    submittedBy: row.submitted_by,
    deliveredAt: row.delivered_at,
    reply: replyOf(row),
  };
}

function replyOf(row: RequestRow): AssistanceReply | null {
  const { answers, answerer_name, as_of, replied_at, replied_by } = row;
  if (
    answers === null ||
    answerer_name === null ||
    as_of === null ||
    replied_at === null ||
    replied_by === null
  )
    return null;
  return {
    answers,
    answererName: answerer_name,
    asOf: as_of,
    repliedAt: replied_at,
    repliedBy: replied_by,
  };
}
