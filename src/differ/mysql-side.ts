import { driftFault } from '../connector-kit/fault.ts';
import { splitTableName } from '../connector-kit/tables/table-names.ts';
import { join, piece, sql, type Piece } from '../connector-kit/tables/statement.ts';
import type { ComparedRow } from '../model/difference.ts';
import { EMPTY_DIGEST, type KeyRange, type RangeDigest } from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';
import { keyTypesOf, type ComparedTable } from './compared-table.ts';
import {
  mysqlDigestQuery,
  mysqlOrder,
  mysqlPairQuery,
  mysqlRange,
  mysqlRowsQuery,
  type MysqlShape,
} from './mysql-queries.ts';
import { pairOf, pairOfDigest } from './pair-set.ts';
import { digestOfText, readDigest } from './postgres-side.ts';
import type { ReadSession } from './read-session.ts';
import { canaryHash, keyText, rowHash, rowText, valueOf } from './row-speech.ts';
import type { Flavor, Side } from './side.ts';

/** Ranges of one statement where an index leads to each. */
const RANGES_MAX = 64;
/** Ranges of one reading of a table that no index leads through. */
const CASES_MAX = 4_096;
/** Keys that one statement looks up. */
const KEYS_MAX = 200;

/**
 * A table or view of a MySQL or MariaDB as one side of a comparison.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT where the table or a column is missing.
 */
export async function openMysqlSide(session: ReadSession, table: ComparedTable): Promise<Side> {
  const shape = await shapeOf(session, table);
  const hash = rowHash('md5_text', 'mysql', shape);
  const partsOf = (ranges: readonly KeyRange[]) =>
    cut(ranges, shape.isIndexed ? RANGES_MAX : CASES_MAX);
  return {
    storedFlavor: null,
    async canaries() {
      const canary = canaryHash('md5_text', 'mysql') ?? piece('0');
      const [row] = await session.all(sql`select cast(${canary} as char) as h`);
      return new Map<Flavor, string>([
        ['stream', ''],
        ['md5_text', row?.['h'] ?? ''],
      ]);
    },
    bounds: (range, options) => findBounds(session, shape, { range, ...options }),
    async digests(ranges) {
      const found = new Map<KeyRange, RangeDigest>();
      for (const part of partsOf(ranges)) {
        const rows = await session.all(mysqlDigestQuery({ shape, ranges: part, hash }));
        for (const row of rows) {
          const range = part[Number(row['n'])];
          if (range !== undefined) found.set(range, readDigest(row));
        }
      }
      return ranges.map((range) => found.get(range) ?? EMPTY_DIGEST);
    },
    async pairs(ranges, { flavor, rowsMax, take }) {
      const isStreamed = flavor === 'stream';
      const shown = isStreamed ? rowText('mysql', shape.values) : hash;
      for (const part of partsOf(ranges)) {
        const query = mysqlPairQuery({ shape, ranges: part, hash: shown });
        const most = piece(String(rowsMax + 1));
        const rows = await session.all(sql`${query} limit ${most}`);
        for (const row of rows) {
          const [key, value] = [row['k'] ?? '', row['h'] ?? ''];
          take(isStreamed ? pairOfDigest(key, digestOfText(value)) : pairOf(key, value));
        }
      }
    },
    async rows(keys) {
      const rows: ComparedRow[] = [];
      for (const part of cut(keys, KEYS_MAX)) rows.push(...(await readRows(session, shape, part)));
      return rows;
    },
    async countUnkeyed() {
      if (shape.isUnkeyed === null) return 0;
      const [row] = await session.all(
        sql`select cast(count(*) as char) as c from ${shape.from} where ${shape.isUnkeyed}`,
      );
      return Number(row?.['c'] ?? 0);
    },
  };
}

function cut<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}

async function readRows(
  session: ReadSession,
  shape: MysqlShape,
  keys: readonly RowKey[],
): Promise<readonly ComparedRow[]> {
  const rows = await session.all(mysqlRowsQuery(shape, keys));
  const asked = new Set<string>(keys);
  return rows
    .filter((row) => asked.has(row['k'] ?? ''))
    .map((row) => ({
      key: row['k'] as RowKey,
      values: shape.values.map((_, at) => row[`v${at}`] ?? null),
      isYoung: row['y'] === 'true',
    }));
}

async function findBounds(
  session: ReadSession,
  shape: MysqlShape,
  asked: { readonly range: KeyRange; readonly rangeKeys: number; readonly limit: number },
): Promise<readonly RowKey[]> {
  const { range, rangeKeys, limit } = asked;
  const step = Math.max(1, rangeKeys);
  const rows = await session.all(
    sql`select k from (
      select ${shape.key} as k, row_number() over (order by ${mysqlOrder(shape)}) as n
      from ${shape.from} where ${mysqlRange(shape, range)}) numbered
      where n % ${piece(String(step))} = 0 and n <= ${piece(String(step * limit))} order by n`,
  );
  const keys = rows.map((row) => row['k'] as RowKey);
  return keys.filter((key, at) => key !== keys[at - 1] && key !== range.from);
}

/** Types of columns that sort as the fields they hold. */
const SORTED: Readonly<Record<string, readonly string[]>> = {
  INTEGER: ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal'],
  DATE: ['date'],
};

async function shapeOf(session: ReadSession, table: ComparedTable): Promise<MysqlShape> {
  const columns = await surveyColumns(session, table.table);
  const columnOf = (name: string): { readonly type: string; readonly isNotNull: boolean } => {
    const column = columns.get(name.toLowerCase());
    if (column === undefined) throw driftFault(`/${name}`, 'COLUMN_MISSING');
    return column;
  };
  const of = (name: string): Piece => piece('??', [`t.${name}`]);
  const types = keyTypesOf(table);
  const key = table.fields.slice(0, table.keys);
  const isSorted = key.every(({ column, type }) => SORTED[type]?.includes(columnOf(column).type));
  const values = table.fields.map(({ column, type }) => {
    columnOf(column);
    return valueOf('mysql', type, of(column));
  });
  const nullable = key.filter(({ column }) => !columnOf(column).isNotNull);
  const { settle } = table;
  const seconds = piece(String(Math.trunc(settle?.seconds ?? 0)));
  if (settle !== null) columnOf(settle.column);
  return {
    from: sql`${piece('??', [table.table])} as t`,
    values,
    keys: table.keys,
    types,
    columns: key.map(({ column }) => of(column)),
    key: keyText('mysql', values.slice(0, table.keys)),
    isIndexed: isSorted && (await hasIndex(session, table)),
    isYoung:
      settle === null
        ? piece('false')
        : sql`${of(settle.column)} > now(6) - interval ${seconds} second`,
    isUnkeyed:
      nullable.length === 0
        ? null
        : join(
            nullable.map(({ column }) => sql`${of(column)} is null`),
            ' or ',
          ),
  };
}

async function surveyColumns(session: ReadSession, table: string) {
  const { schema, name } = splitTableName(table);
  const rows = await session.all(
    piece(
      `select cast(column_name as char) as c, lower(cast(data_type as char)) as t,
              cast(is_nullable as char) as n
         from information_schema.columns
        where table_schema = ${schema === null ? 'database()' : '?'} and table_name = ?`,
      schema === null ? [name] : [schema, name],
    ),
  );
  if (rows.length === 0) throw driftFault(`/${table}`, 'TABLE_MISSING');
  return new Map(
    rows.map((row) => [
      (row['c'] ?? '').toLowerCase(),
      { type: row['t'] ?? '', isNotNull: row['n'] === 'NO' },
    ]),
  );
}

async function hasIndex(session: ReadSession, table: ComparedTable): Promise<boolean> {
  const { schema, name } = splitTableName(table.table);
  const key = table.fields.slice(0, table.keys).map(({ column }) => column.toLowerCase());
  const rows = await session.all(
    piece(
      `select lower(group_concat(column_name order by seq_in_index separator '.')) as c
         from information_schema.statistics
        where table_schema = ${schema === null ? 'database()' : '?'} and table_name = ?
          and seq_in_index <= ${key.length}
        group by index_name`,
      schema === null ? [name] : [schema, name],
    ),
  );
  return rows.some((row) => row['c'] === key.join('.'));
}
