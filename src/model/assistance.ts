import type { BusinessDate } from './business-date.ts';

/** What an assisting agency is asked (行政协助): one request, several questions. */
export interface AssistanceDraft {
  /** The hub's id of the request; the key by which delivery is idempotent. */
  readonly requestId: string;
  readonly askingAgency: string;
  readonly assistingAgency: string;
  readonly matterCode: string;
  readonly matterName: string;
  readonly caseNumber: string;
  readonly legalBasis: string;
  readonly subject: { readonly kind: string; readonly code: string; readonly name: string };
  readonly questions: readonly AssistanceQuestion[];
  readonly dueOn: BusinessDate;
}

/** One question of a request; each is answered separately. */
export interface AssistanceQuestion {
  /** Stable within the assistance item, e.g. `INSURED_SINCE_2020`. */
  readonly code: string;
  readonly text: string;
}

/** The assisting agency's system took the request in. Says nothing about the subject. */
export interface AssistanceReceipt {
  readonly receiptNumber: string;
  readonly requestId: string;
}

/** What a person at the assisting agency found. Only the first two are definite. */
export const ASSISTANCE_ANSWERS = ['CONFIRMED', 'DENIED', 'NO_RECORD', 'CANNOT_DETERMINE'] as const;
export type AssistanceAnswer = (typeof ASSISTANCE_ANSWERS)[number];

/** Names the hub's own inbox where no agency's own system is registered to be told. */
export const INBOX = 'inbox';
