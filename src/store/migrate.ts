import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Database, Transaction } from './database.ts';

// Any number that no other part of the hub locks.
const MIGRATION_LOCK = 7_201_913;

const CREATE_RECORD = `
  create table if not exists schema_migration (
    name       text primary key,
    digest     text not null,
    applied_at timestamptz not null default now()
  );
  comment on table  schema_migration is 'Migrations applied to this database, in name order.';
  comment on column schema_migration.name is 'File name, NNNN_name.sql.';
  comment on column schema_migration.digest is 'SHA-256 of the file when it was applied, hex.';
  comment on column schema_migration.applied_at is 'Database clock, UTC.';
`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly digest: string;
}

/** How a database stands against a folder of migrations. */
export interface MigrationState {
  readonly pending: readonly string[];
  /** Applied, but not in the folder: the database is newer than the code. */
  readonly unknown: readonly string[];
  /** Applied, but the file is not what it was. */
  readonly changed: readonly string[];
}

/**
 * Applies every NNNN_name.sql of the folder that is not applied yet, each in a transaction of its
 * own, in name order; forward only. Returns their names. Safe to run in several processes at once.
 *
 * @throws {Error} when an applied file has changed, is missing, or a new one sorts before it.
 */
export async function migrate(db: Database, folder: string): Promise<readonly string[]> {
  const files = await readMigrations(folder);
  return db.transaction(async (lock) => {
    // Held until the last migration is in: a second migrator waits here and then finds nothing.
    await lock.raw('set local lock_timeout = 0');
    await lock.raw('set local statement_timeout = 0');
    await lock.raw('set local idle_in_transaction_session_timeout = 0');
    await lock.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    await db.raw(CREATE_RECORD);
    const state = compare(files, await readApplied(db));
    refuseUnclear(state, files);
    const pending = files.filter(({ name }) => state.pending.includes(name));
    for (const migration of pending) await db.transaction((trx) => apply(trx, migration));
    return pending.map(({ name }) => name);
  });
}

/** Compares without changing anything. */
export async function migrationState(db: Database, folder: string): Promise<MigrationState> {
  const files = await readMigrations(folder);
  const { rows } = await db.raw<{ rows: { exists: boolean }[] }>(
    `select to_regclass('schema_migration') is not null as exists`,
  );
  return compare(files, rows[0]?.exists === true ? await readApplied(db) : []);
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name));
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8');
      return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

type Applied = Pick<Migration, 'name' | 'digest'>;

async function readApplied(db: Database): Promise<readonly Applied[]> {
  return db<Applied>('schema_migration').select('name', 'digest').orderBy('name');
}

function compare(files: readonly Migration[], applied: readonly Applied[]): MigrationState {
  const digests = new Map(applied.map(({ name, digest }) => [name, digest]));
  const names = files.map(({ name }) => name);
  return {
    pending: names.filter((name) => !digests.has(name)),
    unknown: applied.map(({ name }) => name).filter((name) => !names.includes(name)),
    changed: files
      .filter(({ name, digest }) => (digests.get(name) ?? digest) !== digest)
      .map(({ name }) => name),
  };
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

async function apply(trx: Transaction, { name, sql, digest }: Migration): Promise<void> {
  await trx.raw('set local statement_timeout = 0');
  // Without bindings, a file is sent whole; `?` in it is PostgreSQL's and not knex's.
  await trx.raw(sql.replaceAll('?', '\\?'));
  await trx('schema_migration').insert({ name, digest });
}
