import { beliefOf } from './belief.ts';
import type { Requirement } from './policy.ts';
import type { SourceObservation, VerdictCode } from './verification.ts';

/** When a source's answers are no longer believed where they speak against somebody. */
export interface AnomalyPolicy {
  /** Answers about distinct keys, below which nothing is concluded. */
  readonly answersMin: number;
  /** A share above so many times the baseline … */
  readonly factor: number;
  /** … and above the baseline by more than this. */
  readonly margin: number;
  /** Answers of this time are looked at; older ones, up to a day, until `answersMin` are there. */
  readonly windowMinutes: number;
  readonly baselineDays: number;
  /** Answers that make a baseline. */
  readonly baselineAnswersMin: number;
  /** The baseline while there are too few answers for one. */
  readonly assumedShare: number;
  /** How long after its activation a revision is rolled back without anybody being asked. */
  readonly rollBackHours: number;
}

/** For a source of which nothing is known yet. */
export const DEFAULT_ANOMALY_POLICY: AnomalyPolicy = {
  answersMin: 20,
  factor: 3,
  margin: 0.2,
  windowMinutes: 60,
  baselineDays: 7,
  baselineAnswersMin: 50,
  assumedShare: 0.2,
  rollBackHours: 24,
};

/** So many answers about distinct keys, and so many of them adverse. */
export interface AnswerCount {
  readonly answers: number;
  readonly adverse: number;
}

/** That the adverse answers of a revision of a source are held back (异常冻结). */
export interface SourceHold {
  readonly id: string;
  readonly source: string;
  readonly revision: number;
  readonly since: Date;
  /** Usual share of adverse answers, 0 to 1. */
  readonly usual: number;
  /** Share of adverse answers that was met, 0 to 1. */
  readonly observed: number;
  readonly answers: number;
  /** Revision the hub returned to by itself. Null where it did not. */
  readonly rolledBackTo: number | null;
  /** Null while it stands. */
  readonly release: HoldRelease | null;
}

/** That an operator has looked, and what came out. */
export interface HoldRelease {
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
  readonly finding: HoldFinding;
}

/** What an operator found out about a hold. */
export type HoldFinding = 'FAULT_MENDED' | 'ANSWERS_RIGHT';

/** A verdict that rests on an adverse answer of a held revision. */
export interface VerdictToReview {
  readonly verdictId: string;
  readonly verificationId: string;
  readonly agencyCode: string;
  readonly code: VerdictCode;
  readonly decidedAt: Date;
}

/** Times within which a factor of a baseline can still be exceeded. */
const FACTOR_CEILING = 0.95;

/** The share that was to be expected, from what was answered before. */
export function baselineOf(before: AnswerCount, policy: AnomalyPolicy): number {
  return before.answers < policy.baselineAnswersMin ? policy.assumedShare : shareOf(before);
}

/** Whether so many adverse answers are no accident. Never, for too few answers. */
export function isAnomalous(met: AnswerCount, baseline: number, policy: AnomalyPolicy): boolean {
  // Three times a third is everything: without the ceiling such a source could never be held.
  const byFactor = Math.min(policy.factor * baseline, FACTOR_CEILING);
  const byMargin = baseline + policy.margin;
  return met.answers >= policy.answersMin && shareOf(met) > Math.max(byFactor, byMargin);
}

/** 0 where there are no answers. */
export function shareOf({ answers, adverse }: AnswerCount): number {
  return answers === 0 ? 0 : adverse / answers;
}

/** Whether an answer speaks against the subject in a field the requirement stands or falls with. */
export function isAdverse(requirement: Requirement, observation: SourceObservation): boolean {
  const decisive = requirement.fields.filter((one) => one.decisive).map(({ field }) => field);
  return observation.fields.some(
    ({ field, outcome }) => decisive.includes(field) && beliefOf(outcome) === 'FALSE',
  );
}

/**
 * An answer of a held revision, with everything taken out that speaks against the subject, and a
 * note that says so. What confirms stays; an answer that says nothing against anybody stays whole.
 * The reply itself is on record under `evidenceId`.
 */
export function heldBack(observation: SourceObservation, revision: number): SourceObservation {
  if (!observation.fields.some(({ outcome }) => beliefOf(outcome) === 'FALSE')) return observation;
  const { status, recordOutcome, notes } = observation;
  const detail = `revision ${revision}`;
  return {
    ...observation,
    recordOutcome: recordOutcome === 'ABSENT_COVERED' ? 'ABSENT_UNCOVERED' : recordOutcome,
    status: status === null || status === 'VALID' ? status : 'STATUS_UNKNOWN',
    fields: observation.fields.map((one) =>
      beliefOf(one.outcome) === 'FALSE' ? { ...one, outcome: 'WITHHELD', rules: [] } : one,
    ),
    notes: [
      ...notes.filter(({ code }) => code !== 'STANDING_LISTING' && code !== 'SUCCESSOR_EXISTS'),
      { code: 'ANOMALY_HOLD', field: null, detail },
    ],
  };
}
