import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { HubError } from '../errors.ts';
import { firstPace, nextPace, type Pace } from '../model/chunk-pace.ts';
import { DIFFERENCE_TYPES, type DifferenceType } from '../model/difference.ts';
import { cutRange, type KeyRange } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';
import { compareChunk, type ChunkResult } from './compare-chunk.ts';
import type { Checkpoint, Comparison, ComparisonOutcome, Counts } from './comparison.ts';
import { FLAVORS, type Flavor, type Side } from './side.ts';

/** Ranges that are looked up at a time. */
const BOUNDS_MAX = 4_096;

/**
 * Compares two collections of rows, each as one snapshot shows it, range by range, and gives out
 * every key under which they do not hold the same rows, exactly once.
 *
 * A key is said to be missing on a side only where its whole range was read there from one
 * snapshot, and looked up again in it. Nothing is said of ranges that were not reached.
 *
 * @throws {HubError} a `SOURCE_…` fault of a side; SOURCE_INTEGRITY_FAILED, reason UNBALANCED,
 * where the rows of both sides do not add up; CONFLICT for a checkpoint of another comparison. The
 * reason of the signal where it was aborted. What was given out by then stands.
 */
export async function compareCollections(comparison: Comparison): Promise<ComparisonOutcome> {
  const { left, right, signal } = comparison;
  const flavor = await chooseFlavor(left, right);
  const fingerprint = fingerprintOf(comparison);
  let state = resume(comparison, fingerprint);
  let run: Run = { pace: firstPace(comparison.policy.pace), isStreaming: flavor === 'stream' };
  while (!state.isDone) {
    for (const ranges of chunksOf(await findRanges(comparison, state.next), () => run.pace)) {
      signal.throwIfAborted();
      const result = await compareChunk(comparison, { ranges, flavor, ...run });
      const to = ranges.at(-1)?.to ?? null;
      const isDone = to === comparison.span.to;
      state = { ...state, next: to, isDone, counts: addCounts(state.counts, result) };
      await comparison.onChunk({ differences: result.differences, checkpoint: state });
      if (countKeys(state.counts) > comparison.policy.differencesMax)
        return finish(comparison, { state, flavor, word: 'TOO_MANY_DIFFERENCES' });
      run = await rest(comparison, { run, result, ranges, flavor, isDone });
    }
  }
  return finish(comparison, { state, flavor, word: 'COMPLETE' });
}

interface Run {
  readonly pace: Pace;
  /** Whether rows are fetched without asking for digests first. */
  readonly isStreaming: boolean;
}

/** The flavor whose hashes are stored where both sides know it, else the cheapest of both. */
async function chooseFlavor(left: Side, right: Side): Promise<Flavor> {
  const [one, other] = [await left.canaries(), await right.canaries()];
  const agreed = FLAVORS.filter((flavor) => {
    const hash = one.get(flavor);
    return hash !== undefined && hash === other.get(flavor);
  });
  const stored = [right.storedFlavor, left.storedFlavor].find(
    (flavor) => flavor !== null && agreed.includes(flavor),
  );
  return stored ?? agreed[0] ?? 'stream';
}

function fingerprintOf({ fields, span }: Comparison): string {
  const text = JSON.stringify([fields, span.from, span.to]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function resume({ checkpoint, span }: Comparison, fingerprint: string): Checkpoint {
  if (checkpoint === null)
    return {
      form: 1,
      fingerprint,
      next: span.from,
      isDone: false,
      snapshots: 1,
      counts: NO_COUNTS,
    };
  if (checkpoint.fingerprint !== fingerprint)
    throw new HubError('CONFLICT', { details: { reason: 'CHECKPOINT' } });
  return { ...checkpoint, snapshots: checkpoint.snapshots + 1 };
}

/** The next ranges, from that key on; the last of them ends where the span does. */
async function findRanges(
  { right, span, policy }: Comparison,
  next: RowKey | null,
): Promise<readonly KeyRange[]> {
  const range = { from: next, to: span.to };
  const { rangeKeys } = policy;
  const bounds = await right.bounds(range, { rangeKeys, limit: BOUNDS_MAX });
  const ranges = cutRange(range, bounds);
  // There may be more bounds: the last range is cut again when it comes first.
  return bounds.length < BOUNDS_MAX ? ranges : ranges.slice(0, -1);
}

/** As many ranges at a time as the pace allows when their turn comes. */
function* chunksOf(ranges: readonly KeyRange[], paceNow: () => Pace): Generator<KeyRange[]> {
  for (let at = 0; at < ranges.length;) {
    const size = Math.max(1, paceNow().ranges);
    yield ranges.slice(at, at + size);
    at += size;
  }
}

async function rest(
  { policy, signal }: Comparison,
  {
    run,
    result,
    ranges,
    flavor,
    isDone,
  }: {
    readonly run: Run;
    readonly result: ChunkResult;
    readonly ranges: readonly KeyRange[];
    readonly flavor: Flavor;
    readonly isDone: boolean;
  },
): Promise<Run> {
  const took = { ranges: ranges.length, ms: result.sourceMs };
  const { pace, restMs } = nextPace(run.pace, took, policy.pace);
  if (restMs >= 1 && !isDone) await sleep(restMs, undefined, { signal });
  const isFlooded = result.badRanges >= policy.streamShare * ranges.length;
  return { pace, isStreaming: flavor === 'stream' || isFlooded };
}

const NO_COUNTS: Counts = {
  ranges: 0,
  left: 0,
  right: 0,
  matched: 0,
  differingLeft: 0,
  differingRight: 0,
  keys: countsByType(() => 0),
};

function countsByType(count: (type: DifferenceType) => number): Counts['keys'] {
  const entries = DIFFERENCE_TYPES.map((type) => [type, count(type)] as const);
  return Object.fromEntries(entries) as Counts['keys'];
}

/** @throws {HubError} where the rows that match are not as many on both sides. */
function addCounts(counts: Counts, { rows, ranges, differences }: ChunkResult): Counts {
  const differing = { left: 0, right: 0 };
  for (const { left, right } of differences) {
    differing.left += left.length;
    differing.right += right.length;
  }
  const matched = rows.left - differing.left;
  if (matched !== rows.right - differing.right || matched < 0)
    throw new HubError('SOURCE_INTEGRITY_FAILED', {
      details: { hop: 'SOURCE', reason: 'UNBALANCED', ...rows },
    });
  return {
    ranges: counts.ranges + ranges,
    left: counts.left + rows.left,
    right: counts.right + rows.right,
    matched: counts.matched + matched,
    differingLeft: counts.differingLeft + differing.left,
    differingRight: counts.differingRight + differing.right,
    keys: countsByType(
      (type) => counts.keys[type] + differences.filter((one) => one.type === type).length,
    ),
  };
}

function countKeys({ keys }: Counts): number {
  return DIFFERENCE_TYPES.reduce((sum, type) => sum + keys[type], 0);
}

async function finish(
  { left, right }: Comparison,
  done: {
    readonly state: Checkpoint;
    readonly flavor: Flavor;
    readonly word: ComparisonOutcome['state'];
  },
): Promise<ComparisonOutcome> {
  const unkeyed = { left: await left.countUnkeyed(), right: await right.countUnkeyed() };
  const { state, flavor, word } = done;
  const isOneSnapshot = state.snapshots === 1;
  return { state: word, flavor, checkpoint: state, unkeyed, isOneSnapshot };
}
