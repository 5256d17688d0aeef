import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What is written back, byte for byte. Null: nothing, and the socket stays open. */
export type RawAnswer = (path: string) => Uint8Array | null;

/** A TCP server that answers each request with bytes of the test's choosing. */
export interface RawServer {
  readonly baseUrl: string;
  answer: RawAnswer;
  readonly requests: string[];
  openSockets(): number;
  /** Open sockets that a request came by. */
  askedSockets(): number;
  stop(): Promise<void>;
}

export async function startRawServer(answer: RawAnswer = () => null): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const asked = new WeakSet<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = '';
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const head = /^(\S+) (\S+) HTTP\/1\.1\r\n([\s\S]*?)\r\n\r\n/.exec(received);
      if (head === null) return;
      const length = Number(/content-length: (\d+)/i.exec(head[3] ?? '')?.[1] ?? 0);
      if (received.length < head[0].length + length) return;
      requests.push(received.slice(0, head[0].length + length));
      received = '';
      asked.add(socket);
      const bytes = running.answer(head[2] ?? '/');
      if (bytes !== null) socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const running: RawServer = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer,
    requests,
    openSockets: () => sockets.size,
    askedSockets: () => [...sockets].filter((socket) => asked.has(socket)).length,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
  return running;
}

/** A whole reply; headers of the caller override the usual ones. */
export function rawReply(
  body: string | Uint8Array,
  options: { readonly status?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Uint8Array {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const headers = {
    'content-type': 'application/json;charset=UTF-8',
    'content-length': String(bytes.length),
    ...options.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${options.status ?? '200 OK'}\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}
