import { HubError } from '../errors.ts';
import type { RowKey } from '../model/row-key.ts';
import { PAIR_MARK } from './side.ts';

const HASH_BYTES = 8;
const TAIL = PAIR_MARK.length + HASH_BYTES;

/** Keys and hashes of two sides, of which only those remain that have no equal over there. */
export interface PairSet {
  /** @throws {HubError} SOURCE_MALFORMED, reason TOO_MANY_ROWS, beyond the limit. */
  addLeft(pair: string): void;
  /** After all of the left side. */
  takeRight(pair: string): void;
  /** Rows of both sides so far. */
  readonly rows: { readonly left: number; readonly right: number };
  /** Keys under which the sides do not hold the same hashes, each once. */
  differingKeys(): readonly RowKey[];
}

/** Rows may stand there several times on both sides, and in any order. */
export function createPairSet(rowsMax: number): PairSet {
  const open = new Map<string, number>();
  const surplus: string[] = [];
  const rows = { left: 0, right: 0 };
  const limit = (count: number): void => {
    if (count > rowsMax) throw tooMany();
  };
  return {
    rows,
    addLeft(pair) {
      limit((rows.left += 1));
      const times = open.get(pair);
      open.set(pair, times === undefined ? 1 : times + 1);
    },
    takeRight(pair) {
      limit((rows.right += 1));
      const times = open.get(pair);
      if (times === undefined) surplus.push(pair);
      else if (times === 1) open.delete(pair);
      else open.set(pair, times - 1);
    },
    differingKeys() {
      const keys = new Set<string>();
      for (const pair of open.keys()) keys.add(pair.slice(0, -TAIL));
      for (const pair of surplus) keys.add(pair.slice(0, -TAIL));
      return Array.from(keys, (key) => Buffer.from(key, 'latin1').toString('utf8') as RowKey);
    },
  };
}

/** Whether a range, or several, held more rows than may be held at once. */
export function isTooMany(error: unknown): boolean {
  return error instanceof HubError && error.details['reason'] === 'TOO_MANY_ROWS';
}

function tooMany(): HubError {
  return new HubError('SOURCE_MALFORMED', {
    details: { hop: 'SOURCE', reason: 'TOO_MANY_ROWS', limit: 'pairsMax' },
  });
}

/** A pair of a key and a hash that came as texts. */
export function pairOf(key: string, hash: string): string {
  const bytes = Buffer.alloc(HASH_BYTES);
  bytes.writeBigInt64BE(BigInt(hash));
  return Buffer.from(key, 'utf8').toString('latin1') + PAIR_MARK + bytes.toString('latin1');
}

/** A pair of a key and a digest of at least eight bytes. */
export function pairOfDigest(key: string, digest: Buffer): string {
  const hash = digest.toString('latin1', 0, HASH_BYTES);
  return Buffer.from(key, 'utf8').toString('latin1') + PAIR_MARK + hash;
}
