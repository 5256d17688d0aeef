import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import pg from 'pg';

import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';

/** A PostgreSQL of the bench's own. */
export interface BenchServer {
  readonly postmaster: number;
  urlOf(database: string): string;
  /** A connection to a database, which is made where it is not there. */
  connect(database: string): Promise<pg.Client>;
  stop(): Promise<void>;
}

const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  maintenance_work_mem: '512MB',
  work_mem: '64MB',
  autovacuum: 'off',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
};

/** Starts it in the folder; it ends with this process. */
export async function startServer(folder: string): Promise<BenchServer> {
  // Root's server runs as another account, which has to get through to its files.
  await chmod(folder, 0o711);
  const place = join(folder, 'postgres');
  const log = (): void => undefined;
  const server = await startEmbeddedPostgres({ folder: place, log, settings: SETTINGS });
  const running = await readFile(join(place, 'pgdata', 'postmaster.pid'), 'utf8');
  const urlOf = (database: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  return {
    postmaster: Number(running.split('\n')[0]),
    urlOf,
    async connect(database) {
      const admin = new pg.Client({ connectionString: server.url });
      await admin.connect();
      const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [
        database,
      ]);
      if (rowCount === 0) await admin.query(`create database ${database}`);
      await admin.end();
      const client = new pg.Client({ connectionString: urlOf(database) });
      await client.connect();
      return client;
    },
    stop: () => server.stop(),
  };
}
