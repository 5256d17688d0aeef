import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { BusinessDate } from '../../src/model/business-date.ts';
import {
  afterNight,
  FINDING_LIFE,
  hasLife,
  isGone,
  opensVerification,
  type CrossCheckClass,
  type FindingState,
} from '../../src/model/cross-check-finding.ts';
import { addsUp, CROSS_CHECK_RUN_LIFE, judgeShare } from '../../src/model/cross-check-run.ts';

const ON = '2026-11-23' as BusinessDate;
const LATER = '2026-12-31' as BusinessDate;

type Standing = Parameters<typeof afterNight>[0];

const NEW: Standing = { state: 'NEW', nights: 1, steady: 0, reopened: 0, acceptedUntil: null };

/** The states after each night; M: met, N: not met. */
function live(nights: string, from: Standing = NEW): readonly FindingState[] {
  const states: FindingState[] = [];
  let standing = from;
  for (const night of nights) {
    const change = afterNight(standing, { met: night === 'M', on: ON });
    if (change !== null) standing = change;
    states.push(standing.state);
  }
  return states;
}

describe('the life of a finding across nights', () => {
  test.each([
    ['M', ['PERSISTING']],
    ['N', ['RESOLVED']],
    ['NN', ['RESOLVED', 'RESOLVED']],
    ['NMM', ['RESOLVED', 'REOPENED', 'PERSISTING']],
    ['NMNM', ['RESOLVED', 'REOPENED', 'RESOLVED', 'REOPENED']],
    ['NMNMNM', ['RESOLVED', 'REOPENED', 'RESOLVED', 'REOPENED', 'RESOLVED', 'FLAPPING']],
  ])('%s', (nights, states) => expect(live(nights)).toEqual(states));

  test.each([
    ['MM', ['FLAPPING', 'PERSISTING']],
    ['NNN', ['FLAPPING', 'FLAPPING', 'RESOLVED']],
    ['NMNM', ['FLAPPING', 'FLAPPING', 'FLAPPING', 'FLAPPING']],
  ])('a flapping one settles after three nights that said the same: %s', (nights, states) => {
    const flapping = { ...NEW, state: 'FLAPPING', steady: 1, reopened: 3 } as const;
    expect(live(nights, flapping)).toEqual(states);
  });

  test('an accepted one stays so until its day, then it is open again', () => {
    const accepted = { ...NEW, state: 'ACCEPTED' } as const;
    const night = { met: true, on: ON };

    expect(afterNight({ ...accepted, acceptedUntil: ON }, night)?.state).toBe('ACCEPTED');
    expect(afterNight({ ...accepted, acceptedUntil: LATER }, night)?.opens).toBe(false);
    const lapsed = afterNight({ ...accepted, acceptedUntil: '2026-11-22' as BusinessDate }, night);
    expect(lapsed).toMatchObject({ step: 'LAPSE', state: 'REOPENED', opens: true, reopened: 1 });
    expect(afterNight({ ...accepted, acceptedUntil: LATER }, { met: false, on: ON })?.state).toBe(
      'RESOLVED',
    );
  });

  test('whatever the nights say, what is met counts its nights and only a return opens anew', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('M', 'N'), maxLength: 40 }), (nights) => {
        let standing = NEW;
        for (const night of nights) {
          const met = night === 'M';
          const change = afterNight(standing, { met, on: ON });
          if (change === null) {
            expect([standing.state, met]).toEqual(['RESOLVED', false]);
            continue;
          }
          expect(change.nights).toBe(standing.nights + (met ? 1 : 0));
          expect(change.opens).toBe(standing.state === 'RESOLVED');
          if (change.state === 'RESOLVED') expect(met).toBe(false);
          standing = change;
        }
      }),
    );
  });

  test('every step that the table does not allow is refused', () => {
    const allowed = FINDING_LIFE.states.map((state) => [state, FINDING_LIFE.stepsFrom(state)]);

    expect(allowed).toEqual([
      ['NEW', ['SEE', 'MISS', 'ACCEPT', 'END', 'ASSIGN']],
      ['PERSISTING', ['SEE', 'MISS', 'ACCEPT', 'END', 'ASSIGN']],
      ['RESOLVED', ['SEE', 'FLAP']],
      ['REOPENED', ['SEE', 'MISS', 'ACCEPT', 'END', 'ASSIGN']],
      ['FLAPPING', ['SEE', 'MISS', 'STAY', 'SETTLE', 'ACCEPT', 'END', 'ASSIGN']],
      ['ACCEPTED', ['SEE', 'LAPSE', 'MISS', 'END', 'ASSIGN']],
    ]);
    for (const state of FINDING_LIFE.states)
      for (const step of FINDING_LIFE.steps)
        if (FINDING_LIFE.after(state, step) === null)
          expect(FINDING_LIFE.refuse(state, step, ['id'])).toMatchObject({
            ...{ code: 'STEP_NOT_ALLOWED', state, allowed: FINDING_LIFE.stepsFrom(state) },
          });
  });
});

test('a license out of force says nothing of the name it is told without', () => {
  expect(isGone({ class: 'FIELD_CHANGED' }, 'DIFFERING')).toBe(false);
  expect(isGone({ class: 'COMMITMENT_UNSUPPORTED' }, 'DIFFERING')).toBe(false);
  expect(isGone({ class: 'STATUS_CHANGED' }, 'DIFFERING')).toBe(true);
  expect(isGone({ class: 'FIELD_CHANGED' }, 'MATCHED')).toBe(true);
});

test.each<[CrossCheckClass, boolean, boolean]>([
  ['MISSING_IN_SOURCE', true, true],
  ['MISSING_IN_HUB', true, false],
  ['FIELD_CHANGED', true, true],
  ['STATUS_CHANGED', true, true],
  ['DUPLICATE_KEY', true, false],
  ['UNPARSEABLE', true, false],
  ['IN_FLIGHT', false, false],
  ['COMMITMENT_UNSUPPORTED', true, true],
  ['UNACKNOWLEDGED_PUSH', true, false],
])('%s: lives %p, has its commitment verified again %p', (one, lives, opens) => {
  expect([hasLife(one), opensVerification(one)]).toEqual([lives, opens]);
});

describe('a run', () => {
  test('takes no step that its table does not allow', () => {
    const { states, stepsFrom } = CROSS_CHECK_RUN_LIFE;
    expect(states.map((state) => [state, stepsFrom(state)])).toEqual([
      ['OPENED', ['CUT', 'CANCEL']],
      ['RUNNING', ['PAUSE', 'HOLD', 'COMPLETE', 'CANCEL']],
      ['PAUSED', ['RESUME', 'CANCEL']],
      ['HELD', ['RELEASE', 'CANCEL']],
      ['COMPLETE', []],
      ['CANCELED', []],
    ]);
    for (const state of states)
      for (const step of CROSS_CHECK_RUN_LIFE.steps)
        if (CROSS_CHECK_RUN_LIFE.after(state, step) === null)
          expect(CROSS_CHECK_RUN_LIFE.refuse(state, step, ['id'])).toMatchObject({
            ...{ code: 'STEP_NOT_ALLOWED', state, allowed: stepsFrom(state) },
          });
  });

  test('is complete only when all it read is matched, differing or inconclusive', () => {
    const counts = { matched: 5, differing: 3, inconclusive: 2 };
    expect([9, 10, 11].map((subjects) => addsUp(subjects, counts))).toEqual([false, true, false]);
  });

  test.each([
    [{ matched: 100, differing: 0 }, 'USUAL'],
    [{ matched: 89, differing: 11 }, 'WARN'],
    [{ matched: 69, differing: 31 }, 'HOLD'],
    [{ matched: 0, differing: 49 }, 'USUAL'],
    [{ matched: 0, differing: 50 }, 'HOLD'],
  ])('%j is %s', (counts, expected) => {
    const thresholds = { warnShare: 0.1, holdShare: 0.3, countedMin: 50 };
    expect(judgeShare({ ...counts, inconclusive: 1_000 }, thresholds)).toBe(expected);
  });
});
