import { createServer as createHttpServer } from 'node:http';
import type { RequestListener, Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createNetServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { Fault } from './faults.ts';
import { TLS_ALERT, TLS_HANDSHAKE_BYTE, tlsOptions } from './tls.ts';
import type { Certificates, TlsMode } from './tls.ts';

/** One port that speaks both HTTP and HTTPS, and can hang up on everybody. */
export interface DataPort {
  readonly port: number;
  /** Connections open now. */
  countSockets(): number;
  /** Calls that were taken and not answered, and whose callers are still there. */
  countPending(): number;
  /** Drops every connection, so that the next call must make a new one. */
  dropConnections(): void;
  /** Stops listening: connections are refused until `open`. */
  refuse(): Promise<void>;
  /** Listens again, on the same port. Does nothing when it listens already. */
  open(): Promise<void>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Opens the port; 0 takes any free one. `takeFault` is asked once for each connection. */
export async function openDataPort(options: {
  readonly port: number;
  readonly certificates: Certificates;
  readonly serve: RequestListener;
  readonly takeFault: () => Fault | null;
}): Promise<DataPort> {
  const sockets = new Set<Socket>();
  let pending = 0;
  const serve: RequestListener = (request, response) => {
    pending += 1;
    response.once('close', () => {
      pending -= 1;
    });
    options.serve(request, response);
  };
  const plain = patient(createHttpServer({ keepAlive: true }, serve));
  const secure = new Map<TlsMode, HttpServer>();
  const secureServer = (mode: TlsMode): HttpServer => {
    const known = secure.get(mode);
    if (known !== undefined) return known;
    const made = patient(createHttpsServer(tlsOptions(options.certificates, mode), serve));
    made.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
    secure.set(mode, made);
    return made;
  };
  const server = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {
      // A peer that resets is ordinary here; 'close' follows and does the work.
    });
    socket.once('data', (first: Buffer) => {
      const fault = options.takeFault();
      const speaksTls = first[0] === TLS_HANDSHAKE_BYTE;
      const trouble = fault?.kind === 'tls' ? fault.how : null;
      if (trouble === 'reset' && speaksTls) socket.resetAndDestroy();
      else if (trouble !== null && !speaksTls) socket.end(TLS_ALERT);
      else handOver(socket, first, speaksTls ? secureServer(modeOf(trouble)) : plain);
    });
  });
  const port = await listen(server, options.port);
  return {
    port,
    countSockets: () => sockets.size,
    countPending: () => pending,
    dropConnections: () => sockets.forEach((socket) => socket.destroy()),
    async refuse() {
      const closed = close(server);
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
    async open() {
      if (!server.listening) await listen(server, port);
    },
    async stop() {
      const closed = close(server);
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

function modeOf(trouble: TlsMode | 'reset' | null): TlsMode {
  return trouble === null || trouble === 'reset' ? 'right' : trouble;
}

/** Gives a connection, with the bytes already read, to the server that understands it. */
function handOver(socket: Socket, first: Buffer, server: HttpServer): void {
  socket.pause();
  socket.unshift(first);
  server.emit('connection', socket);
  process.nextTick(() => socket.resume());
}

/** Connections stay open well beyond the pause between two calls of a test. */
function patient(server: HttpServer): HttpServer {
  server.keepAliveTimeout = 60_000;
  server.on('clientError', (_error: Error, socket) => socket.destroy());
  return server;
}

/** Tries for two seconds: after `refuse`, the port may linger for a moment. */
async function listen(server: NetServer, port: number): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, HOST, () => {
          server.off('error', reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const inUse = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!inUse || attempt === 20) throw error;
      await delay(100);
    }
  }
}

/** Resolves when nothing listens any more, also when nothing did. */
async function close(server: NetServer): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
