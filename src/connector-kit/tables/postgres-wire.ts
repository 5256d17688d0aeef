import { isIP, Socket } from 'node:net';
import { checkServerIdentity } from 'node:tls';

import pg from 'pg';

import { APPLICATION_NAME, KEEP_ALIVE, cellText, type Wire, type WireTarget } from './wire.ts';

/**
 * A connection to PostgreSQL by the extended protocol. Everything arrives as text.
 *
 * @throws {Error} of the driver or of the server; see `readSqlError`.
 */
export async function connectPostgres(target: WireTarget, signal: AbortSignal): Promise<Wire> {
  const socket = new Socket();
  const { tls, host, address, port, database, user, password, connectTimeoutMs } = target;
  const client = new pg.Client({
    host: address,
    port,
    database,
    user,
    password,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: KEEP_ALIVE.enabled,
    keepAliveInitialDelayMillis: KEEP_ALIVE.initialDelayMs,
    stream: () => socket,
    ssl: tls === null ? false : describeTls(host, tls.caPem),
    types: { getTypeParser: () => (text: string) => text },
  });
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
  };
  // A client that dies while nobody waits for it would otherwise end the process.
  client.on('error', close);
  client.on('end', close);
  socket.on('error', close);
  socket.on('close', close);
  const drop = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', drop, { once: true });
  try {
    await client.connect();
  } catch (error) {
    drop();
    throw error;
  } finally {
    signal.removeEventListener('abort', drop);
  }
  const { processID } = client as unknown as { readonly processID: number };
  return {
    id: String(processID),
    isMariaDb: false,
    isUsable: () => isOpen,
    bytesRead: () => socket.bytesRead,
    async run({ text, values }) {
      const { rows } = await client.query<Record<string, unknown>>({ text, values: [...values] });
      return rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([alias, cell]) => [alias, cellText(cell)])),
      );
    },
    async command(text) {
      await client.query(text);
    },
    async end() {
      isOpen = false;
      await client.end();
    },
    destroy() {
      isOpen = false;
      drop();
    },
  };
}

/** The certificate must be that of the host as it was configured, whatever address it has. */
function describeTls(host: string, caPem: string | null) {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(caPem === null ? {} : { ca: caPem }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(host, certificate),
  } as const;
}
