import type { BusinessDate } from './business-date.ts';
import type { SamplingPlan, SamplingState, SamplingStep } from './sampling.ts';

/** What an inspection found. `NOT_FOUND`: the subject itself (查无下落), not a record. */
export type InspectionOutcome = 'KEPT' | 'NOT_KEPT' | 'NOT_FOUND';

/** A random draw (双随机抽查), and how far it has come. */
export interface SamplingDraw {
  readonly id: string;
  /** Agency that planned it. */
  readonly agencyCode: string;
  readonly plan: SamplingPlan;
  /** The plan as it was hashed. */
  readonly planText: string;
  readonly planDigest: string;
  /** SHA-256 of the seed, hex. */
  readonly seedCommitment: string;
  readonly plannedAt: Date;
  readonly plannedBy: string;
  readonly state: SamplingState;
  /** Counts the events so far. */
  readonly version: number;
  /** Null before the population was frozen. */
  readonly populationDigest: string | null;
  readonly populationSize: number | null;
  /** 32 bytes, hex. Null before it was revealed. */
  readonly seed: string | null;
}

/** One thing that was done with a draw. */
export interface SamplingEvent {
  readonly number: number;
  /** Null for the plan. */
  readonly step: SamplingStep | null;
  readonly state: SamplingState;
  readonly at: Date;
  readonly by: string;
  /** Null where the step needs none. */
  readonly reason: string | null;
}

/** A commitment that was drawn. */
export interface SampledSubject {
  /** Counts from 1. */
  readonly position: number;
  readonly commitmentId: string;
  readonly stratum: string;
  readonly inspectors: readonly string[];
  /** The last that was recorded. Null while none is. */
  readonly inspection: Inspection | null;
}

/** What an inspection found, as an officer recorded it. */
export interface Inspection {
  /** Counts from 1; a correction counts on. */
  readonly number: number;
  readonly outcome: InspectionOutcome;
  readonly inspectedOn: BusinessDate;
  /** Null only where the commitment was kept. */
  readonly note: string | null;
  readonly recordedAt: Date;
  readonly recordedBy: string;
}
