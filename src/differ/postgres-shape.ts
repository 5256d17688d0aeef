import { join, piece, sql, type Piece } from '../connector-kit/tables/statement.ts';
import { splitTableName } from '../connector-kit/tables/table-names.ts';
import { driftFault } from '../connector-kit/fault.ts';
import { decodeKey, type KeyType, type RowKey } from '../model/row-key.ts';
import { keyTypesOf, type ComparedTable, type TableField } from './compared-table.ts';
import type { ReadSession } from './read-session.ts';
import { keyText, postgresType, valueOf, type Value } from './row-speech.ts';
import type { Flavor } from './side.ts';

/** How one collection in a PostgreSQL is spoken of in statements. */
export interface PostgresShape {
  /** After `from`, with what narrows it to the collection. */
  readonly from: Piece;
  /** True for every row of the collection. */
  readonly where: Piece;
  readonly values: readonly Value[];
  /** How many of the values are the key. */
  readonly keys: number;
  /** The text of the key. */
  readonly key: Piece;
  /** What ranges are cut by. */
  readonly order: KeyOrder;
  /** Whether an index leads through the table in that order. */
  readonly isIndexed: boolean;
  /** Whether a row is younger than what the other side may know. */
  readonly isYoung: Piece;
  /** Whether a part of the key is null; null where none can be. */
  readonly isUnkeyed: Piece | null;
  /** Where hashes of rows are stored. Null where rows are hashed as they are read. */
  readonly stored: { readonly flavor: Flavor; readonly hash: Piece } | null;
}

/** Columns that sort as keys do, and a key as values of them. */
export interface KeyOrder {
  readonly columns: readonly Piece[];
  /** Names of their types in PostgreSQL. */
  readonly types: readonly string[];
  partsOf(key: RowKey): readonly string[];
}

/** Types of columns whose order and equality are those of the field's type. */
const NATURAL: Readonly<Record<KeyType, readonly string[]>> = {
  TEXT: ['text', 'varchar'],
  INTEGER: ['int2', 'int4', 'int8', 'numeric'],
  DATE: ['date'],
  UUID: ['uuid'],
};

/**
 * The shape of a table or view as it is.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT, reason TABLE_MISSING or COLUMN_MISSING.
 */
export async function shapeOfTable(
  session: ReadSession,
  table: ComparedTable,
): Promise<PostgresShape> {
  const columns = await surveyColumns(session, table);
  const columnOf = (name: string): Column => {
    const column = columns.get(name);
    if (column === undefined) throw driftFault(`/${name}`, 'COLUMN_MISSING');
    return column;
  };
  const of = (name: string): Piece => piece('??', [`t.${name}`]);
  const values = table.fields.map(({ column, type }) => {
    columnOf(column);
    return valueOf('postgresql', type, of(column));
  });
  const keyFields = table.fields.slice(0, table.keys);
  const types = keyTypesOf(table);
  const ordered = keyFields.map(({ column }, at) => {
    const { type, isBytewise } = columnOf(column);
    const wanted = types[at] ?? 'TEXT';
    return { isNatural: NATURAL[wanted].includes(type), isBytewise };
  });
  const isSorted = ordered.every(({ isNatural, isBytewise }) => isNatural && isBytewise);
  const isNullable = keyFields.filter(({ column }) => !columnOf(column).isNotNull);
  return {
    from: sql`${piece('??', [table.table])} as t`,
    where: piece('true'),
    values,
    keys: table.keys,
    key: keyText('postgresql', values.slice(0, table.keys)),
    order: {
      columns: keyFields.map(({ column, type }, at) =>
        ordered[at]?.isNatural === true
          ? of(column)
          : sql`(${of(column)})::${piece(postgresType(type))}`,
      ),
      types: types.map(postgresType),
      partsOf: (key) => decodeKey(key, types),
    },
    isIndexed: isSorted && (await hasIndex(session, table, keyFields)),
    isYoung: youngOf(table, columnOf),
    isUnkeyed:
      isNullable.length === 0
        ? null
        : join(
            isNullable.map(({ column }) => sql`${of(column)} is null`),
            ' or ',
          ),
    stored: null,
  };
}

interface Column {
  readonly type: string;
  readonly isNotNull: boolean;
  /** Whether its texts sort byte by byte of UTF-8, or it holds none. */
  readonly isBytewise: boolean;
}

function quoted(table: string): string {
  const { schema, name } = splitTableName(table);
  return [schema, name].flatMap((part) => (part === null ? [] : [`"${part}"`])).join('.');
}

async function surveyColumns(
  session: ReadSession,
  { table }: ComparedTable,
): Promise<ReadonlyMap<string, Column>> {
  const rows = await session.all(
    piece(
      `select a.attname::text as c, y.typname::text as t, a.attnotnull::text as n,
              (y.typcollation = 0 or current_setting('server_encoding') = 'UTF8' and
                case when o.collname = 'default'
                  then d.datlocprovider = 'b' or d.datlocprovider = 'c' and d.datcollate in ('C', 'POSIX')
                  else o.collname in ('C', 'POSIX', 'ucs_basic') end)::text as b
         from pg_catalog.pg_attribute a
         join pg_catalog.pg_type y on y.oid = a.atttypid
         join pg_catalog.pg_database d on d.datname = current_database()
         left join pg_catalog.pg_collation o on o.oid = a.attcollation
        where a.attrelid = pg_catalog.to_regclass(?) and a.attnum > 0 and not a.attisdropped`,
      [quoted(table)],
    ),
  );
  if (rows.length === 0) throw driftFault(`/${table}`, 'TABLE_MISSING');
  return new Map(
    rows.map((row) => [
      row['c'] ?? '',
      { type: row['t'] ?? '', isNotNull: row['n'] === 'true', isBytewise: row['b'] === 'true' },
    ]),
  );
}

/** Whether an index begins with these columns, in the collations of the table. */
async function hasIndex(
  session: ReadSession,
  { table }: ComparedTable,
  key: readonly TableField[],
): Promise<boolean> {
  const rows = await session.all(
    piece(
      `select 1::text as found
         from pg_catalog.pg_index i
        where i.indrelid = pg_catalog.to_regclass(?) and i.indisvalid and i.indpred is null
          and (select string_agg(a.attname::text, '.' order by k.place)
                 from unnest(i.indkey::int2[], i.indcollation::oid[]) with ordinality as k(number, collated, place)
                 join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                where k.place <= ?::int and k.collated = a.attcollation) = ?`,
      [quoted(table), String(key.length), key.map(({ column }) => column).join('.')],
    ),
  );
  return rows.length > 0;
}

/** Times without a zone are those of China, as sources write them. */
function youngOf({ settle }: ComparedTable, columnOf: (name: string) => Column): Piece {
  if (settle === null) return piece('false');
  const { type } = columnOf(settle.column);
  const now =
    type === 'timestamptz' ? piece('now()') : piece("(now() at time zone 'Asia/Shanghai')");
  const ago = piece('make_interval(secs => ?::float8)', [String(settle.seconds)]);
  return sql`coalesce(${piece('??', [`t.${settle.column}`])} > ${now} - ${ago}, false)`;
}
