import type { SourceObservation } from './verification.ts';

/** When the adverse answers of a source are no longer believed without a person. */
export interface AnomalyThresholds {
  /** Different subjects it takes within the window. */
  readonly answersMin: number;
  /** Times the usual share of adverse answers. */
  readonly factor: number;
  /** Above the usual share, at least. */
  readonly margin: number;
  /** What is usual where nothing is known yet. */
  readonly usualShare: number;
  /** Different subjects it takes to know what is usual. */
  readonly usualMin: number;
}

/** Held back above three times the usual share and at least 20 points above it, from 20 answers. */
export const ANOMALY_THRESHOLDS: AnomalyThresholds = {
  answersMin: 20,
  factor: 3,
  margin: 0.2,
  usualShare: 0.2,
  usualMin: 50,
};

/** Subjects a source told about in some time, and of how many it told something adverse. */
export interface AnswerTally {
  readonly answers: number;
  readonly adverse: number;
}

/** That the adverse answers of a revision of a source are held back (异常冻结). */
export interface SourceHold {
  readonly id: string;
  readonly source: string;
  /** The revision whose answers it is about. */
  readonly revision: number;
  readonly since: Date;
  /** Usual share of adverse answers, 0 to 1. */
  readonly usual: number;
  /** Share that led to the hold, 0 to 1. */
  readonly observed: number;
  /** Different subjects within the window. */
  readonly answers: number;
  /** The revision the hub went back to by itself. Null where it did not. */
  readonly rolledBackTo: number | null;
  /** Null while it stands. */
  readonly release: HoldRelease | null;
}

/** That an operator has looked, and why the answers may be believed again. */
export interface HoldRelease {
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
}

/** True where an answer, by itself, speaks against the subject. */
export function isAdverse({ transport, method, fields }: SourceObservation): boolean {
  return (
    transport === 'ANSWERED' &&
    method === 'ONLINE' &&
    fields.some(({ outcome }) => outcome === 'MISMATCH')
  );
}

/**
 * What an answer is worth while its source is held: what confirms stays, what speaks against the
 * subject says nothing until a person has looked at the source.
 */
export function withHold(observation: SourceObservation): SourceObservation {
  if (!isAdverse(observation)) return observation;
  const { fields, notes, recordOutcome } = observation;
  return {
    ...observation,
    recordOutcome: recordOutcome === 'ABSENT_COVERED' ? 'ABSENT_UNCOVERED' : recordOutcome,
    status: null,
    fields: fields.map((field) =>
      field.outcome === 'MISMATCH' ? { ...field, outcome: 'WITHHELD', rules: [] } : field,
    ),
    notes: [...notes, { code: 'ANOMALY_HOLD', field: null, detail: null }],
  };
}

/** The usual share and the observed one, where the difference is too large to be the subjects. */
export function findAnomaly(
  now: AnswerTally,
  before: AnswerTally,
  thresholds: AnomalyThresholds = ANOMALY_THRESHOLDS,
): { readonly usual: number; readonly observed: number } | null {
  if (now.answers < thresholds.answersMin) return null;
  const observed = now.adverse / now.answers;
  const isKnown = before.answers >= thresholds.usualMin;
  const usual = isKnown ? before.adverse / before.answers : thresholds.usualShare;
  const limit = Math.max(thresholds.factor * usual, usual + thresholds.margin);
  return observed > limit ? { usual, observed } : null;
}
