import { compareRows, type ComparedRow, type Difference } from '../model/difference.ts';
import { cutRange, isSameDigest, type KeyRange, type RangeDigest } from '../model/range-digest.ts';
import { compareKeys, type RowKey } from '../model/row-key.ts';
import type { Comparison } from './comparison.ts';
import { createPairSet, isTooMany } from './pair-set.ts';
import type { Flavor } from './side.ts';

/** Consecutive ranges, and how they are compared. */
export interface Chunk {
  readonly ranges: readonly KeyRange[];
  readonly flavor: Flavor;
  /** Whether rows are fetched without asking for digests first. */
  readonly isStreaming: boolean;
}

/** What a chunk showed. */
export interface ChunkResult {
  readonly differences: readonly Difference[];
  readonly rows: { readonly left: number; readonly right: number };
  readonly ranges: number;
  /** Ranges that differ; where rows were streamed, not more than keys that do. */
  readonly badRanges: number;
  /** Milliseconds that the left side worked. */
  readonly sourceMs: number;
}

/** Keys whose rows are held at once. */
const KEYS_MAX = 1_000;

/** Compares consecutive ranges: digests, then keys and hashes of those that differ, then rows. */
export async function compareChunk(comparison: Comparison, chunk: Chunk): Promise<ChunkResult> {
  const clock = { ms: 0 };
  const work = { comparison, clock, flavor: chunk.flavor };
  if (chunk.isStreaming) {
    const found = await findKeys(work, [mergedRange(chunk.ranges)]);
    const differences = await readDifferences(work, found.keys);
    const badRanges = Math.min(chunk.ranges.length, found.keys.length);
    return summary(chunk, { differences, rows: found.rows, badRanges, clock });
  }
  const { left, right } = comparison;
  const [theirs, ours] = await Promise.all([
    timed(clock, () => left.digests(chunk.ranges, chunk.flavor)),
    right.digests(chunk.ranges, chunk.flavor),
  ]);
  const digests = chunk.ranges.map((range, at) => ({
    range,
    left: theirs[at] ?? null,
    right: ours[at] ?? null,
  }));
  const bad = digests.filter((one) => !isSame(one.left, one.right));
  const good = digests.filter((one) => isSame(one.left, one.right));
  const rows = { left: sumRows(good, 'left'), right: sumRows(good, 'right') };
  const keys: RowKey[] = [];
  for (const part of batches(bad, comparison.policy.pairsMax)) {
    const found = await findKeys(
      work,
      part.map(({ range }) => range),
    );
    keys.push(...found.keys);
    rows.left += found.rows.left;
    rows.right += found.rows.right;
  }
  const differences = await readDifferences(work, keys);
  return summary(chunk, { differences, rows, badRanges: bad.length, clock });
}

interface Work {
  readonly comparison: Comparison;
  readonly flavor: Flavor;
  readonly clock: { ms: number };
}

interface DigestPair {
  readonly range: KeyRange;
  readonly left: RangeDigest | null;
  readonly right: RangeDigest | null;
}

function isSame(one: RangeDigest | null, other: RangeDigest | null): boolean {
  return one !== null && other !== null && isSameDigest(one, other);
}

function sumRows(digests: readonly DigestPair[], side: 'left' | 'right'): number {
  return digests.reduce((sum, one) => sum + (one[side]?.rows ?? 0), 0);
}

/** Ranges by as many as hold no more rows on either side than may be held; or one alone. */
function* batches(bad: readonly DigestPair[], rowsMax: number): Generator<readonly DigestPair[]> {
  let part: DigestPair[] = [];
  for (const one of bad) {
    const isFull = (['left', 'right'] as const).some(
      (side) => sumRows(part, side) + (one[side]?.rows ?? 0) > rowsMax,
    );
    if (isFull && part.length > 0) {
      yield part;
      part = [];
    }
    part.push(one);
  }
  if (part.length > 0) yield part;
}

interface FoundKeys {
  readonly keys: readonly RowKey[];
  readonly rows: { readonly left: number; readonly right: number };
}

/** Keys of these ranges under which the sides differ. Ranges that hold too much are cut. */
async function findKeys(work: Work, ranges: readonly KeyRange[]): Promise<FoundKeys> {
  const { left, right, policy } = work.comparison;
  const pairs = createPairSet(policy.pairsMax);
  try {
    const options = { flavor: work.flavor, rowsMax: policy.pairsMax };
    await timed(work.clock, () => left.pairs(ranges, { ...options, take: pairs.addLeft }));
    await right.pairs(ranges, { ...options, take: pairs.takeRight });
  } catch (error) {
    if (!isTooMany(error)) throw error;
    return findKeysOfParts(work, await cutRanges(work, ranges, error));
  }
  return { keys: pairs.differingKeys(), rows: pairs.rows };
}

async function findKeysOfParts(work: Work, parts: readonly KeyRange[]): Promise<FoundKeys> {
  const keys: RowKey[] = [];
  const rows = { left: 0, right: 0 };
  for (const part of parts) {
    const found = await findKeys(work, [part]);
    keys.push(...found.keys);
    rows.left += found.rows.left;
    rows.right += found.rows.right;
  }
  return { keys, rows };
}

/**
 * Where one side has grown far beyond the other, between two keys of the other: cut by its own.
 *
 * @throws {HubError} the same error where there is nothing to cut at: one key fills a range.
 */
async function cutRanges(
  work: Work,
  ranges: readonly KeyRange[],
  error: unknown,
): Promise<readonly KeyRange[]> {
  if (ranges.length > 1) return ranges;
  const [range] = ranges;
  if (range === undefined) throw error;
  const { left, right, policy } = work.comparison;
  const rangeKeys = Math.max(1, policy.pairsMax >> 1);
  for (const side of [left, right]) {
    const bounds = await side.bounds(range, { rangeKeys, limit: 64 });
    const parts = cutRange(range, bounds);
    if (parts.length > 1) return parts;
  }
  throw error;
}

/** In the order of keys, so that reports are the same however a run was cut into chunks. */
async function readDifferences(
  work: Work,
  keys: readonly RowKey[],
): Promise<readonly Difference[]> {
  const { left, right, fields } = work.comparison;
  const differences: Difference[] = [];
  const ordered = keys.toSorted(compareKeys);
  for (let at = 0; at < ordered.length; at += KEYS_MAX) {
    const part = ordered.slice(at, at + KEYS_MAX);
    const theirs = byKey(await timed(work.clock, () => left.rows(part)));
    const ours = byKey(await right.rows(part));
    for (const key of part) {
      const difference = compareRows(theirs.get(key) ?? [], ours.get(key) ?? [], fields);
      if (difference !== null) differences.push(difference);
    }
  }
  return differences;
}

function byKey(rows: readonly ComparedRow[]): ReadonlyMap<RowKey, readonly ComparedRow[]> {
  const groups = new Map<RowKey, ComparedRow[]>();
  for (const row of rows) {
    const group = groups.get(row.key);
    if (group === undefined) groups.set(row.key, [row]);
    else group.push(row);
  }
  return groups;
}

function mergedRange(ranges: readonly KeyRange[]): KeyRange {
  return { from: ranges[0]?.from ?? null, to: ranges.at(-1)?.to ?? null };
}

async function timed<T>(clock: { ms: number }, work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  try {
    return await work();
  } finally {
    clock.ms += performance.now() - from;
  }
}

function summary(
  { ranges }: Chunk,
  found: Omit<ChunkResult, 'ranges' | 'sourceMs'> & { readonly clock: { readonly ms: number } },
): ChunkResult {
  const { differences, rows, badRanges, clock } = found;
  return { differences, rows, badRanges, ranges: ranges.length, sourceMs: clock.ms };
}
