/** Where a revision of a registered source stands. */
export const LIFE_STATES = [
  'DRAFT',
  'CHECKED',
  'SUBMITTED',
  'APPROVED',
  'REJECTED',
  'SHADOW',
  'ACTIVE',
  'PAUSED',
  'REPLACED',
  'DRAINING',
  'RETIRED',
  'DISCARDED',
] as const;
export type LifeState = (typeof LIFE_STATES)[number];

/** What can be done to a revision. */
export const LIFE_STEPS = [
  'CHECK',
  'SUBMIT',
  'APPROVE',
  'REJECT',
  'SHADOW',
  'ACTIVATE',
  'REPLACE',
  'PAUSE',
  'RESUME',
  'DRAIN',
  'RETIRE',
  'ROLL_BACK',
  'DISCARD',
] as const;
export type LifeStep = (typeof LIFE_STEPS)[number];

/** What each state allows, and where it leads. What is not here is refused. */
const LIFE: Readonly<Record<LifeState, Readonly<Partial<Record<LifeStep, LifeState>>>>> = {
  DRAFT: { CHECK: 'CHECKED', DISCARD: 'DISCARDED' },
  CHECKED: { CHECK: 'CHECKED', SUBMIT: 'SUBMITTED', DISCARD: 'DISCARDED' },
  SUBMITTED: { APPROVE: 'APPROVED', REJECT: 'REJECTED', DISCARD: 'DISCARDED' },
  APPROVED: { SHADOW: 'SHADOW', ACTIVATE: 'ACTIVE', DISCARD: 'DISCARDED' },
  REJECTED: {},
  SHADOW: { ACTIVATE: 'ACTIVE', DISCARD: 'DISCARDED' },
  ACTIVE: { PAUSE: 'PAUSED', DRAIN: 'DRAINING', REPLACE: 'REPLACED' },
  PAUSED: { RESUME: 'ACTIVE', DRAIN: 'DRAINING', REPLACE: 'REPLACED' },
  REPLACED: { ROLL_BACK: 'ACTIVE' },
  DRAINING: { RESUME: 'ACTIVE', RETIRE: 'RETIRED' },
  RETIRED: {},
  DISCARDED: {},
};

/** The state after a step. Null where the state does not allow it. */
export function stateAfter(state: LifeState, step: LifeStep): LifeState | null {
  return LIFE[state][step] ?? null;
}

/** What may be done next, in the order of `LIFE_STEPS`. */
export function stepsFrom(state: LifeState): readonly LifeStep[] {
  return LIFE_STEPS.filter((step) => LIFE[state][step] !== undefined);
}

/** True while the hub asks this revision, or would if it were not paused. */
export function isInUse(state: LifeState): boolean {
  return state === 'ACTIVE' || state === 'PAUSED' || state === 'DRAINING';
}

/** True while a revision is on its way to use; a source has at most one such. */
export function isCandidate(state: LifeState): boolean {
  return ['DRAFT', 'CHECKED', 'SUBMITTED', 'APPROVED', 'SHADOW'].includes(state);
}
