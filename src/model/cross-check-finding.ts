import type { BusinessDate } from './business-date.ts';
import { createStateMachine } from './state-machine.ts';

/** What differs. See enum CrossCheckClass of the schema. */
export type CrossCheckClass =
  | 'MISSING_IN_SOURCE'
  | 'MISSING_IN_HUB'
  | 'FIELD_CHANGED'
  | 'STATUS_CHANGED'
  | 'DUPLICATE_KEY'
  | 'UNPARSEABLE'
  | 'IN_FLIGHT'
  | 'COMMITMENT_UNSUPPORTED'
  | 'UNACKNOWLEDGED_PUSH';

/** Where a finding stands in its life across nights. */
export type FindingState = 'NEW' | 'PERSISTING' | 'RESOLVED' | 'REOPENED' | 'FLAPPING' | 'ACCEPTED';

/** What happens to a finding. */
export type FindingStep =
  'SEE' | 'MISS' | 'FLAP' | 'STAY' | 'SETTLE' | 'END' | 'ACCEPT' | 'LAPSE' | 'ASSIGN';

/** ASSIGN changes the owner and no state. */
export const FINDING_LIFE = createStateMachine<FindingState, FindingStep>({
  NEW: same('NEW', { SEE: 'PERSISTING', MISS: 'RESOLVED', ACCEPT: 'ACCEPTED', END: 'RESOLVED' }),
  PERSISTING: same('PERSISTING', {
    ...{ SEE: 'PERSISTING', MISS: 'RESOLVED', ACCEPT: 'ACCEPTED', END: 'RESOLVED' },
  }),
  RESOLVED: { SEE: 'REOPENED', FLAP: 'FLAPPING' },
  REOPENED: same('REOPENED', {
    ...{ SEE: 'PERSISTING', MISS: 'RESOLVED', ACCEPT: 'ACCEPTED', END: 'RESOLVED' },
  }),
  FLAPPING: same('FLAPPING', {
    ...{ SEE: 'FLAPPING', MISS: 'FLAPPING', STAY: 'PERSISTING', SETTLE: 'RESOLVED' },
    ...{ ACCEPT: 'ACCEPTED', END: 'RESOLVED' },
  }),
  ACCEPTED: same('ACCEPTED', {
    ...{ SEE: 'ACCEPTED', LAPSE: 'REOPENED', MISS: 'RESOLVED', END: 'RESOLVED' },
  }),
});

function same(
  state: FindingState,
  row: Readonly<Partial<Record<FindingStep, FindingState>>>,
): Readonly<Partial<Record<FindingStep, FindingState>>> {
  return { ...row, ASSIGN: state };
}

/** A difference and its life. The same difference is one finding, however often it is met. */
export interface CrossCheckFinding {
  readonly id: string;
  readonly checkId: string;
  /** Null for a record of a collection. */
  readonly commitmentId: string | null;
  /** 承诺编码. Null for a record of a collection. */
  readonly commitmentCode: string | null;
  /** Empty where only one thing of the commitment is compared. The key of a record. */
  readonly part: string;
  readonly class: CrossCheckClass;
  /** Empty for the whole record. */
  readonly field: string;
  readonly valueFrom: string;
  readonly valueTo: string;
  /** Agency that accepted the commitment. */
  readonly agencyCode: string;
  readonly ownerCode: string;
  readonly openedAt: Date;
  readonly state: FindingState;
  /** Counts its events. */
  readonly version: number;
  /** Runs that met it. */
  readonly nights: number;
  /** Of a flapping one, runs in a row that met it; negative where they did not. */
  readonly steady: number;
  /** Times it came back. */
  readonly reopened: number;
  readonly acceptedUntil: BusinessDate | null;
  readonly dueOn: BusinessDate | null;
}

/** One thing that happened to a finding. Append-only. */
export interface FindingEvent {
  readonly number: number;
  readonly step: FindingStep | null;
  readonly state: FindingState;
  readonly runId: string | null;
  readonly at: Date;
  readonly by: string;
  readonly reason: string | null;
  readonly until: BusinessDate | null;
  readonly ownerCode: string | null;
}

/** Which findings a caller may see. */
export type FindingScope =
  | { readonly sees: 'ALL' }
  /** Those of an agency's commitments, and those it has to look into. */
  | { readonly sees: 'OWN'; readonly agencyCode: string }
  /** Besides, those of agencies of a region. */
  | { readonly sees: 'REGION'; readonly agencyCode: string; readonly regionPrefix: string };

/** Only findings that are all of this; null for any. */
export interface FindingFilter {
  readonly checkId: string | null;
  readonly runId: string | null;
  readonly class: CrossCheckClass | null;
  readonly states: readonly FindingState[];
  readonly field: string | null;
  readonly ownerCode: string | null;
}

/** How many there are of one kind. */
export interface FindingCount {
  readonly key: string;
  readonly class: CrossCheckClass;
  readonly field: string;
  readonly valueFrom: string;
  readonly valueTo: string;
  readonly state: FindingState;
  readonly findings: number;
}

/** What a night changes of a finding. */
export interface FindingChange {
  readonly step: FindingStep;
  readonly state: FindingState;
  readonly nights: number;
  readonly steady: number;
  readonly reopened: number;
  readonly acceptedUntil: BusinessDate | null;
  /** Whether its commitment is to be verified again and its time counts anew. */
  readonly opens: boolean;
}

type Standing = Pick<
  CrossCheckFinding,
  'state' | 'nights' | 'steady' | 'reopened' | 'acceptedUntil'
>;

/** Comes back so often before it counts as flapping. */
const REOPENED_MAX = 2;
/** A flapping one is believed again after so many runs that said the same. */
const STEADY_RUNS = 3;

/**
 * What a night that read its subject says of a finding. Null where it says nothing: one that is
 * resolved and not met. A night that did not read the subject, or read nothing conclusive, must not
 * be told here at all.
 */
export function afterNight(
  finding: Standing,
  night: { readonly met: boolean; readonly on: BusinessDate },
): FindingChange | null {
  const step = stepOf(finding, night);
  if (step === null) return null;
  const state = FINDING_LIFE.after(finding.state, step);
  if (state === null) throw new Error(`${finding.state} does not allow ${step}`);
  const comesBack = finding.state === 'RESOLVED' || step === 'LAPSE';
  const before = finding.state === 'FLAPPING' ? finding.steady : 0;
  return {
    ...{ step, state, opens: comesBack },
    nights: finding.nights + (night.met ? 1 : 0),
    steady: state === 'FLAPPING' ? steadyAfter(before, night.met) : 0,
    reopened: finding.reopened + (comesBack ? 1 : 0),
    acceptedUntil: state === 'ACCEPTED' ? finding.acceptedUntil : null,
  };
}

function stepOf(
  finding: Standing,
  { met, on }: { readonly met: boolean; readonly on: BusinessDate },
): FindingStep | null {
  const { state, reopened, acceptedUntil } = finding;
  if (state === 'RESOLVED') {
    if (!met) return null;
    return reopened >= REOPENED_MAX ? 'FLAP' : 'SEE';
  }
  if (state === 'FLAPPING') {
    const isSteady = Math.abs(steadyAfter(finding.steady, met)) >= STEADY_RUNS;
    if (!isSteady) return met ? 'SEE' : 'MISS';
    return met ? 'STAY' : 'SETTLE';
  }
  if (!met) return 'MISS';
  return state === 'ACCEPTED' && acceptedUntil !== null && acceptedUntil < on ? 'LAPSE' : 'SEE';
}

function steadyAfter(before: number, met: boolean): number {
  if (met) return before > 0 ? before + 1 : 1;
  return before < 0 ? before - 1 : -1;
}

/** Classes that say something of what was promised, so that it is verified again. */
const OF_PROMISE: readonly CrossCheckClass[] = [
  'MISSING_IN_SOURCE',
  'FIELD_CHANGED',
  'STATUS_CHANGED',
  'COMMITMENT_UNSUPPORTED',
];

/** Whether a finding of the class has its commitment verified again. Never opens a breach. */
export function opensVerification(one: CrossCheckClass): boolean {
  return OF_PROMISE.includes(one);
}

/** Whether a difference of the class has a life; one in flight is looked at the next night. */
export function hasLife(one: CrossCheckClass): boolean {
  return one !== 'IN_FLIGHT';
}

/** Classes of which the whole record speaks: another word about it replaces them. */
const OF_RECORD: readonly CrossCheckClass[] = [
  'MISSING_IN_SOURCE',
  'STATUS_CHANGED',
  'DUPLICATE_KEY',
  'UNPARSEABLE',
  'UNACKNOWLEDGED_PUSH',
];

/**
 * Whether a standing finding that a night did not meet is gone, by what it read of the subject. A
 * license that is out of force is told without its fields: that its name is not met says nothing.
 */
export function isGone(
  finding: Pick<CrossCheckFinding, 'class'>,
  outcome: 'MATCHED' | 'DIFFERING',
): boolean {
  return outcome === 'MATCHED' || OF_RECORD.includes(finding.class);
}
