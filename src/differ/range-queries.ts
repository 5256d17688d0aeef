import { join, piece, sql, type Piece } from '../connector-kit/tables/statement.ts';
import type { KeyRange } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';
import type { PostgresShape } from './postgres-shape.ts';
import { rangeCase } from './range-case.ts';

/** Ranges that one statement can take, as far as the protocol goes. */
const BOUNDS_MAX = 16_000;

/** Rows of ranges: `n` is the number of the range from 0, `k` the text of the key, `h` the hash. */
export interface RangeRows {
  readonly shape: PostgresShape;
  readonly ranges: readonly KeyRange[];
  readonly hash: Piece;
}

/** Digest of every range in which there is a row: `n`, `c` rows, `x` and `s` of their hashes. */
export function digestQuery(asked: RangeRows): Piece {
  const sums = sql`count(*) as c, bit_xor(h) as x, sum(h) as s`;
  const shown = sql`c::text as c, x::text as x, s::text as s`;
  if (isLeadThrough(asked)) {
    const { shape, ranges } = asked;
    return sql`select r.n::text as n, ${shown}
      from ${rangesAsRows(shape, ranges)}, lateral (
        select ${sums} from (${hashesWithin(asked, withinRange(shape))}) hashed) d
      where d.c > 0`;
  }
  const [range] = asked.ranges;
  if (asked.shape.isIndexed && range !== undefined)
    return sql`select '0' as n, ${shown}
      from (select ${sums} from (${hashesWithin(asked, openRange(asked.shape, range))}) hashed) d`;
  return sql`select n::text as n, ${shown}
    from (select hecha_range as n, ${sums} from (${numberedRows(asked)}) hashed group by n) d`;
}

/** Key and second column of every row of these ranges. */
export function pairQuery(asked: RangeRows): Piece {
  const { shape, ranges, hash } = asked;
  const [range] = ranges;
  if (isLeadThrough(asked))
    return sql`select d.k, d.h from ${rangesAsRows(shape, ranges)}, lateral (
      select ${shape.key} as k, ${hash} as h from ${shape.from}
      where ${shape.where} and ${withinRange(shape)} offset 0) d`;
  if (shape.isIndexed && range !== undefined)
    return sql`select ${shape.key} as k, ${hash} as h from ${shape.from}
      where ${shape.where} and ${openRange(shape, range)}`;
  return sql`select hecha_key as k, h from (${numberedRows(asked)}) numbered`;
}

/** "offset 0" keeps the planner from computing the hash once for each of the sums. */
function hashesWithin({ shape, hash }: RangeRows, condition: Piece): Piece {
  return sql`select ${hash} as h from ${shape.from}
    where ${shape.where} and ${condition} offset 0`;
}

/** Rows of a table that no index leads through, with the number of their range. */
function numberedRows({ shape, ranges, hash }: RangeRows): Piece {
  const { number, outside } = rangeCase(ranges, sql`convert_to(${shape.key}, 'UTF8')`, (key) =>
    piece('?::bytea', [`\\x${Buffer.from(key, 'utf8').toString('hex')}`]),
  );
  return sql`select hecha_range, hecha_key, ${hash} as h from (
      select ${number} as hecha_range, ${shape.key} as hecha_key, t.*
      from ${shape.from} where ${shape.where} offset 0) as t
    where hecha_range < ${outside} offset 0`;
}

/** Ranges by twos that a single pass over the index answers, and those open at an end. */
export function splitRanges(ranges: readonly KeyRange[]): readonly (readonly KeyRange[])[] {
  const closed = ranges.filter(({ from, to }) => from !== null && to !== null);
  const open = ranges.filter(({ from, to }) => from === null || to === null);
  const parts: (readonly KeyRange[])[] = open.map((range) => [range]);
  for (let at = 0; at < closed.length; at += BOUNDS_MAX)
    parts.push(closed.slice(at, at + BOUNDS_MAX));
  return parts;
}

/** Rows of one range that is open at an end, or of any one range of an indexed table. */
export function openRange(shape: PostgresShape, { from, to }: KeyRange): Piece {
  const { columns, types, partsOf } = shape.order;
  const row = sql`(${join(columns, ', ')})`;
  const bound = (key: RowKey): Piece =>
    sql`(${join(
      partsOf(key).map((part, at) => sql`${piece('?', [part])}::${piece(types[at] ?? 'text')}`),
      ', ',
    )})`;
  const conditions = [
    ...(from === null ? [] : [sql`${row} >= ${bound(from)}`]),
    ...(to === null ? [] : [sql`${row} < ${bound(to)}`]),
    ...(shape.isUnkeyed === null ? [] : [sql`not (${shape.isUnkeyed})`]),
  ];
  return conditions.length === 0 ? piece('true') : join(conditions, ' and ');
}

/** Whether an index leads to each range. A table without one is read once for all of them. */
function isLeadThrough({ shape, ranges }: RangeRows): boolean {
  return shape.isIndexed && ranges.every(({ from, to }) => from !== null && to !== null);
}

/** One row a range: its number, and for each column of the order where it begins and ends. */
function rangesAsRows({ order }: PostgresShape, ranges: readonly KeyRange[]): Piece {
  const froms = ranges.map(({ from }) => (from === null ? [] : order.partsOf(from)));
  const tos = ranges.map(({ to }) => (to === null ? [] : order.partsOf(to)));
  const arrays = order.types.flatMap((type, at) =>
    [froms, tos].map((side) =>
      piece(`?::${type}[]`, [arrayText(side.map((parts) => parts[at] ?? ''))]),
    ),
  );
  const names = order.types.flatMap((_, at) => [`f${at}`, `u${at}`]).join(', ');
  return sql`(select row_number() over () - 1 as n, u.*
    from unnest(${join(arrays, ', ')}) as u(${piece(names)})) r`;
}

/** A row of which a later part of the key is null would be decided by the parts before it. */
function withinRange({ order, isUnkeyed }: PostgresShape): Piece {
  const columns = join(order.columns, ', ');
  const [froms, tos] = ['f', 'u'].map((side) =>
    join(
      order.columns.map((_, at) => piece(`r.${side}${at}`)),
      ', ',
    ),
  );
  if (froms === undefined || tos === undefined) return piece('true');
  const isKeyed = isUnkeyed === null ? piece('true') : sql`not (${isUnkeyed})`;
  return sql`(${columns}) >= (${froms}) and (${columns}) < (${tos}) and ${isKeyed}`;
}

/** An array as PostgreSQL reads it. */
export function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/gu, '\\$&')}"`).join(',')}}`;
}
