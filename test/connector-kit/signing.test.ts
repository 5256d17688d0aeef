import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sm3 } from 'sm-crypto-v2';

import {
  isGatewayCode,
  judgeGatewayCode,
  quotaResetMs,
} from '../../src/connector-kit/signing/gjgxjhpt-codes.ts';
import { createNonceSource } from '../../src/connector-kit/signing/nonce.ts';
import { createPlatformClock } from '../../src/connector-kit/signing/platform-clock.ts';
import { signRequest } from '../../src/connector-kit/signing/request-secret.ts';
import type { CallBody, UnsignedCall } from '../../src/connector-kit/signing/scheme.ts';
import { writeRequest } from '../../src/connector-kit/signing/signed-request.ts';
import { signingSetting } from '../../src/connector-kit/signing/signing.ts';
import {
  listSignedParameters,
  signHmac,
  writeSortedText,
} from '../../src/connector-kit/signing/sorted-hmac.ts';
import { signTif } from '../../src/connector-kit/signing/tif.ts';

describe('a published vector', () => {
  test('of TIF gives the signature', () => {
    const signature = signTif('demoPaasToken', { timestamp: '1612800000', nonce: 'abc123' });

    expect(signature).toBe('3e42bf69c22cef031089686e6d0f64f24872191e48ea4c5834766d42cfd08628');
  });

  test('of SM3 gives the digest that HMAC-SM3 rests on', () => {
    const digest = createHash('sm3').update('abc').digest('hex');

    expect(digest).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
  });

  test('of HMAC-SHA256 (RFC 4231, case 2) gives the signature', () => {
    const signature = signHmac('Jefe', 'SHA256', 'what do ya want for nothing?');

    expect(signature).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  test('of the request secret is the MD5 of its three parts', () => {
    const signature = signRequest('b', { appKey: 'a', requestTime: 'c' });

    expect(signature).toBe('900150983cd24fb0d6963f7d28e17f72');
  });
});

test('HMAC-SM3 agrees with another implementation for every key and text', () => {
  const property = fc.property(fc.string({ minLength: 1 }), fc.string(), (key, text) => {
    const hex = Buffer.from(key, 'utf8').toString('hex');
    const expected = sm3(text, { mode: 'hmac', key: hex });

    expect(signHmac(key, 'SM3', text)).toBe(expected);
  });

  fc.assert(property, { numRuns: 300 });
});

describe('the sorted text', () => {
  test('has its parameters by name, whatever their order, and the time and nonce last', () => {
    const moment = { timestamp: '1612800000000', nonce: 'abc123' };

    const texts = [
      [
        ['b', '2'],
        ['a1', '3'],
        ['a', '1'],
      ],
      [
        ['a', '1'],
        ['b', '2'],
        ['a1', '3'],
      ],
    ].map((parameters) => writeSortedText(parameters as [string, string][], moment));

    expect(new Set(texts)).toEqual(new Set(['a=1&a1=3&b=2&1612800000000abc123']));
  });

  test.each([
    [
      { form: 'JSON', value: { code: 'x', list: ['y'] } },
      [
        ['code', 'x'],
        ['list', '["y"]'],
      ],
    ],
    [{ form: 'FORM', fields: [['code', 'x']] }, [['code', 'x']]],
    [{ form: 'TEXT', text: '<a/>', contentType: 'text/xml' }, [['body', '<a/>']]],
    [{ form: 'JSON', value: ['y'] }, [['body', '["y"]']]],
    [null, []],
  ] as const)('of body %j signs the query and its fields', (body, fields) => {
    const call = { ...CALL, query: [['q', '1']] as const, body: body as CallBody | null };

    expect(listSignedParameters(call)).toEqual([['q', '1'], ...fields]);
  });
});

test('a nonce is never repeated, in one source or in two', () => {
  const [one, other] = [createNonceSource(), createNonceSource()];

  const nonces = Array.from({ length: 20_000 }, (_, index) => (index % 2 === 0 ? one() : other()));

  expect(new Set(nonces).size).toBe(20_000);
  expect(nonces.every((nonce) => /^[0-9a-f]{32}$/u.test(nonce))).toBe(true);
});

test('the clock of a platform is learned from its date, and only from that', () => {
  const clock = createPlatformClock({ now: () => new Date(1_000_000) });
  const head = { status: 200, headers: {}, receivedAt: new Date(1_000_000) };

  const learned = [
    clock.learn({ ...head, serverDate: null }),
    clock.now(),
    clock.learn({ ...head, serverDate: new Date(4_600_000) }),
    clock.now(),
  ];

  expect(learned).toEqual([false, 1_000_000, true, 4_600_000]);
});

const CALL: UnsignedCall = {
  method: 'POST',
  path: '/call',
  service: null,
  query: [],
  body: null,
  ownCodes: [],
};

describe('a signature in parameters', () => {
  const signature = { headers: {}, parameters: [['sign', 'a&b=c']] as const };

  test.each([
    ['GET without a body', { ...CALL, method: 'GET' }, '/call?sign=a%26b%3Dc', null],
    ['POST without a body', CALL, '/call', '{"sign":"a&b=c"}'],
    [
      'POST of JSON',
      { ...CALL, body: { form: 'JSON', value: { code: '}' } } },
      '/call',
      '{"code":"}","sign":"a&b=c"}',
    ],
    [
      'POST of a form',
      { ...CALL, body: { form: 'FORM', fields: [['code', '1&2']] } },
      '/call',
      'code=1%262&sign=a%26b%3Dc',
    ],
    [
      'POST of text',
      { ...CALL, body: { form: 'TEXT', text: '<a/>', contentType: 'text/xml' } },
      '/call?sign=a%26b%3Dc',
      '<a/>',
    ],
  ] as const)('of a %s is encoded', (_what, call, path, body) => {
    const request = writeRequest(call, signature);

    expect([request.path, request.body]).toEqual([path, body]);
  });

  test.each([
    ['JSON', { ...CALL, body: { form: 'JSON', value: { sign: 'x' } } }, 'PARAMETER_TWICE'],
    ['a form', { ...CALL, body: { form: 'FORM', fields: [['sign', 'x']] } }, 'PARAMETER_TWICE'],
    ['a query', { ...CALL, method: 'GET', query: [['sign', 'x']] }, 'PARAMETER_TWICE'],
    ['a list', { ...CALL, body: { form: 'JSON', value: [1] } }, 'BODY_TAKES_NO_PARAMETERS'],
  ] as const)(
    'never stands beside another of its name or in what takes none: %s',
    (_w, call, why) => {
      const write = (): unknown => writeRequest(call, signature);

      expect(write).toThrow(
        expect.objectContaining({
          code: 'SOURCE_UNSUPPORTED',
          details: { hop: 'CONNECTOR', reason: why },
        }),
      );
    },
  );
});

describe('the code table of the platform', () => {
  const CLASSES: Readonly<Record<string, readonly string[]>> = {
    SOURCE_UNAUTHORIZED:
      '-1 E-106 -2 -4 -46 -47 -5 -20 -49 -21 -22 -41 -42 -30 -31 -32 -33 -34 -35 -36 -37 -38 -39 -40'.split(
        ' ',
      ),
    SOURCE_QUOTA_EXHAUSTED: ['-6', '12100', '12101', '12102', '12103', '12104'],
    SOURCE_UNREACHABLE: ['2010', '10000', '10014', '12000', '-19', '-50'],
    SOURCE_UNSUPPORTED: ['-44', '-48'],
    SOURCE_SCHEMA_DRIFT: ['1'],
  };

  test('is classified whole', () => {
    const classified = Object.entries(CLASSES).flatMap(([fault, codes]) =>
      codes.map((code) => [isGatewayCode(code), judgeGatewayCode(code, null)?.code === fault]),
    );

    expect(classified).toHaveLength(39);
    expect(classified.flat().every(Boolean)).toBe(true);
    expect([isGatewayCode('0'), judgeGatewayCode('0', null)]).toEqual([true, null]);
    expect(isGatewayCode('200')).toBe(false);
  });

  test.each([
    ['12101', 59_000],
    ['12102', 3_599_000],
    ['12103', 7 * 3_600_000 + 3_599_000],
    ['12104', null],
    ['-6', null],
  ])('says of quota %s when its window ends by the clocks of Asia/Shanghai', (code, ms) => {
    const at = Date.parse('2026-09-18T16:00:01+08:00');

    expect(quotaResetMs(code, at)).toBe(ms);
  });
});

test('a style that no scheme has is refused by name', () => {
  const parsed = signingSetting.safeParse({ style: 'NONE' });

  expect(parsed.error?.issues[0]?.path).toEqual(['style']);
});
