import { count, join, piece, sql, type Piece } from '../connector-kit/tables/statement.ts';
import type { KeyRange } from '../model/range-digest.ts';
import { decodeKey, type KeyType, type RowKey } from '../model/row-key.ts';
import { rangeCase } from './range-case.ts';
import type { Value } from './row-speech.ts';

/** How a table of a MySQL or MariaDB is spoken of in statements. */
export interface MysqlShape {
  readonly from: Piece;
  readonly values: readonly Value[];
  readonly keys: number;
  readonly types: readonly KeyType[];
  /** Columns of the key, as the table holds them. */
  readonly columns: readonly Piece[];
  /** The text of the key. */
  readonly key: Piece;
  /** Whether the key is made of integers and days, and an index begins with it. */
  readonly isIndexed: boolean;
  readonly isYoung: Piece;
  readonly isUnkeyed: Piece | null;
}

/** Rows of ranges, and what is to be shown of them. */
export interface MysqlRanges {
  readonly shape: MysqlShape;
  readonly ranges: readonly KeyRange[];
  readonly hash: Piece;
}

const SUMS = 'count(*) as c, bit_xor(h) as x, sum(h) as s';
const SHOWN =
  'cast(n as char) as n, cast(c as char) as c, cast(x as char) as x, cast(s as char) as s';

/** Digest of every range in which there is a row: `n`, `c` rows, `x` and `s` of their hashes. */
export function mysqlDigestQuery({ shape, ranges, hash }: MysqlRanges): Piece {
  if (!shape.isIndexed) {
    const numbered = numberedRows({ shape, ranges, hash });
    return sql`select ${piece(SHOWN)} from (
      select n, ${piece(SUMS)} from (${numbered}) hashed group by n) digest`;
  }
  const each = ranges.map(
    (range, number) => sql`select ${count(number)} as n, ${piece(SUMS)} from (
      select ${hash} as h from ${shape.from} where ${mysqlRange(shape, range)}) hashed`,
  );
  return sql`select ${piece(SHOWN)} from (${join(each, ' union all ')}) digest where c > 0`;
}

/** Key and hash of every row of these ranges. */
export function mysqlPairQuery({ shape, ranges, hash }: MysqlRanges): Piece {
  const shown = piece('k, cast(h as char character set utf8mb4) as h');
  if (!shape.isIndexed)
    return sql`select ${shown} from (${numberedRows({ shape, ranges, hash })}) pair`;
  const each = ranges.map(
    (range) => sql`select ${shape.key} as k, ${hash} as h from ${shape.from}
      where ${mysqlRange(shape, range)}`,
  );
  return sql`select ${shown} from (${join(each, ' union all ')}) pair`;
}

/** Texts are compared byte by byte, which no index of a MySQL in a language's collation does. */
function numberedRows({ shape, ranges, hash }: MysqlRanges): Piece {
  const { number, outside } = rangeCase(ranges, bytesOf(shape), literalOf);
  return sql`select n, k, h from (
    select ${number} as n, ${shape.key} as k, ${hash} as h from ${shape.from}) numbered
    where n < ${outside}`;
}

function bytesOf({ key }: MysqlShape): Piece {
  return sql`cast(${key} as binary)`;
}

function literalOf(key: RowKey): Piece {
  return piece(`x'${Buffer.from(key, 'utf8').toString('hex')}'`);
}

/** Rows of one range, found by the index where there is one. */
export function mysqlRange(shape: MysqlShape, { from, to }: KeyRange): Piece {
  const isKeyed = shape.isUnkeyed === null ? piece('true') : sql`not (${shape.isUnkeyed})`;
  const sides = shape.isIndexed
    ? [
        ...(from === null ? [] : [lowerBound(shape, from)]),
        ...(to === null ? [] : [upperBound(shape, to)]),
      ]
    : [
        ...(from === null ? [] : [sql`${bytesOf(shape)} >= ${literalOf(from)}`]),
        ...(to === null ? [] : [sql`${bytesOf(shape)} < ${literalOf(to)}`]),
      ];
  return join([isKeyed, ...sides], ' and ');
}

/** What the rows of a key sort by. */
export function mysqlOrder(shape: MysqlShape): Piece {
  return shape.isIndexed ? join(shape.columns, ', ') : bytesOf(shape);
}

/** The optimizer looks into the first column only, so it is said twice. */
function lowerBound(shape: MysqlShape, key: RowKey): Piece {
  const parts = literalsOf(shape, key);
  const [column = piece('0')] = shape.columns;
  const [first = piece('0')] = parts;
  return sql`(${column} >= ${first} and not (${isBelow(shape, parts)}))`;
}

function upperBound(shape: MysqlShape, key: RowKey): Piece {
  const parts = literalsOf(shape, key);
  const [column = piece('0')] = shape.columns;
  const [first = piece('0')] = parts;
  return sql`(${column} <= ${first} and (${isBelow(shape, parts)}))`;
}

/** Lexicographic: less in one column, and equal in those before it. */
function isBelow({ columns }: MysqlShape, parts: readonly Piece[]): Piece {
  const cases = columns.map((column, at) => {
    const equal = columns
      .slice(0, at)
      .map((before, place) => sql`${before} = ${parts[place] ?? piece('0')}`);
    const below = sql`${column} < ${parts[at] ?? piece('0')}`;
    return sql`(${join([...equal, below], ' and ')})`;
  });
  return join(cases, ' or ');
}

/** Integers and days are this program's own writing; anything else is bound. */
function literalsOf({ types }: MysqlShape, key: RowKey): readonly Piece[] {
  return decodeKey(key, types).map((part, at) => {
    if (types[at] === 'INTEGER' && /^-?\d+$/u.test(part)) return piece(part);
    if (types[at] === 'DATE') return sql`cast(${piece('?', [part])} as date)`;
    return piece('?', [part]);
  });
}

/** Rows under these keys, and some that the database holds for equal and that are not. */
export function mysqlRowsQuery(shape: MysqlShape, keys: readonly RowKey[]): Piece {
  const shown = shape.values.map(({ text }, at) => sql`${text} as ${piece(`v${at}`)}`);
  const matches = keys.map((key) => {
    const parts = literalsOf(shape, key);
    const equal = shape.columns.map((column, at) => sql`${column} = ${parts[at] ?? piece('0')}`);
    return sql`(${join(equal, ' and ')})`;
  });
  return sql`select ${shape.key} as k, case when ${shape.isYoung} then 'true' else 'false' end as y,
    ${join(shown, ', ')} from ${shape.from} where ${join(matches, ' or ')}`;
}
