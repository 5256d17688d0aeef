/**
 * The axes a verdict is computed from. Codes are stable: they are stored with every verdict and
 * shown to callers.
 */

/** How one claimed value compares with what one source holds. */
export const FIELD_OUTCOMES = [
  'MATCH_EXACT',
  'MATCH_NORMALIZED',
  'MATCH_APPROXIMATE',
  'MISMATCH',
  'SOURCE_BLANK',
  'NOT_HELD',
  'NOT_CLAIMED',
  'NOT_COMPARABLE',
  'WITHHELD',
] as const;
export type FieldOutcome = (typeof FIELD_OUTCOMES)[number];

/** What a source that answered said about the existence of the record. */
export const RECORD_OUTCOMES = [
  'FOUND_ONE',
  'FOUND_MANY',
  'ABSENT_COVERED',
  'ABSENT_UNCOVERED',
] as const;
export type RecordOutcome = (typeof RECORD_OUTCOMES)[number];

/** Legal status of a record on the date that counts, not "now". */
export const RECORD_STATUSES = [
  'VALID',
  'EXPIRED',
  'NOT_YET_VALID',
  'REVOKED',
  'WITHDRAWN',
  'CANCELED',
  'SUSPENDED',
  'SUPERSEDED',
  'TRANSFERRED_OUT',
  'STATUS_UNKNOWN',
] as const;
export type RecordStatus = (typeof RECORD_STATUSES)[number];

/** What became of one question to one source. Everything but `ANSWERED` contributes nothing. */
export const TRANSPORT_OUTCOMES = [
  'ANSWERED',
  'DEFERRED',
  'NEEDS_CONSENT',
  'UNAUTHORIZED',
  'QUOTA_EXHAUSTED',
  'SCHEDULED_OUTAGE',
  'TIMEOUT',
  'UNREACHABLE',
  'MALFORMED',
  'INTEGRITY_FAILED',
  'UNSUPPORTED',
  'SCHEMA_DRIFT',
] as const;
export type TransportOutcome = (typeof TRANSPORT_OUTCOMES)[number];

/** Where on the way a question ended. */
export const HOPS = ['HUB', 'CONNECTOR', 'NETWORK', 'SOURCE'] as const;
export type Hop = (typeof HOPS)[number];

/** The result of comparing two values, with the ids of the rules that made them equal. */
export interface Comparison {
  readonly outcome: Extract<
    FieldOutcome,
    | 'MATCH_EXACT'
    | 'MATCH_NORMALIZED'
    | 'MATCH_APPROXIMATE'
    | 'MISMATCH'
    | 'SOURCE_BLANK'
    | 'NOT_COMPARABLE'
  >;
  /** Rule ids with their version, e.g. `BRACKETS@1`, in the order applied. */
  readonly rules: readonly string[];
}
