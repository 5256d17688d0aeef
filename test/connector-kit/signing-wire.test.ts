import { createCipheriv } from 'node:crypto';

import { afterEach, expect, test } from '@jest/globals';

import { decodeReply } from '../../src/connector-kit/decode.ts';
import { createHttpClient, type HttpClient } from '../../src/connector-kit/http.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { createGjgxjhptScheme } from '../../src/connector-kit/signing/gjgxjhpt-scheme.ts';
import { deriveSecretKey } from '../../src/connector-kit/signing/gjgxjhpt-secret.ts';
import { createGatewaySession } from '../../src/connector-kit/signing/gjgxjhpt.ts';
import { systemClock } from '../../src/model/clock.ts';
import { rawReply, startRawServer, type RawServer } from './raw-server.ts';

const APP_KEY = '0123456789abcdef0123456789abcdef';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A platform that gives a secret and then says what it is told to, call by call. */
async function startPlatform(...codes: readonly string[]): Promise<RawServer> {
  const said = [...codes];
  const server = await startRawServer((path) => {
    if (path.startsWith('/sysapi')) return secretReply();
    return rawReply(JSON.stringify({ code: said.shift() ?? '0', data: null }));
  });
  stops.unshift(() => server.stop());
  return server;
}

function secretReply(): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', deriveSecretKey(APP_KEY), null);
  const secret = Buffer.concat([cipher.update('a-secret'), cipher.final()]).toString('base64');
  const data = { secret, secretEndTime: Date.now() + 1_800_000 };
  return rawReply(JSON.stringify({ code: '0', data }));
}

function connect({ baseUrl }: RawServer): HttpClient {
  const limits = { connectionsMax: 2, caPem: null, replyBytesMax: 10_000, allowPlainHttp: true };
  const http = createHttpClient({
    settings: { baseUrl, ...limits },
    clock: systemClock,
    network: OPEN_NETWORK,
  });
  stops.unshift(() => http.close());
  return http;
}

test.each([
  ['HEADERS', true, false],
  ['PARAMETERS', false, true],
  ['BOTH', true, true],
] as const)('the four values travel in %s and nowhere else', async (place, inHead, inBody) => {
  const server = await startPlatform();
  const scheme = createGjgxjhptScheme({
    http: connect(server),
    clock: systemClock,
    secret: APP_KEY,
    settings: { rid: 'r', secretWrapping: 'AUTO', place, wait: null },
    decode: decodeReply,
  });

  await scheme.probe('s', AbortSignal.timeout(2_000));

  const [head = '', body = ''] = (server.requests[0] ?? '').split('\r\n\r\n');
  const names = ['rid', 'sid', 'rtime', 'sign'].map((name) => `gjgxjhpt_${name}`);
  expect(names.map((name) => head.includes(`${name}: `))).toEqual(Array(4).fill(inHead));
  expect(names.map((name) => body.includes(`"${name}":"`))).toEqual(Array(4).fill(inBody));
  expect(server.requests.join()).not.toContain(APP_KEY);
});

test('a session that does not wait leaves a platform alone that renews its keys', async () => {
  const server = await startPlatform('-50');
  const identity = { rid: 'r', sid: 's', appKey: APP_KEY, wrapping: 'AUTO' } as const;
  const session = createGatewaySession({ http: connect(server), identity, clock: systemClock });

  const fault: unknown = await session
    .call('{}', AbortSignal.timeout(2_000))
    .catch((error: unknown) => error);
  const asked = server.requests.length;
  await session.call('{}', AbortSignal.timeout(2_000));

  expect(fault).toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    details: { reason: 'REFRESHING', retryAfterMs: 20_000 },
  });
  expect([asked, server.requests.length]).toEqual([2, 4]);
});
