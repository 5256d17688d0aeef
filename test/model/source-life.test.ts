import { describe, expect, test } from '@jest/globals';

import {
  isCandidate,
  isInUse,
  LIFE_STATES,
  LIFE_STEPS,
  stateAfter,
  stepsFrom,
} from '../../src/model/source-life.ts';

/** Every legal step, written down once more: what is not here must be refused. */
const LEGAL: readonly string[] = [
  'DRAFT CHECK CHECKED',
  'DRAFT DISCARD DISCARDED',
  'CHECKED CHECK CHECKED',
  'CHECKED SUBMIT SUBMITTED',
  'CHECKED DISCARD DISCARDED',
  'SUBMITTED APPROVE APPROVED',
  'SUBMITTED REJECT REJECTED',
  'SUBMITTED DISCARD DISCARDED',
  'APPROVED SHADOW SHADOW',
  'APPROVED ACTIVATE ACTIVE',
  'APPROVED DISCARD DISCARDED',
  'SHADOW ACTIVATE ACTIVE',
  'SHADOW DISCARD DISCARDED',
  'ACTIVE PAUSE PAUSED',
  'ACTIVE DRAIN DRAINING',
  'ACTIVE REPLACE REPLACED',
  'PAUSED RESUME ACTIVE',
  'PAUSED DRAIN DRAINING',
  'PAUSED REPLACE REPLACED',
  'REPLACED ROLL_BACK ACTIVE',
  'DRAINING RESUME ACTIVE',
  'DRAINING RETIRE RETIRED',
];

const ALL = LIFE_STATES.flatMap((state) => LIFE_STEPS.map((step) => [state, step] as const));

test.each(ALL)('from %s the step %s leads where the table says, or nowhere', (state, step) => {
  const next = stateAfter(state, step);

  const legal = LEGAL.find((line) => line.startsWith(`${state} ${step} `));
  expect(next).toBe(legal?.split(' ')[2] ?? null);
  expect(stepsFrom(state).includes(step)).toBe(next !== null);
});

describe('what a state means', () => {
  test('nothing leads out of an end', () => {
    expect(['REJECTED', 'RETIRED', 'DISCARDED'].map((end) => stepsFrom(end as never))).toEqual([
      [],
      [],
      [],
    ]);
  });

  test('no state is both on its way and in use', () => {
    expect(LIFE_STATES.filter((state) => isCandidate(state) && isInUse(state))).toEqual([]);
  });
});
