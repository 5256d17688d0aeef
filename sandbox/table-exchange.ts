import { randomBytes } from 'node:crypto';

import { FIXTURES } from './fixtures.ts';
import { textInShanghai } from './shanghai-time.ts';
import { openTableLink, quote, type TableDialect, type TableServer } from './table-link.ts';
import { writeEnterpriseRows, writeLicenseRow, type TableValues } from './table-rows.ts';
import { makeTable, sketchOf, TABLE_SKETCHES } from './table-schema.ts';

/** One row that the provider writes. What is left out is as a careful provider would write it. */
export interface TableDelta {
  readonly table: string;
  /** `I`, `U`, `D`, or anything else a provider may come upon; blank for a full copy. */
  readonly operation: string | null;
  readonly values: TableValues;
  /** As it is to stand in `cd_time`; now, by the clock of the twin, where it is left out. */
  readonly time?: string | null;
  readonly batch?: string | null;
  /** `cd_id`; the next one where it is left out. */
  readonly serial?: string | null;
}

/** A simulated front-end database (前置机), with the provider's hands on it. */
export interface TableTwin {
  readonly dialect: TableDialect;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The login of the hub: it may read the tables and nothing else. */
  readonly reader: { readonly user: string; readonly password: string };
  readonly tables: readonly string[];
  /** Writes rows in this order. */
  write(...deltas: readonly TableDelta[]): Promise<void>;
  /** Everything the fixtures hold, as one batch of new rows. */
  seed(options?: { readonly time?: string; readonly batch?: string }): Promise<void>;
  /** So many synthetic licenses, numbered from `first`, written by the server itself. */
  fill(options: { readonly first: number; readonly rows: number }): Promise<void>;
  /** Takes all rows of a table away; without a name, of all tables. */
  clear(table?: string): Promise<void>;
  /** As the provider, who may do everything. */
  run(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** What all tables hold, as one text: equal exactly when nothing was changed. */
  fingerprint(): Promise<string>;
  /** Sessions of the hub's login that the server knows, other than this one. */
  sessions(): Promise<readonly { readonly id: string; readonly statement: string }[]>;
  /** Takes the reader's right to one table away, or gives it back. */
  allow(table: string, isAllowed: boolean): Promise<void>;
  /** Changes the password of the reader. */
  setPassword(password: string): Promise<void>;
  /** Removes database and login. */
  stop(): Promise<void>;
}

/** A server that runs already, and what the twin's clock shows. */
export interface TableTwinOptions extends TableServer {
  /** The database to sign in at before the twin's own is made. */
  readonly maintenanceDatabase?: string;
  readonly now?: () => number;
}

const ROWS_OF_ONE_INSERT = 100;
const PASSWORD = 'synthetic-reader-password';

/** Equal for equal contents, whatever the order in which a server tells rows. */
async function fingerprintOf(
  link: Awaited<ReturnType<typeof openTableLink>>,
  tables: readonly string[],
): Promise<string> {
  const texts: string[] = [];
  for (const table of tables) {
    const rows = await link.run(`select * from ${table}`);
    const sorted = rows.map((row) => JSON.stringify(row)).toSorted();
    texts.push(`${table} ${sorted.join('\n')}`);
  }
  return texts.join('\n');
}

/** What the reader is doing on the server now. */
async function listSessions(
  admin: Awaited<ReturnType<typeof openTableLink>>,
  { dialect, user }: { readonly dialect: TableTwinOptions['dialect']; readonly user: string },
) {
  const isPostgres = dialect === 'postgresql';
  const rows = await admin.run(
    isPostgres
      ? `select pid::text as id, coalesce(query, '') as statement, state from pg_stat_activity
          where usename = ?`
      : `select cast(id as char) as id, coalesce(info, '') as statement, command as state
           from information_schema.processlist where user = ?`,
    [user],
  );
  return rows.map((row) => ({
    id: String(row['id']),
    statement: ['active', 'Query', 'Execute'].includes(String(row['state']))
      ? String(row['statement'])
      : '',
  }));
}

/** Rows of all fixtures, table by table. */
function listSeedRows(tables: readonly string[]) {
  const enterprises = FIXTURES.enterprises.filter(({ kind }) => kind === 'ENTERPRISE');
  const rows = [
    ...enterprises.flatMap(writeEnterpriseRows),
    ...FIXTURES.licenses.map(writeLicenseRow),
  ];
  return rows.toSorted((one, other) => tables.indexOf(one.table) - tables.indexOf(other.table));
}

/** Deltas of one table that follow each other, as many as one insert takes. */
function inInserts(deltas: readonly TableDelta[]): readonly (readonly TableDelta[])[] {
  const inserts: TableDelta[][] = [];
  for (const delta of deltas) {
    const last = inserts.at(-1);
    const fits = last?.[0]?.table === delta.table && last.length < ROWS_OF_ONE_INSERT;
    if (fits) last.push(delta);
    else inserts.push([delta]);
  }
  return inserts;
}

/** A login as statements name it. */
function nameOf(dialect: TableTwinOptions['dialect'], user: string): string {
  return dialect === 'postgresql' ? user : `'${user}'@'%'`;
}

/** A login that may read these tables, and nothing else. */
async function createReader(given: {
  readonly admin: Awaited<ReturnType<typeof openTableLink>>;
  readonly link: Awaited<ReturnType<typeof openTableLink>>;
  readonly dialect: TableTwinOptions['dialect'];
  readonly user: string;
  readonly tables: readonly string[];
}): Promise<void> {
  const { admin, link, dialect, user, tables } = given;
  const isPostgres = dialect === 'postgresql';
  const who = nameOf(dialect, user);
  await admin.run(
    isPostgres
      ? `create role ${user} login password '${PASSWORD}'`
      : `create user ${who} identified by '${PASSWORD}'`,
  );
  if (isPostgres) await link.run('revoke create on schema public from public');
  for (const table of tables) await link.run(`grant select on ${table} to ${who}`);
}

/** Makes a database of its own on a server, with empty tables and a login that may read them. */
export async function startTableTwin(options: TableTwinOptions): Promise<TableTwin> {
  const { dialect, host, port, now = Date.now } = options;
  const mark = randomBytes(5).toString('hex');
  const [database, user] = [`exchange_${mark}`, `reader_${mark}`];
  const isPostgres = dialect === 'postgresql';
  const at = options.maintenanceDatabase ?? (isPostgres ? 'postgres' : 'mysql');
  const admin = await openTableLink(options, at);
  await admin.run(`create database ${database}`);
  const link = await openTableLink(options, database);
  for (const table of TABLE_SKETCHES) {
    for (const statement of makeTable(dialect, table)) await link.run(statement);
  }
  const tables = TABLE_SKETCHES.map(({ name }) => name);
  const q = (name: string): string => quote(dialect, name);
  const who = nameOf(dialect, user);
  await createReader({ admin, link, dialect, user, tables: tables.map(q) });
  let serial = 0;

  async function write(...deltas: readonly TableDelta[]): Promise<void> {
    for (const together of inInserts(deltas)) await insert(together[0]?.table ?? '', together);
  }

  async function insert(table: string, deltas: readonly TableDelta[]): Promise<void> {
    const names = sketchOf(table).columns.map(({ name }) => name);
    const rows = deltas.map((delta) => {
      serial += 1;
      const values: TableValues = {
        ...delta.values,
        cd_id: delta.serial === undefined ? String(serial) : delta.serial,
        cd_operation: delta.operation,
        cd_time: delta.time === undefined ? textInShanghai(now()) : delta.time,
        cd_batch: delta.batch === undefined ? 'B1' : delta.batch,
      };
      return names.map((name) => values[name] ?? null);
    });
    const places = rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
    await link.run(
      `insert into ${q(table)} (${names.map(q).join(', ')}) values ${places}`,
      rows.flat(),
    );
  }

  const sessions = () => listSessions(admin, { dialect, user });
  const fingerprint = (): Promise<string> => fingerprintOf(link, tables.map(q));

  return {
    dialect,
    host,
    port,
    database,
    reader: { user, password: PASSWORD },
    tables,
    write,
    async seed({ time, batch } = {}) {
      const rows = listSeedRows(tables);
      const stamp = {
        ...(time === undefined ? {} : { time }),
        ...(batch === undefined ? {} : { batch }),
      };
      await write(...rows.map((row) => ({ ...row, operation: 'I', ...stamp })));
    },
    async fill({ first, rows }) {
      await link.run(isPostgres ? FILL_POSTGRES : FILL_MYSQL, [first, first + rows - 1]);
      if (isPostgres) await link.run('analyze "CERT_LICENSE"');
    },
    async clear(table) {
      for (const each of table === undefined ? tables : [table]) {
        await link.run(`delete from ${q(each)}`);
      }
    },
    run: (text, values) => link.run(text, values),
    fingerprint,
    sessions,
    async allow(table, isAllowed) {
      const verb = isAllowed ? 'grant' : 'revoke';
      await link.run(`${verb} select on ${q(table)} ${isAllowed ? 'to' : 'from'} ${who}`);
    },
    async setPassword(password) {
      await admin.run(
        isPostgres
          ? `alter role ${user} password '${password}'`
          : `alter user ${who} identified by '${password}'`,
      );
    },
    async stop() {
      await link.end();
      await admin.run(`drop database ${database}${isPostgres ? ' with (force)' : ''}`);
      await admin.run(isPostgres ? `drop role ${user}` : `drop user ${who}`);
      await admin.end();
    },
  };
}

const FILLED = '"ZZBS", "ZZLXDM", "ZZMC", "CZZT", "CZZTDM", "ZZZT", "ZZYXQJZRQ"';
const DELTA = 'cd_id, cd_operation, cd_time, cd_batch';

const FILL_POSTGRES = `
  insert into "CERT_LICENSE" (${FILLED}, ${DELTA})
  select 'L' || lpad(n::text, 12, '0'), '11100000MB0143028R001', '营业执照', '济宁示例' || n,
         'H' || lpad((n / 3)::text, 17, '0'), '有效', '',
         n, 'I', timestamp '2026-01-01 00:00:00' + (n / 10) * interval '1 second', 'B1'
    from generate_series(?::bigint, ?::bigint) as n`;

const FILL_MYSQL = `
  insert into CERT_LICENSE (${FILLED.replaceAll('"', '`')}, ${DELTA})
  select concat('L', lpad(n, 12, '0')), '11100000MB0143028R001', '营业执照', concat('济宁示例', n),
         concat('H', lpad(n div 3, 17, '0')), '有效', '',
         n, 'I', timestamp '2026-01-01 00:00:00' + interval (n div 10) second, 'B1'
    from (with recursive counted as (
            select 0 as i union all select i + 1 from counted where i < 999)
          select 1 + one.i + 1000 * other.i as n from counted one join counted other) numbers
   where n between ? and ?`;
