import { describe, expect, test } from '@jest/globals';

import type { Collection } from '../../src/connector-kit/connector.ts';
import { diffMappings } from '../../src/connector-kit/mapping/diff.ts';
import { draftMapping } from '../../src/connector-kit/mapping/draft.ts';
import { dryRun } from '../../src/connector-kit/mapping/dry-run.ts';
import { compileMapping } from '../../src/connector-kit/mapping/mapping.ts';
import {
  ENTERPRISE_CODE,
  GOLDENS,
  IDENTIFIER,
  LEAST,
  mistakeOf,
  TYPE_CODE,
  write,
} from './mapping-samples.ts';

function collectionOf(...pointers: readonly string[]): Collection {
  const fields = pointers.map((pointer) => ({ pointer, type: 'TEXT' as const, title: null }));
  return { name: 'T', fields };
}

describe('a dry run', () => {
  test('shows beside every rule what is held and what becomes of it', () => {
    const mapping = write({
      fields: {
        ...LEAST['license.byIdentifier'],
        holderCode: { from: '/CZZTDM' },
        issuer: { constant: '局' },
        issuedOn: { from: '/ZZBFRQ' },
        validUntil: { from: '/JZRQ' },
        status: { from: ['/S', '/T'], table: 'license-status.mohurd' },
      },
    });
    const row = {
      ZZBS: IDENTIFIER.toLowerCase(),
      ZZLXDM: TYPE_CODE,
      CZZTDM: ` ${ENTERPRISE_CODE}`,
      ZZBFRQ: '2021.02.30',
      JZRQ: '',
      S: '99',
      T: null,
    };

    const { lines, result } = dryRun('license.byIdentifier', mapping, row);

    const none = { findings: [], fault: null };
    expect(lines).toEqual([
      {
        field: 'identifier',
        from: ['/ZZBS'],
        held: row.ZZBS,
        value: IDENTIFIER,
        findings: [{ code: 'LOWER_CASE', detail: null }],
        fault: null,
      },
      { field: 'typeCode', from: ['/ZZLXDM'], held: TYPE_CODE, value: TYPE_CODE, ...none },
      {
        field: 'holderCode',
        from: ['/CZZTDM'],
        held: row.CZZTDM,
        value: ENTERPRISE_CODE,
        ...none,
      },
      { field: 'issuer', from: [], held: '局', value: '局', ...none },
      {
        field: 'issuedOn',
        from: ['/ZZBFRQ'],
        held: '2021.02.30',
        value: null,
        findings: [{ code: 'BAD_DATE', detail: 'issuedOn' }],
        fault: null,
      },
      { field: 'validUntil', from: ['/JZRQ'], held: '', value: '长期', ...none },
      {
        field: 'status',
        from: ['/S', '/T'],
        held: '99 | null',
        value: 'STATUS_UNKNOWN',
        findings: [{ code: 'UNKNOWN_STATUS', detail: 'status' }],
        fault: null,
      },
    ]);
    expect(result).toEqual(compileMapping('license.byIdentifier', mapping).map(row, ''));
  });

  test('shows the other rules where one of them faults', () => {
    const mapping = write({
      fields: { ...LEAST['enterprise.registration'], validFrom: { from: '/D' } },
    });
    const row = { UNISCID: ENTERPRISE_CODE, D: '昨天' };

    const { lines, result } = dryRun('enterprise.registration', mapping, row);

    expect(lines.map(({ value, fault }) => [value, fault])).toEqual([
      [ENTERPRISE_CODE, null],
      [null, 'SCHEMA'],
      [null, 'BAD_DATE'],
    ]);
    expect(result.ok).toBe(false);
  });

  test('shows every element of a list', () => {
    const golden = GOLDENS[2];
    if (golden === undefined) throw new Error('There are goldens.');

    const { lines } = dryRun('credit.profile', golden.mapping, golden.rows[0]);

    const told = lines.filter(({ field }) => /^listings(?:$|.*list$)/u.test(field));
    expect(told.map(({ field, held, value }) => [field, held, value])).toEqual([
      ['listings', '2', '2'],
      ['listings/0/list', '严重失信主体名单', 'SERIOUSLY_DISHONEST'],
      ['listings/1/list', '红名单', 'TRUSTWORTHY'],
    ]);
  });

  test.each(GOLDENS)('of $capability shows every rule of the golden mapping', (golden) => {
    const { lines } = dryRun(golden.capability, golden.mapping, golden.rows[0]);

    expect(lines.filter(({ fault }) => fault !== null)).toEqual([]);
    expect(lines.length).toBeGreaterThan(Object.keys(golden.mapping.fields).length - 1);
  });
});

describe('a draft', () => {
  test('places the pinyin keys of license files, in any case', () => {
    const keys = ['ZZBS', 'ZZLXDM', 'zzmc', 'ZZBH', 'ZZBFJG', 'ZZBFRQ', 'CZZT', 'czztdm'];
    const collection = collectionOf(
      ...[...keys, 'CZZTDMLXDM', 'ZZYXQQSRQ', 'ZZYXQJZRQ', 'zzzt', 'JZJZSY'].map(
        (key) => `/${key}`,
      ),
    );

    const { mapping, unplaced, missing } = draftMapping('license.byHolder', collection);

    expect(Object.fromEntries(placesOf(mapping))).toEqual({
      identifier: '/ZZBS',
      typeCode: '/ZZLXDM',
      typeName: '/zzmc',
      number: '/ZZBH',
      issuer: '/ZZBFJG',
      issuedOn: '/ZZBFRQ',
      holderName: '/CZZT',
      holderCode: '/czztdm',
      holderType: '/CZZTDMLXDM',
      validFrom: '/ZZYXQQSRQ',
      validUntil: '/ZZYXQJZRQ',
      status: '/zzzt',
    });
    expect(unplaced).toEqual(['/JZJZSY']);
    expect(missing).toEqual(['legalRepresentative', 'address', 'replaces']);
    expect(mistakeOf('license.byHolder', mapping)).toBeNull();
  });

  test('places the columns of the national tables of licenses', () => {
    const columns = ['certificate_source_id', 'certificate_type_code', 'certificate_holder_code'];
    const collection = collectionOf(...columns.map((column) => `/${column}`), '/cd_operation');

    const { mapping, unplaced } = draftMapping('license.byIdentifier', collection);

    expect(placesOf(mapping).map(([name]) => name)).toEqual([
      'identifier',
      'typeCode',
      'holderCode',
    ]);
    expect(unplaced).toEqual(['/cd_operation']);
  });

  test.each([['upper'], ['lower']])('places the registration columns in %s case', (letters) => {
    const columns = ['UNISCID', 'ENTNAME', 'TRANAME', 'NAME', 'REGCAP', 'REGCAPCUR_CN', 'ESTDATE'];
    const more = ['OPFROM', 'OPTO', 'DOM', 'REGSTATE', 'REGSTATE_CN', 'REVDATE'];
    const spell = (text: string) => (letters === 'upper' ? text : text.toLowerCase());
    const collection = collectionOf(...[...columns, ...more].map((each) => `/${spell(each)}`));

    const { mapping, unplaced } = draftMapping('enterprise.registration', collection);

    expect(mapping.fields['name']?.from).toEqual([spell('/ENTNAME'), spell('/TRANAME')]);
    expect(mapping.fields['status']?.from).toEqual([spell('/REGSTATE_CN'), spell('/REGSTATE')]);
    expect(mapping.fields['capital']).toMatchObject({ several: 'JOIN_ALL', joinedBy: '万' });
    expect(unplaced).toEqual([spell('/REVDATE')]);
    expect(mistakeOf('enterprise.registration', mapping)).toBeNull();
  });

  test('places arrays as the list they have the fields of', () => {
    const collection = collectionOf(
      ...['/uniscId', '/entName', '/alt/-/altItem_CN', '/alt/-/altBe', '/alt/-/altAf'],
      ...['/alt/-/altDate', '/ill/0/serILLRea_CN', '/ill/0/abntime', '/ill/0/remDate'],
      ...['/other/-/a', '/other/-/b'],
    );

    const { mapping, unplaced } = draftMapping('enterprise.registration', collection);

    const lists = Object.entries(mapping.lists).map(([name, [rule]]) => [name, rule?.each]);
    expect(Object.fromEntries(lists)).toEqual({ changes: '/alt', seriousViolations: '/ill' });
    expect(unplaced).toEqual(['/other/-/a', '/other/-/b']);
    expect(mistakeOf('enterprise.registration', mapping)).toBeNull();
  });

  test('guesses nothing: an amount without its currency, names nobody knows', () => {
    const draft = draftMapping('enterprise.registration', collectionOf('/REGCAP', '/__proto__'));

    expect(draft.mapping.fields).toEqual({});
    expect(draft.unplaced).toEqual(['/REGCAP', '/__proto__']);
  });
});

describe('the difference of two mappings', () => {
  const fields = LEAST['credit.profile'];
  const grade = { from: '/g', table: 'credit-grade' };

  test('is nothing between equal mappings, whatever was left unsaid', () => {
    const mapping = write({ fields: { ...fields, grade: { ...grade, normalize: [] } } });

    expect(diffMappings(mapping, write({ fields: { ...fields, grade } }))).toEqual([]);
  });

  test('names the field and the part, before and after', () => {
    const list = { each: '/l', fields: { documentNumber: { from: '/n' } } };
    const before = write({ fields: { ...fields, grade }, lists: { penalties: [list] } });
    const after = write({
      keys: 'ANY_CASE',
      fields: { ...fields, grade: { from: '/h', pairs: { 优: 'A', 'a/b': 'B' } } },
      lists: { penalties: [{ ...list, required: false, fields: { act: { from: '/a' } } }] },
    });

    expect(diffMappings(before, after)).toEqual([
      { field: 'grade from', before: '/g', after: '/h' },
      { field: 'grade pairs a/b', before: null, after: 'B' },
      { field: 'grade pairs 优', before: null, after: 'A' },
      { field: 'grade table', before: 'credit-grade', after: null },
      { field: 'keys', before: 'EXACT', after: 'ANY_CASE' },
      { field: 'penalties[0] act from', before: null, after: '/a' },
      { field: 'penalties[0] documentNumber from', before: '/n', after: null },
      { field: 'penalties[0] required', before: 'true', after: 'false' },
    ]);
  });
});

function placesOf({ fields }: ReturnType<typeof write>): readonly (readonly [string, unknown])[] {
  return Object.entries(fields).map(([name, { from }]) => [name, from] as const);
}
