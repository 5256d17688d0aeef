import { describe, expect, test } from '@jest/globals';
import { LosslessNumber } from 'lossless-json';
import { z } from 'zod';

import { encodeGbk } from '../../sandbox/charsets.ts';
import { decodeReply, decodeText, parseJson, parseShape } from '../../src/connector-kit/decode.ts';
import type { HttpReply } from '../../src/connector-kit/http.ts';
import { HubError } from '../../src/errors.ts';

function replyOf(raw: Uint8Array, contentType: string): HttpReply {
  const receivedAt = new Date(0);
  return {
    status: 200,
    headers: { 'content-type': contentType },
    serverDate: null,
    receivedAt,
    raw,
  };
}

function faultOf(run: () => unknown): HubError {
  try {
    run();
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
  throw new Error('no fault');
}

describe('a charset', () => {
  const gbk = encodeGbk('{"名":"张三"}');
  const utf8 = Buffer.from('{"名":"张三"}');
  const even = Buffer.from('{"name":"济宁"}');

  test.each([
    ['UTF-8 declared', utf8, 'application/json; charset=UTF-8', 'utf-8'],
    ['UTF-8 undeclared', utf8, 'application/json', 'utf-8'],
    ['a byte order mark', Buffer.from('\ufeff{"名":"张三"}'), 'application/json', 'utf-8'],
    ['GBK declared', gbk, 'application/json;charset="GBK"', 'utf-8'],
    ['GB2312 declared', gbk, 'application/json;charset=gb2312', 'utf-8'],
    ['GB18030 by agreement', gbk, 'application/json', 'gb18030'],
  ] as const)('%s is read', (_what, raw, contentType, agreed) => {
    expect(decodeReply(replyOf(raw, contentType), agreed)).toEqual({ 名: '张三' });
  });

  test('GB18030 reads what GBK cannot hold', () => {
    expect(decodeText(Uint8Array.of(0x95, 0x32, 0x82, 0x36), 'gb18030')).toBe('𠀀');
  });

  test.each([
    ['GBK declared as UTF-8', gbk, 'application/json;charset=utf-8', 'utf-8', 'CHARSET'],
    ['GBK undeclared', gbk, 'application/json', 'utf-8', 'CHARSET'],
    ['latin1', utf8, 'application/json;charset=ISO-8859-1', 'utf-8', 'CHARSET'],
    ['UTF-16', Buffer.from('{}', 'utf16le'), 'application/json;charset=utf-16', 'utf-8', 'CHARSET'],
    ['UTF-8 declared as GBK', even, 'application/json;charset=gbk', 'utf-8', 'CHARSET_AMBIGUOUS'],
    ['UTF-8 where GB18030 is agreed', even, 'application/json', 'gb18030', 'CHARSET_AMBIGUOUS'],
  ] as const)('%s is refused', (_what, raw, contentType, agreed, reason) => {
    const fault = faultOf(() => decodeReply(replyOf(raw, contentType), agreed));

    expect(fault.code).toBe('SOURCE_MALFORMED');
    expect(fault.details['reason']).toBe(reason);
  });
});

describe('JSON', () => {
  test('keeps numbers that a double cannot hold as they were written', () => {
    const value = parseJson('{"id":370800199001010015,"n":12,"d":0.5,"big":1e400}') as Record<
      string,
      unknown
    >;

    expect(value['id']).toEqual(new LosslessNumber('370800199001010015'));
    expect(value['big']).toBeInstanceOf(LosslessNumber);
    expect([value['n'], value['d']]).toEqual([12, 0.5]);
  });

  test('reads 64 levels and not 65', () => {
    const nest = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

    expect(() => parseJson(nest(64))).not.toThrow();
    expect(faultOf(() => parseJson(nest(65))).details['reason']).toBe('TOO_DEEP');
  });

  test('does not take brackets and keys inside texts for structure', () => {
    const text = `{"a":"${'['.repeat(100)}\\"a\\":","b":["a:","a","a"],"c":{"a":1},"d":{"a":2}}`;

    expect(parseJson(text)).toMatchObject({ b: ['a:', 'a', 'a'], c: { a: 1 }, d: { a: 2 } });
  });

  test.each([
    ['', 'NOT_JSON'],
    ['OK', 'NOT_JSON'],
    ['{"a":1', 'NOT_JSON'],
    ['{"a":1}{}', 'NOT_JSON'],
    ['{"a":01}', 'NOT_JSON'],
    ["{'a':1}", 'NOT_JSON'],
    ['{"a":"\n"}', 'NOT_JSON'],
    ['{"a', 'NOT_JSON'],
    ['{"a":1,"a":2}', 'DUPLICATE_KEY'],
    ['{"a":1,"a":1}', 'DUPLICATE_KEY'],
    ['{"a":1,"\\u0061" :2}', 'DUPLICATE_KEY'],
    ['[{"x":{"a":{},"a":{}}}]', 'DUPLICATE_KEY'],
    ['{"__proto__":{"polluted":true}}', 'PROTOTYPE_KEY'],
    ['{"\\u005f_proto__":{"polluted":true}}', 'PROTOTYPE_KEY'],
  ])('%j is refused', (text, reason) => {
    const fault = faultOf(() => parseJson(text));

    expect(fault.code).toBe('SOURCE_MALFORMED');
    expect(fault.details).toEqual({ hop: 'SOURCE', reason });
    expect(fault.cause).toBeUndefined();
  });
});

describe('a shape', () => {
  const shape = z.object({ rows: z.array(z.object({ 'a/b': z.string() })) });

  test('that is broken is named by a pointer, and never by a value', () => {
    const fault = faultOf(() =>
      parseShape(shape, { rows: [{ 'a/b': 'x' }, { 'a/b': 370800 }] }, '/data'),
    );

    expect(fault.code).toBe('SOURCE_SCHEMA_DRIFT');
    expect(fault.details).toEqual({
      hop: 'SOURCE',
      reason: 'SCHEMA',
      pointer: '/data/rows/1/a~1b',
    });
    expect(JSON.stringify([fault, fault.cause ?? null])).not.toContain('370800');
  });

  test('takes an exact number neither for a number nor for a text', () => {
    const long = parseJson('370800199001010015');

    expect(z.number().safeParse(long).success).toBe(false);
    expect(z.string().safeParse(long).success).toBe(false);
  });
});
