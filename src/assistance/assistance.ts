import type { AssistanceAnswer, AssistanceQuestion } from '../model/assistance.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { Accepted } from '../model/user-error.ts';

/** Requests between agencies (行政协助). */
export interface Assistance {
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

export type AssistanceState = 'SUBMITTED' | 'REPLIED';

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

export interface AssistanceReply {
  readonly answers: readonly AssistanceAnswered[];
  readonly answererName: string;
  readonly asOf: BusinessDate;
  readonly repliedAt: Date;
  readonly repliedBy: string;
}

export interface AssistanceAnswered {
  readonly question: string;
  readonly outcome: AssistanceAnswer;
  readonly note: string | null;
}

export interface ReplyToAssistance {
  readonly requestId: string;
  readonly answers: readonly AssistanceAnswered[];
  readonly answererName: string;
  readonly asOf: BusinessDate;
}
