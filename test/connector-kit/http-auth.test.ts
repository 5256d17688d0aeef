import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { signInto, type AuthRule } from '../../src/connector-kit/http-auth.ts';
import { createHttpClient, type HttpClient } from '../../src/connector-kit/http.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { HubError } from '../../src/errors.ts';
import { rawReply, startRawServer, type RawServer } from './raw-server.ts';

const SECRET = 'a-secret:of/the=source';
const TOKEN_RULE: AuthRule = {
  style: 'CLIENT_CREDENTIALS',
  tokenPath: '/token',
  clientId: 'hecha',
};
const REQUEST = { method: 'GET', path: '/records', headers: {}, body: null } as const;

let now = Date.parse('2026-09-18T02:00:00Z');
const clock = { now: () => new Date(now) };
let server: RawServer;
let http: HttpClient;
/** Tokens the source takes; it hands out T1, T2 and so on. */
let taken: (token: string) => boolean;
let tokens: number;
beforeEach(async () => {
  taken = () => true;
  tokens = 0;
  server = await startRawServer((path) => {
    if (path !== '/token') return answerRecords();
    tokens += 1;
    return rawReply(JSON.stringify({ access_token: `T${tokens}`, expires_in: 600 }));
  });
  const settings = {
    ...{ baseUrl: server.baseUrl, connectionsMax: 8, caPem: null, replyBytesMax: 65_536 },
    allowPlainHttp: true,
  };
  http = createHttpClient({ settings, clock, network: OPEN_NETWORK });
});
afterEach(async () => {
  await http.close();
  await server.stop();
});

/** By the token of the latest request. */
function answerRecords(): Uint8Array {
  const token = /authorization: Bearer (\S+)/iu.exec(server.requests.at(-1) ?? '')?.[1] ?? '';
  return taken(token) ? rawReply('{}') : rawReply('{}', { status: '401 Unauthorized' });
}

const signIn = (rule: AuthRule) => signInto(http, { rule, secrets: { secret: SECRET }, clock });
const ask = (client: Pick<HttpClient, 'request'>) =>
  client.request(REQUEST, AbortSignal.timeout(5_000));
const faultOf = async (client: Pick<HttpClient, 'request'>) =>
  ask(client).then(
    () => null,
    (error: unknown) => error,
  );

test.each<[AuthRule, RegExp]>([
  [
    { style: 'HEADER', header: 'X-Api-Key', prefix: '' },
    /x-api-key: a-secret:of\/the=source\r\n/iu,
  ],
  [
    { style: 'HEADER', header: 'authorization', prefix: 'Bearer ' },
    /authorization: Bearer a-secret:of\/the=source\r\n/iu,
  ],
  [
    { style: 'BASIC', user: 'hecha' },
    /authorization: Basic aGVjaGE6YS1zZWNyZXQ6b2YvdGhlPXNvdXJjZQ==\r\n/iu,
  ],
])('%j is said in one header', async (rule, header) => {
  await ask(signIn(rule));

  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatch(header);
});

test('where nobody signs in, the secret is not sent', async () => {
  await ask(signIn({ style: 'NONE' }));

  expect(server.requests.join('')).not.toContain(SECRET);
  expect(server.requests[0]).not.toMatch(/authorization/iu);
});

test('a token is fetched once for fifty callers, and kept until shortly before its end', async () => {
  const client = signIn(TOKEN_RULE);

  await Promise.all(Array.from({ length: 50 }, () => ask(client)));
  now += 569_000;
  await ask(client);
  const before = tokens;
  now += 2_000;
  await ask(client);

  expect([before, tokens]).toEqual([1, 2]);
  const [first] = server.requests;
  expect(first).toContain('grant_type=client_credentials&client_id=hecha');
  expect(first).toContain(`client_secret=${encodeURIComponent(SECRET)}`);
});

test('a token that is no longer taken is renewed once for all callers', async () => {
  const client = signIn(TOKEN_RULE);
  await ask(client);
  taken = (token) => token !== 'T1';

  await Promise.all(Array.from({ length: 20 }, () => ask(client)));

  expect(tokens).toBe(2);
});

test('a source that takes no token is asked twice, not on and on', async () => {
  const client = signIn(TOKEN_RULE);
  await ask(client);
  taken = () => false;
  server.requests.length = 0;

  const fault = await faultOf(client);

  expect(fault).toMatchObject({ name: 'HubError', code: 'SOURCE_UNAUTHORIZED' });
  expect(tokens).toBe(2);
  expect(server.requests.filter((request) => request.startsWith('GET'))).toHaveLength(2);
});

test.each([
  ['{}', 'SOURCE_SCHEMA_DRIFT'],
  ['{"access_token":"a\\r\\nx-evil: 1"}', 'SOURCE_SCHEMA_DRIFT'],
  ['{"access_token":"T","expires_in":-1}', 'SOURCE_SCHEMA_DRIFT'],
  ['<html>', 'SOURCE_MALFORMED'],
])('the token reply %j is %s, and nothing is asked with it', async (body, code) => {
  server.answer = () => rawReply(body);

  const fault = await faultOf(signIn(TOKEN_RULE));

  expect(fault).toBeInstanceOf(HubError);
  expect(fault).toMatchObject({ code });
  expect(JSON.stringify((fault as HubError).details)).not.toContain(SECRET);
  expect(server.requests).toHaveLength(1);
});
