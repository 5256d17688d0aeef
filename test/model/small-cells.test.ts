import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { showColumn, SMALL_CELL_BELOW, type ShownCell } from '../../src/model/small-cells.ts';

const columns = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 4 });

/** Every column of numbers with this sum that would have been shown like this one. */
function columnsShownAs(shown: readonly ShownCell[], total: number): readonly number[][] {
  const found: number[][] = [];
  const extend = (begun: readonly number[], left: number): void => {
    if (begun.length === shown.length) {
      const isSame = left === 0 && JSON.stringify(showColumn(begun)) === JSON.stringify(shown);
      if (isSame) found.push([...begun]);
      return;
    }
    for (let next = 0; next <= left; next += 1) extend([...begun, next], left - next);
  };
  extend([], total);
  return found;
}

test('no small number can be told from what is shown, its sum and how it is shown', () => {
  fc.assert(
    fc.property(columns, (counts) => {
      const total = counts.reduce((sum, one) => sum + one, 0);
      const possible = columnsShownAs(showColumn(counts), total);
      counts.forEach((count, index) => {
        if (count === 0 || count >= SMALL_CELL_BELOW) return;
        const values = new Set(possible.map((column) => column[index]));
        expect([...values].length).toBeGreaterThan(1);
      });
    }),
    { numRuns: 1_000 },
  );
});

test('what is shown is a multiple of five, within two of the number', () => {
  fc.assert(
    fc.property(columns, (counts) => {
      showColumn(counts).forEach((cell, index) => {
        if (cell === null) return;
        expect(cell % 5).toBe(0);
        expect(Math.abs(cell - (counts[index] ?? 0))).toBeLessThanOrEqual(2);
      });
    }),
  );
});

test.each<[readonly number[], readonly ShownCell[]]>([
  [
    [103, 12, 7],
    [105, 10, 5],
  ],
  [
    [103, 0, 3],
    [105, null, null],
  ],
  [
    [0, 0, 0],
    [null, null, null],
  ],
])('%j is shown as %j', (counts, shown) => {
  expect(showColumn(counts)).toEqual(shown);
});
