import type { ComparedRow } from '../model/difference.ts';
import type { KeyRange, RangeDigest } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';

/**
 * How rows are hashed, the cheapest first: as records by PostgreSQL, as texts by PostgreSQL, by
 * MD5 in any SQL, or here, from texts that are streamed.
 */
export const FLAVORS = ['pg_record', 'pg_text', 'md5_text', 'stream'] as const;
export type Flavor = (typeof FLAVORS)[number];

/** Takes one row: the bytes of its key, then `PAIR_MARK`, then the eight bytes of its hash. */
export type TakePair = (pair: string) => void;

/** How keys and hashes are fetched. */
export interface PairOptions {
  readonly flavor: Flavor;
  /** Rows beyond which nobody wants them all: one more is fetched to tell. */
  readonly rowsMax: number;
  readonly take: TakePair;
}

/** Between key and hash of a pair: the length of a hash, as COPY BINARY writes it. */
export const PAIR_MARK = '\0\0\0\b';

/**
 * One of two collections that are compared, as one snapshot of it. Its fields come in one order
 * that both sides share, those of the key first.
 */
export interface Side {
  /** Flavors this side can hash by, each with the hash of a canary row. */
  canaries(): Promise<ReadonlyMap<Flavor, string>>;
  /** The flavor whose hashes are stored. Null where none are. */
  readonly storedFlavor: Flavor | null;
  /**
   * Keys that cut a range into smaller ones of about so many keys, ascending, at most `limit`;
   * fewer only where there are no more.
   */
  bounds(
    range: KeyRange,
    options: { rangeKeys: number; limit: number },
  ): Promise<readonly RowKey[]>;
  /** In the order of `ranges`, which are ascending and do not overlap. */
  digests(ranges: readonly KeyRange[], flavor: Flavor): Promise<readonly RangeDigest[]>;
  /** Key and hash of every row of these ranges, in any order; at least `rowsMax` where more. */
  pairs(ranges: readonly KeyRange[], options: PairOptions): Promise<void>;
  /** All rows under these keys. */
  rows(keys: readonly RowKey[]): Promise<readonly ComparedRow[]>;
  /** Rows that cannot be compared, since a part of their key is null. */
  countUnkeyed(): Promise<number>;
}
