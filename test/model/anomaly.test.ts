import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  baselineOf,
  DEFAULT_ANOMALY_POLICY,
  heldBack,
  isAdverse,
  isAnomalous,
} from '../../src/model/anomaly.ts';
import { judge } from '../../src/model/judge.ts';
import { FIELD_OUTCOMES } from '../../src/model/outcome.ts';
import { answered, policyOf, requirementOf } from './observations.ts';

const policy = DEFAULT_ANOMALY_POLICY;
const FIELDS = ['STATUS', 'HOLDER_NAME', 'ADDRESS'] as const;
const LICENSE = requirementOf('license', FIELDS);
const POLICY = policyOf([LICENSE]);
const ABOUT = { requirement: 'license', source: 'library', rank: 2 };

test.each([
  // adverse, answers, usual
  [19, 19, 0.05, false],
  [5, 20, 0.05, false],
  [6, 20, 0.05, true],
  [12, 20, 0.2, false],
  [13, 20, 0.2, true],
  [19, 20, 0.4, false],
  [20, 20, 0.4, true],
  [20, 20, 0.85, false],
])('%s adverse of %s answers where %s is usual: held is %s', (adverse, answers, usual, held) => {
  expect(isAnomalous({ answers, adverse }, usual, policy)).toBe(held);
});

test('what is usual is assumed until fifty subjects are known', () => {
  expect(baselineOf({ answers: 49, adverse: 0 }, policy)).toBe(0.2);
  expect(baselineOf({ answers: 50, adverse: 1 }, policy)).toBe(0.02);
});

test('only what differs in a decisive field is adverse', () => {
  const fields = [{ field: 'ADDRESS', outcome: 'MISMATCH', rank: 2, rules: [] }] as const;
  const advisory = {
    ...LICENSE,
    fields: LICENSE.fields.map((one) => ({ ...one, decisive: one.field !== 'ADDRESS' })),
  };

  expect(isAdverse(LICENSE, answered({ ...ABOUT, fields }))).toBe(true);
  expect(isAdverse(advisory, answered({ ...ABOUT, fields }))).toBe(false);
});

test('nothing that is held back tells of a listing, a state or an absence', () => {
  const listing = { code: 'STANDING_LISTING', field: 'CREDIT_STANDING', detail: null } as const;
  const former = { code: 'FORMER_NAME', field: 'HOLDER_NAME', detail: null } as const;

  const held = heldBack(
    answered({
      ...ABOUT,
      recordOutcome: 'ABSENT_COVERED',
      status: 'REVOKED',
      fields: [{ field: 'STATUS', outcome: 'MISMATCH', rank: 2, rules: [] }],
      notes: [listing, former],
    }),
    7,
  );

  expect(held).toMatchObject({ recordOutcome: 'ABSENT_UNCOVERED', status: 'STATUS_UNKNOWN' });
  expect(held.notes).toEqual([former, { code: 'ANOMALY_HOLD', field: null, detail: 'revision 7' }]);
  expect(judge(POLICY, [held]).reasons.map(({ code }) => code)).toEqual([
    'FORMER_NAME',
    'ANOMALY_HOLD',
  ]);
});

const anyAnswer = fc
  .record({
    source: fc.constantFrom('a', 'b', 'c'),
    rank: fc.integer({ min: 1, max: 2 }),
    outcomes: fc.array(fc.constantFrom(...FIELD_OUTCOMES), { minLength: 3, maxLength: 3 }),
  })
  .map(({ source, rank, outcomes }) =>
    answered({
      ...{ requirement: 'license', source, rank },
      fields: FIELDS.map((field, index) => ({ field, outcome: outcomes[index]!, rank, rules: [] })),
    }),
  );

test('once every answer is held back, nobody is refuted and who was confirmed still is', () => {
  fc.assert(
    fc.property(fc.array(anyAnswer, { maxLength: 4 }), (observations) => {
      const held = observations.map((one) => heldBack(one, 7));

      const [before, after] = [judge(POLICY, observations), judge(POLICY, held)];

      expect(['REFUTED', 'CONFLICTING']).not.toContain(after.code);
      if (before.code === 'CONFIRMED') expect(after.code).toBe('CONFIRMED');
      expect(held.map((one) => heldBack(one, 7))).toEqual(held);
    }),
  );
});
