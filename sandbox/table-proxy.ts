import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

import type { KeyAndCertificate } from './tls.ts';

/**
 * What stands between the hub and the database: nothing, a closed door, silence, or a line that
 * breaks when something is asked.
 */
export type TableProxyMode = 'PASS' | 'REFUSE' | 'HANG' | 'RESET';

/** A way to a database that fails as networks fail. */
export interface TableProxy {
  readonly host: string;
  readonly port: number;
  /** In force when it resolves, for connections that are open as well. */
  setMode(mode: TableProxyMode): Promise<void>;
  /** The certificate for connections to come; null to offer no TLS. PostgreSQL only. */
  setTls(certificate: KeyAndCertificate | null): void;
  openSockets(): number;
  /** Connections taken since it started. */
  connections(): number;
  stop(): Promise<void>;
}

/** PostgreSQL, protocol 3, SSLRequest. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Listens on a free port of this machine and passes everything on. */
export async function startTableProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<TableProxy> {
  const open = new Set<Socket>();
  let mode: TableProxyMode = 'PASS';
  let certificate: KeyAndCertificate | null = null;
  let taken = 0;
  let port = 0;
  let server = await listen(0, accept);
  port = (server.address() as AddressInfo).port;

  function accept(client: Socket): void {
    taken += 1;
    keep(client);
    const upstream = connect({ host: target.host, port: target.port });
    keep(upstream);
    const join = (near: Socket | TLSSocket): void => {
      pass(near, upstream);
      pass(upstream, near);
      near.on('close', () => upstream.destroy());
      upstream.on('close', () => near.destroy());
    };
    if (certificate === null) {
      join(client);
      return;
    }
    const offered = certificate;
    client.once('data', (first) => {
      if (!first.equals(SSL_REQUEST)) {
        client.destroy();
        return;
      }
      client.write('S');
      const secure = new TLSSocket(client, { isServer: true, ...offered });
      secure.on('error', () => client.destroy());
      join(secure);
    });
  }

  function keep(socket: Socket): void {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  }

  function pass(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (mode === 'HANG') return;
      if (mode === 'RESET') from.destroy();
      else to.write(bytes);
    });
  }

  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    open.forEach((socket) => socket.destroy());
    await closed;
  }

  return {
    host: '127.0.0.1',
    port,
    async setMode(next) {
      const wasRefusing = mode === 'REFUSE';
      mode = next;
      if (next === 'REFUSE' && !wasRefusing) await close();
      // What was cut off in silence stays cut off.
      if (next !== 'REFUSE') open.forEach((socket) => next === 'PASS' && socket.destroy());
      if (wasRefusing && next !== 'REFUSE') server = await listen(port, accept);
    },
    setTls(next) {
      certificate = next;
    },
    openSockets: () => open.size / 2,
    connections: () => taken,
    async stop() {
      if (mode !== 'REFUSE') await close();
    },
  };
}

async function listen(port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer(accept);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
