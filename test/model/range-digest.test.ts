import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  addDigests,
  cutRange,
  EMPTY_DIGEST,
  isSameDigest,
  type RangeDigest,
} from '../../src/model/range-digest.ts';
import type { RowKey } from '../../src/model/row-key.ts';

/** The digest of rows with these hashes. */
function digestOf(hashes: readonly bigint[]): RangeDigest {
  return hashes.reduce(
    (sum, hash) => addDigests(sum, { rows: 1, xor64: hash, sum64: hash }),
    EMPTY_DIGEST,
  );
}

test.each<[string, readonly bigint[], readonly bigint[]]>([
  ['a row that stands twice, and none: the same exclusive or', [5n, 5n], []],
  ['a row that stands three times, and once', [5n, 5n, 5n], [5n]],
  ['two that stand twice each: the same number and exclusive or', [5n, 5n], [7n, 7n]],
  ['two errors that even each other out: the same number and sum', [5n, 9n], [6n, 8n]],
  ['a row whose hash is 0, and none: nothing but the number', [0n], []],
])('%s', (_, one, other) => {
  expect(isSameDigest(digestOf(one), digestOf(other))).toBe(false);
  expect(isSameDigest(digestOf(one), digestOf(one))).toBe(true);
});

test('parts of a range add up to the range, in whatever order', () => {
  const hashes = fc.array(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }));
  fc.assert(
    fc.property(hashes, hashes, (one, other) => {
      const whole = digestOf([...other, ...one]);
      expect(isSameDigest(addDigests(digestOf(one), digestOf(other)), whole)).toBe(true);
    }),
  );
});

test('keys outside of a range, and where it begins, do not cut it', () => {
  const [a, c, e, g] = ['a', 'c', 'e', 'g'] as RowKey[] as [RowKey, RowKey, RowKey, RowKey];

  expect(cutRange({ from: c, to: g }, [a, c, e, g])).toEqual([
    { from: c, to: e },
    { from: e, to: g },
  ]);
  expect(cutRange({ from: null, to: null }, [])).toEqual([{ from: null, to: null }]);
});
