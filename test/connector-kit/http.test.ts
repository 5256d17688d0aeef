import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { createHttpClient, type HttpClient } from '../../src/connector-kit/http.ts';
import type { TransportSettings } from '../../src/connector-kit/transport.ts';
import { HubError } from '../../src/errors.ts';
import { rawReply, startRawServer, type RawServer } from './raw-server.ts';

const NOW = new Date('2026-09-18T02:00:00Z');
const GET = { method: 'GET', path: '/x', headers: {}, body: null } as const;

let server: RawServer;
let http: HttpClient;

beforeEach(async () => {
  server = await startRawServer();
  http = connect({});
});
afterEach(async () => {
  await http.close();
  await server.stop();
});

function connect(settings: Partial<TransportSettings>): HttpClient {
  return createHttpClient({
    settings: {
      baseUrl: `${server.baseUrl}/base/`,
      connectionsMax: 2,
      caPem: null,
      replyBytesMax: 10_000,
      allowPlainHttp: true,
      ...settings,
    },
    clock: { now: () => NOW },
    network: OPEN_NETWORK,
  });
}

async function fail(client: HttpClient = http, ms = 2_000): Promise<HubError> {
  const error: unknown = await client.request(GET, AbortSignal.timeout(ms)).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HubError)) throw new Error(`no fault but ${String(error)}`);
  return error;
}

describe('a reply', () => {
  test('comes with exactly the bytes that were sent, and the clocks of both sides', async () => {
    server.answer = () =>
      rawReply('{"a": 1}\n', { headers: { date: 'Fri, 18 Sep 2026 02:00:05 GMT' } });

    const reply = await http.request(GET, AbortSignal.timeout(2_000));

    expect(Buffer.from(reply.raw).toString()).toBe('{"a": 1}\n');
    expect(reply.receivedAt).toEqual(NOW);
    expect(reply.serverDate).toEqual(new Date('2026-09-18T02:00:05Z'));
    expect(server.requests[0]).toMatch(/^GET \/base\/x HTTP\/1\.1\r\n/);
  });

  test('may be compressed once with gzip', async () => {
    server.answer = () =>
      rawReply(gzipSync('{"a":1}'), { headers: { 'content-encoding': 'gzip' } });

    const reply = await http.request(GET, AbortSignal.timeout(2_000));

    expect(Buffer.from(reply.raw).toString()).toBe('{"a":1}');
  });

  test.each([
    ['of more bytes than allowed', rawReply('x'.repeat(10_001)), 'TOO_LARGE'],
    [
      'that inflates to more bytes than allowed',
      rawReply(gzipSync('x'.repeat(10_001)), { headers: { 'content-encoding': 'gzip' } }),
      'TOO_LARGE',
    ],
    [
      'compressed twice',
      rawReply(gzipSync(gzipSync('{}')), { headers: { 'content-encoding': 'gzip, gzip' } }),
      'ENCODING',
    ],
    ['in brotli', rawReply('{}', { headers: { 'content-encoding': 'br' } }), 'ENCODING'],
    [
      'whose gzip stream is cut',
      rawReply(gzipSync('{"a":1}').subarray(0, 15), { headers: { 'content-encoding': 'gzip' } }),
      'ENCODING',
    ],
    [
      'that is a page',
      rawReply('<html>', { headers: { 'content-type': 'text/html' } }),
      'CONTENT_TYPE',
    ],
    ['without a content type', rawReply('{}', { headers: { 'content-type': '' } }), 'CONTENT_TYPE'],
    ['that is no HTTP', Buffer.from('hello\r\n\r\n'), 'HTTP_SYNTAX'],
    [
      'with endless headers',
      rawReply('{}', { headers: { x: 'y'.repeat(20_000) } }),
      'HEADERS_TOO_LARGE',
    ],
  ])('%s is malformed', async (_what, bytes, reason) => {
    server.answer = () => bytes;

    const fault = await fail();

    expect(fault.code).toBe('SOURCE_MALFORMED');
    expect(fault.details).toEqual({ hop: 'SOURCE', reason });
  });

  test('that moves elsewhere is not followed', async () => {
    server.answer = () =>
      rawReply('', { status: '302 Found', headers: { location: `${server.baseUrl}/login` } });

    const fault = await fail();

    expect(fault.code).toBe('SOURCE_MALFORMED');
    expect(fault.details).toMatchObject({ reason: 'HTTP_302', hop: 'SOURCE' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a status', () => {
  const date = 'Fri, 18 Sep 2026 01:00:00 GMT';
  test.each([
    ['401 Unauthorized', {}, 'SOURCE_UNAUTHORIZED', {}],
    ['403 Forbidden', {}, 'SOURCE_UNAUTHORIZED', {}],
    ['429 Slow', { 'retry-after': '30' }, 'SOURCE_QUOTA_EXHAUSTED', { retryAfterMs: 30_000 }],
    ['500 Oops', {}, 'SOURCE_UNREACHABLE', { reason: 'HTTP_500' }],
    ['503 Busy', {}, 'SOURCE_UNREACHABLE', { reason: 'HTTP_503' }],
    ['503 Busy', { 'retry-after': '5' }, 'SOURCE_UNREACHABLE', { retryAfterMs: 5_000 }],
    [
      '503 Closed',
      { 'retry-after': 'Fri, 18 Sep 2026 03:00:00 GMT' },
      'SOURCE_SCHEDULED_OUTAGE',
      { retryAfterMs: 3_600_000 },
    ],
    [
      '503 Closed',
      { date, 'retry-after': 'Fri, 18 Sep 2026 03:00:00 GMT' },
      'SOURCE_SCHEDULED_OUTAGE',
      { retryAfterMs: 7_200_000 },
    ],
    ['404 Not Found', {}, 'SOURCE_MALFORMED', { reason: 'HTTP_404' }],
    ['204 No Content', {}, 'SOURCE_MALFORMED', { reason: 'HTTP_204' }],
  ])('%s with %j is %s', async (status, headers, code, details) => {
    server.answer = () => rawReply(status.startsWith('204') ? '' : '{}', { status, headers });

    const fault = await fail();

    expect(fault.code).toBe(code);
    expect(fault.details).toMatchObject({ hop: 'SOURCE', ...details });
  });
});

describe('the network', () => {
  test('that refuses is the network, and not the source', async () => {
    await server.stop();

    const fault = await fail();

    expect(fault.code).toBe('SOURCE_UNREACHABLE');
    expect(fault.details).toEqual({ hop: 'NETWORK', reason: 'REFUSED' });
  });

  test('that does not know the name says so', async () => {
    const client = connect({ baseUrl: 'http://no-such-host.invalid' });

    const fault = await fail(client);
    await client.close();

    expect(fault.details).toEqual({ hop: 'NETWORK', reason: 'DNS' });
  });

  test('gives its socket back at the deadline, before and in the body', async () => {
    const half = rawReply('{"a":', { headers: { 'content-length': '100' } });
    const faults: HubError[] = [];

    for (const bytes of [null, half]) {
      server.answer = () => bytes;
      faults.push(await fail(http, 150));
      await delay(50);
      expect(server.askedSockets()).toBe(0);
    }

    expect(faults.map(({ code }) => code)).toEqual(['SOURCE_TIMEOUT', 'SOURCE_TIMEOUT']);
    expect(faults[0]?.details).toEqual({ hop: 'NETWORK', reason: 'DEADLINE' });
  });

  test('is asked by at most as many connections as allowed, and queued calls end in time', async () => {
    const faults = Promise.all(Array.from({ length: 10 }, () => fail(http, 300)));
    await delay(150);
    const open = server.openSockets();

    const codes = (await faults).map(({ code }) => code);

    expect(open).toBe(2);
    expect(new Set(codes)).toEqual(new Set(['SOURCE_TIMEOUT']));
  });

  test('cut in the middle of a body is no answer', async () => {
    server.answer = () => rawReply('{"a":', { headers: { 'content-length': '100' } });
    const pending = fail();
    await delay(100);
    await server.stop();

    const fault = await pending;

    expect(fault.code).toBe('SOURCE_UNREACHABLE');
    expect(fault.details).toEqual({ hop: 'NETWORK', reason: 'RESET' });
  });
});

describe('a base URL', () => {
  test.each([
    ['https://user:pw@source.test', 'USER_IN_URL'],
    ['https://user@source.test', 'USER_IN_URL'],
    ['https://source.test/?a=1', 'QUERY_IN_URL'],
    ['https://source.test/#a', 'QUERY_IN_URL'],
    ['ftp://source.test', 'SCHEME'],
    ['file:///etc/passwd', 'SCHEME'],
    ['source.test', 'NOT_A_URL'],
  ])('%s is refused', (baseUrl, reason) => {
    const open = (): unknown => connect({ baseUrl });

    expect(open).toThrow(HubError);
    expect(open).toThrow(
      expect.objectContaining({
        code: 'UNSAFE_CONFIGURATION',
        details: { field: 'baseUrl', reason },
      }),
    );
  });

  test('without TLS needs the waiver', () => {
    const open = (): unknown => connect({ allowPlainHttp: false });

    expect(open).toThrow(
      expect.objectContaining({ details: { field: 'baseUrl', reason: 'PLAIN_HTTP' } }),
    );
  });
});

test('proxies in the environment are not used', async () => {
  process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
  process.env['http_proxy'] = 'http://127.0.0.1:9';
  server.answer = () => rawReply('{}');

  const reply = await connect({}).request(GET, AbortSignal.timeout(2_000));
  delete process.env['HTTP_PROXY'];
  delete process.env['http_proxy'];

  expect(reply.status).toBe(200);
});
