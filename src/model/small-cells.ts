/**
 * Below this, a number of people is not shown: whoever knows one of them would learn something
 * about the others. Statistics offices use 3 to 10; five is the usual one.
 */
export const SMALL_CELL_BELOW = 5;
/** What is shown is a multiple of this. */
const ROUNDED_TO = 5;

/** One number of a column: a multiple of five, or null for fewer than five or withheld. */
export type ShownCell = number | null;

/**
 * A column of counts whose exact sum is known elsewhere, as it may be shown. Every row is rounded
 * and held back where it is small, those of companies too: with exact ones the others would follow.
 * A sum so small that all rows could be, and a column of which a small number could be told all the
 * same, are withheld whole; so that withholding itself tells nothing, small sums always are.
 *
 * Protects one column. Columns of which one holds another must not both be shown, for their
 * difference would be told; nor does it protect against somebody who knows all but one of them.
 */
export function showColumn(counts: readonly number[]): readonly ShownCell[] {
  const total = counts.reduce((sum, one) => sum + one, 0);
  if (total < SMALL_CELL_BELOW * counts.length) return counts.map(() => null);
  const shown = counts.map(showCell);
  const isTold = counts.some(
    (count, index) => count > 0 && count < SMALL_CELL_BELOW && isDetermined(shown, total, index),
  );
  return isTold ? counts.map(() => null) : shown;
}

function showCell(count: number): ShownCell {
  if (count < SMALL_CELL_BELOW) return null;
  return Math.max(ROUNDED_TO, Math.round(count / ROUNDED_TO) * ROUNDED_TO);
}

/** What a shown cell may stand for, from and to. */
function rangeOf(cell: ShownCell): readonly [number, number] {
  if (cell === null) return [0, SMALL_CELL_BELOW - 1];
  const half = Math.floor(ROUNDED_TO / 2);
  return [Math.max(SMALL_CELL_BELOW, cell - half), cell + half];
}

/** Whether the sum and the other cells leave one value only. */
function isDetermined(shown: readonly ShownCell[], total: number, index: number): boolean {
  const others = shown.filter((_, at) => at !== index).map(rangeOf);
  const least = others.reduce((sum, [low]) => sum + low, 0);
  const most = others.reduce((sum, [, high]) => sum + high, 0);
  const [low, high] = rangeOf(shown[index] ?? null);
  return Math.max(low, total - most) === Math.min(high, total - least);
}
