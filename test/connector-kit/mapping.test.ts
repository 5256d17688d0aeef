import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { parseJson } from '../../src/connector-kit/decode.ts';
import { compileMapping, mappingSetting } from '../../src/connector-kit/mapping/mapping.ts';
import {
  BUSINESS_CODE,
  ENTERPRISE_CODE,
  IDENTIFIER,
  LEAST,
  mapOne,
  PERSON_CODE,
  TYPE_CODE,
  write,
} from './mapping-samples.ts';

const row = { UNISCID: ENTERPRISE_CODE, ENTNAME: '甲' };
const enterprise = (fields: object, more: object, lists: object = {}) =>
  mapOne('enterprise.registration', fields, { ...row, ...more }, lists);

describe('a text', () => {
  test.each([
    [' 甲 ', '甲'],
    ['--', null],
    ['', null],
    [null, null],
    [12, '12'],
    [0.5, '0.5'],
  ])('held as %j is %j', (held, told) => {
    expect(enterprise({ type: { from: '/T' } }, { T: held })).toMatchObject({ type: told });
  });

  test('that is not in the row describes nothing, and is drift where it is required', () => {
    expect(enterprise({ type: { from: '/T' } }, {})).toMatchObject({ type: null });
    expect(enterprise({ type: { from: '/T', required: true } }, {})).toBe('SCHEMA /T');
    expect(enterprise({ type: { from: '/T', required: true } }, { T: ' ' })).toBe('BLANK /T');
  });

  test.each([[{}], [[]], [true]])('is never made of %j', (held) => {
    expect(enterprise({ type: { from: '/T' } }, { T: held })).toBe('SCHEMA /T');
  });

  test('keeps every digit of a long number', () => {
    const parsed = parseJson('{"CODE":370802199001011237, "N":12345678901234567890123}') as object;

    const record = enterprise({ entityId: { from: '/CODE' }, type: { from: '/N' } }, parsed);

    expect(record).toMatchObject({
      entityId: '370802199001011237',
      type: '12345678901234567890123',
    });
  });

  test('is taken from the first place that is not blank', () => {
    const type = { from: ['/A', '/B', '/C'] };

    const told = [{ A: '', B: '--', C: 'c' }, { B: 'b', C: 'c' }, {}].map((more) =>
      enterprise({ type }, more),
    );

    expect(told).toMatchObject([{ type: 'c' }, { type: 'b' }, { type: null }]);
  });

  test('is joined of what is there, or only of everything', () => {
    const more = { A: '100', B: null };
    const rule = { from: ['/A', '/B'], joinedBy: '万' };

    const joined = enterprise({ type: { ...rule, several: 'JOIN' } }, more);
    const whole = enterprise({ type: { ...rule, several: 'JOIN_ALL' } }, more);

    expect([joined, whole]).toMatchObject([{ type: '100' }, { type: null }]);
  });

  test.each([
    ['TAGS', '<font color="red">甲</font>＜', '甲＜'],
    ['SPACES', '甲\u200B 乙', '甲乙'],
    ['WIDTH', 'ＡＢ１', 'AB1'],
    ['BRACKETS', '〔2018〕', '(2018)'],
    ['CASE', 'ab', 'AB'],
    ['RADICALS', '\u2EE2', '马'],
  ])('is changed by %s when the rule says so, and else stands as it is', (name, held, told) => {
    const type = { from: '/T', normalize: [name] };

    expect(enterprise({ type }, { T: held })).toMatchObject({ type: told });
    expect(enterprise({ type: { from: '/T' } }, { T: held })).toMatchObject({ type: held });
  });

  test('has the sign for a lost character where half of one, or none, was sent', () => {
    const record = enterprise({ name: { from: '/N' } }, { N: '张\uD800\u0000𠮷' });

    expect(record).toMatchObject({
      name: '张\uFFFD\uFFFD𠮷',
      findings: [{ code: 'UNMAPPABLE_CHARACTER', detail: 'name' }, { code: 'UNKNOWN_STATUS' }],
    });
  });
});

describe('a pointer', () => {
  test('leads through objects and arrays, escaped as RFC 6901 says', () => {
    const more = { 'a/b': [{ 'm~n': 'x' }] };

    expect(enterprise({ type: { from: '/a~1b/0/m~0n' } }, more)).toMatchObject({ type: 'x' });
  });

  test.each([['/a/-1'], ['/a/01'], ['/a/-'], ['/a/length'], ['/a/9']])(
    'like %s finds nothing in an array',
    (from) => {
      expect(enterprise({ type: { from } }, { a: ['x', 'y'] })).toMatchObject({ type: null });
    },
  );

  test.each([['/constructor/name'], ['/toString/name'], ['/UNISCID/length']])(
    'like %s finds nothing that the row does not hold itself',
    (from) => {
      expect(enterprise({ type: { from } }, {})).toMatchObject({ type: null });
    },
  );

  test('finds nothing that a row or a part of it inherits', () => {
    const more = { part: Object.create({ T: 'x' }) as unknown };

    expect(enterprise({ type: { from: '/part/T' } }, more)).toMatchObject({ type: null });
  });

  test('finds keys in any case only where the mapping says so, and none of two', () => {
    const fields = { ...LEAST['enterprise.registration'], type: { from: '/entType' } };
    const read = (keys: string, more: object) => {
      const mapping = write({ keys, fields });
      return compileMapping('enterprise.registration', mapping).map({ ...row, ...more }, '');
    };

    expect(read('EXACT', { ENTTYPE: 'x' })).toMatchObject({ record: { type: null } });
    expect(read('ANY_CASE', { ENTTYPE: 'x' })).toMatchObject({ record: { type: 'x' } });
    expect(read('ANY_CASE', { ENTTYPE: 'x', enttype: 'y' })).toMatchObject({
      record: { type: null },
    });
  });
});

describe('a status', () => {
  const status = { from: '/S', table: 'registration-status' };

  test.each([['7'], ['正在审核'], [''], [null], [{ toString: '1' }]])(
    'held as %j is never guessed',
    (held) => {
      const record = enterprise({ status }, { S: held });

      if (typeof held === 'object' && held !== null) expect(record).toBe('SCHEMA /S');
      else
        expect(record).toMatchObject({
          status: 'UNKNOWN',
          findings: [{ code: 'UNKNOWN_STATUS', detail: 'status' }],
        });
    },
  );

  test('whose key is gone is drift, unless the rule lets it be left out', () => {
    expect(enterprise({ status }, {})).toBe('SCHEMA /S');
    expect(enterprise({ status: { ...status, required: false } }, {})).toMatchObject({
      status: 'UNKNOWN',
    });
  });

  test('without a rule is unknown, with a finding', () => {
    expect(enterprise({}, {})).toMatchObject({
      status: 'UNKNOWN',
      statusAsHeld: null,
      findings: [{ code: 'UNKNOWN_STATUS', detail: 'status' }],
    });
  });

  test.each([
    ['存续', '1', 'ACTIVE'],
    [null, '1', 'ACTIVE'],
    ['存续', '', 'ACTIVE'],
    ['存续', '4', 'UNKNOWN'],
    ['存续', '9', 'UNKNOWN'],
  ])('of %j and %j is %s: several places must agree', (word, code, told) => {
    const several = { from: ['/W', '/C'], table: 'registration-status' };

    expect(enterprise({ status: several }, { W: word, C: code })).toMatchObject({ status: told });
  });

  test('follows own codes before those of the named table', () => {
    const own = { ...status, pairs: { '1': 'DORMANT', X: 'ACTIVE', '2': 'UNKNOWN' } };

    const told = ['1', 'x', '2', '3'].map((S) => enterprise({ status: own }, { S }));

    expect(told).toMatchObject([
      { status: 'DORMANT' },
      { status: 'ACTIVE' },
      { status: 'UNKNOWN', findings: [{ code: 'UNKNOWN_STATUS' }] },
      { status: 'DEREGISTERED' },
    ]);
  });

  test('may be told by a boolean that a table names', () => {
    const own = { from: '/S', pairs: { true: 'ACTIVE', false: 'DEREGISTERED' } };

    const told = [true, false].map((S) => enterprise({ status: own }, { S }));

    expect(told).toMatchObject([{ status: 'ACTIVE' }, { status: 'DEREGISTERED' }]);
  });
});

describe('a market entity', () => {
  test('is of the kind its code says, unless a rule tells', () => {
    const kind = { from: '/K', pairs: { G: 'INDIVIDUAL_BUSINESS' } };

    const told = [
      enterprise({}, {}),
      enterprise({}, { UNISCID: BUSINESS_CODE }),
      enterprise({ kind }, { K: 'G' }),
      enterprise({ kind }, { K: '?' }),
    ];

    expect(told).toMatchObject([
      { kind: 'ENTERPRISE' },
      { kind: 'INDIVIDUAL_BUSINESS' },
      { kind: 'INDIVIDUAL_BUSINESS' },
      { kind: 'ENTERPRISE', findings: [{}, { code: 'UNKNOWN_CATEGORY', detail: 'kind' }] },
    ]);
  });

  test('without a code or a name is drift', () => {
    expect(enterprise({}, { UNISCID: '--' })).toBe('BLANK /UNISCID');
    expect(enterprise({}, { ENTNAME: undefined })).toBe('SCHEMA /ENTNAME');
  });

  test('has the lists that are there; a list that is gone is drift, unless it may be', () => {
    const list = { each: '/L', fields: { removedOn: { from: '/out' } } };
    const read = (rule: object, more: object) =>
      enterprise({}, more, { seriousViolations: [rule] });

    expect(read(list, { L: [] })).toMatchObject({ seriousViolations: [] });
    expect(read(list, { L: [{ out: '2024-01-01' }] })).toMatchObject({
      seriousViolations: [{ removedOn: '2024-01-01' }],
    });
    expect(read(list, {})).toBe('SCHEMA /L');
    expect(read(list, { L: null })).toBe('SCHEMA /L');
    expect(read(list, { L: {} })).toBe('SCHEMA /L');
    expect(read(list, { L: [{}] })).toBe('SCHEMA /L/0/out');
    expect(read(list, { L: [{ out: null }, [{ out: null }]] })).toBe('SCHEMA /L/1');
    expect(read(list, { L: [{ out: '早已' }] })).toBe('BAD_DATE /L/0/out');
    expect(read({ ...list, required: false }, { L: null })).toMatchObject({
      seriousViolations: [],
    });
  });
});

describe('a license', () => {
  test('without a type is of the type that its identifier names', () => {
    const identifier = { ZZBS: IDENTIFIER, ZZLXDM: ' ' };

    expect(mapOne('license.byIdentifier', {}, identifier)).toMatchObject({ typeCode: TYPE_CODE });
    expect(mapOne('license.byIdentifier', {}, { ZZBS: 'x', ZZLXDM: '' })).toBe('BLANK /ZZLXDM');
  });

  test('must be found by what it is asked by', () => {
    expect(mapOne('license.byIdentifier', {}, { ZZBS: '', ZZLXDM: 'x' })).toBe('BLANK /ZZBS');
    expect(mapOne('license.byHolder', {}, { CZZTDM: '', ZZLXDM: 'x' })).toBe('BLANK /CZZTDM');
  });

  test.each([
    ['001', ENTERPRISE_CODE.toLowerCase(), ENTERPRISE_CODE, ['LOWER_CASE']],
    ['111', PERSON_CODE, PERSON_CODE, []],
    ['001', 'E1234', 'E1234', ['BAD_CODE']],
    ['414', 'e1234 5678', 'E12345678', ['OPAQUE_CODE']],
    ['77', PERSON_CODE, PERSON_CODE, ['UNKNOWN_CATEGORY']],
  ])('of a holder with document %s reads %s as %s', (type, held, code, findings) => {
    const rule = { holderType: { from: '/LX', table: 'holder-type' } };
    const found = { CZZTDM: held, ZZLXDM: TYPE_CODE, LX: type };

    const record = mapOne('license.byHolder', rule, found);

    const status = { code: 'UNKNOWN_STATUS' };
    expect(record).toMatchObject({
      holderCode: code,
      holderCodeAsHeld: held,
      findings: [...findings.map((each) => ({ code: each })), status],
    });
  });

  test('of several holders is drift, for one record cannot say so', () => {
    const several = { CZZTDM: `${PERSON_CODE},${ENTERPRISE_CODE}`, ZZLXDM: TYPE_CODE };

    expect(mapOne('license.byHolder', {}, several)).toBe('SEVERAL_HOLDERS /CZZTDM');
  });
});

test('a mapping names every place it looks at, once', () => {
  const mapping = write({
    fields: { ...LEAST['credit.profile'], name: { from: ['/n', '/identify'] } },
    lists: { penalties: [{ each: '/p', fields: { act: { from: '/a' } } }] },
  });

  const { pointers } = compileMapping('credit.profile', mapping);

  expect(pointers).toEqual(['/identify', '/n', '/p', '/p/-/a']);
});

test('the setting has titles in both languages down to its last field', () => {
  const schema = JSON.stringify(z.toJSONSchema(mappingSetting, { io: 'input' }));

  const titles = schema.match(/"title":/gu)?.length;

  expect(titles).toBe(schema.match(/"titleEn":/gu)?.length);
  expect(titles).toBeGreaterThan(20);
});
