import { createHash } from 'node:crypto';

import { join, piece, sql, type Piece } from '../connector-kit/tables/statement.ts';
import type { ComparedRow } from '../model/difference.ts';
import { EMPTY_DIGEST, type KeyRange, type RangeDigest } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';
import type { ComparedTable } from './compared-table.ts';
import { readCopiedPairs } from './copy-binary.ts';
import { pairOf, pairOfDigest } from './pair-set.ts';
import { shapeOfTable, type PostgresShape } from './postgres-shape.ts';
import { arrayText, digestQuery, openRange, pairQuery, splitRanges } from './range-queries.ts';
import type { ReadSession } from './read-session.ts';
import { canaryHash, rowHash, rowText } from './row-speech.ts';
import { FLAVORS, type Flavor, type PairOptions, type Side } from './side.ts';

/** Keys that one statement looks up. */
const KEYS_MAX = 1_000;

/**
 * A table or view of a PostgreSQL as one side of a comparison, as the session's snapshot shows it.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT where the table or a column is missing.
 */
export async function openPostgresSide(session: ReadSession, table: ComparedTable): Promise<Side> {
  return sideOfShape(session, await shapeOfTable(session, table));
}

/** The same of anything that has a shape. */
export function sideOfShape(session: ReadSession, shape: PostgresShape): Side {
  return {
    storedFlavor: shape.stored?.flavor ?? null,
    canaries: () => askCanaries(session),
    bounds: (range, options) => findBounds(session, shape, { range, ...options }),
    async digests(ranges, flavor) {
      const hash = hashOf(shape, flavor);
      const found = new Map<KeyRange, RangeDigest>();
      for (const part of partsOf(shape, ranges)) {
        const rows = await session.all(digestQuery({ shape, ranges: part, hash }));
        for (const row of rows) {
          const range = part[Number(row['n'])];
          if (range !== undefined) found.set(range, readDigest(row));
        }
      }
      return ranges.map((range) => found.get(range) ?? EMPTY_DIGEST);
    },
    async pairs(ranges, options) {
      for (const part of partsOf(shape, ranges))
        await takePairs(session, { shape, ranges: part, ...options });
    },
    async rows(keys) {
      const rows: ComparedRow[] = [];
      for (let at = 0; at < keys.length; at += KEYS_MAX)
        rows.push(...(await readRows(session, shape, keys.slice(at, at + KEYS_MAX))));
      return rows;
    },
    async countUnkeyed() {
      if (shape.isUnkeyed === null) return 0;
      const [row] = await session.all(
        sql`select count(*)::text as c from ${shape.from}
          where ${shape.where} and (${shape.isUnkeyed})`,
      );
      return Number(row?.['c'] ?? 0);
    },
  };
}

/** A table that no index leads through is read once for all ranges. */
function partsOf(
  { isIndexed }: PostgresShape,
  ranges: readonly KeyRange[],
): readonly (readonly KeyRange[])[] {
  if (ranges.length === 0) return [];
  return isIndexed ? splitRanges(ranges) : [ranges];
}

function hashOf(shape: PostgresShape, flavor: Flavor): Piece {
  if (flavor === 'stream') throw new RangeError('Texts are hashed where they arrive.');
  if (shape.stored?.flavor === flavor) return shape.stored.hash;
  return rowHash(flavor, 'postgresql', shape);
}

/** A digest as a statement shows it. */
export function readDigest(row: Readonly<Record<string, string | null>>): RangeDigest {
  return {
    rows: Number(row['c'] ?? 0),
    xor64: BigInt.asIntN(64, BigInt(row['x'] ?? '0')),
    sum64: BigInt(row['s'] ?? '0'),
  };
}

async function takePairs(
  session: ReadSession,
  asked: PairOptions & { readonly shape: PostgresShape; readonly ranges: readonly KeyRange[] },
): Promise<void> {
  const { shape, ranges, flavor, rowsMax, take } = asked;
  const most = piece(String(rowsMax + 1));
  if (flavor === 'stream') {
    const hash = rowText('postgresql', shape.values);
    const rows = await session.all(sql`${pairQuery({ shape, ranges, hash })} limit ${most}`);
    for (const row of rows) take(pairOfDigest(row['k'] ?? '', digestOfText(row['h'] ?? '')));
    return;
  }
  const query = sql`${pairQuery({ shape, ranges, hash: hashOf(shape, flavor) })} limit ${most}`;
  if (session.copy !== null) {
    await session.copy(query, readCopiedPairs(take));
    return;
  }
  const rows = await session.all(sql`select k, h::text as h from (${query}) pair`);
  for (const row of rows) take(pairOf(row['k'] ?? '', row['h'] ?? ''));
}

/** How texts are hashed here, whatever database they come from. */
export function digestOfText(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

async function readRows(
  session: ReadSession,
  shape: PostgresShape,
  keys: readonly RowKey[],
): Promise<readonly ComparedRow[]> {
  const { order, values } = shape;
  const parts = keys.map((key) => order.partsOf(key));
  const arrays = order.types.map((type, at) =>
    piece(`?::${type}[]`, [arrayText(parts.map((one) => one[at] ?? ''))]),
  );
  const matches = order.columns.map((column, at) => sql`${column} = w.${piece(`p${at}`)}`);
  const names = order.types.map((_, at) => `p${at}`).join(', ');
  const shown = values.map(({ text }, at) => sql`${text} as ${piece(`v${at}`)}`);
  const rows = await session.all(
    sql`select ${shape.key} as k, (${shape.isYoung})::text as y, ${join(shown, ', ')}
      from unnest(${join(arrays, ', ')}) as w(${piece(names)})
      join ${shape.from} on ${join(matches, ' and ')}
      where ${shape.where}`,
  );
  const asked = new Set<string>(keys);
  // A collation may hold texts for equal that are not the same key.
  return rows
    .filter((row) => asked.has(row['k'] ?? ''))
    .map((row) => ({
      key: row['k'] as RowKey,
      values: values.map((_, at) => row[`v${at}`] ?? null),
      isYoung: row['y'] === 'true',
    }));
}

/** Every so-manieth key of the table, in the order of keys. */
async function findBounds(
  session: ReadSession,
  shape: PostgresShape,
  asked: { readonly range: KeyRange; readonly rangeKeys: number; readonly limit: number },
): Promise<readonly RowKey[]> {
  const { range, rangeKeys, limit } = asked;
  const step = piece('?::int8', [String(Math.max(1, rangeKeys))]);
  const order = join(shape.isIndexed ? shape.order.columns : [bytesOfKey(shape)], ', ');
  const within = shape.isIndexed ? openRange(shape, range) : betweenBytes(shape, range);
  const most = piece('?::int8', [String(Math.max(1, rangeKeys) * limit)]);
  const rows = await session.all(
    sql`select k from (
      select ${shape.key} as k, row_number() over (order by ${order}) as n
      from ${shape.from} where ${shape.where} and ${within}
      order by ${order} limit ${most}) numbered
      where n % ${step} = 0 order by n`,
  );
  const found: RowKey[] = [];
  for (const row of rows) {
    const key = row['k'] as RowKey;
    // The same key may stand there more often than a range is long.
    if (key !== found.at(-1) && key !== range.from) found.push(key);
  }
  return found;
}

function bytesOfKey(shape: PostgresShape): Piece {
  return sql`convert_to(${shape.key}, 'UTF8')`;
}

function betweenBytes(shape: PostgresShape, { from, to }: KeyRange): Piece {
  const bytes = bytesOfKey(shape);
  const bound = (key: RowKey): Piece =>
    piece('?::bytea', [`\\x${Buffer.from(key, 'utf8').toString('hex')}`]);
  const conditions = [
    sql`${bytes} is not null`,
    ...(from === null ? [] : [sql`${bytes} >= ${bound(from)}`]),
    ...(to === null ? [] : [sql`${bytes} < ${bound(to)}`]),
  ];
  return join(conditions, ' and ');
}

async function askCanaries(session: ReadSession): Promise<ReadonlyMap<Flavor, string>> {
  const [known] = await session.all(
    piece(
      `select (to_regprocedure('hash_record_extended(record,bigint)') is not null)::text as pg_record,
              (to_regprocedure('hashtextextended(text,bigint)') is not null)::text as pg_text,
              'true' as md5_text`,
    ),
  );
  const found = new Map<Flavor, string>([['stream', '']]);
  for (const flavor of FLAVORS) {
    const hash = canaryHash(flavor, 'postgresql');
    if (hash === null || known?.[flavor] !== 'true') continue;
    const [row] = await session.all(sql`select (${hash})::text as h`);
    found.set(flavor, row?.['h'] ?? '');
  }
  return found;
}
