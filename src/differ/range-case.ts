import { count, piece, sql, type Piece } from '../connector-kit/tables/statement.ts';
import type { KeyRange } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';

/** Ranges as one expression over the text of a key, for tables that no index leads through. */
export interface RangeCase {
  /** Number of the range from 0, `outside` where the key is in none; null without a key. */
  readonly number: Piece;
  /** The number of no range, which is above all others. */
  readonly outside: Piece;
}

interface Cut {
  readonly at: RowKey | null;
  readonly number: number;
}

/**
 * A tree of comparisons as deep as the logarithm of the number of ranges.
 *
 * @param ranges ascending, not overlapping.
 * @param bytesOf the bytes of a key as a bound value, to be compared with `bytes`.
 */
export function rangeCase(
  ranges: readonly KeyRange[],
  bytes: Piece,
  bytesOf: (key: RowKey) => Piece,
): RangeCase {
  const cuts: Cut[] = [];
  if (ranges[0]?.from !== null) cuts.push({ at: null, number: ranges.length });
  for (const [number, { from, to }] of ranges.entries()) {
    cuts.push({ at: from, number });
    const next = ranges[number + 1];
    if (to !== null && next?.from !== to) cuts.push({ at: to, number: ranges.length });
  }
  const tree = treeOf(cuts, (key) => sql`${bytes} < ${bytesOf(key)}`);
  return {
    number: sql`case when ${bytes} is null then null else ${tree} end`,
    outside: count(ranges.length),
  };
}

function treeOf(cuts: readonly Cut[], isBelow: (key: RowKey) => Piece): Piece {
  const [only] = cuts;
  if (only === undefined) return piece('0');
  if (cuts.length === 1) return count(only.number);
  const middle = cuts.length >> 1;
  const at = cuts[middle]?.at ?? null;
  if (at === null) return count(only.number);
  const [below, above] = [cuts.slice(0, middle), cuts.slice(middle)];
  return sql`case when ${isBelow(at)} then ${treeOf(below, isBelow)}
    else ${treeOf(above, isBelow)} end`;
}
