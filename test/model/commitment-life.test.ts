import { expect, test } from '@jest/globals';

import type { BusinessDate } from '../../src/model/business-date.ts';
import { commitmentCode } from '../../src/model/commitment-code.ts';
import { COMMITMENT_LIFE } from '../../src/model/commitment-life.ts';

/** Every legal step, written down once more: what is not here must be refused. */
const LEGAL: readonly string[] = [
  'SIGNED WITHDRAW WITHDRAWN',
  'SIGNED TERMINATE TERMINATED',
  'SIGNED CONCLUDE CONCLUDED',
  'CONCLUDED FULFILL FULFILLED',
  'CONCLUDED FIND_PARTLY PARTLY_FULFILLED',
  'CONCLUDED FIND_UNFULFILLED NOT_FULFILLED',
  'FULFILLED FIND_PARTLY PARTLY_FULFILLED',
  'FULFILLED FIND_UNFULFILLED NOT_FULFILLED',
  'PARTLY_FULFILLED FULFILL FULFILLED',
  'PARTLY_FULFILLED FIND_UNFULFILLED NOT_FULFILLED',
  'NOT_FULFILLED FULFILL FULFILLED',
  'PARTLY_FULFILLED REPAIR REPAIRED',
  'NOT_FULFILLED FIND_PARTLY PARTLY_FULFILLED',
  'NOT_FULFILLED REPAIR REPAIRED',
  'REPAIRED FULFILL FULFILLED',
];
const ALL = COMMITMENT_LIFE.states.flatMap((state) =>
  COMMITMENT_LIFE.steps.map((step) => [state, step] as const),
);

test.each(ALL)(
  'a commitment that is %s goes by %s where the table says, or nowhere',
  (state, step) => {
    const after = COMMITMENT_LIFE.after(state, step);

    const written = LEGAL.find((line) => line.startsWith(`${state} ${step} `));
    expect(after).toBe(written?.split(' ')[2] ?? null);
  },
);

test('a withdrawn commitment is never found broken, and a concluded one never withdrawn', () => {
  expect(COMMITMENT_LIFE.isFinal('WITHDRAWN')).toBe(true);
  const concluded = COMMITMENT_LIFE.states.filter((state) => state !== 'SIGNED');
  for (const state of concluded) expect(COMMITMENT_LIFE.after(state, 'WITHDRAW')).toBeNull();
});

test.each([
  ['370800', '2021-02-09', 1, '37080020210209000001'],
  ['370811', '2026-09-18', 999_999, '37081120260918999999'],
] as const)('the code of %s on %s, serial %d, is %s', (region, on, serial, code) => {
  expect(commitmentCode(region, on as BusinessDate, serial)).toBe(code);
});

test.each([0, 1_000_000, 1.5])('a serial of %d is refused', (serial) => {
  expect(() => commitmentCode('370800', '2021-02-09' as BusinessDate, serial)).toThrow(RangeError);
});
