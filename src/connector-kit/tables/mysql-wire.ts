import { connect as connectSocket, isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import mysql, { type Connection, type QueryError, type RowDataPacket } from 'mysql2';

import { KEEP_ALIVE, cellText, type Wire, type WireTarget } from './wire.ts';
import type { Statement, TextRow } from './statement.ts';

/** Prepared statements that a connection keeps at the server. */
const PREPARED_MAX = 32;

/**
 * A connection to MySQL or MariaDB. Statements are prepared by the server: the driver's own
 * quoting of values depends on modes of the server that a hub cannot know. The server may not ask
 * for files of this machine.
 *
 * @throws {Error} of the driver or of the server; see `readSqlError`.
 */
export async function connectMysql(target: WireTarget, signal: AbortSignal): Promise<Wire> {
  const socket = openSocket(target);
  const connection = mysql.createConnection({
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    stream: () => socket,
    charset: 'utf8mb4',
    connectTimeout: target.connectTimeoutMs,
    flags: ['-LOCAL_FILES', '-MULTI_STATEMENTS'],
    multipleStatements: false,
    maxPreparedStatements: PREPARED_MAX,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    ...(target.tls === null ? {} : { ssl: describeTls(target.tls.caPem) }),
  });
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
  };
  connection.on('error', close);
  connection.on('end', close);
  socket.on('close', close);
  const drop = (): void => {
    connection.destroy();
    socket.destroy();
  };
  signal.addEventListener('abort', drop, { once: true });
  try {
    await signIn(connection, socket);
  } catch (error) {
    drop();
    throw error;
  } finally {
    signal.removeEventListener('abort', drop);
  }
  return {
    id: String(connection.threadId),
    isMariaDb: /mariadb/iu.test(versionOf(connection)),
    isUsable: () => isOpen,
    bytesRead: () => socket.bytesRead,
    run: (statement) => execute(connection, statement),
    command: (text) => query(connection, text),
    async end() {
      isOpen = false;
      await new Promise<void>((resolve) => {
        connection.end(() => resolve());
      });
      socket.destroy();
    },
    destroy() {
      isOpen = false;
      drop();
    },
  };
}

function openSocket({ address, port, host }: WireTarget): Socket {
  const socket = connectSocket({ host: address, port });
  socket.setNoDelay(true);
  socket.setKeepAlive(KEEP_ALIVE.enabled, KEEP_ALIVE.initialDelayMs);
  // The driver names no host to TLS where it is an address, and TLS then asks the socket whom it
  // was opened to. Without this a certificate for an address would be refused.
  return isIP(host) === 0 ? socket : Object.assign(socket, { _host: host });
}

function describeTls(caPem: string | null) {
  return {
    rejectUnauthorized: true,
    verifyIdentity: true,
    minVersion: 'TLSv1.2',
    ...(caPem === null ? {} : { ca: caPem }),
  };
}

/** The driver does not notice a socket that is dropped before it has said anything. */
function signIn(connection: Connection, socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const lose = (): void => {
      reject(Object.assign(new Error('The connection was lost.'), { code: 'ECONNRESET' }));
    };
    socket.once('close', lose);
    connection.connect((error) => {
      socket.removeListener('close', lose);
      if (error === null) resolve();
      else reject(findTlsError(connection) ?? error);
    });
  });
}

/** Why the certificate was refused: the driver puts a code of its own in the place of that one. */
function findTlsError(connection: Connection): Error | null {
  const { stream } = connection as unknown as { readonly stream: Partial<TLSSocket> };
  const code: unknown = stream.authorizationError;
  if (typeof code !== 'string') return null;
  return Object.assign(new Error('The certificate was refused.'), { code });
}

/** As the server said in its greeting. */
function versionOf(connection: Connection): string {
  const { _handshakePacket: greeting } = connection as unknown as {
    readonly _handshakePacket: { readonly serverVersion?: string } | null;
  };
  return greeting?.serverVersion ?? '';
}

function execute(connection: Connection, statement: Statement): Promise<readonly TextRow[]> {
  const { text: sql, values } = statement;
  return new Promise((resolve, reject) => {
    connection.execute<RowDataPacket[]>({ sql, values: [...values] }, (error, rows) => {
      if (error === null) resolve(rows.map(toTextRow));
      else reject(error);
    });
  });
}

function toTextRow(row: RowDataPacket): TextRow {
  return Object.fromEntries(Object.entries(row).map(([alias, cell]) => [alias, cellText(cell)]));
}

function query(connection: Connection, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(text, (error: QueryError | null) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}
