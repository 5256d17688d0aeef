import { compareKeys, type RowKey } from './row-key.ts';

/** A range of keys: from one, to one before which it ends. Null where it has no such end. */
export interface KeyRange {
  readonly from: RowKey | null;
  readonly to: RowKey | null;
}

/**
 * What stands in a range: how many rows, and two sums of their hashes. XOR alone would not see two
 * rows that are the same, a sum alone not two errors that even each other out.
 */
export interface RangeDigest {
  readonly rows: number;
  /** Exclusive or of the hashes, as a signed number of 64 bits. */
  readonly xor64: bigint;
  /** Sum of the hashes as signed numbers of 64 bits, without a limit. */
  readonly sum64: bigint;
}

/** Of a range in which nothing stands. */
export const EMPTY_DIGEST: RangeDigest = { rows: 0, xor64: 0n, sum64: 0n };

/** Whether two ranges hold the same rows, each as often. */
export function isSameDigest(one: RangeDigest, other: RangeDigest): boolean {
  return one.rows === other.rows && one.xor64 === other.xor64 && one.sum64 === other.sum64;
}

/** Of rows that stand on several servers, or in ranges beside each other. */
export function addDigests(one: RangeDigest, other: RangeDigest): RangeDigest {
  return {
    rows: one.rows + other.rows,
    xor64: one.xor64 ^ other.xor64,
    sum64: one.sum64 + other.sum64,
  };
}

/**
 * The ranges into which these keys cut a range, in order. Keys outside of it do not cut it.
 *
 * @param bounds ascending.
 */
export function cutRange({ from, to }: KeyRange, bounds: readonly RowKey[]): readonly KeyRange[] {
  const inside = bounds.filter(
    (bound) =>
      (from === null || compareKeys(from, bound) < 0) &&
      (to === null || compareKeys(bound, to) < 0),
  );
  const starts = [from, ...inside];
  return starts.map((start, at) => ({ from: start, to: inside[at] ?? to }));
}
