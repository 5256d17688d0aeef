import { expect, test } from '@jest/globals';

import { ADJUSTMENT_LIFE } from '../../src/model/adjustment-life.ts';
import { FILED_TO, FILING_LIFE } from '../../src/model/filing.ts';
import { lacksInsurance, riskScoreOf } from '../../src/model/listed-matter.ts';

/** Every legal step, written down once more: what is not here must be refused. */
const ADJUSTMENTS: readonly string[] = [
  'SUBMITTED APPROVE APPROVED',
  'SUBMITTED RETURN RETURNED',
  'SUBMITTED REJECT REJECTED',
  'SUBMITTED WITHDRAW WITHDRAWN',
  'RETURNED SUBMIT SUBMITTED',
  'RETURNED WITHDRAW WITHDRAWN',
  'APPROVED RETURN RETURNED',
  'APPROVED PUBLISH PUBLISHED',
];
const FILINGS: readonly string[] = [
  'DUE SEND SENT',
  'SENT RECEIVE RECEIVED',
  'SENT RETURN RETURNED',
  'RETURNED SEND SENT',
];

test.each(
  ADJUSTMENT_LIFE.states.flatMap((state) =>
    ADJUSTMENT_LIFE.steps.map((step) => [state, step] as const),
  ),
)('a request that is %s goes by %s where the table says, or nowhere', (state, step) => {
  const after = ADJUSTMENT_LIFE.after(state, step);

  const written = ADJUSTMENTS.find((line) => line.startsWith(`${state} ${step} `));
  expect(after).toBe(written?.split(' ')[2] ?? null);
});

test.each(
  FILING_LIFE.states.flatMap((state) => FILING_LIFE.steps.map((step) => [state, step] as const)),
)('a filing that is %s goes by %s where the table says, or nowhere', (state, step) => {
  const after = FILING_LIFE.after(state, step);

  const written = FILINGS.find((line) => line.startsWith(`${state} ${step} `));
  expect(after).toBe(written?.split(' ')[2] ?? null);
});

test('lists go from county to city to province, and no further', () => {
  expect([FILED_TO.COUNTY, FILED_TO.CITY, FILED_TO.PROVINCE]).toEqual(['CITY', 'PROVINCE', null]);
});

test.each([
  ['of high value', { isHighValue: true }, true],
  ['of high value and insured', { isHighValue: true, insuranceReference: 'PICC-1' }, false],
  ['hard to verify', { isHardToVerify: true }, true],
  ['neither', {}, false],
])('a matter %s lacks insurance or not', (_what, more, lacks) => {
  const none = { isHighValue: false, isHardToVerify: false, insuranceReference: null };
  const risk = { ...{ legal: 1, security: 2, social: 3 }, ...none, ...more };

  expect(lacksInsurance({ risk })).toBe(lacks);
  expect(riskScoreOf({ risk })).toBe(6);
});
