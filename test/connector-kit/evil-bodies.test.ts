import { createGzip, gzipSync } from 'node:zlib';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';

import { encodeGbk } from '../../sandbox/charsets.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { decodeReply, parseShape } from '../../src/connector-kit/decode.ts';
import { createHttpClient, type HttpClient } from '../../src/connector-kit/http.ts';
import { HubError } from '../../src/errors.ts';
import { rawReply, startRawServer, type RawServer } from './raw-server.ts';

const GOOD = '{"code":200,"data":{"name":"阿不都·艾买提","id":"370800198512310023","zt":"有效"}}';
const SHAPE = z.object({
  code: z.literal(200),
  data: z.object({ name: z.string(), id: z.string(), zt: z.string() }),
});
const ANSWER = (JSON.parse(GOOD) as { data: unknown }).data;

const DEADLINE_MS = 500;
// Where much is decoded, perhaps on a busy machine: what is tested there is not haste.
const PATIENT_MS = 20_000;

const gzip = { headers: { 'content-encoding': 'gzip' } };
const as = (contentType: string) => ({ headers: { 'content-type': contentType } });

const TIMEOUT = 'SOURCE_TIMEOUT DEADLINE';

/** Null: the clean answer is the right one. Otherwise the code and the reason. */
const BODIES: readonly [string, () => Uint8Array | Promise<Uint8Array>, string | null][] = [
  ['good', () => rawReply(GOOD), null],
  ['good in gzip', () => rawReply(gzipSync(GOOD), gzip), null],
  [
    'GBK declared',
    () => rawReply(encodeGbk(GOOD.replace('·', '')), as('application/json;charset=gbk')),
    'OTHER',
  ],
  ['a byte order mark', () => rawReply(`\ufeff${GOOD}`), null],
  ['GBK declared as UTF-8', () => rawReply(encodeGbk(GOOD)), 'SOURCE_MALFORMED CHARSET'],
  [
    'GBK undeclared',
    () => rawReply(encodeGbk(GOOD), as('application/json')),
    'SOURCE_MALFORMED CHARSET',
  ],
  [
    'a login page with 200',
    () => rawReply('<html>登录</html>', as('text/html')),
    'SOURCE_MALFORMED CONTENT_TYPE',
  ],
  ['a login page that says JSON', () => rawReply('<html>登录</html>'), 'SOURCE_MALFORMED NOT_JSON'],
  [
    'an error with 200',
    () => rawReply('{"code":500,"message":"系统异常","data":null}'),
    'SOURCE_SCHEMA_DRIFT SCHEMA',
  ],
  ['nothing', () => rawReply(''), 'SOURCE_MALFORMED NOT_JSON'],
  ['null', () => rawReply('null'), 'SOURCE_SCHEMA_DRIFT SCHEMA'],
  ['a number', () => rawReply('200'), 'SOURCE_SCHEMA_DRIFT SCHEMA'],
  ['a list', () => rawReply(`[${GOOD}]`), 'SOURCE_SCHEMA_DRIFT SCHEMA'],
  ['half of it', () => rawReply(GOOD.slice(0, 60)), 'SOURCE_MALFORMED NOT_JSON'],
  ['two of it', () => rawReply(GOOD + GOOD), 'SOURCE_MALFORMED NOT_JSON'],
  ['fewer bytes than promised', () => cut(), TIMEOUT],
  [
    'a key twice',
    () => rawReply(GOOD.replace('}}', ',"zt":"吊销"}}')),
    'SOURCE_MALFORMED DUPLICATE_KEY',
  ],
  [
    'a long number',
    () => rawReply(GOOD.replace('"370800198512310023"', '370800198512310023')),
    'SOURCE_SCHEMA_DRIFT SCHEMA',
  ],
  ['100,000 levels', () => rawReply('['.repeat(100_000)), 'SOURCE_MALFORMED TOO_DEEP'],
  [
    '__proto__',
    () => rawReply(GOOD.replace('{', '{"__proto__":{"polluted":true},')),
    'SOURCE_MALFORMED PROTOTYPE_KEY',
  ],
  ['a gzip bomb', async () => rawReply(await bomb(), gzip), 'SOURCE_MALFORMED TOO_LARGE'],
  [
    'gzip in gzip',
    () => rawReply(gzipSync(gzipSync(GOOD)), { headers: { 'content-encoding': 'gzip, gzip' } }),
    'SOURCE_MALFORMED ENCODING',
  ],
  [
    'gzip in gzip, one declared',
    () => rawReply(gzipSync(gzipSync(GOOD)), gzip),
    'SOURCE_MALFORMED CHARSET',
  ],
  ['gzip that is none', () => rawReply(GOOD, gzip), 'SOURCE_MALFORMED ENCODING'],
  [
    '300 headers',
    () => rawReply(GOOD, { headers: manyHeaders() }),
    'SOURCE_MALFORMED HEADERS_TOO_LARGE',
  ],
  [
    'UTF-16',
    () => rawReply(Buffer.from(`\ufeff${GOOD}`, 'utf16le'), as('application/json')),
    'SOURCE_MALFORMED CHARSET',
  ],
  [
    'latin1',
    () => rawReply(Buffer.from(GOOD, 'latin1'), as('application/json;charset=latin1')),
    'SOURCE_MALFORMED CHARSET',
  ],
  [
    'more than a megabyte',
    () => rawReply(`"${'x'.repeat(1_100_000)}"`),
    'SOURCE_MALFORMED TOO_LARGE',
  ],
];

let server: RawServer;
let http: HttpClient;

beforeAll(async () => {
  server = await startRawServer();
  http = createHttpClient({
    settings: {
      baseUrl: server.baseUrl,
      connectionsMax: 4,
      caPem: null,
      replyBytesMax: 1024 * 1024,
      allowPlainHttp: true,
    },
    clock: { now: () => new Date(0) },
    network: OPEN_NETWORK,
  });
});
afterAll(async () => {
  await http.close();
  await server.stop();
});

async function read(deadlineMs: number): Promise<unknown> {
  const request = { method: 'GET', path: '/', headers: {}, body: null } as const;
  return parseShape(
    SHAPE,
    decodeReply(await http.request(request, AbortSignal.timeout(deadlineMs))),
  ).data;
}

async function outcome(deadlineMs: number): Promise<unknown> {
  try {
    return await read(deadlineMs);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return `${error.code} ${String(error.details['reason'])}`;
  }
}

test.each(BODIES)('%s is read rightly or not at all', async (_what, make, expected) => {
  const bytes = await make();
  server.answer = () => bytes;

  const deadlineMs = expected === TIMEOUT ? DEADLINE_MS : PATIENT_MS;
  const got = [];
  for (let i = 0; i < 5; i += 1) got.push(await outcome(deadlineMs));

  const right = expected === null ? ANSWER : expected;
  const wanted = expected === 'OTHER' ? { ...(ANSWER as object), name: '阿不都艾买提' } : right;
  expect(got).toEqual(Array.from({ length: 5 }, () => wanted));
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a bomb of 200 MB costs no more memory than the limit allows', async () => {
  const bytes = rawReply(await bomb(), gzip);
  server.answer = () => bytes;
  await outcome(PATIENT_MS);
  const before = process.memoryUsage().rss;

  const got = await Promise.all(Array.from({ length: 20 }, () => outcome(PATIENT_MS)));

  expect(new Set(got)).toEqual(new Set(['SOURCE_MALFORMED TOO_LARGE']));
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
});

function cut(): Uint8Array {
  return rawReply(GOOD, { headers: { 'content-length': String(Buffer.byteLength(GOOD) + 1) } });
}

function manyHeaders(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: 300 }, (_, i) => [`x-${i}`, 'y'.repeat(64)] as const),
  );
}

let bombBytes: Promise<Buffer> | null = null;

/** 200 MB of the letter a, about 200 KB compressed, made without holding the 200 MB. */
function bomb(): Promise<Buffer> {
  bombBytes ??= (async () => {
    const stream = createGzip({ level: 9 });
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    const block = Buffer.alloc(1024 * 1024, 'a');
    for (let i = 0; i < 200; i += 1) {
      if (!stream.write(block)) await new Promise((resolve) => stream.once('drain', resolve));
    }
    await new Promise<void>((resolve) => stream.end(() => resolve()));
    return Buffer.concat(parts);
  })();
  return bombBytes;
}
