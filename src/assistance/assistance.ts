import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import type { AssistanceAnswer, AssistanceQuestion } from '../model/assistance.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import { groupedBy, inOrderOf } from '../model/in-order.ts';
import type { Delivery } from '../model/observe/assistance.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { AssistanceRung } from '../model/policy.ts';
import type { Purpose } from '../model/purpose.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Deliveries } from './delivery.ts';
import {
  findRequestFor,
  insertReply,
  insertRequest,
  listNewestRequests,
  listRequestsByIds,
  listRequestsOfSubjects,
  listRequestsOfVerifications,
} from './queries.ts';
import { checkReply, inOrderOfQuestions } from './reply.ts';

const REQUESTS_PER_SUBJECT_MAX = 20;

/** Requests between agencies (行政协助). */
export interface Assistance {
  /**
   * Puts a question set into the inbox of the assisting agency, durably, then tells its own system.
   * The same question about the same subject in the same case joins the request that is there.
   */
  request(wanted: WantedAssistance, purpose: Purpose): Promise<RequestedAssistance>;
  /** Newest first, of the caller's agency. */
  pageOf(
    agencyCode: string,
    filter: { box: 'INBOX' | 'SENT'; state: AssistanceState | null },
    page: PageRequest,
  ): Promise<Page<AssistanceRequest>>;
  /** In the order of `ids`; null where the agency neither sent nor received such a request. */
  listByIds(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (AssistanceRequest | null)[]>;
  /** In the order of `subjectIds`, each newest first, at most 20. */
  listOfSubjects(
    agencyCode: string,
    subjectIds: readonly string[],
  ): Promise<readonly (readonly AssistanceRequest[])[]>;
  /** In the order of `verificationIds`. */
  listOfVerifications(
    agencyCode: string,
    verificationIds: readonly string[],
  ): Promise<readonly (readonly AssistanceRequest[])[]>;
  /** @throws {HubError} CONFLICT when another reply stands. */
  reply(caller: Caller, input: ReplyToAssistance): Promise<Accepted<AssistanceRequest>>;
}

/** What is to be asked of another agency: one requirement of one subject in one case. */
export interface WantedAssistance {
  readonly verificationId: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly rung: AssistanceRung;
}

/** The request that stands, and whether the assisting agency has just been told of it. */
export interface RequestedAssistance {
  readonly request: AssistanceRequest;
  /** Null when there is nothing to deliver, or another replica is at it. */
  readonly delivery: Delivery | null;
}

/**
 * Told inside the transaction that records a reply: what waits for it is judged anew, or neither.
 */
export type OnReplied = (
  trx: Transaction,
  request: AssistanceRequest,
  reply: AssistanceReply,
) => Promise<void>;

export type AssistanceState = 'SUBMITTED' | 'REPLIED';

/** A request as either of its agencies sees it; `reply` is null while there is none. */
export interface AssistanceRequest {
  readonly id: string;
  readonly requestNumber: string;
  readonly verificationId: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly askingAgency: string;
  readonly assistingAgency: string;
  readonly caseNumber: string;
  readonly matterCode: string;
  readonly matterName: string;
  readonly legalBasis: string;
  readonly subjectKind: string;
  readonly subjectCode: string;
  readonly subjectName: string;
  readonly questions: readonly AssistanceQuestion[];
  readonly dueOn: BusinessDate;
  readonly dueIsProvisional: boolean;
  readonly submittedAt: Date;
  readonly submittedBy: string;
  readonly deliveredAt: Date | null;
  readonly reply: AssistanceReply | null;
}

/** What a person at the assisting agency found. Never changed once it is recorded. */
export interface AssistanceReply {
  readonly answers: readonly AssistanceAnswered[];
  readonly answererName: string;
  readonly asOf: BusinessDate;
  readonly repliedAt: Date;
  readonly repliedBy: string;
}

/** The answer to one question of the request. */
export interface AssistanceAnswered {
  readonly question: string;
  readonly outcome: AssistanceAnswer;
  readonly note: string | null;
}

/** A reply as it comes in, not yet checked against the questions. */
export interface ReplyToAssistance {
  readonly requestId: string;
  readonly answers: readonly AssistanceAnswered[];
  readonly answererName: string;
  readonly asOf: BusinessDate;
}

/** The room that keeps requests; `onReplied` is how it reaches the verifications that wait. */
export function createAssistance(deps: {
  db: Database;
  clock: Clock;
  calendar: Calendar;
  refusals: Refusals;
  deliveries: Deliveries;
  /** Id of the source by which an assisting agency is told now, or `INBOX`. */
  source(): string;
  onReplied: OnReplied;
}): Assistance {
  const { db, clock, calendar, refusals, deliveries, onReplied } = deps;

  async function request(wanted: WantedAssistance, purpose: Purpose): Promise<RequestedAssistance> {
    const existing = await findRequestFor(db, wanted);
    const found = existing ?? (await submit(wanted, purpose));
    const isWaiting = found.deliveredAt === null && found.reply === null;
    const delivery = isWaiting ? await deliveries.deliver(found, purpose) : null;
    return { request: found, delivery };
  }

  async function submit(
    { rung, ...wanted }: WantedAssistance,
    purpose: Purpose,
  ): Promise<AssistanceRequest> {
    const submittedAt = clock.now();
    const today = businessDate(submittedAt);
    const due = calendar.addWorkingDays(today, rung.workingDays);
    const id = randomUUID();
    return db.transaction(async (trx) => {
      await insertRequest(trx, {
        ...wanted,
        id,
        requestNumber: `XZ${today.replaceAll('-', '')}-${id.slice(0, 8).toUpperCase()}`,
        askingAgency: purpose.agencyCode,
        assistingAgency: rung.assistingAgency,
        source: deps.source(),
        questions: rung.questions,
        dueOn: due.on,
        dueIsProvisional: due.provisional,
        submittedAt,
        submittedBy: purpose.actor,
      });
      const submitted = await findRequestFor(trx, wanted);
      if (submitted === null) throw new HubError('STORE_UNAVAILABLE');
      return submitted;
    });
  }

  async function reply(
    caller: Caller,
    input: ReplyToAssistance,
  ): Promise<Accepted<AssistanceRequest>> {
    const [received = null] = await listByIds(caller.agencyCode, [input.requestId]);
    if (received === null || received.assistingAgency !== caller.agencyCode)
      return refusals.refuse(caller, 'replyToAssistance', [
        mistake(
          'UNKNOWN_ASSISTANCE_REQUEST',
          ['requestId'],
          'No such request is in the inbox of your agency.',
        ),
      ]);
    const errors = checkReply(received, input, businessDate(clock.now()));
    if (errors.length > 0) return refusals.refuse(caller, 'replyToAssistance', errors);

    const given: AssistanceReply = {
      answers: inOrderOfQuestions(received, input.answers),
      answererName: input.answererName.trim(),
      asOf: input.asOf,
      repliedAt: clock.now(),
      repliedBy: caller.account,
    };
    const standing = await db.transaction(async (trx) => {
      if (await insertReply(trx, received.id, given)) {
        await onReplied(trx, received, given);
        return given;
      }
      return (await listRequestsByIds(trx, caller.agencyCode, [received.id]))[0]?.reply ?? given;
    });
    if (!isSameReply(standing, given))
      throw new HubError('CONFLICT', { details: { field: 'requestId' } });
    return { ok: true, value: { ...received, reply: standing } };
  }

  async function listByIds(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (AssistanceRequest | null)[]> {
    const found = await listRequestsByIds(db, agencyCode, ids.filter(isUuid));
    return inOrderOf(ids, found);
  }

  return {
    request,
    reply,
    listByIds,
    pageOf: async (agencyCode, filter, page) => {
      const before = decodeInstantCursor(page.after);
      const rows = rowsToRead(page);
      const found = await listNewestRequests(db, { agencyCode, ...filter, before, rows });
      return pageOf(found, page, ({ submittedAt, id }) => [submittedAt.toISOString(), id]);
    },
    listOfSubjects: async (agencyCode, subjectIds) => {
      const all = await listRequestsOfSubjects(db, agencyCode, subjectIds.filter(isUuid));
      return groupedBy(subjectIds, all, ({ subjectId }) => subjectId).map((each) =>
        each.slice(0, REQUESTS_PER_SUBJECT_MAX),
      );
    },
    listOfVerifications: async (agencyCode, verificationIds) => {
      const ids = verificationIds.filter(isUuid);
      const all = await listRequestsOfVerifications(db, agencyCode, ids);
      return groupedBy(verificationIds, all, ({ verificationId }) => verificationId).map((each) =>
        each.map(({ request: one }) => one),
      );
    },
  };
}

function isSameReply(one: AssistanceReply, other: AssistanceReply): boolean {
  const key = ({ answers, answererName, asOf }: AssistanceReply) =>
    JSON.stringify([
      answers.map(({ question, outcome, note }) => [question, outcome, note]),
      answererName,
      asOf,
    ]);
  return key(one) === key(other);
}
