import { setTimeout as delay } from 'node:timers/promises';

import { afterEach, describe, expect, test } from '@jest/globals';

import { startSignedGateway, type GatewayStyle } from '../../sandbox/signed-gateway.ts';
import type { SignedGateway, SignedGatewayOptions } from '../../sandbox/signed-gateway.ts';
import { decodeReply } from '../../src/connector-kit/decode.ts';
import { createHttpClient } from '../../src/connector-kit/http.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import type { SigningScheme, UnsignedCall } from '../../src/connector-kit/signing/scheme.ts';
import { createSigningScheme, signingSetting } from '../../src/connector-kit/signing/signing.ts';

const SID = 's_370800_demo_0001';
const E1 = '91370811MA3TE0T0XE';
const SECRET = '0123456789abcdef0123456789abcdef';
const HOUR_MS = 3_600_000;

const SERVICE = {
  asks: 'codes',
  keyField: 'code',
  keysMax: 20,
  rows: [{ code: E1, name: '济宁市任城区（高新）示例商贸有限公司' }],
  poison: [],
} as const;

const CALL: UnsignedCall = {
  method: 'POST',
  path: '/api/enterprise',
  service: null,
  query: [],
  body: { form: 'JSON', value: { codes: [E1] } },
  ownCodes: ['200'],
};
const PLATFORM_CALL: UnsignedCall = { ...CALL, path: '/httpproxy', service: SID };
const GET_CALL: UnsignedCall = { ...CALL, method: 'GET', query: [['codes', E1]], body: null };
const CLOCK_CODES = { clock: ['4011'], stale: ['4013'] };

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function startGateway(
  style: GatewayStyle,
  options: Partial<SignedGatewayOptions> = {},
): Promise<SignedGateway> {
  const name = style === 'GJGXJHPT' ? SID : '/api/enterprise';
  const services = [{ ...SERVICE, name }];
  const gateway = await startSignedGateway({
    ...{ style, caller: 'hecha-demo', secret: SECRET, services },
    ...options,
  });
  stops.push(() => gateway.stop());
  return gateway;
}

function connect(
  gateway: SignedGateway,
  settings: object,
  options: { now?: () => Date; secret?: string } = {},
): SigningScheme {
  const clock = { now: options.now ?? (() => new Date()) };
  const transport = {
    connectionsMax: 16,
    caPem: null,
    replyBytesMax: 100_000,
    allowPlainHttp: true,
  };
  const http = createHttpClient({
    settings: { ...transport, baseUrl: gateway.baseUrl },
    clock,
    network: OPEN_NETWORK,
  });
  stops.push(() => http.close());
  return createSigningScheme({
    http,
    clock,
    settings: signingSetting.parse(settings),
    secret: options.secret ?? SECRET,
    decode: decodeReply,
  });
}

const STYLES: Readonly<Record<GatewayStyle, object>> = {
  GJGXJHPT: { style: 'GJGXJHPT', rid: 'hecha-demo', refreshWaitMs: 300 },
  TIF: { style: 'TIF', paasid: 'hecha-demo', refusals: CLOCK_CODES },
  REQUEST_SECRET: { style: 'REQUEST_SECRET', appKey: 'hecha-demo', refusals: CLOCK_CODES },
  HMAC_SHA256: { style: 'SORTED_HMAC', appKey: 'hecha-demo', refusals: CLOCK_CODES },
  HMAC_SM3: { style: 'SORTED_HMAC', appKey: 'hecha-demo', digest: 'SM3', refusals: CLOCK_CODES },
};
const NAMES = Object.keys(STYLES) as readonly GatewayStyle[];
const callOf = (style: GatewayStyle): UnsignedCall => (style === 'GJGXJHPT' ? PLATFORM_CALL : CALL);

describe.each(NAMES)('a gateway of style %s', (style) => {
  test('takes a signed POST and a signed GET', async () => {
    const gateway = await startGateway(style);
    const scheme = connect(gateway, STYLES[style]);
    const { service, path } = callOf(style);

    const posted = await scheme.call(callOf(style), AbortSignal.timeout(5_000));
    const got = await scheme.call({ ...GET_CALL, service, path }, AbortSignal.timeout(5_000));

    expect(posted.value).toMatchObject({ code: '200', data: { list: SERVICE.rows } });
    expect(got.value).toMatchObject({ code: '200', data: { list: SERVICE.rows } });
  });

  test('refuses another secret', async () => {
    const gateway = await startGateway(style);
    const scheme = connect(gateway, STYLES[style], { secret: `${SECRET}0` });

    const said: unknown = await scheme.call(callOf(style), AbortSignal.timeout(5_000)).then(
      ({ value }) => value,
      (error: unknown) => error,
    );

    const code = scheme.probe === null ? '4010' : 'SOURCE_UNAUTHORIZED';
    expect(said).toMatchObject({ code });
  });

  test('teaches its clock once to a hub that is an hour late', async () => {
    const gateway = await startGateway(style);
    const scheme = connect(gateway, STYLES[style], { now: () => new Date(Date.now() - HOUR_MS) });

    const values = [
      await scheme.call(callOf(style), AbortSignal.timeout(5_000)),
      await scheme.call(callOf(style), AbortSignal.timeout(5_000)),
    ].map(({ value }) => value);

    expect(values).toEqual(Array(2).fill(expect.objectContaining({ code: '200' })));
    const renewals = style === 'GJGXJHPT' || style === 'REQUEST_SECRET' ? 1 : 0;
    expect(gateway.listCalls()).toHaveLength(3 + renewals);
  });

  test('renews its secret at most once for fifty callers', async () => {
    const gateway = await startGateway(style);
    const scheme = connect(gateway, STYLES[style]);

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => scheme.call(callOf(style), AbortSignal.timeout(10_000))),
    );

    expect(answers.map(({ value }) => (value as { code: string }).code)).toEqual(
      Array(50).fill('200'),
    );
    expect(gateway.countRenewals()).toBe(scheme.probe === null ? 0 : 1);
  });

  test('proves credentials by a probe exactly where it gives out secrets', async () => {
    const gateway = await startGateway(style);
    const scheme = connect(gateway, STYLES[style]);
    const { service } = callOf(style);

    const reply = await scheme.probe?.(service, AbortSignal.timeout(5_000));

    expect(reply?.status ?? null).toBe(['GJGXJHPT', 'REQUEST_SECRET'].includes(style) ? 200 : null);
    expect(gateway.listCalls().flatMap(({ keys }) => keys)).toEqual([]);
  });
});

describe('the national platform', () => {
  test.each(['HEADERS', 'PARAMETERS', 'BOTH'])('reads its four values in %s', async (place) => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, { ...STYLES.GJGXJHPT, place });

    const posted = await scheme.call(PLATFORM_CALL, AbortSignal.timeout(5_000));
    const got = await scheme.call(
      { ...GET_CALL, path: '/httpproxy', service: SID },
      AbortSignal.timeout(5_000),
    );

    expect([posted.value, got.value]).toEqual(
      Array(2).fill(expect.objectContaining({ code: '200' })),
    );
  });

  test('is asked once for a new secret by fifty callers after -19 and then -50', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, STYLES.GJGXJHPT);
    await scheme.call(PLATFORM_CALL, AbortSignal.timeout(5_000));
    const renewalsBefore = gateway.countRenewals();
    gateway.forgetCalls();
    await gateway.setFault({ kind: 'clock-skew', ms: HOUR_MS });
    gateway.rotate(200);
    const startedAt = performance.now();

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => scheme.call(PLATFORM_CALL, AbortSignal.timeout(10_000))),
    );

    expect(answers.map(({ value }) => (value as { code: string }).code)).toEqual(
      Array(50).fill('200'),
    );
    expect(gateway.countRenewals() - renewalsBefore).toBe(1);
    const asked = gateway.listCalls().map(({ operation }) => operation);
    expect(asked.filter((operation) => operation === 'renew')).toHaveLength(1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
  });

  test('is waited for when the fetch of the first secret meets -19 and then -50', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, STYLES.GJGXJHPT, { now: () => new Date(Date.now() - HOUR_MS) });
    gateway.rotate(200);

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => scheme.call(PLATFORM_CALL, AbortSignal.timeout(10_000))),
    );

    expect(answers).toHaveLength(50);
    expect(gateway.countRenewals()).toBe(1);
    const asked = gateway.listCalls().map(({ operation }) => operation);
    expect(asked.filter((operation) => operation === 'renew')).toHaveLength(3);
  });

  test('defers a question whose deadline is nearer than the new keys', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, { ...STYLES.GJGXJHPT, refreshWaitMs: 20_000 });
    gateway.rotate(60_000);

    const fault: unknown = await scheme
      .call(PLATFORM_CALL, AbortSignal.timeout(150))
      .catch((error: unknown) => error);
    const next: unknown = await scheme
      .call(PLATFORM_CALL, AbortSignal.timeout(150))
      .catch((error: unknown) => error);

    expect(fault).toMatchObject({
      code: 'SOURCE_DEFERRED',
      details: { hop: 'SOURCE', reason: 'REFRESHING', retryAfterMs: expect.any(Number) },
    });
    const { retryAfterMs } = (fault as { details: { retryAfterMs: number } }).details;
    expect(retryAfterMs).toBeGreaterThan(19_000);
    expect(retryAfterMs).toBeLessThan(20_000);
    expect(next).toMatchObject({ code: 'SOURCE_DEFERRED' });
    expect(gateway.listCalls()).toHaveLength(1);
  });

  test('defers at once what is less patient than the wait', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, {
      ...STYLES.GJGXJHPT,
      refreshWaitMs: 20_000,
      patienceMs: 1_000,
    });
    gateway.rotate(60_000);
    const startedAt = performance.now();

    const fault: unknown = await scheme
      .call(PLATFORM_CALL, AbortSignal.timeout(5_000))
      .catch((error: unknown) => error);

    expect(fault).toMatchObject({ code: 'SOURCE_DEFERRED' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('is not asked without end when it never finishes its new keys', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, { ...STYLES.GJGXJHPT, refreshWaitMs: 10 });
    gateway.rotate(60_000);

    const fault: unknown = await scheme
      .call(PLATFORM_CALL, AbortSignal.timeout(5_000))
      .catch((error: unknown) => error);

    expect(fault).toMatchObject({ code: 'SOURCE_DEFERRED' });
    expect(gateway.listCalls()).toHaveLength(3);
  });

  test.each([
    ['-4', 'SOURCE_UNAUTHORIZED'],
    ['12101', 'SOURCE_QUOTA_EXHAUSTED'],
    ['-48', 'SOURCE_UNSUPPORTED'],
    ['12000', 'SOURCE_UNREACHABLE'],
  ])('that answers %s gives %s and no answer', async (code, fault) => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, STYLES.GJGXJHPT);
    await scheme.call(PLATFORM_CALL, AbortSignal.timeout(5_000));
    gateway.force(code);

    const said: unknown = await scheme
      .call(PLATFORM_CALL, AbortSignal.timeout(5_000))
      .catch((error: unknown) => error);

    expect(said).toMatchObject({ code: fault, details: { hop: 'SOURCE' } });
  });

  test('that wants new keys right after it gave new keys defers the question', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, { ...STYLES.GJGXJHPT, refreshWaitMs: 10 });
    gateway.force(null, '-50', null, '-50');

    const fault: unknown = await scheme
      .call(PLATFORM_CALL, AbortSignal.timeout(5_000))
      .catch((error: unknown) => error);

    expect(fault).toMatchObject({ code: 'SOURCE_DEFERRED', details: { reason: 'REFRESHING' } });
    expect(gateway.listCalls()).toHaveLength(4);
  });

  test('means a refused time stamp by -19, whatever the service means by it', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, STYLES.GJGXJHPT);
    gateway.force(null, '-19', '-19');

    const fault: unknown = await scheme
      .call({ ...PLATFORM_CALL, ownCodes: ['-19'] }, AbortSignal.timeout(5_000))
      .catch((error: unknown) => error);

    expect(fault).toMatchObject({ code: 'SOURCE_UNREACHABLE', details: { reason: 'CLOCK_SKEW' } });
  });

  test('leaves to the service what the service means by a code of its own', async () => {
    const gateway = await startGateway('GJGXJHPT');
    const scheme = connect(gateway, STYLES.GJGXJHPT);
    await scheme.call(PLATFORM_CALL, AbortSignal.timeout(5_000));
    gateway.force('1', '-19');

    const own = { ...PLATFORM_CALL, ownCodes: ['1', '-19'] };
    const said = [
      await scheme.call(own, AbortSignal.timeout(5_000)),
      await scheme.call(own, AbortSignal.timeout(5_000)),
    ].map(({ value }) => (value as { code: string }).code);

    expect(said).toEqual(['1', '200']);
  });
});

test.each(['GJGXJHPT', 'REQUEST_SECRET'] as const)(
  'a refusal that arrives late costs style %s no second renewal',
  async (style) => {
    const gateway = await startGateway(style);
    const scheme = connect(gateway, STYLES[style]);
    const ask = () => scheme.call(callOf(style), AbortSignal.timeout(5_000));
    await ask();
    gateway.rotate(0);
    await gateway.setFault({ kind: 'slow', ms: 400 }, 1);

    const late = ask();
    await delay(100);
    const answers = [await ask(), await late];

    expect(answers.map(({ value }) => (value as { code: string }).code)).toEqual(['200', '200']);
    expect(gateway.countRenewals()).toBe(2);
  },
);

describe('the request secret', () => {
  test('is renewed once by fifty callers after the gateway has forgotten it', async () => {
    const gateway = await startGateway('REQUEST_SECRET');
    const scheme = connect(gateway, STYLES.REQUEST_SECRET);
    await scheme.call(CALL, AbortSignal.timeout(5_000));
    gateway.rotate(0);

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => scheme.call(CALL, AbortSignal.timeout(5_000))),
    );

    expect(answers.map(({ value }) => (value as { code: string }).code)).toEqual(
      Array(50).fill('200'),
    );
    expect(gateway.countRenewals()).toBe(2);
  });

  test('is renewed before it ends', async () => {
    const gateway = await startGateway('REQUEST_SECRET', { secretLifeMs: 500 });
    const scheme = connect(gateway, { ...STYLES.REQUEST_SECRET, secretLifeMs: 1_000 });
    await scheme.call(CALL, AbortSignal.timeout(5_000));
    await delay(450);

    await scheme.call(CALL, AbortSignal.timeout(5_000));

    expect(gateway.countRenewals()).toBe(2);
    expect(gateway.listCalls()).toHaveLength(4);
  });
});

test('a gateway that still refuses the time stamp is out of reach, not silent', async () => {
  const gateway = await startGateway('TIF');
  const scheme = connect(gateway, STYLES.TIF);
  gateway.force('4011', '4011');

  const fault: unknown = await scheme
    .call(CALL, AbortSignal.timeout(5_000))
    .catch((error: unknown) => error);

  expect(fault).toMatchObject({ code: 'SOURCE_UNREACHABLE', details: { reason: 'CLOCK_SKEW' } });
});

test('a repeated call has a nonce of its own', async () => {
  const gateway = await startGateway('HMAC_SHA256');
  const scheme = connect(gateway, STYLES.HMAC_SHA256);

  const codes = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const { value } = await scheme.call(CALL, AbortSignal.timeout(10_000));
      return (value as { code: string }).code;
    }),
  );

  expect(new Set(codes)).toEqual(new Set(['200']));
});
