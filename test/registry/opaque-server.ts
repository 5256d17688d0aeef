import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { encodeGbk } from '../../sandbox/charsets.ts';

/**
 * A register nobody has seen: numbered pages, pinyin fields, GBK, a token in a header of its own.
 */
export interface OpaqueServer {
  readonly url: string;
  /** Requests received so far, as path and query. */
  readonly calls: readonly string[];
  stop(): Promise<void>;
}

/** An entry of that register, in its own words. */
export interface OpaqueEntry {
  readonly tyshxydm: string;
  readonly qymc: string;
  readonly djzt: string;
  readonly clrq: string;
  readonly fddbr: string;
  readonly yyqxq: string;
  readonly yyqxz: string;
}

const PAGE_ROWS = 2;
export const OPAQUE_TOKEN = 'opaque-token-of-the-county';

export async function startOpaqueServer(held: readonly OpaqueEntry[]): Promise<OpaqueServer> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(request.url ?? '');
    const url = new URL(request.url ?? '/', 'http://opaque');
    const reply = (body: object) => {
      response.writeHead(200, { 'content-type': 'application/json;charset=GBK' });
      response.end(encodeGbk(JSON.stringify(body)));
    };
    if (request.headers['x-qhzd'] !== `T ${OPAQUE_TOKEN}`) {
      reply({ jg: 'SQSB', sm: '授权失败' });
      return;
    }
    const wanted = (url.searchParams.get('tiaojian') ?? '').split(';');
    const page = Number(url.searchParams.get('yehao') ?? '1');
    const found = held.filter(({ tyshxydm }) => wanted.includes(`dm:${tyshxydm}`));
    const rows = found.slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS);
    reply({ jg: 'CG', sj: { zs: found.length, lb: rows }, gxsj: '2026-09-18 06:00:00' });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
