import { createServer } from 'node:net';

import pg from 'pg';

import type { Login } from './embedded-cluster.ts';
import { codeOf } from './error-code.ts';

const PROBE_MS_MAX = 1_500;

/**
 * What answers on a port: the server on our files; one that is starting, recovering or full, and
 * will be; one that does not know our password; or nothing of ours.
 */
export type Sign =
  | { readonly kind: 'SERVING'; readonly version: string }
  | { readonly kind: 'BUSY' }
  | { readonly kind: 'REFUSING' }
  | { readonly kind: 'SILENT' };

/** Asks whether the server on the files of `cluster` serves on this port of this machine. */
export async function probe(port: number, login: Login, cluster: string): Promise<Sign> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    database: 'postgres',
    ...login,
    connectionTimeoutMillis: PROBE_MS_MAX,
    query_timeout: PROBE_MS_MAX,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string; version: string }>(
      `select current_setting('data_directory') as folder,
              current_setting('server_version') as version`,
    );
    const [about] = rows;
    if (about?.folder !== cluster) return { kind: 'SILENT' };
    return { kind: 'SERVING', version: about.version };
  } catch (error) {
    return signOf(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A port of this machine that nobody listens on at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function signOf(error: unknown): Sign {
  const code = codeOf(error);
  // Starting up, shutting down or recovering; too many connections.
  if (code === '57P03' || code === '53300') return { kind: 'BUSY' };
  if (code === '28P01' || code === '28000') return { kind: 'REFUSING' };
  return { kind: 'SILENT' };
}
