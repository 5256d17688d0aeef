import type { BusinessDate } from '../business-date.ts';
import { compareCodes } from '../comparison.ts';
import type { Comparison, FieldOutcome, Hop, RecordOutcome, TransportOutcome } from '../outcome.ts';
import type { ClaimField, Requirement } from '../policy.ts';
import { parseSubjectCode, type SubjectKind } from '../subject-code.ts';
import type {
  ObservedDataset,
  ObservedField,
  ObservedMethod,
  SourceObservation,
} from '../verification.ts';

/**
 * What a source is consulted for: the requirement, the claims, the subject, the date that counts.
 */
export interface About {
  readonly requirement: Requirement;
  readonly source: string;
  readonly dataset: ObservedDataset;
  readonly rank: number;
  readonly fieldRanks: readonly { readonly field: ClaimField; readonly rank: number }[];
  readonly claims: ReadonlyMap<ClaimField, string>;
  readonly subject: { readonly kind: SubjectKind; readonly code: string; readonly name: string };
  readonly relevantOn: BusinessDate;
}

/** An answer, as far as observing it needs it. */
export interface Told<R> {
  readonly recordOutcome: RecordOutcome;
  readonly records: readonly R[];
  readonly asOf: Date | null;
  readonly observedAt: Date;
  readonly evidenceId: string;
  readonly rawDigest: string;
}

/** No answer, as far as observing it needs it. */
export interface Untold {
  readonly transport: Exclude<TransportOutcome, 'ANSWERED'>;
  readonly hop: Hop;
  readonly reason: string;
  readonly retryAt: Date | null;
}

export type FieldComparison = Pick<ObservedField, 'outcome' | 'rules'>;

/** Nobody stated it, so it is neither right nor wrong. */
export const NOT_CLAIMED: FieldComparison = { outcome: 'NOT_CLAIMED', rules: [] };
/** The source has no such field, or no single record to have it. */
export const NOT_HELD: FieldComparison = { outcome: 'NOT_HELD', rules: [] };
/** The source keeps it back. */
export const WITHHELD: FieldComparison = { outcome: 'WITHHELD', rules: [] };
/** A value cannot be read, which says nothing about the subject. */
export const NOT_COMPARABLE: FieldComparison = { outcome: 'NOT_COMPARABLE', rules: [] };
/** What the field says without a claimed value is so. */
export const HOLDS: FieldComparison = { outcome: 'MATCH_EXACT', rules: [] };
/** What the field says without a claimed value is not so. */
export const DIFFERS: FieldComparison = { outcome: 'MISMATCH', rules: [] };

/** A source that gave no answer: whatever the cause, it contributes nothing. */
export function observeSilence(about: About, untold: Untold): SourceObservation {
  return {
    ...headOf(about),
    transport: untold.transport,
    hop: untold.hop,
    fault: untold.reason,
    retryAt: untold.retryAt?.toISOString() ?? null,
    recordOutcome: null,
    status: null,
    fields: [],
    notes: [],
    asOf: null,
    observedAt: null,
    evidenceId: null,
    evidenceDigest: null,
  };
}

/** A source that answered: the fields of the requirement, each compared by `compare`. */
export function observeAnswer(
  about: About,
  told: Told<unknown>,
  seen: Pick<SourceObservation, 'status' | 'notes'> & {
    compare(field: ClaimField): FieldComparison;
  },
): SourceObservation {
  return {
    ...headOf(about),
    transport: 'ANSWERED',
    hop: null,
    fault: null,
    retryAt: null,
    recordOutcome: told.recordOutcome,
    status: seen.status,
    fields: about.requirement.fields.map(({ field }) => ({
      field,
      rank: rankOf(about, field),
      ...seen.compare(field),
    })),
    notes: seen.notes,
    asOf: told.asOf?.toISOString() ?? null,
    observedAt: told.observedAt.toISOString(),
    evidenceId: told.evidenceId,
    evidenceDigest: told.rawDigest,
  };
}

/** Compares only what is claimed; what nobody states is neither right nor wrong. */
export function ifClaimed(
  about: About,
  field: ClaimField,
  compare: (claimed: string) => Comparison,
): FieldComparison {
  const claimed = about.claims.get(field);
  return claimed === undefined ? NOT_CLAIMED : compare(claimed);
}

/**
 * What is left to say where there is no single record. Absence refutes only where it is covered.
 */
export function withoutRecord(outcome: RecordOutcome): (field: ClaimField) => FieldComparison {
  return (field) => (field === 'STATUS' && outcome === 'ABSENT_COVERED' ? DIFFERS : NOT_HELD);
}

/** The only record, where there is exactly one. */
export function singleRecord<R>(told: Told<R>): R | null {
  return told.recordOutcome === 'FOUND_ONE' ? (told.records[0] ?? null) : null;
}

/** Whether the record belongs to the subject: code against code, each in its canonical form. */
export function compareHolderCode(about: About, held: string | null): Comparison {
  const { kind, code } = about.subject;
  return compareCodes(code, held, (text) => {
    const parsed = parseSubjectCode(kind, text);
    return parsed.ok ? { ...parsed, value: { code: parsed.value.code } } : parsed;
  });
}

/** An outcome with the rules that led to it. */
export function outcomeOf(outcome: FieldOutcome, rules: readonly string[] = []): FieldComparison {
  return { outcome, rules };
}

function rankOf(about: About, field: ClaimField): number {
  return about.fieldRanks.find((one) => one.field === field)?.rank ?? about.rank;
}

function headOf(about: About) {
  return {
    requirement: about.requirement.id,
    source: about.source,
    dataset: about.dataset,
    method: methodOf(about.dataset),
    rank: about.rank,
  };
}

function methodOf(dataset: ObservedDataset): ObservedMethod {
  switch (dataset) {
    case 'ASSISTANCE':
    case 'ON_SITE':
    case 'DECISION':
      return dataset;
    default:
      return 'ONLINE';
  }
}
