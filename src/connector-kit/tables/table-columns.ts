import type { Collection } from '../connector.ts';
import { driftFault } from '../fault.ts';
import { piece, type Piece } from './statement.ts';
import type { TableSession } from './table-database.ts';
import { splitTableName } from './table-names.ts';

type ColumnType = Collection['fields'][number]['type'];

/** A column as the settings spell it, and what the database says it holds. */
export interface TableColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** The columns of one table. */
export interface TableColumns {
  /** @throws {HubError} SOURCE_SCHEMA_DRIFT, reason `COLUMN_MISSING`, with its pointer. */
  get(name: string): TableColumn;
}

/**
 * @throws {HubError} SOURCE_SCHEMA_DRIFT, reason `TABLE_MISSING`, for what this login cannot see.
 */
export async function readColumns(session: TableSession, table: string): Promise<TableColumns> {
  const isPostgres = session.dialect === 'postgresql';
  const rows = await session.all(isPostgres ? askPostgres(table) : askMysql(table));
  const exact = rows.filter((row) => row['t'] === splitTableName(table).name);
  const own = exact.length > 0 || isPostgres ? exact : rows;
  if (own.length === 0) throw driftFault(`/${table}`, 'TABLE_MISSING');
  // MySQL does not tell names of columns apart by case; PostgreSQL does.
  const fold = (name: string): string => (isPostgres ? name : name.toLowerCase());
  const types = new Map(own.map((row) => [fold(row['c'] ?? ''), typeOf(row['d'] ?? '')]));
  return {
    get(name) {
      const type = types.get(fold(name));
      if (type === undefined) throw driftFault(`/${name}`, 'COLUMN_MISSING');
      return { name, type };
    },
  };
}

function askPostgres(table: string): Piece {
  const { schema, name } = splitTableName(table);
  const quoted = [schema, name].flatMap((part) => (part === null ? [] : [`"${part}"`])).join('.');
  return piece(
    `select k.relname::text as t, a.attname::text as c,
            (case when y.typtype = 'e' then 'text' else y.typname end)::text as d
       from pg_catalog.pg_attribute a
       join pg_catalog.pg_class k on k.oid = a.attrelid
       join pg_catalog.pg_type y on y.oid = a.atttypid
      where a.attrelid = pg_catalog.to_regclass(?) and a.attnum > 0 and not a.attisdropped`,
    [quoted],
  );
}

function askMysql(table: string): Piece {
  const { schema, name } = splitTableName(table);
  return piece(
    `select cast(table_name as char) as t, cast(column_name as char) as c, cast(data_type as char) as d
       from information_schema.columns
      where table_schema = ${schema === null ? 'database()' : '?'} and table_name = ?`,
    schema === null ? [name] : [schema, name],
  );
}

/** Tables and views this login can read, with their columns in order. At most 20,000 columns. */
export async function listCollections(session: TableSession): Promise<readonly Collection[]> {
  const rows = await session.all(
    session.dialect === 'postgresql' ? DISCOVER_POSTGRES : DISCOVER_MYSQL,
  );
  const tables = new Map<string, Collection['fields'][number][]>();
  for (const row of rows) {
    const fields = tables.get(row['t'] ?? '') ?? [];
    const title = row['m'] ?? null;
    fields.push({
      pointer: `/${row['c'] ?? ''}`,
      type: typeOf(row['d'] ?? ''),
      title: title === '' ? null : title,
    });
    tables.set(row['t'] ?? '', fields);
  }
  return [...tables].map(([name, fields]) => ({ name, fields }));
}

const DISCOVER_POSTGRES = piece(
  `select (case when c.table_schema = current_schema() then '' else c.table_schema || '.' end
            || c.table_name)::text as t,
          c.column_name::text as c, c.udt_name::text as d,
          pg_catalog.col_description(
            pg_catalog.to_regclass(pg_catalog.format('%I.%I', c.table_schema, c.table_name)),
            c.ordinal_position::int)::text as m
     from information_schema.columns c
    where c.table_schema not in ('pg_catalog', 'information_schema')
    order by c.table_schema, c.table_name, c.ordinal_position
    limit 20000`,
);

const DISCOVER_MYSQL = piece(
  `select cast(table_name as char) as t, cast(column_name as char) as c,
          cast(data_type as char) as d, cast(column_comment as char) as m
     from information_schema.columns
    where table_schema = database()
    order by table_name, ordinal_position
    limit 20000`,
);

/** By the names both databases give their types. */
const TYPES: Readonly<Record<string, ColumnType>> = {
  varchar: 'TEXT',
  bpchar: 'TEXT',
  char: 'TEXT',
  name: 'TEXT',
  text: 'TEXT',
  citext: 'TEXT',
  tinytext: 'TEXT',
  mediumtext: 'TEXT',
  longtext: 'TEXT',
  enum: 'TEXT',
  set: 'TEXT',
  uuid: 'TEXT',
  tinyint: 'NUMBER',
  smallint: 'NUMBER',
  mediumint: 'NUMBER',
  int: 'NUMBER',
  bigint: 'NUMBER',
  decimal: 'NUMBER',
  float: 'NUMBER',
  double: 'NUMBER',
  int2: 'NUMBER',
  int4: 'NUMBER',
  int8: 'NUMBER',
  numeric: 'NUMBER',
  float4: 'NUMBER',
  float8: 'NUMBER',
  year: 'NUMBER',
  bool: 'BOOLEAN',
  date: 'DAY',
  timestamp: 'INSTANT',
  timestamptz: 'INSTANT',
  datetime: 'INSTANT',
};

function typeOf(name: string): ColumnType {
  return TYPES[name.toLowerCase()] ?? 'OTHER';
}
