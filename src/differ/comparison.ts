import type { Difference } from '../model/difference.ts';
import { DEFAULT_PACE, type PacePolicy } from '../model/chunk-pace.ts';
import type { KeyRange } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';
import type { Flavor, Side } from './side.ts';

/** What is compared, and how carefully. */
export interface Comparison {
  readonly left: Side;
  /** Leads: ranges are cut by its keys. The side that the hub keeps, where it keeps one. */
  readonly right: Side;
  /** Names of the fields, in the order of both sides. */
  readonly fields: readonly string[];
  /** The part of the keys that this run compares; several runs can share the rest. */
  readonly span: KeyRange;
  /** Where an earlier run of the same comparison ended. Null to begin. */
  readonly checkpoint: Checkpoint | null;
  readonly policy: ComparisonPolicy;
  readonly signal: AbortSignal;
  /**
   * Gets what one chunk of ranges showed, and where to go on after it. Awaited before the next
   * chunk: whoever stores both in one transaction has every difference once, however often a run
   * is ended and gone on with.
   */
  readonly onChunk: (chunk: ComparedChunk) => Promise<void>;
}

/** Limits of a comparison. */
export interface ComparisonPolicy {
  readonly pace: PacePolicy;
  /** About so many keys a range. */
  readonly rangeKeys: number;
  /** Rows of one side whose keys and hashes are held at once. */
  readonly pairsMax: number;
  /** Differences after which nothing of the comparison is believed. */
  readonly differencesMax: number;
  /** Share of differing ranges from which rows are streamed without digests. */
  readonly streamShare: number;
}

/**
 * What holds where nobody says otherwise. Ranges of 256 keys: fewer make more ranges to compare,
 * more make more rows to fetch for one that differs. 131,072 pairs of a side are about 40 MB.
 */
export const DEFAULT_COMPARISON: ComparisonPolicy = {
  pace: DEFAULT_PACE,
  rangeKeys: 256,
  pairsMax: 131_072,
  differencesMax: 1_000_000,
  streamShare: 0.4,
};

/** Differences of consecutive ranges, and where to go on after them. */
export interface ComparedChunk {
  /** In the order of keys, as the chunks are. */
  readonly differences: readonly Difference[];
  readonly checkpoint: Checkpoint;
}

/** Where to go on. JSON; what is in it is the engine's own. */
export interface Checkpoint {
  /** Version of this form. */
  readonly form: 1;
  /** What was compared, so that no other comparison goes on with it. */
  readonly fingerprint: string;
  /** First key that was not compared yet. Null where all were. */
  readonly next: RowKey | null;
  readonly isDone: boolean;
  /** Snapshots of each side so far: more than one where the run was interrupted. */
  readonly snapshots: number;
  readonly counts: Counts;
}

/** What was read, in rows. On each side, `matched` is what is left without those that differ. */
export interface Counts {
  readonly ranges: number;
  readonly left: number;
  readonly right: number;
  readonly matched: number;
  /** Rows of keys that differ in any way. */
  readonly differingLeft: number;
  readonly differingRight: number;
  /** Keys, by the word for what is wrong with them. */
  readonly keys: Readonly<Record<Difference['type'], number>>;
}

/** How a run ended. Only `COMPLETE` says anything of what is absent. */
export interface ComparisonOutcome {
  readonly state: 'COMPLETE' | 'TOO_MANY_DIFFERENCES';
  readonly flavor: Flavor;
  readonly checkpoint: Checkpoint;
  /** Rows that could not be compared, since a part of their key is null. */
  readonly unkeyed: { readonly left: number; readonly right: number };
  /**
   * Whether all of it was read from one snapshot of each side. Otherwise every range was, each
   * from one, and each key that one side lacks was missing in the snapshot of its range.
   */
  readonly isOneSnapshot: boolean;
}
