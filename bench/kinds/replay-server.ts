import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Stands between a connector and its simulated source: passes the first calls on and keeps the
 * replies, then gives them again in their order, over and over. So nothing but reading is measured.
 * `POST /--replay` begins the second part, and begins the order anew.
 */
interface Kept {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

const upstream = process.env['BENCH_UPSTREAM'] ?? '';
const kept = new Map<string, Kept[]>();
const given = new Map<string, number>();
let isReplay = false;

async function answer(request: IncomingMessage): Promise<Kept> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const path = request.url ?? '';
  if (path === '/--replay') {
    isReplay = true;
    given.clear();
    return { status: 200, type: 'application/json', body: Buffer.from('{}') };
  }
  const list = kept.get(path) ?? [];
  if (isReplay && list.length > 0) {
    const next = given.get(path) ?? 0;
    given.set(path, next + 1);
    const reply = list[next % list.length];
    if (reply !== undefined) return reply;
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(
      ([name]) => !['host', 'connection', 'content-length'].includes(name),
    ),
  ) as Record<string, string>;
  const method = request.method ?? 'GET';
  const passed = await fetch(`${upstream}${path}`, {
    ...{ method, headers },
    ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
  });
  const reply = {
    status: passed.status,
    type: passed.headers.get('content-type') ?? 'application/octet-stream',
    body: Buffer.from(await passed.arrayBuffer()),
  };
  kept.set(path, [...list, reply]);
  return reply;
}

const server = createServer((request, response) => {
  answer(request).then(
    ({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type, 'content-length': body.length });
      response.end(body);
    },
    (error: unknown) => {
      response.writeHead(502, { 'content-type': 'text/plain' });
      response.end(String(error));
    },
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});

// The bench holds the other end: when it is gone, so is this process.
process.stdin.resume().once('end', () => process.exit(0));
