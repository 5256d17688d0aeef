import { randomBytes } from 'node:crypto';

import { openDatabase, type Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

const TEMPLATE = 'hecha_test_template';
export const MIGRATIONS = new URL('../../migrations', import.meta.url).pathname;

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  drop(): Promise<void>;
}

/** Migrates the template that every test database is a copy of. Run once, by jest's globalSetup. */
export async function createTemplate(): Promise<void> {
  await administer(`drop database if exists ${TEMPLATE}`, `create database ${TEMPLATE}`);
  const db = openDatabase(urlOf(TEMPLATE), { connectionsMax: 2, applicationName: 'template' });
  await migrate(db, MIGRATIONS);
  await db.destroy();
}

/** A private, migrated, empty database. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `hecha_test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${TEMPLATE}`);
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

/** Runs statements on the maintenance database, as the server's owner. */
export async function administer(...statements: readonly string[]): Promise<void> {
  const admin = openDatabase(serverUrl(), { connectionsMax: 1, applicationName: 'test-admin' });
  try {
    for (const statement of statements) await admin.raw(statement);
  } finally {
    await admin.destroy();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (url === undefined) throw new Error('run tests with npm test: globalSetup starts PostgreSQL');
  return url;
}
