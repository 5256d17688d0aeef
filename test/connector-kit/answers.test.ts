import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { findResetMs } from '../../src/connector-kit/business-code.ts';
import { draftFields } from '../../src/connector-kit/draft-fields.ts';
import { readInstant } from '../../src/connector-kit/held-instant.ts';
import { envelopeSetting, readEnvelope } from '../../src/connector-kit/json-envelope.ts';
import { findAt } from '../../src/connector-kit/json-pointer.ts';
import { compileTemplate, type JsonValue } from '../../src/connector-kit/json-template.ts';
import { parseJson } from '../../src/connector-kit/decode.ts';

const KEY = { kind: '', code: '', name: '', identifier: '', typeCode: '' };

describe('a template', () => {
  test('places any text as itself, whatever the text is', () => {
    const template = compileTemplate({ a: ['{code}', { b: 'x{code}y{name}' }], n: 1 }, 'body');
    const property = fc.property(fc.string(), fc.string(), (code, name) => {
      const filled = template.fill([{ ...KEY, code, name }]);

      expect(filled).toEqual({ a: [code, { b: `x${code}y${name}` }], n: 1 });
      expect(JSON.parse(JSON.stringify(filled))).toEqual(filled);
    });

    fc.assert(property, { numRuns: 500 });
  });

  test('repeats its list once for every key, in their order', () => {
    const template = compileTemplate({ list: { $list: { id: '{code}', n: '{name}' } } }, 'body');
    const keys = ['b', 'a', 'b'].map((code) => ({ ...KEY, code, name: `n${code}` }));

    const filled = template.fill(keys);

    expect([template.takesMany, [...template.parts].sort()]).toEqual([true, ['code', 'name']]);
    expect(filled).toEqual({
      list: ['b', 'a', 'b'].map((code) => ({ id: code, n: `n${code}` })),
    });
  });

  test('joins texts, and refuses one that holds what they are joined by', () => {
    const template = compileTemplate({ $join: '{code}', separator: ',' }, 'body');

    const told = ['a', 'a,b'].map((code) => template.problemOf({ ...KEY, code }));

    expect(
      template.fill([
        { ...KEY, code: 'a' },
        { ...KEY, code: 'b' },
      ]),
    ).toBe('a,b');
    expect(told).toEqual([null, 'KEY_HOLDS_SEPARATOR']);
  });

  test.each([
    ['{code}', { code: '' }, 'KEY_WITHOUT_CODE'],
    ['{code}{name}', { code: 'x' }, 'KEY_WITHOUT_NAME'],
    ['{typeCode}', {}, 'KEY_WITHOUT_TYPECODE'],
    ['{code}', { code: 'x' }, null],
  ])('%j says what a key lacks', (template, parts, problem) => {
    expect(compileTemplate(template, 'body').problemOf({ ...KEY, ...parts })).toBe(problem);
  });

  test.each([
    ['{other}', 'UNKNOWN_PLACEHOLDER'],
    ['{constructor}', 'UNKNOWN_PLACEHOLDER'],
    [{ '{code}': 1 }, 'PLACEHOLDER_IN_NAME'],
    [{ $list: { $list: '{code}' } }, 'TWO_LISTS'],
    [{ $join: '{code}' }, 'LIST_SHAPE'],
    [{ $join: '{code}', separator: '' }, 'LIST_SHAPE'],
    [{ $list: '{code}', separator: ',' }, 'LIST_SHAPE'],
    [[{ $list: '{code}' }, '{code}'], 'KEY_OUTSIDE_LIST'],
  ] as readonly (readonly [JsonValue, string])[])('%j is refused as %s', (template, reason) => {
    const compile = (): unknown => compileTemplate(template, 'body');

    expect(compile).toThrow(
      expect.objectContaining({
        code: 'UNSAFE_CONFIGURATION',
        details: { field: 'body', reason },
      }),
    );
  });

  test.each(['{}', '{ code }', '{1}', '{"code"}', '{{'])('keeps %j as it is', (text) => {
    expect(compileTemplate({ a: text, b: '{code}' }, 'body').fill([{ ...KEY, code: 'x' }])).toEqual(
      {
        a: text,
        b: 'x',
      },
    );
  });
});

describe('an envelope', () => {
  const setting = {
    codePointer: '/code',
    ok: ['0'],
    none: ['404'],
    faults: { '1': 'AUTH', '2': 'QUOTA', '3': 'TRANSIENT', '4': 'CONFIG', '5': 'KEY' },
    resetPointer: '/until',
    recordsPointer: '/data',
    asOfPointer: '/at',
  };
  const head = {
    status: 200,
    headers: {},
    serverDate: new Date('2026-09-18T00:00:00+08:00'),
    receivedAt: new Date(0),
  };
  const tell = (text: string, changes: object = {}): unknown => {
    const rule = envelopeSetting.parse({ ...setting, ...changes });
    try {
      const { rows, asOf } = readEnvelope(parseJson(text), rule, head);
      return [rows.map(({ pointer }) => pointer), asOf?.toISOString() ?? null];
    } catch (error) {
      const { code, details } = error as { code: string; details: Record<string, unknown> };
      return [code, details['reason'], details['pointer'] ?? details['retryAfterMs'] ?? null];
    }
  };

  test.each([
    ['{"code":"0","data":[{},{}]}', [['/data/0', '/data/1'], null]],
    ['{"code":0,"data":[],"at":"2026-09-18 06:00:00"}', [[], '2026-09-17T22:00:00.000Z']],
    ['{"code":"404","data":null}', [[], null]],
    ['{"code":"0","data":null}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/data']],
    ['{"code":"0"}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/data']],
    ['{"code":"0","data":{}}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/data']],
    ['{"code":"0","data":""}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/data']],
    ['{"code":"0","data":[],"at":"soon"}', ['SOURCE_SCHEMA_DRIFT', 'BAD_DATE', '/at']],
    ['{"data":[]}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/code']],
    ['{"code":null,"data":[]}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/code']],
    ['{"code":{"v":0},"data":[]}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/code']],
    ['{"code":"9","data":[]}', ['SOURCE_SCHEMA_DRIFT', 'UNKNOWN_CODE', '/code']],
    ['{"code":"constructor","data":[]}', ['SOURCE_SCHEMA_DRIFT', 'UNKNOWN_CODE', '/code']],
    ['{"code":12345678901234567890,"data":[]}', ['SOURCE_SCHEMA_DRIFT', 'UNKNOWN_CODE', '/code']],
    ['{"code":"1","data":[]}', ['SOURCE_UNAUTHORIZED', 'CODE_1', null]],
    ['{"code":"2","until":"2026-09-18 00:00:05"}', ['SOURCE_QUOTA_EXHAUSTED', 'CODE_2', 5_000]],
    ['{"code":"2","until":"soon"}', ['SOURCE_QUOTA_EXHAUSTED', 'CODE_2', null]],
    ['{"code":"3","data":[]}', ['SOURCE_UNREACHABLE', 'CODE_3', null]],
    ['{"code":"4","data":[]}', ['SOURCE_UNSUPPORTED', 'CODE_4', null]],
    ['{"code":"5","data":[]}', ['SOURCE_UNSUPPORTED', 'CODE_5', null]],
    ['null', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/code']],
    ['[]', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/code']],
  ])('of %s is read by its code, its records and nothing else', (text, told) => {
    expect(tell(text)).toEqual(told);
  });

  test.each([
    [{ nullMeansNone: true }, '{"code":"0","data":null}', [[], null]],
    [{ nullMeansNone: true }, '{"code":"0"}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/data']],
    [{ records: 'OBJECT' }, '{"code":"0","data":{"a":1}}', [['/data'], null]],
    [{ records: 'OBJECT' }, '{"code":"0","data":[]}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/data']],
    [{ records: 'OBJECT' }, '{"code":"0","data":null}', ['SOURCE_SCHEMA_DRIFT', 'SCHEMA', '/data']],
  ])('with %j finds in %s what was agreed', (changes, text, told) => {
    expect(tell(text, changes)).toEqual(told);
  });

  test('says of recorded bytes nothing about when a quota ends', () => {
    const ends = [findResetMs('2026-09-18 00:00:05', null), findResetMs('2020-01-01', head)];

    expect(ends).toEqual([null, 0]);
  });
});

test.each([
  ['2026-09-18 06:00:00', '2026-09-17T22:00:00.000Z'],
  ['2026-09-18T06:00:00.123', '2026-09-17T22:00:00.000Z'],
  ['20260918060000', '2026-09-17T22:00:00.000Z'],
  ['2026-09-18', '2026-09-17T16:00:00.000Z'],
  ['2026-09-18T06:00:00Z', '2026-09-18T06:00:00.000Z'],
  ['2026-09-18T06:00:00+09:00', '2026-09-17T21:00:00.000Z'],
  [1_789_682_400_000, '2026-09-17T22:00:00.000Z'],
  ['', null],
  [null, null],
  [undefined, null],
  ['2026-02-30 00:00:00', 'BAD_DATE'],
  ['2026-09-18 25:00:00', 'BAD_DATE'],
  ['1789682400', 'BAD_DATE'],
  ['soon', 'BAD_DATE'],
  [true, 'BAD_DATE'],
])('the instant %j is %s', (held, told) => {
  const read = (): string | null => {
    try {
      return readInstant(held, '/at')?.toISOString() ?? null;
    } catch (error) {
      return (error as { details: { reason: string } }).details.reason;
    }
  };

  expect(read()).toBe(told);
});

test.each([
  ['', { a: [1] }],
  ['/a/0', 1],
  ['/a/00', undefined],
  ['/a/1', undefined],
  ['/a/length', undefined],
  ['/constructor', undefined],
  ['/b', undefined],
])('the pointer %j leads to %j', (pointer, found) => {
  expect(findAt({ a: [1] }, pointer)).toEqual(found);
});

test('a draft shows the places of a row, the first element of a list for all', () => {
  const row = parseJson(
    '{"a":"x","b":[{"c":1,"d":"2026-01-02"},{"e":1}],"f/g":{"h":true},"i":12345678901234567890,"j":1683648000000,"k":null}',
  );

  const drafted = draftFields(row).map(({ pointer, type }) => `${pointer} ${type}`);

  expect(drafted).toEqual([
    '/a TEXT',
    '/b OTHER',
    '/b/- OTHER',
    '/b/-/c NUMBER',
    '/b/-/d DAY',
    '/f~1g OTHER',
    '/f~1g/h BOOLEAN',
    '/i OTHER',
    '/j INSTANT',
    '/k OTHER',
  ]);
});
