import { HubError } from '../errors.ts';
import { addDigests, EMPTY_DIGEST, type RangeDigest } from '../model/range-digest.ts';
import { bucketOf, encodeKey, type RowKey } from '../model/row-key.ts';
import type { Database } from '../store/database.ts';
import { keyTypesOf } from './compared-table.ts';
import {
  cutParts,
  deleteOthers,
  deleteRows,
  findLongRange,
  findMirror,
  insertMirror,
  putRows,
  replaceRange,
  type StoredRange,
} from './mirror-queries.ts';
import type { Mirror } from './mirror.ts';

/** The hub's own copies of collections, whose digests follow every write. */
export interface Mirrors {
  /**
   * The mirror of that name, made where there is none.
   *
   * @throws {HubError} CONFLICT where there is one with other fields, key or flavor.
   */
  open(definition: MirrorDefinition): Promise<Mirror>;
  /**
   * Puts rows, whose keys must differ, in the order of the mirror's fields. A row that is there in
   * this form already is not touched.
   *
   * @returns how many were new or different.
   * @throws {RangeError} for a row without a key, two of one key, or more than 2,000 rows.
   */
  put(mirror: Mirror, rows: readonly MirrorValues[], now: Date): Promise<number>;
  /** Takes rows away. Returns how many were there. */
  remove(mirror: Mirror, keys: readonly RowKey[]): Promise<number>;
  /** Takes away what has a key above `after`, up to `upTo`, that is none of these; null: no end. */
  retain(
    mirror: Mirror,
    among: {
      readonly after: RowKey | null;
      readonly upTo: RowKey | null;
      readonly keys: readonly RowKey[];
    },
  ): Promise<number>;
  /**
   * Cuts ranges that have grown to more than twice their size, one transaction each, so that
   * writers wait for milliseconds. To be called after a load, and every night.
   *
   * @returns how many ranges were cut.
   */
  cutLongRanges(mirror: Mirror): Promise<number>;
}

/** What a mirror is made of. */
export type MirrorDefinition = Omit<Mirror, 'id'>;
type MirrorValues = readonly (string | null)[];

/** Rows of one call. */
const ROWS_MAX = 2_000;
/** Parts that one transaction cuts off. */
const PARTS_MAX = 256;

/** Opens nothing yet. */
export function createMirrors({ db }: { readonly db: Database }): Mirrors {
  return {
    async open(definition) {
      keyTypesOf(definition);
      await insertMirror(db, definition);
      const mirror = await findMirror(db, definition.name);
      if (mirror === null || !isSame(mirror, definition))
        throw new HubError('CONFLICT', { details: { mirror: definition.name } });
      return mirror;
    },
    async put(mirror, rows, now) {
      if (rows.length === 0) return 0;
      if (rows.length > ROWS_MAX) throw new RangeError(`More than ${ROWS_MAX} rows at once.`);
      const types = keyTypesOf(mirror);
      const given = rows.map((values) => {
        const key = encodeKey(values, types);
        if (key === null || values.length !== mirror.fields.length)
          throw new RangeError('A row has no key, or not as many values as its mirror.');
        return { key, bucket: bucketOf(key), values };
      });
      if (new Set(given.map(({ key }) => key)).size < given.length)
        throw new RangeError('Two rows have one key.');
      return putRows(db, mirror, { rows: given, now });
    },
    async remove(mirror, keys) {
      if (keys.length === 0) return 0;
      if (keys.length > ROWS_MAX) throw new RangeError(`More than ${ROWS_MAX} keys at once.`);
      return deleteRows(
        db,
        mirror,
        keys.map((key) => ({ key, bucket: bucketOf(key) })),
      );
    },
    retain: (mirror, among) => deleteOthers(db, mirror, among),
    async cutLongRanges(mirror) {
      let count = 0;
      while (await cutOne(db, mirror)) count += 1;
      return count;
    },
  };
}

function isSame(mirror: Mirror, definition: MirrorDefinition): boolean {
  const { id: _, ...held } = mirror;
  return JSON.stringify(order(held)) === JSON.stringify(order(definition));
}

function order({ name, fields, keys, flavor, rangeKeys }: MirrorDefinition) {
  const pairs = fields.map((field) => [field.name, field.type]);
  return [name, pairs, keys, flavor, rangeKeys];
}

/**
 * Cuts parts off the longest range. What remains of it has the digest that is left, so that a
 * range of millions of rows is not read again for every part.
 */
async function cutOne(db: Database, mirror: Mirror): Promise<boolean> {
  return db.transaction(async (trx) => {
    const old = await findLongRange(trx, mirror, 2 * mirror.rangeKeys);
    if (old === null) return false;
    const parts = await cutParts(trx, mirror, { ...old, parts: PARTS_MAX });
    const cut = parts.slice(0, -1);
    const last = parts.at(-1);
    if (last === undefined || cut.length === 0) return false;
    const ranges = cut.map(({ first, ...digest }, at): StoredRange => ({
      rows: digest.rows,
      xor64: digest.xor64,
      sum64: digest.sum64,
      from: at === 0 ? old.from : first,
      to: parts[at + 1]?.first ?? null,
    }));
    const taken = cut.reduce<RangeDigest>(addDigests, EMPTY_DIGEST);
    const rest = {
      rows: old.rows - taken.rows,
      xor64: old.xor64 ^ taken.xor64,
      sum64: old.sum64 - taken.sum64,
      from: last.first,
      to: old.to,
    };
    await replaceRange(trx, mirror, { old, ranges: [...ranges, rest] });
    return true;
  });
}
