import type { ServerResponse } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';

import { encodeGbk } from './charsets.ts';
import type { Charset, MalformedBody } from './faults.ts';
import { htmlReply } from './wire.ts';
import type { WireReply } from './wire.ts';

/** Size of the bomb once inflated. */
const BOMB_BYTES = 200 * 1024 * 1024;
const DEPTH = 100_000;

/** Status, headers and bytes, ready to be written. */
export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A whole reply in UTF-8. */
export function encodeReply(reply: WireReply): RawReply {
  return {
    status: reply.status,
    headers: { 'content-type': reply.contentType, ...reply.headers },
    body: Buffer.from(reply.body, 'utf8'),
  };
}

/** The reply in another encoding than a reader expects; what is declared is part of the fault. */
export function encodeInCharset(reply: WireReply, how: Charset): RawReply {
  const [media = ''] = reply.contentType.split(';');
  const encoded: Readonly<Record<Charset, readonly [string, () => Buffer]>> = {
    'gbk-declared-as-utf8': [`${media};charset=UTF-8`, () => encodeGbk(reply.body)],
    'gbk-undeclared': [media, () => encodeGbk(reply.body)],
    latin1: [
      `${media};charset=ISO-8859-1`,
      () => Buffer.from(reply.body.replace(/[^\u0000-\u00ff]/g, '?'), 'latin1'),
    ],
    utf16: [media, () => Buffer.from(`\ufeff${reply.body}`, 'utf16le')],
    bom: [`${media};charset=UTF-8`, () => Buffer.from(`\ufeff${reply.body}`, 'utf8')],
  };
  const [contentType, encode] = encoded[how];
  return {
    status: reply.status,
    headers: { ...reply.headers, 'content-type': contentType },
    body: encode(),
  };
}

/** The spoiled form of a reply. Null for `infinite`, which has no end to be built. */
export async function spoil(reply: WireReply, how: MalformedBody): Promise<RawReply | null> {
  const good = encodeReply({ ...reply, status: 200 });
  const withText = (text: string): RawReply => ({ ...good, body: Buffer.from(text, 'utf8') });
  switch (how) {
    case 'html-200':
      return encodeReply(htmlReply(200, '统一身份认证登录'));
    case 'empty':
      return withText('');
    case 'null':
      return withText('null');
    case 'truncated':
      return withText(reply.body.slice(0, Math.max(1, Math.floor(reply.body.length * 0.6))));
    case 'not-json':
      return withText('OK');
    case 'wrong-type':
      return withText(`[${reply.body}]`);
    case 'business-error-200':
      return withText('{"code":500,"message":"系统异常","data":null}');
    case 'duplicate-keys':
      return withText(repeatLastKey(reply.body));
    case 'unsafe-integer':
      return withText(makeUnsafe(reply.body));
    case 'deep-100k':
      return withText(`${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`);
    case 'proto':
      return withText(
        `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},` +
          reply.body.slice(1),
      );
    case 'gzip-bomb':
      return compressed(good, await makeBomb(), 'gzip');
    case 'double-gzip':
      return compressed(good, gzipSync(gzipSync(good.body)), 'gzip, gzip');
    case 'huge-headers':
      return { ...good, headers: { ...good.headers, ...makeHugeHeaders() } };
    case 'wrong-content-type':
      return { ...good, headers: { ...good.headers, 'content-type': 'text/html' } };
    case 'redirect':
      return { status: 302, headers: { location: '/login' }, body: Buffer.alloc(0) };
    case 'infinite':
      return null;
  }
}

/** Writes for as long as the other side reads. */
export function writeWithoutEnd(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, 'a');
  response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8' });
  const pump = (): void => {
    while (!response.destroyed) {
      if (!response.write(chunk)) return;
    }
  };
  response.on('drain', pump);
  response.write('{"data":"');
  pump();
}

function compressed(good: RawReply, body: Buffer, encoding: string): RawReply {
  return { ...good, headers: { ...good.headers, 'content-encoding': encoding }, body };
}

/** `{"a":1,"b":{…}}` becomes `{"a":1,"b":{…},"b":{}}`: a lenient parser keeps the last. */
function repeatLastKey(body: string): string {
  const parsed = JSON.parse(body) as Record<string, unknown>;
  const key = Object.keys(parsed).at(-1) ?? 'data';
  const empty = Array.isArray(parsed[key]) ? '[]' : typeof parsed[key] === 'string' ? '""' : '{}';
  return `${body.slice(0, -1)},${JSON.stringify(key)}:${empty}}`;
}

/** A long number written without quotes, which a double cannot hold. */
function makeUnsafe(body: string): string {
  const asId = body.replace(/"(\d{18})"/, '$1');
  if (asId !== body) return asId;
  const asNumber = body.replace(/:\s*"?-?\d+"?(?=[,}\]])/, ':9007199254740993');
  return asNumber === body ? '{"code":9007199254740993}' : asNumber;
}

function makeHugeHeaders(): Readonly<Record<string, string>> {
  const value = 'h'.repeat(1024);
  return Object.fromEntries(Array.from({ length: 128 }, (_, i) => [`x-padding-${i}`, value]));
}

/** About 200 KB of gzip that inflate to `BOMB_BYTES`, which are never held in memory. */
async function makeBomb(): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  const block = Buffer.alloc(1024 * 1024, 'a');
  gzip.write('{"data":"');
  for (let written = 0; written < BOMB_BYTES; written += block.length) {
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  await new Promise<void>((resolve) => {
    gzip.once('end', resolve);
    gzip.end('"}');
  });
  return Buffer.concat(parts);
}
