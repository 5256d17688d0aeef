import { createCipheriv } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { startRig, type Rig } from '../connectors/rig.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { createHttpClient, type HttpClient } from '../../src/connector-kit/http.ts';
import { createGatewaySession } from '../../src/connector-kit/signing/gjgxjhpt.ts';
import { judgeGatewayCode } from '../../src/connector-kit/signing/gjgxjhpt-codes.ts';
import {
  deriveSecretKey,
  openSecret,
  signCall,
  type SecretWrapping,
} from '../../src/connector-kit/signing/gjgxjhpt-secret.ts';
import { HubError } from '../../src/errors.ts';
import { rawReply, startRawServer } from './raw-server.ts';

const APP_KEY = '0123456789abcdef0123456789abcdef';
const SECRET = 'demo-app-secret-0001';
const ECB = '14/oC+5Cn4oKDQv8VFdI9BvWzYd6ETe3RgxtaNiaMoM=';
const CBC = '2lQQAD2ACe7yKno+6lzgVWHkn2ZRQLf4V7GmeBaVI3o=';

describe('the published vectors', () => {
  test('give the key, the secret in both generations and the signature', () => {
    const call = { sid: 's_370800_demo_0001', rid: '11370800MB28559184', rtime: '1612800000000' };

    expect(deriveSecretKey(APP_KEY).toString('hex')).toBe('2d703e10a32f30251a2370355793e786');
    expect(openSecret(ECB, APP_KEY, 'ECB')).toBe(SECRET);
    expect(openSecret(CBC, APP_KEY, 'CBC')).toBe(SECRET);
    expect(signCall(SECRET, call)).toBe('FjshLV59QXo/m9lIbVtY6tdkU3fyXA+V6F+ztfRa7Ow=');
  });

  test('open without being told the generation', () => {
    expect(openSecret(ECB, APP_KEY, 'AUTO')).toBe(SECRET);
    expect(openSecret(CBC, APP_KEY, 'AUTO')).toBe(SECRET);
  });

  test.each([
    ['the other generation', CBC, APP_KEY, 'ECB'],
    ['another key', ECB, `${APP_KEY}0`, 'AUTO'],
    ['half a block', ECB.slice(0, 20), APP_KEY, 'AUTO'],
    ['nothing', '', APP_KEY, 'AUTO'],
    ['bytes that are no text', wrap(Buffer.from([0, 1, 2, 200])), APP_KEY, 'ECB'],
  ] as const)('of %s open to nothing', (_what, wrapped, appKey, wrapping) => {
    const open = (): unknown => openSecret(wrapped, appKey, wrapping);

    expect(open).toThrow(expect.objectContaining({ code: 'SOURCE_INTEGRITY_FAILED' }));
  });
});

function wrap(plain: Buffer): string {
  const cipher = createCipheriv('aes-128-ecb', deriveSecretKey(APP_KEY), null);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

describe('a code of the platform', () => {
  test.each([
    ['0', null, null],
    ['1', 'SOURCE_SCHEMA_DRIFT', 'GATEWAY_1'],
    ['-2', 'SOURCE_UNAUTHORIZED', 'GATEWAY_-2'],
    ['-4', 'SOURCE_UNAUTHORIZED', 'GATEWAY_-4'],
    ['-5', 'SOURCE_UNAUTHORIZED', 'GATEWAY_-5'],
    ['E-106', 'SOURCE_UNAUTHORIZED', 'GATEWAY_E-106'],
    ['-33', 'SOURCE_UNAUTHORIZED', 'GATEWAY_-33'],
    ['-40', 'SOURCE_UNAUTHORIZED', 'GATEWAY_-40'],
    ['-6', 'SOURCE_QUOTA_EXHAUSTED', 'GATEWAY_-6'],
    ['12104', 'SOURCE_QUOTA_EXHAUSTED', 'GATEWAY_12104'],
    ['-19', 'SOURCE_UNREACHABLE', 'CLOCK_SKEW'],
    ['-44', 'SOURCE_UNSUPPORTED', 'GATEWAY_-44'],
    ['-48', 'SOURCE_UNSUPPORTED', 'GATEWAY_-48'],
    ['-50', 'SOURCE_UNREACHABLE', 'REFRESHING'],
    ['2010', 'SOURCE_UNREACHABLE', 'GATEWAY_2010'],
    ['10014', 'SOURCE_UNREACHABLE', 'GATEWAY_10014'],
    ['77', 'SOURCE_SCHEMA_DRIFT', 'UNKNOWN_CODE'],
    ['', 'SOURCE_SCHEMA_DRIFT', 'UNKNOWN_CODE'],
    ['00', 'SOURCE_SCHEMA_DRIFT', 'UNKNOWN_CODE'],
  ])('%j is %s', (code, fault, reason) => {
    const judged = judgeGatewayCode(code, 5_000);

    expect(judged?.code ?? null).toBe(fault);
    expect(judged?.details['reason'] ?? null).toBe(reason);
  });

  test('says when to come back where the platform does', () => {
    expect(judgeGatewayCode('12102', 5_000)?.details).toMatchObject({ retryAfterMs: 5_000 });
    expect(judgeGatewayCode('-50', null)?.details).toMatchObject({ retryAfterMs: 20_000 });
  });
});

describe('a session', () => {
  let rig: Rig;
  let http: HttpClient;
  const clock = { now: () => new Date() };
  const BODY = JSON.stringify({ uniscIds: ['91370811MA3TE0T0XE'] });

  beforeAll(async () => {
    rig = await startRig();
  });
  beforeEach(() => {
    http = connect(rig.sandbox.sources['publicity-system'].baseUrl);
  });
  afterAll(() => rig.stop());

  function connect(baseUrl: string, ownClock = clock): HttpClient {
    const limits = { connectionsMax: 8, caPem: null, replyBytesMax: 100_000, allowPlainHttp: true };
    return createHttpClient({
      settings: { baseUrl, ...limits },
      clock: ownClock,
      network: OPEN_NETWORK,
    });
  }

  function start(
    options: { now?: () => Date; wrapping?: SecretWrapping; client?: HttpClient } = {},
  ) {
    const { rid, sid, exchangeAppKey: appKey } = rig.sandbox.credentials;
    const { now = clock.now, wrapping = 'AUTO', client = http } = options;
    const identity = { rid, sid, appKey, wrapping };
    return createGatewaySession({ http: client, identity, clock: { now } });
  }

  async function operations(): Promise<readonly string[]> {
    return (await rig.listCalls('publicity-system')).map(({ operation }) => operation);
  }

  async function forget(): Promise<void> {
    const { controlUrl } = rig.sandbox.sources['publicity-system'];
    await fetch(`${controlUrl}/calls`, { method: 'DELETE' });
  }

  test('fetches the secret once for fifty callers', async () => {
    await forget();
    const session = start();
    const signal = AbortSignal.timeout(5_000);

    const answers = await Promise.all(Array.from({ length: 50 }, () => session.call(BODY, signal)));

    expect(answers).toHaveLength(50);
    const asked = await operations();
    expect(asked.filter((each) => each === 'refreshappsecret')).toHaveLength(1);
    expect(asked.filter((each) => each === 'httpproxy')).toHaveLength(50);
  });

  test('learns the clock of the platform and signs once more', async () => {
    await forget();
    const now = (): Date => new Date(Date.now() - 3_600_000);
    const early = connect(rig.sandbox.sources['publicity-system'].baseUrl, { now });
    const session = start({ now, client: early });

    await session.call(BODY, AbortSignal.timeout(5_000));
    await session.call(BODY, AbortSignal.timeout(5_000));
    await early.close();

    expect(await operations()).toEqual([
      'refreshappsecret',
      'refreshappsecret',
      'httpproxy',
      'httpproxy',
    ]);
  });

  test('gives up on the clock after one correction', async () => {
    const date = new Date().toUTCString();
    const server = await startRawServer(() =>
      rawReply('{"code":"-19","data":null}', { headers: { date } }),
    );
    const client = connect(server.baseUrl);

    const fault: unknown = await start({ client })
      .call(BODY, AbortSignal.timeout(2_000))
      .catch((error: unknown) => error);
    await client.close();
    await server.stop();

    expect(fault).toMatchObject({ code: 'SOURCE_UNREACHABLE', details: { reason: 'CLOCK_SKEW' } });
    expect(server.requests).toHaveLength(2);
  });

  test('fetches the secret anew when the platform has forgotten it', async () => {
    const server = await startRawServer();
    const secret = (text: string): Uint8Array =>
      rawReply(
        JSON.stringify({
          code: '0',
          data: { secret: seal(text), secretEndTime: Date.now() + 1_800_000 },
        }),
      );
    const { exchangeAppKey } = rig.sandbox.credentials;
    const seal = (text: string): string => {
      const cipher = createCipheriv('aes-128-ecb', deriveSecretKey(exchangeAppKey), null);
      return Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
    };
    const said = [
      secret('one'),
      rawReply('{"code":"-5","data":null}'),
      secret('two'),
      rawReply('{"code":"0","data":[]}'),
    ];
    server.answer = () => said.shift() ?? null;
    const client = connect(server.baseUrl);

    const { data } = await start({ client }).call(BODY, AbortSignal.timeout(2_000));
    await client.close();
    await server.stop();

    expect(data).toEqual([]);
    expect(server.requests.map((text) => text.split(' ')[1])).toEqual([
      '/sysapi/auth/refreshappsecret',
      '/httpproxy',
      '/sysapi/auth/refreshappsecret',
      '/httpproxy',
    ]);
  });

  test('says that the secret is being refreshed, and when to ask again', async () => {
    const server = await startRawServer(() => rawReply('{"code":"-50","data":null}'));
    const client = connect(server.baseUrl);

    const fault: unknown = await start({ client })
      .call(BODY, AbortSignal.timeout(2_000))
      .catch((error: unknown) => error);
    await client.close();
    await server.stop();

    expect(fault).toBeInstanceOf(HubError);
    expect(fault).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      details: { hop: 'SOURCE', reason: 'REFRESHING', retryAfterMs: 20_000 },
    });
  });

  test('lets each caller leave at its own deadline, and the call when the last has left', async () => {
    const server = await startRawServer();
    const client = connect(server.baseUrl);
    const session = start({ client });
    const startedAt = performance.now();

    const waits = [150, 400].map(async (ms) => {
      const error: unknown = await session
        .call(BODY, AbortSignal.timeout(ms))
        .catch((e: unknown) => e);
      return { error, afterMs: performance.now() - startedAt, sockets: server.askedSockets() };
    });
    const [early, late] = await Promise.all(waits);
    await delay(50);
    const left = server.askedSockets();
    await client.close();
    await server.stop();

    expect(early).toMatchObject({ error: { code: 'SOURCE_TIMEOUT' }, sockets: 1 });
    expect(late).toMatchObject({ error: { code: 'SOURCE_TIMEOUT' } });
    expect(early?.afterMs).toBeLessThan(350);
    expect(server.requests).toHaveLength(1);
    expect(left).toBe(0);
  });

  test.each(['ECB', 'CBC'] as const)('works with a platform of generation %s', async (aes) => {
    const other = await startRig({ aes, credentials: rig.sandbox.credentials });
    const client = connect(other.sandbox.sources['publicity-system'].baseUrl);

    const { data } = await start({ client, wrapping: aes }).call(BODY, AbortSignal.timeout(5_000));
    await client.close();
    await other.stop();

    expect(data).toMatchObject({ subjects: [expect.anything()] });
  });
});
