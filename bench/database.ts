import { randomBytes } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import pg from 'pg';

import type { Children } from './children.ts';

const NAME = `hecha_bench_${process.pid}`;
const BANNER = /GraphQL\s+(http:\/\/\S+)\/graphql/;

/** A database of the bench's own, migrated and with the starter catalog. */
export interface BenchDatabase {
  /** With a login that owns this database and is no superuser. */
  readonly url: string;
  /** The server, with a login that may create databases and logins. */
  readonly serverUrl: string;
  /** Of the server, where it runs on this machine for the bench alone; else null. */
  readonly serverPid: number | null;
  /** Drops database and login of a server that stays; one of our own goes with its folder. */
  drop(): Promise<void>;
}

/**
 * On the server of `DATABASE_URL` (its login must be allowed to create databases), or on the
 * PostgreSQL that a demo brings.
 */
export async function createBenchDatabase(
  children: Children,
  folder: string,
): Promise<BenchDatabase> {
  // PostgreSQL of a demo may run under another account, which must be able to pass.
  await chmod(folder, 0o711);
  const server = await findServer(children, folder);
  const password = randomBytes(16).toString('hex');
  await runStatements(server.url, [
    `create role ${NAME} login password '${password}'`,
    `create database ${NAME} owner ${NAME}`,
  ]);
  const url = withPath(server.url, NAME);
  url.username = NAME;
  url.password = password;

  // A demo migrates the database it is given and publishes the starter catalog in it.
  const seeding = await children.startHecha(['demo', '--quiet'], BANNER, {
    PORT: '0',
    HECHA_DATA: join(folder, 'seeding'),
    DATABASE_URL: url.href,
  });
  await seeding.stop();
  await runStatements(url.href, [
    'create table bench_intent (like source_intent including all)',
    `create table bench_outcome (
       intent_id uuid primary key references bench_intent,
       ended_at  timestamptz not null,
       transport text not null,
       records   jsonb not null
     )`,
  ]);
  return {
    url: url.href,
    serverUrl: server.url,
    serverPid: server.pid,
    drop: async () => {
      if (server.pid !== null) return;
      await runStatements(server.url, [
        `drop database if exists ${NAME} with (force)`,
        `drop role if exists ${NAME}`,
      ]);
    },
  };
}

async function findServer(
  children: Children,
  folder: string,
): Promise<{ readonly url: string; readonly pid: number | null }> {
  const given = process.env['DATABASE_URL'] ?? '';
  if (given !== '') return { url: given, pid: null };
  const data = join(folder, 'database');
  await children.startHecha(['demo', '--quiet'], BANNER, { PORT: '0', HECHA_DATA: data });
  const cluster = join(data, 'postgres');
  const password = (await readFile(join(cluster, 'pg.secret'), 'utf8')).trim();
  const running = await readFile(join(cluster, 'pgdata', 'postmaster.pid'), 'utf8');
  const [pid, , , port] = running.split('\n');
  return { url: `postgres://hecha:${password}@127.0.0.1:${port ?? ''}/postgres`, pid: Number(pid) };
}

function withPath(url: string, path: string): URL {
  const changed = new URL(url);
  changed.pathname = `/${path}`;
  return changed;
}

async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
