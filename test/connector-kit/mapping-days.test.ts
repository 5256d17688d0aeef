import { describe, expect, test } from '@jest/globals';

import { parseJson } from '../../src/connector-kit/decode.ts';
import { ENTERPRISE_CODE, mapOne } from './mapping-samples.ts';

const read = (fields: object, held: unknown) =>
  mapOne('enterprise.registration', fields, {
    UNISCID: ENTERPRISE_CODE,
    ENTNAME: '甲',
    D: held,
  });
const told = (fields: object, held: unknown, name: string) => {
  const record = read(fields, held);
  return typeof record === 'string' ? record : record[name];
};

describe('a day', () => {
  test.each([
    ['2021年2月9日'],
    ['2021-02-09'],
    ['2021-02-09 23:59:59'],
    ['2021-02-09T23:59:59'],
    ['2021-02-09T23:59:59+08:00'],
    ['2021-02-09T15:59:59Z'],
    ['2021/2/9'],
    ['2021.02.09'],
    ['20210209'],
    ['20210209235959'],
    ['1612800000000'],
    [1612800000000],
    ['２０２１年２月９日'],
    ['２０２１－０２－０９'],
    ['二〇二一年二月九日'],
    ['二零二一年二月九日'],
  ])('written %j is 9 February 2021', (held) => {
    expect(told({ validFrom: { from: '/D' } }, held, 'validFrom')).toBe('2021-02-09');
    expect(told({ establishedOn: { from: '/D' } }, held, 'establishedOn')).toBe('2021-02-09');
    expect(told({ validUntil: { from: '/D' } }, held, 'validUntil')).toBe('2021-02-09');
  });

  test.each([['2021-02-30'], ['202129'], ['昨天'], ['1612800000'], [1.5], ['长期长期'], ['0']])(
    'written %j is none: drift where a verdict rests on it, else a finding',
    (held) => {
      expect(read({ validFrom: { from: '/D' } }, held)).toBe('BAD_DATE /D');
      expect(read({ validUntil: { from: '/D' } }, held)).toBe('BAD_DATE /D');
      expect(read({ establishedOn: { from: '/D' } }, held)).toMatchObject({
        establishedOn: null,
        findings: [{ code: 'UNKNOWN_STATUS' }, { code: 'BAD_DATE', detail: 'establishedOn' }],
      });
    },
  );

  test('that is no text and no number is drift, whatever rests on it', () => {
    const fields = { establishedOn: { from: '/D' } };

    const faults = [{}, [], true, parseJson('1e999')].map((held) => read(fields, held));

    expect(faults).toEqual(faults.map(() => 'SCHEMA /D'));
  });

  test('may be put together from three columns', () => {
    const from = ['/UNISCIDX', '/D', '/E'];
    const validFrom = { from, several: 'JOIN_ALL', joinedBy: '-' };
    const held = { UNISCID: ENTERPRISE_CODE, ENTNAME: '甲', UNISCIDX: 2021, D: 2, E: 9 };

    const record = mapOne('enterprise.registration', { validFrom }, held);

    expect(record).toMatchObject({ validFrom: '2021-02-09' });
  });

  test('that cannot be read is blamed on the place it was read from', () => {
    const held = { UNISCID: ENTERPRISE_CODE, ENTNAME: '甲', A: '', B: '昨天' };

    const fault = mapOne('enterprise.registration', { validFrom: { from: ['/A', '/B'] } }, held);

    expect(fault).toBe('BAD_DATE /B');
  });
});

describe('the last day', () => {
  test.each([
    ['长期'],
    ['永久'],
    ['长期有效'],
    ['9999-12-31'],
    ['99991231'],
    ['2099-12-31'],
    [''],
    [null],
  ])('written %j is no end', (held) => {
    expect(read({ validUntil: { from: '/D' } }, held)).toMatchObject({
      validUntil: null,
      longTerm: true,
    });
  });

  test.each([['--'], ['0000-00-00'], ['无']])(
    'written %j says nothing and is drift, unless the rule lets blanks be',
    (held) => {
      expect(read({ validUntil: { from: '/D' } }, held)).toBe('BAD_DATE /D');
    },
  );

  test('that is blank is not told, where the rule says so', () => {
    const validUntil = { from: '/D', blank: 'NOT_TOLD' };

    const records = ['', null, '--'].map((held) => read({ validUntil }, held));

    const nothing = { validUntil: null, longTerm: false };
    expect(records).toMatchObject([nothing, nothing, nothing]);
  });

  test('whose key is gone is drift, and never 长期 where it may be left out', () => {
    const row = { UNISCID: ENTERPRISE_CODE, ENTNAME: '甲' };
    const gone = (rule: object) => mapOne('enterprise.registration', { validUntil: rule }, row);

    expect(gone({ from: '/D' })).toBe('SCHEMA /D');
    expect(gone({ from: '/D', required: true })).toBe('SCHEMA /D');
    expect(gone({ from: '/D', required: false })).toMatchObject({
      validUntil: null,
      longTerm: false,
    });
  });

  test('that is required is never blank', () => {
    expect(read({ validUntil: { from: '/D', required: true } }, '')).toBe('BLANK /D');
  });
});

describe('an agreed form', () => {
  test.each([
    ['DATE', '2021/2/9', '2021-02-09'],
    ['DATE_TIME', '2021-02-09 23:59:59', '2021-02-09'],
    ['CHINESE', '2021年2月9日', '2021-02-09'],
    ['NUMERALS', '二〇二一年二月九日', '2021-02-09'],
    ['COMPACT', '20210209', '2021-02-09'],
    ['COMPACT_TIME', '20210209235959', '2021-02-09'],
    ['EPOCH_MS', '1612800000000', '2021-02-09'],
    ['EPOCH_S', 1612800000, '2021-02-09'],
  ])('%s takes %j and nothing that is written otherwise', (form, held, day) => {
    const rule = { validFrom: { from: '/D', form: [form] } };
    const others = ['2021-02-09', '2021年2月9日', '20210209'].filter((each) => {
      const own = { DATE: '2021-02-09', CHINESE: '2021年2月9日', COMPACT: '20210209' };
      return (own as Record<string, string>)[form] !== each;
    });

    expect(told(rule, held, 'validFrom')).toBe(day);
    expect(others.map((each) => read(rule, each))).toEqual(others.map(() => 'BAD_DATE /D'));
  });

  test('leaves 长期 and blanks what they are', () => {
    const rule = { validUntil: { from: '/D', form: ['COMPACT'] } };

    expect(read(rule, '长期')).toMatchObject({ longTerm: true });
    expect(read(rule, '')).toMatchObject({ longTerm: true });
  });

  test('of an instant demands an offset, and gives the day in Asia/Shanghai', () => {
    const rule = { validFrom: { from: '/D', read: 'INSTANT' } };

    const days = ['2021-02-08T16:00:00Z', '2021-02-09T00:00:00+0800', 1612800000000].map((held) =>
      told(rule, held, 'validFrom'),
    );

    expect(days).toEqual(['2021-02-09', '2021-02-09', '2021-02-09']);
    expect(read(rule, '2021-02-09 00:00:00')).toBe('BAD_DATE /D');
    expect(read(rule, '2021-02-09')).toBe('BAD_DATE /D');
  });
});
