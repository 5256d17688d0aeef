import type { AssistanceAnswer } from './assistance.ts';
import type { AssistanceLimits } from './assistance-item.ts';
import type { AssistanceState, AssistanceStep, RefusalGround } from './assistance-life.ts';
import type { BusinessDate } from './business-date.ts';

/** The answer to one question of a request. */
export interface AssistanceAnswered {
  readonly question: string;
  readonly outcome: AssistanceAnswer;
  readonly note: string | null;
}

/** A document that goes with a reply. Its bytes are kept by who gave it. */
export interface AssistanceAttachment {
  readonly name: string;
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
  readonly bytes: number;
}

/** What somebody at the assisting agency found, before and after a second person looked at it. */
export interface GivenAnswers {
  readonly answers: readonly AssistanceAnswered[];
  readonly answererName: string;
  readonly asOf: BusinessDate;
  readonly attachments: readonly AssistanceAttachment[];
}

/** What the asking agency thought of the help, 1 to 5. */
export interface AssistanceRating {
  readonly timeliness: number;
  readonly effort: number;
}

/** What a step brought with it. Null for what it did not. */
export interface AssistanceFacts {
  readonly note: string | null;
  /** The agency that has to assist from now on. */
  readonly toAgency: string | null;
  readonly coordinator: string | null;
  readonly limits: AssistanceLimits | null;
  /** Proposed or agreed day. */
  readonly date: BusinessDate | null;
  readonly ground: RefusalGround | null;
  readonly given: GivenAnswers | null;
  readonly rating: AssistanceRating | null;
  /** True where nobody answered for so long that no answer is expected. */
  readonly presumed: boolean;
}

/** A step that brought nothing. */
export const NO_FACTS: AssistanceFacts = {
  ...{ note: null, toAgency: null, coordinator: null, limits: null, date: null, ground: null },
  ...{ given: null, rating: null, presumed: false },
};

/** Something that was done to a request. The sequence of them is the request. */
export interface AssistanceEvent {
  /** Counts from 1; the version after it. */
  readonly number: number;
  readonly step: AssistanceStep;
  readonly state: AssistanceState;
  readonly at: Date;
  /** Business day of `at`. */
  readonly on: BusinessDate;
  readonly agencyCode: string;
  readonly by: string;
  readonly facts: AssistanceFacts;
}
