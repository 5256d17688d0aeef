import type { AssistanceAnswer } from '../assistance.ts';
import type { SourceObservation } from '../verification.ts';
import {
  DIFFERS,
  HOLDS,
  NOT_CLAIMED,
  NOT_COMPARABLE,
  NOT_HELD,
  observeAnswer,
  observeSilence,
  type About,
  type FieldComparison,
  type Untold,
} from './about.ts';

/** Whether the assisting agency's own system has been told of a request. */
export type Delivery = { readonly delivered: true } | ({ readonly delivered: false } & Untold);

/** A person's reply, as far as observing it needs it. */
export interface RepliedAnswers {
  readonly outcomes: readonly AssistanceAnswer[];
  /** The end of the business day whose holdings were looked at. */
  readonly asOf: Date;
  readonly repliedAt: Date;
  readonly requestId: string;
  /** SHA-256 of the reply as recorded, hex. */
  readonly digest: string;
}

/** A person's reply enters the same algebra as a machine's answer. */
export function observeReply(about: About, reply: RepliedAnswers): SourceObservation {
  const statement = compareStatement(reply.outcomes);
  const isUndetermined = statement.outcome === 'NOT_COMPARABLE' || statement.outcome === 'NOT_HELD';
  return observeAnswer(
    about,
    {
      recordOutcome: statement.outcome === 'NOT_HELD' ? 'ABSENT_UNCOVERED' : 'FOUND_ONE',
      records: [],
      asOf: reply.asOf,
      observedAt: reply.repliedAt,
      evidenceId: reply.requestId,
      rawDigest: reply.digest,
    },
    {
      status: null,
      notes: isUndetermined
        ? [{ code: 'ASSISTANCE_UNDETERMINED', field: 'STATEMENT', detail: null }]
        : [],
      compare: (field) => (field === 'STATEMENT' ? statement : NOT_CLAIMED),
    },
  );
}

/** The request is open: the answer comes later. */
export function observePending(about: About, dueAt: Date): SourceObservation {
  return {
    ...observeSilence(about, {
      transport: 'DEFERRED',
      hop: 'SOURCE',
      reason: 'SOURCE_DEFERRED',
      retryAt: dueAt,
    }),
    notes: [{ code: 'ASSISTANCE_PENDING', field: 'STATEMENT', detail: null }],
  };
}

/** Why no reply is waited for any more. */
export type Unanswered = 'OVERDUE' | 'ENDED';

/** Nobody answered, or nobody will: which says nothing about the subject. */
export function observeUnanswered(about: About, why: Unanswered): SourceObservation {
  const silence = observeSilence(about, {
    transport: why === 'OVERDUE' ? 'TIMEOUT' : 'UNSUPPORTED',
    hop: 'SOURCE',
    reason: why === 'OVERDUE' ? 'SOURCE_TIMEOUT' : 'SOURCE_UNSUPPORTED',
    retryAt: null,
  });
  return { ...silence, notes: [{ code: `ASSISTANCE_${why}`, field: 'STATEMENT', detail: null }] };
}

/** A job asks no person: what only a person can tell stays open. */
export function observeNotAsked(about: About): SourceObservation {
  const silence = observeSilence(about, {
    transport: 'UNSUPPORTED',
    hop: 'CONNECTOR',
    reason: 'SOURCE_UNSUPPORTED',
    retryAt: null,
  });
  return {
    ...silence,
    notes: [{ code: 'ASSISTANCE_NOT_ASKED', field: 'STATEMENT', detail: null }],
  };
}

/** The request is in the inbox, but the assisting agency's own system could not be told. */
export function observeUndelivered(about: About, failure: Untold): SourceObservation {
  return {
    ...observeSilence(about, failure),
    notes: [{ code: 'ASSISTANCE_UNDELIVERED', field: 'STATEMENT', detail: null }],
  };
}

/** One denial refutes the statement, every answer must confirm it, anything else leaves it open. */
function compareStatement(outcomes: readonly AssistanceAnswer[]): FieldComparison {
  if (outcomes.includes('DENIED')) return DIFFERS;
  if (outcomes.length > 0 && outcomes.every((one) => one === 'CONFIRMED')) return HOLDS;
  return outcomes.includes('NO_RECORD') ? NOT_HELD : NOT_COMPARABLE;
}
