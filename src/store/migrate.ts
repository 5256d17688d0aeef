import pg from 'pg';

import { connectionStringOf, type Database } from './database.ts';
import { compareMigrations, readMigrations, type Applied } from './migration-files.ts';
import type { Migration, MigrationState } from './migration-files.ts';

// Any number that no other part of the hub locks.
const MIGRATION_LOCK = 7_201_913;
const CONNECT_MS_MAX = 10_000;
/** For a second migrator, which waits until the first has finished. */
const TURN_MS_MAX = 15 * 60_000;
const STATEMENT_MS_MAX = 30 * 60_000;
/** Whoever waits for a table holds up everybody who comes after, so not long. */
const LOCK_MS_MAX = 30_000;

const CREATE_RECORD = `
  create table schema_migration (
    name       text primary key,
    digest     text not null check (digest ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz not null default now()
  );
  comment on table  schema_migration is 'Migrations applied to this database, in name order.';
  comment on column schema_migration.name is 'File name, NNNN_name.sql.';
  comment on column schema_migration.digest is 'SHA-256 of the file when it was applied, hex.';
  comment on column schema_migration.applied_at is 'Database clock, UTC.';
`;

/**
 * Applies every NNNN_name.sql of the folder that is not applied yet, in name order, forward only,
 * each in a transaction of its own: a file that fails leaves nothing of itself. Returns the names
 * of those applied now. Safe in several processes at once: one works, the others wait and find
 * nothing to do. Uses a connection of its own, whose limits fit migrations and not requests; that
 * connection must not go through a pooler that hands transactions around.
 *
 * @throws {Error} that names the file when an applied one has changed or is missing, a new one
 * sorts before it, one cannot be applied, or a name is not NNNN_name.sql.
 */
export async function migrate(db: Database, folder: string): Promise<readonly string[]> {
  const files = await readMigrations(folder);
  return withOwnConnection(db, async (client) => {
    await client.query(`set lock_timeout = ${TURN_MS_MAX}`);
    // Of the session, so that it is held from one file's transaction to the next.
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(`set lock_timeout = ${LOCK_MS_MAX}`);
    const ask: Ask = async (sql) => (await client.query<never>(sql)).rows;
    if (!(await hasRecord(ask))) await inTransaction(client, CREATE_RECORD, null);
    const state = compareMigrations(files, await readApplied(ask));
    refuseUnclear(state, files);
    const pending = files.filter(({ name }) => state.pending.includes(name));
    for (const file of pending) await apply(client, file);
    return pending.map(({ name }) => name);
  });
}

/** How the database stands against the folder. Changes nothing. */
export async function migrationState(db: Database, folder: string): Promise<MigrationState> {
  const files = await readMigrations(folder);
  const ask: Ask = async (sql) => (await db.raw<{ rows: readonly never[] }>(sql)).rows;
  return compareMigrations(files, (await hasRecord(ask)) ? await readApplied(ask) : []);
}

async function withOwnConnection<T>(
  db: Database,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: connectionStringOf(db),
    application_name: 'hecha migrate',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    lock_timeout: LOCK_MS_MAX,
    keepAlive: true,
  });
  // A connection that dies fails the query that is under way; without this it ends the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    // Also gives back the advisory lock.
    await client.end().catch(() => undefined);
  }
}

/** Runs a statement without bindings and gives its rows. */
type Ask = <Row>(sql: string) => Promise<readonly Row[]>;

async function hasRecord(ask: Ask): Promise<boolean> {
  const sql = `select to_regclass('schema_migration') is not null as exists`;
  return (await ask<{ exists: boolean }>(sql))[0]?.exists === true;
}

async function readApplied(ask: Ask): Promise<readonly Applied[]> {
  return ask<Applied>('select name, digest from schema_migration order by name collate "C"');
}

function refuseUnclear(state: MigrationState, files: readonly Migration[]): void {
  const [unknown] = state.unknown;
  if (unknown !== undefined)
    throw new Error(`${unknown} is applied but not in the folder: the database is newer.`);
  const [changed] = state.changed;
  if (changed !== undefined)
    throw new Error(`${changed} was changed after it was applied: write a new migration instead.`);
  const lastApplied = files.findLastIndex(({ name }) => !state.pending.includes(name));
  const early = files.slice(0, lastApplied + 1).find(({ name }) => state.pending.includes(name));
  if (early !== undefined)
    throw new Error(`${early.name} sorts before a migration that is applied: number it anew.`);
}

async function apply(client: pg.Client, file: Migration): Promise<void> {
  try {
    await inTransaction(client, file.sql, file);
  } catch (cause) {
    throw new Error(`${file.name} cannot be applied; nothing of it remains.`, { cause });
  }
}

async function inTransaction(
  client: pg.Client,
  sql: string,
  record: Migration | null,
): Promise<void> {
  await client.query('begin');
  try {
    await client.query(sql);
    if (record !== null)
      await client.query('insert into schema_migration (name, digest) values ($1, $2)', [
        record.name,
        record.digest,
      ]);
    await client.query('commit');
  } catch (error) {
    // On a dead connection there is nothing to roll back.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
