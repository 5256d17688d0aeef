import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { openDatabase, type Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

/** Absolute; the migrations of the hub. */
export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  /** Closes `db` and removes the database, whoever else is connected to it. */
  drop(): Promise<void>;
}

/**
 * Migrates the template that the test databases of this run are copies of. Called once, by jest's
 * globalSetup; workers find it by TEST_TEMPLATE. Returns what removes it.
 */
export async function createTemplate(): Promise<() => Promise<void>> {
  const name = `hecha_template_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name}`);
  const db = openDatabase(urlOf(name), { connectionsMax: 2, applicationName: 'template' });
  await migrate(db, MIGRATIONS);
  await db.destroy();
  // A copy can only be made while nobody is connected to what is copied.
  await administer(`alter database ${name} allow_connections false`);
  process.env['TEST_TEMPLATE'] = name;
  return () => administer(`drop database if exists ${name}`);
}

/** A private, migrated, empty database: a copy of the template, in about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(`template ${given('TEST_TEMPLATE')}`);
}

/** A private database with nothing in it, not migrated. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

/** Runs statements on the maintenance database, as the server's owner. */
export async function administer(...statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: given('TEST_SERVER_URL') });
  admin.on('error', () => undefined);
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}

async function createDatabase(source: string): Promise<TestDatabase> {
  const name = `hecha_test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} ${source}`);
  const url = urlOf(name);
  const db = openDatabase(url, { connectionsMax: 8, applicationName: 'test' });
  return {
    url,
    db,
    drop: async () => {
      await db.destroy();
      await administer(`drop database if exists ${name} with (force)`);
    },
  };
}

function urlOf(database: string): string {
  const url = new URL(given('TEST_SERVER_URL'));
  url.pathname = `/${database}`;
  return url.href;
}

function given(name: 'TEST_SERVER_URL' | 'TEST_TEMPLATE'): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error('Run tests with jest: its globalSetup starts PostgreSQL.');
  return value;
}
