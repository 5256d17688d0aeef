import type { AssistanceQuestion } from './assistance.ts';
import type { GivenAnswers } from './assistance-record.ts';
import type { AssistanceStanding } from './assistance-standing.ts';
import type { BusinessDate } from './business-date.ts';
import type { Unanswered } from './observe/assistance.ts';

/** A request as its agencies see it; `reply` is null while there is none. */
export interface AssistanceRequest {
  readonly id: string;
  readonly requestNumber: string;
  /** Null where an officer asked without a verification. */
  readonly verificationId: string | null;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  /** Request that this one is a part of. Null for a whole one. */
  readonly parentId: string | null;
  /** Answered request of which this one is independent. Null for a first one. */
  readonly independentOf: string | null;
  /** Why a second, independent answer is wanted. Null for a first one. */
  readonly independenceReason: string | null;
  readonly itemCode: string | null;
  readonly itemVersion: number | null;
  readonly askingAgency: string;
  /** The agency that has to assist now. */
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
  readonly standing: AssistanceStanding;
  /** Why no reply is waited for any more. Null while one is, or is there. */
  readonly unanswered: Unanswered | null;
}

/** What a person at the assisting agency found. Never changed once it is recorded. */
export interface AssistanceReply extends GivenAnswers {
  readonly repliedAt: Date;
  readonly repliedBy: string;
}

/** Why nobody waits for a reply to a request that stands so. Null while somebody does. */
export function unansweredOf({
  state,
  presumedUnanswered,
}: Pick<AssistanceStanding, 'state' | 'presumedUnanswered'>): Unanswered | null {
  switch (state) {
    case 'CLOSED_UNSATISFIED':
    case 'REFUSED_FINAL':
    case 'WITHDRAWN':
      return 'ENDED';
    default:
      return presumedUnanswered ? 'OVERDUE' : null;
  }
}
