import type { AssistanceQuestion } from '../model/assistance.ts';
import type { AssistanceState } from '../model/assistance-life.ts';
import type { AssistanceAnswered, AssistanceAttachment } from '../model/assistance-record.ts';
import {
  unansweredOf,
  type AssistanceReply,
  type AssistanceRequest,
} from '../model/assistance-request.ts';
import type { AssistanceStanding } from '../model/assistance-standing.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Database, Transaction } from '../store/database.ts';

interface RequestRow {
  id: string;
  request_number: string;
  verification_id: string | null;
  parent_id: string | null;
  independent_of: string | null;
  reason: string | null;
  item_code: string | null;
  item_version: number | null;
  standing: AssistanceStanding;
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
  attachments: readonly AssistanceAttachment[] | null;
  answerer_name: string | null;
  as_of: BusinessDate | null;
  replied_at: Date | null;
  replied_by: string | null;
}

const SELECT_REQUEST = `
  select
    request.id, request_number, request.verification_id, request.case_id, request.subject_id,
    requirement, parent_id, independent_of, request.reason, item_code, item_version,
    asking_agency, standing.assisting_agency,
    case_number, case_file.matter_code,
    matter_version.name as matter_name, case_file.legal_basis, case_subject.kind as subject_kind,
    case_subject.code as subject_code, case_subject.name as subject_name, questions,
    standing.due_on, standing.due_is_provisional, standing.standing, submitted_at, submitted_by,
    delivered_at, answers, attachments, answerer_name, as_of, replied_at, replied_by
  from assistance_request as request
  join case_file on case_file.id = request.case_id
  join matter_version
    on matter_version.matter_code = case_file.matter_code
    and matter_version.version = case_file.matter_version
  join case_subject on case_subject.id = request.subject_id
  left join assistance_delivery as delivery on delivery.request_id = request.id
  join assistance_standing as standing on standing.request_id = request.id
  left join lateral (
    select *
    from assistance_reply
    where assistance_reply.request_id = request.id
    order by number desc
    limit 1
  ) as reply on true
`;

// A draft is nobody's but the asking agency's.
const IS_PARTY = `
  (
    asking_agency = :agencyCode
    or (standing.assisting_agency = :agencyCode and state <> 'DRAFT')
    or coordinator_agency = :agencyCode
  )
`;

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

/**
 * Of a subject in a case: the last request that asks this requirement, if there is one. One that
 * was withdrawn counts only where there is no other.
 */
export async function findRequestFor(
  db: Database | Transaction,
  key: { caseId: string; subjectId: string; requirement: string },
): Promise<AssistanceRequest | null> {
  const all = await listRequestsFor(db, key);
  const standing = all.findLast((one) => one.standing.state !== 'WITHDRAWN');
  return standing ?? all.at(-1) ?? null;
}

/** All requests that ask a requirement of a subject in a case, oldest first; parts left out. */
export async function listRequestsFor(
  db: Database | Transaction,
  key: { caseId: string; subjectId: string; requirement: string },
): Promise<readonly AssistanceRequest[]> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `
    ${SELECT_REQUEST}
    where request.case_id = :caseId
      and request.subject_id = :subjectId
      and requirement = :requirement
      and parent_id is null
    order by attempt
    `,
    { caseId: key.caseId, subjectId: key.subjectId, requirement: key.requirement },
  );
  return rows.map(fromRow);
}

/** Whoever asks. Null where there is none with this id. */
export async function findRequest(
  db: Database | Transaction,
  id: string,
): Promise<AssistanceRequest | null> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `${SELECT_REQUEST} where request.id = :id`,
    {
      id,
    },
  );
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** The parts of a split request, in the order in which they were made. */
export async function listParts(
  db: Database | Transaction,
  parentIds: readonly string[],
): Promise<readonly AssistanceRequest[]> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `${SELECT_REQUEST} where parent_id = any(:parentIds::uuid[]) order by request_number`,
    { parentIds: [...parentIds] },
  );
  return rows.map(fromRow);
}

/** Open requests after `after`, by id. */
export async function listOpenRequests(
  db: Database | Transaction,
  wanted: { after: string; rows: number },
): Promise<readonly AssistanceRequest[]> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `${SELECT_REQUEST} where is_open and request.id > :after::uuid order by request.id limit :rows`,
    wanted,
  );
  return rows.map(fromRow);
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
      and found.parent_id is null
    where waiting.id = any(:verificationIds::uuid[])
    order by submitted_at desc, found.id desc
    `,
    { agencyCode, verificationIds: [...verificationIds] },
  );
  return rows.map((row) => ({ verificationId: row.waiting_id, request: fromRow(row) }));
}

/** On which side of a request an agency stands. */
export type AssistanceBox = 'INBOX' | 'SENT' | 'COORDINATION';

const IN_BOX: Readonly<Record<AssistanceBox, string>> = {
  INBOX: `standing.assisting_agency = :agencyCode and state <> 'DRAFT'`,
  SENT: 'asking_agency = :agencyCode',
  COORDINATION: 'coordinator_agency = :agencyCode',
};

/** Newest first, on one side of the agency. */
export async function listNewestRequests(
  db: Database,
  wanted: {
    agencyCode: string;
    box: AssistanceBox;
    state: AssistanceState | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly AssistanceRequest[]> {
  const { rows } = await db.raw<{ rows: RequestRow[] }>(
    `
    ${SELECT_REQUEST}
    where ${IN_BOX[wanted.box]}
      and (:state::text is null or state = :state)
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

function fromRow(row: RequestRow): AssistanceRequest {
  return {
    id: row.id,
    requestNumber: row.request_number,
    verificationId: row.verification_id,
    caseId: row.case_id,
    subjectId: row.subject_id,
    requirement: row.requirement,
    parentId: row.parent_id,
    independentOf: row.independent_of,
    independenceReason: row.reason,
    itemCode: row.item_code,
    itemVersion: row.item_version,
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
    standing: row.standing,
    unanswered: unansweredOf(row.standing),
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
    attachments: row.attachments ?? [],
    answererName: answerer_name,
    asOf: as_of,
    repliedAt: replied_at,
    repliedBy: replied_by,
  };
}
