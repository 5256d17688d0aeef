/**
 * Every fault this hub reports, in one catalog. `code` is a public promise: it appears in GraphQL
 * `extensions.code`, in logs and in docs/reference/errors.md (test/errors.test.ts keeps them
 * equal). A code is unique and never reused.
 *
 * Outcomes a caller should expect ("expired", "no such record") are values, not faults; mistakes a
 * caller can fix are `userErrors`. A code that starts with `SOURCE_` says that a source gave no
 * usable answer: it says nothing about the subject that was asked about.
 */
const CATALOG = {
  UNAUTHENTICATED: { retryable: false, message: 'The caller did not identify itself.' },
  FORBIDDEN: { retryable: false, message: 'The caller holds no role that may do this.' },
  NOT_FOUND: { retryable: false, message: 'There is nothing with this id for this caller.' },
  CONFLICT: { retryable: false, message: 'The request contradicts what is recorded.' },
  TICKET_OVER: { retryable: false, message: 'The ticket was used, or its time is over.' },
  MALFORMED_CURSOR: { retryable: false, message: 'The cursor was not made by this hub.' },
  QUERY_TOO_LARGE: { retryable: false, message: 'The query exceeds a limit of this hub.' },
  DOCUMENT_TOO_LARGE: { retryable: false, message: 'The document exceeds what this hub prints.' },
  AUDIT_UNAVAILABLE: {
    retryable: true,
    message: 'The question could not be recorded, so it was not asked.',
  },
  STORE_UNAVAILABLE: { retryable: true, message: 'The hub cannot reach its database.' },
  OVERLOADED: { retryable: true, message: 'The hub is too busy. Ask again later.' },
  UNSAFE_CONFIGURATION: {
    retryable: false,
    message: 'The hub refuses to start with this configuration.',
  },
  SOURCE_NOT_REGISTERED: {
    retryable: false,
    message: 'No source is registered that can answer this.',
  },
  SOURCE_UNSUPPORTED: { retryable: false, message: 'The source does not offer this.' },
  SOURCE_TIMEOUT: { retryable: true, message: 'The source did not answer in time.' },
  SOURCE_UNREACHABLE: { retryable: true, message: 'The source could not be reached.' },
  SOURCE_RESTING: {
    retryable: true,
    message: 'The source failed repeatedly and is left alone for a while.',
  },
  SOURCE_BUSY: { retryable: true, message: 'Too many questions are waiting for the source.' },
  SOURCE_UNAUTHORIZED: {
    retryable: false,
    message: 'The source did not accept the credentials of this hub.',
  },
  SOURCE_QUOTA_EXHAUSTED: {
    retryable: true,
    message: 'The source allows no more questions for now.',
  },
  SOURCE_SCHEDULED_OUTAGE: {
    retryable: true,
    message: 'The source is down for announced maintenance.',
  },
  SOURCE_DEFERRED: { retryable: true, message: 'The source will answer later.' },
  SOURCE_NEEDS_CONSENT: {
    retryable: false,
    message: 'The source answers only after the holder has consented.',
  },
  CONSENT_MISSING: {
    retryable: false,
    message: 'The holder has not consented to this.',
  },
  CONSENT_EXPIRED: {
    retryable: false,
    message: 'The time of the consent is over: ask the holder again.',
  },
  SOURCE_MALFORMED: {
    retryable: false,
    message: 'The source answered in a form that cannot be read.',
  },
  SOURCE_INTEGRITY_FAILED: {
    retryable: false,
    message: 'The answer of the source failed its integrity check.',
  },
  SOURCE_SCHEMA_DRIFT: {
    retryable: false,
    message: 'The source answered in a form its contract does not allow.',
  },
} as const satisfies Record<string, { retryable: boolean; message: string }>;

export type FaultCode = keyof typeof CATALOG;

/** Every code, in the order of the catalog. */
export const FAULT_CODES = Object.keys(CATALOG) as readonly FaultCode[];

/** Facts for the operator: source ids, status codes, counts, JSON pointers. Never a value. */
export type FaultDetails = Readonly<Record<string, string | number | boolean>>;

/** The only error that crosses the door of a room. Anything else is a bug, and is masked. */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: FaultCode;
  readonly details: FaultDetails;

  constructor(code: FaultCode, options: { details?: FaultDetails; cause?: unknown } = {}) {
    super(CATALOG[code].message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get retryable(): boolean {
    return CATALOG[this.code].retryable;
  }
}
