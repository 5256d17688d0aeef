import { describe, expect, test } from '@jest/globals';
import { LosslessNumber } from 'lossless-json';

import { compileMapping } from '../../src/connector-kit/mapping/mapping.ts';
import { ENTERPRISE_CODE, GOLDENS, mistakeOf, write } from './mapping-samples.ts';

const code = { from: '/c' };
const name = { from: '/n' };
const status = { from: '/s', table: 'registration-status' };
const fields = (more: object) => ({ fields: { code, name, ...more } });
const lists = (more: object) => ({ fields: { code, name }, lists: more });
const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${String(index)}`, value]));
const json = (text: string): unknown => JSON.parse(text);
const nested = (depth: number): unknown => {
  let value: unknown = {};
  for (let i = 0; i < depth; i += 1) value = { a: value };
  return value;
};

const MAPPINGS: readonly (readonly [string, unknown, string])[] = [
  ['nothing', null, 'SHAPE '],
  ['a text', 'fields', 'SHAPE '],
  ['a list', [], 'SHAPE '],
  ['no fields', {}, 'SHAPE /fields'],
  ['an unknown part', { fields: {}, code: 'x' }, 'SHAPE '],
  ['a deep part', nested(5_000), 'SHAPE /fields'],
  ['a part called __proto__', json('{"fields":{},"__proto__":{"polluted":1}}'), 'SHAPE '],
  [
    'a field __proto__',
    json('{"fields":{"__proto__":{"from":"/c"}}}'),
    'MISSING_FIELD /fields/code',
  ],
  ['a field constructor', fields({ constructor: code }), 'UNKNOWN_FIELD /fields/constructor'],
  ['a field toString', fields({ toString: code }), 'UNKNOWN_FIELD /fields/toString'],
  ['a field of another record', fields({ holderCode: code }), 'UNKNOWN_FIELD /fields/holderCode'],
  ['a field with a slash', fields({ 'a/b': code }), 'UNKNOWN_FIELD /fields/a~1b'],
  ['a field that is no rule', fields({ type: '/t' }), 'SHAPE /fields/type'],
  ['an expression', fields({ type: { from: '/t', eval: '1' } }), 'SHAPE /fields/type'],
  ['a regex', fields({ type: { from: '/t', match: '(a+)+$' } }), 'SHAPE /fields/type'],
  ['a function', fields({ type: { from: () => '/t' } }), 'SHAPE /fields/type/from'],
  ['a pointer without slash', fields({ type: { from: 't' } }), 'POINTER /fields/type/from'],
  ['a JSONPath', fields({ type: { from: '$..t' } }), 'POINTER /fields/type/from'],
  ['an expression as pointer', fields({ type: { from: '${t}' } }), 'POINTER /fields/type/from'],
  ['a fragment', fields({ type: { from: '#/t' } }), 'POINTER /fields/type/from'],
  ['a bad escape', fields({ type: { from: '/a~2b' } }), 'POINTER /fields/type/from'],
  ['an open escape', fields({ type: { from: '/a~' } }), 'POINTER /fields/type/from'],
  ['a bad second place', fields({ type: { from: ['/a', 'b'] } }), 'POINTER /fields/type/from/1'],
  ['the prototype', fields({ type: { from: '/__proto__/x' } }), 'POINTER /fields/type/from'],
  ['a deep pointer', fields({ type: { from: '/a'.repeat(17) } }), 'POINTER /fields/type/from'],
  ['a long pointer', fields({ type: { from: `/${'a'.repeat(300)}` } }), 'SHAPE /fields/type/from'],
  ['no places', fields({ type: { from: [] } }), 'SHAPE /fields/type/from'],
  ['nine places', fields({ type: { from: Array(9).fill('/a') } }), 'SHAPE /fields/type/from'],
  ['nothing to read', fields({ type: {} }), 'NOTHING_TO_READ /fields/type/from'],
  [
    'two sources',
    fields({ type: { from: '/a', constant: 'b' } }),
    'TWO_RULES /fields/type/constant',
  ],
  [
    'a constant status',
    fields({ status: { constant: 'ACTIVE' } }),
    'CONSTANT /fields/status/constant',
  ],
  [
    'a constant end',
    fields({ validUntil: { constant: '长期' } }),
    'CONSTANT /fields/validUntil/constant',
  ],
  [
    'a constant start',
    fields({ validFrom: { constant: '2021-02-09' } }),
    'CONSTANT /fields/validFrom/constant',
  ],
  [
    'a constant code',
    { fields: { code: { constant: ENTERPRISE_CODE }, name } },
    'CONSTANT /fields/code/constant',
  ],
  [
    'a constant name',
    { fields: { code, name: { constant: '甲' } } },
    'CONSTANT /fields/name/constant',
  ],
  [
    'a constant with a table',
    fields({ status: { constant: '1', table: 'registration-status' } }),
    'CONSTANT /fields/status/constant',
  ],
  [
    'a constant kind of its own',
    fields({ kind: { constant: 'STATE' } }),
    'TABLE_VALUE /fields/kind/constant',
  ],
  ['a status without table', fields({ status: { from: '/s' } }), 'NO_TABLE /fields/status/table'],
  [
    'an unknown table',
    fields({ status: { from: '/s', table: 'x' } }),
    'UNKNOWN_TABLE /fields/status/table',
  ],
  [
    'the table constructor',
    fields({ status: { from: '/s', table: 'constructor' } }),
    'UNKNOWN_TABLE /fields/status/table',
  ],
  [
    'the table __proto__',
    fields({ status: { from: '/s', table: '__proto__' } }),
    'UNKNOWN_TABLE /fields/status/table',
  ],
  [
    'a table of another record',
    fields({ status: { from: '/s', table: 'license-status.mohurd' } }),
    'TABLE_VALUE /fields/status/table',
  ],
  [
    'a status of its own',
    fields({ status: { ...status, pairs: { '7': 'FINE' } } }),
    'TABLE_VALUE /fields/status/pairs/7',
  ],
  [
    'a blank code',
    fields({ status: { ...status, pairs: { '': 'ACTIVE' } } }),
    'SHAPE /fields/status/pairs/',
  ],
  [
    'two meanings',
    fields({ status: { ...status, pairs: { 在: 'ACTIVE', ' 在': 'UNKNOWN' } } }),
    'TWO_MEANINGS /fields/status/pairs/ 在',
  ],
  [
    'a code that is a list',
    fields({ status: { ...status, pairs: { a: ['ACTIVE'] } } }),
    'SHAPE /fields/status/pairs/a',
  ],
  [
    'a table for a day',
    fields({ validFrom: { from: '/d', pairs: { a: 'b' } } }),
    'READ /fields/validFrom/table',
  ],
  [
    'a table for a code',
    { fields: { name, code: { from: '/c', pairs: { a: 'b' } } } },
    'READ /fields/code/table',
  ],
  [
    'a status read as text',
    fields({ status: { ...status, read: 'TEXT' } }),
    'READ /fields/status/read',
  ],
  [
    'a day read as text',
    fields({ validUntil: { from: '/d', read: 'TEXT' } }),
    'READ /fields/validUntil/read',
  ],
  [
    'a text read by no table',
    fields({ type: { from: '/d', read: 'TABLE' } }),
    'NO_TABLE /fields/type/table',
  ],
  ['a form for a text', fields({ type: { from: '/d', form: ['DATE'] } }), 'FORM /fields/type/form'],
  [
    'a form nobody knows',
    fields({ validFrom: { from: '/d', form: ['%Y'] } }),
    'SHAPE /fields/validFrom/form/0',
  ],
  [
    'two kinds of numbers',
    fields({ validFrom: { from: '/d', form: ['EPOCH_S', 'EPOCH_MS'] } }),
    'FORM /fields/validFrom/form',
  ],
  [
    'a normalizer nobody knows',
    fields({ type: { from: '/d', normalize: ['EVAL'] } }),
    'SHAPE /fields/type/normalize/0',
  ],
  [
    'ten thousand normalizers',
    fields({ type: { from: '/d', normalize: Array(10_000).fill('TAGS') } }),
    'SHAPE /fields/type/normalize',
  ],
  [
    'texts that must agree',
    fields({ type: { from: ['/a', '/b'], several: 'AGREE' } }),
    'READ /fields/type/several',
  ],
  [
    'a status put together',
    fields({ status: { ...status, from: ['/a', '/b'], several: 'JOIN' } }),
    'READ /fields/status/several',
  ],
  ['ten thousand fields', { fields: many(10_000, code) }, 'TOO_MANY_RULES '],
  [
    '6,000 own codes',
    fields({ status: { ...status, pairs: many(6_000, 'ACTIVE') } }),
    'TOO_MANY_PAIRS ',
  ],
  ['no code', { fields: { name } }, 'MISSING_FIELD /fields/code'],
  [
    'a list that is none',
    lists({ status: [{ each: '/l', fields: { reason: code } }] }),
    'UNKNOWN_FIELD /lists/status',
  ],
  [
    'a list constructor',
    lists({ constructor: [{ each: '/l', fields: { reason: code } }] }),
    'UNKNOWN_FIELD /lists/constructor',
  ],
  [
    'a list and a field',
    {
      fields: { code, name, changes: code },
      lists: { changes: [{ each: '/l', fields: { item: code } }] },
    },
    'TWO_RULES /lists/changes',
  ],
  ['a list of nothing', lists({ changes: [] }), 'SHAPE /lists/changes'],
  [
    'a list without fields',
    lists({ changes: [{ each: '/l', fields: {} }] }),
    'NOTHING_TO_READ /lists/changes/0/fields',
  ],
  [
    'a list in a list',
    lists({ changes: [{ each: '/l', fields: {}, lists: {} }] }),
    'SHAPE /lists/changes/0',
  ],
  [
    'a list of the prototype',
    lists({ changes: [{ each: '/__proto__', fields: { item: code } }] }),
    'POINTER /lists/changes/0/each',
  ],
  [
    'an unknown field in a list',
    lists({ changes: [{ each: '/l', fields: { constructor: code } }] }),
    'UNKNOWN_FIELD /lists/changes/0/fields/constructor',
  ],
  [
    'a constant removal',
    lists({
      seriousViolations: [{ each: '/l', fields: { removedOn: { constant: '2021-02-09' } } }],
    }),
    'CONSTANT /lists/seriousViolations/0/fields/removedOn/constant',
  ],
  [
    'nine lists',
    lists({ changes: Array(9).fill({ each: '/l', fields: { item: code } }) }),
    'SHAPE /lists/changes',
  ],
];

const big = '一'.repeat(100_000);
const ROWS: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a text', 'row'],
  ['a number', 1e999],
  ['a long number', new LosslessNumber('1e999')],
  ['a list', [[], {}]],
  ['a function', () => 1],
  ['nothing', {}],
  ['no prototype', Object.create(null)],
  ['an own __proto__', json('{"__proto__":{"polluted":1,"UNISCID":"x"}}')],
  ['inherited fields', Object.create({ UNISCID: ENTERPRISE_CODE, ENTNAME: '甲' })],
  ['an own constructor', json('{"constructor":{"prototype":{"polluted":1}}}')],
  [
    'objects where texts belong',
    Object.fromEntries(['ENTNAME', 'REGSTATE_CN'].map((k) => [k, {}])),
  ],
  ['a toString of its own', { REGSTATE_CN: { toString: () => '存续' } }],
  ['lists where texts belong', { REGSTATE_CN: ['存续'], ENTNAME: ['甲'] }],
  ['texts where lists belong', { changes: '名称', abnormal: 'x', serious: 'y', cases: 'z' }],
  ['lists in lists', { changes: [[[]]], abnormal: [[{}]], serious: [[]], cases: [[1]] }],
  ['nulls in lists', { changes: [null], abnormal: [null], serious: [undefined], cases: [0] }],
  ['an object that looks like a list', { changes: { length: 1, 0: {} } }],
  ['a list that lies about its length', { changes: Object.assign([], { length: 3 }) }],
  ['a deep row', { REGSTATE_CN: nested(50_000) }],
  ['lone surrogates', { ENTNAME: '\uD800\uDC00\uDC00', REGSTATE_CN: '存\uD800续' }],
  ['zero bytes', { ENTNAME: '甲\u0000', UNISCID: `${ENTERPRISE_CODE}\u0000` }],
  ['a huge name', { ENTNAME: big }],
  ['a huge status', { REGSTATE_CN: '存续'.repeat(50_000) }],
  ['a huge day', { ESTDATE: '2'.repeat(100_000), OPTO: '9'.repeat(100_000) }],
  ['a huge code', { UNISCID: '9'.repeat(100_000) }],
  ['opening signs', { ENTNAME: '<'.repeat(50_000), ZZBH: `<${'a'.repeat(50_000)}` }],
  ['tags that never end', { ZZBH: '<a '.repeat(20_000) }],
  ['a huge separator list', { history: '；'.repeat(50_000) }],
  ['a number with an exponent', { REGSTATE_CN: 1e300, ESTDATE: 1e300 }],
  ['not a number', { ESTDATE: Number.NaN, REGCAP: Number.POSITIVE_INFINITY }],
  ['minus zero', { ESTDATE: -0, REGSTATE_CN: -0 }],
  ['a long number as status', { REGSTATE_CN: new LosslessNumber('1.0000000000000000001') }],
  ['direction marks', { ENTNAME: '\u202E甲', REGSTATE_CN: '\u202E销注' }],
  ['look-alikes', { UNISCID: '９１３７０８１１MA3TE0T0XＥ', REGSTATE_CN: '①' }],
  ['a frozen row', Object.freeze({ UNISCID: ENTERPRISE_CODE })],
  ['a date object', { ESTDATE: new Date(0), OPTO: new Date(0) }],
  ['a symbol', { REGSTATE_CN: Symbol('存续'), ENTNAME: Symbol('甲') }],
  ['a big integer', { REGNO: 370811000000016n }],
];

describe('a hostile mapping is refused', () => {
  test.each(MAPPINGS)('that has %s', (_what, mapping, mistake) => {
    const startedAt = performance.now();

    const said = mistakeOf('enterprise.registration', mapping);

    expect(said).toBe(mistake);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('that leaves out what the question goes by', () => {
    const by = (names: readonly string[]) => ({
      fields: Object.fromEntries(names.map((each) => [each, { from: '/x' }])),
    });

    const said = [
      mistakeOf('license.byIdentifier', by(['holderCode', 'typeCode'])),
      mistakeOf('license.byHolder', by(['identifier', 'typeCode'])),
      mistakeOf('license.byHolder', by(['holderCode'])),
      mistakeOf('credit.profile', by(['name'])),
      mistakeOf('enterprise.registration', by(['code'])),
    ];

    expect(said).toEqual([
      'MISSING_FIELD /fields/identifier',
      'MISSING_FIELD /fields/holderCode',
      'MISSING_FIELD /fields/typeCode',
      'MISSING_FIELD /fields/code',
      'MISSING_FIELD /fields/name',
    ]);
  });
});

describe('a hostile row is read or is drift, soon and without a trace', () => {
  test.each(ROWS)('that is, or has, %s', (_what, hostile) => {
    const sound = { UNISCID: ENTERPRISE_CODE, ENTNAME: '甲' };
    const isPlain = typeof hostile === 'object' && hostile !== null && !Array.isArray(hostile);
    const rows = [hostile, ...(isPlain ? [{ ...GOLDENS[1]?.rows[0], ...sound, ...hostile }] : [])];
    const startedAt = performance.now();

    const results = GOLDENS.flatMap(({ capability, mapping }) =>
      rows.map((row) => compileMapping(capability, mapping).map(row, '/r')),
    );

    const faults = results.flatMap((result) => (result.ok ? [] : [result.fault]));
    expect(faults.map(({ code: own }) => own)).toEqual(faults.map(() => 'SOURCE_SCHEMA_DRIFT'));
    expect(results.filter(({ ok }) => ok).length).toBeLessThan(results.length);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('there are at least sixty hostile mappings, and forty hostile rows', () => {
    expect(MAPPINGS.length).toBeGreaterThanOrEqual(60);
    expect(ROWS.length).toBeGreaterThanOrEqual(40);
  });
});

test('a fault names a place, and never what stands there', () => {
  const secret = '370800199001010015';
  const mapping = write({ fields: { code, name, validFrom: { from: '/d' } } });
  const row = { c: ENTERPRISE_CODE, n: '甲', d: secret };

  const result = compileMapping('enterprise.registration', mapping).map(row, '/rows/3');

  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain(secret);
  expect(result).toMatchObject({ fault: { details: { pointer: '/rows/3/d' } } });
});

test('own codes may be called constructor and valueOf', () => {
  const pairs = { constructor: 'ACTIVE', valueOf: 'DORMANT' };
  const mapping = write({ fields: { code, name, status: { from: '/s', pairs } } });
  const compiled = compileMapping('enterprise.registration', mapping);

  const told = ['constructor', 'valueOf', 'toString', 'hasOwnProperty'].map((s) =>
    compiled.map({ c: ENTERPRISE_CODE, n: '甲', s }, ''),
  );

  expect(told).toMatchObject([
    { record: { status: 'ACTIVE' } },
    { record: { status: 'DORMANT' } },
    { record: { status: 'UNKNOWN' } },
    { record: { status: 'UNKNOWN' } },
  ]);
});
