import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { readEnterprises } from '../../src/connector-kit/register/register-enterprise.ts';
import { readRow } from '../../src/connector-kit/register/register-row.ts';
import { createStateReader } from '../../src/connector-kit/register/register-state.ts';
import { ENTERPRISES } from '../../sandbox/fixtures-publicity.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { writeTables } from '../../sandbox/publicity-tables.ts';
import type { Connector, SubjectKey } from '../../src/connector-kit/connector.ts';
import { HubError } from '../../src/errors.ts';
import { E1, E2, H1, need, P1 } from './questions.ts';
import { CANARY_SUBJECTS, startRig, within, type Rig } from './rig.ts';

let rig: Rig;
let connector: Connector;
beforeAll(async () => {
  rig = await startRig();
  connector = rig.connect('publicity-system');
});
afterAll(() => rig.stop());

const readState = createStateReader({ stateCodes: {}, stateWords: {} });
type Rows = Record<string, Record<string, unknown>[]>;

function tablesOf(code: string): Rows {
  return JSON.parse(
    JSON.stringify(writeTables(need(ENTERPRISES.find((one) => one.code === code)))),
  ) as Rows;
}

function read(tables: Rows) {
  return readEnterprises(readRow(tables, '/s'), readState);
}

function lookup(keys: readonly SubjectKey[]) {
  return need(connector.capabilities['enterprise.registration']).lookup(keys, within(5_000));
}

async function recordsOf(keys: readonly SubjectKey[]) {
  return (await lookup(keys)).map((result) =>
    result.ok ? result.answer.records : result.fault.code,
  );
}

describe('a look-up', () => {
  test('answers in the order of the keys, repeated ones too', async () => {
    const results = await lookup([H1, CANARY_SUBJECTS.absent, E1, H1]);

    const codes = results.map(
      (result) => result.ok && result.answer.records.map(({ code }) => code),
    );
    expect(codes).toEqual([[H1.code], [], [E1.code], [H1.code]]);
    const [first] = results;
    expect(first).toMatchObject({
      ok: true,
      answer: { absence: 'COVERED', asOf: expect.any(Date) },
    });
  });

  test('asks for a repeated code once, and for no person', async () => {
    await lookup([E1, E1, P1, H1]);

    const calls = await rig.listCalls('publicity-system');
    expect(calls.at(-1)?.keys).toEqual([E1.code, H1.code]);
  });

  test('of a person is unsupported, and costs the others nothing', async () => {
    const [person, enterprise] = await recordsOf([P1, E1]);

    expect(person).toBe('SOURCE_UNSUPPORTED');
    expect(enterprise).toHaveLength(1);
    expect(await recordsOf([P1])).toEqual(['SOURCE_UNSUPPORTED']);
  });

  test('takes twenty codes and not twenty-one', async () => {
    const keys = (n: number): SubjectKey[] => Array.from({ length: n }, () => E1);

    expect(await recordsOf(keys(20))).toHaveLength(20);
    await expect(lookup(keys(21))).rejects.toMatchObject({
      details: { reason: 'BATCH_TOO_LARGE' },
    });
    expect(await lookup([])).toEqual([]);
  });

  test('of a row that drifted costs only its own subject the answer', async () => {
    const { controlUrl } = rig.sandbox.sources['publicity-system'];
    const url = `${controlUrl}/records/enterprises/${E2.code}`;
    const held = (await (await fetch(url)).json()) as object;
    await fetch(url, { method: 'PUT', body: JSON.stringify({ ...held, validFrom: '某日' }) });

    const [one, two] = await lookup([E1, E2]);
    await fetch(url, { method: 'PUT', body: JSON.stringify(held) });

    expect(one).toMatchObject({ ok: true, answer: { records: [{ code: E1.code }] } });
    expect(two).toMatchObject({
      ok: false,
      fault: { code: 'SOURCE_SCHEMA_DRIFT', details: { reason: 'BAD_DATE' } },
    });
  });
});

describe('an enterprise', () => {
  test('comes without tags, with its former name and days in every form', () => {
    const [enterprise] = read(tablesOf(E1.code));

    expect(enterprise).toMatchObject({
      code: E1.code,
      entityId: '3708110000000001',
      kind: 'ENTERPRISE',
      name: SUBJECTS.e1.name,
      formerNames: [{ name: SUBJECTS.e1.formerName, until: '2023-05-10' }],
      legalRepresentative: '张三',
      capital: expect.stringMatching(/^\d+\.\d+万元人民币$/),
      establishedOn: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      validUntil: null,
      longTerm: true,
      status: 'ACTIVE',
      statusAsHeld: '存续（在营、开业、在册）',
      findings: [],
    });
  });

  test('shows what stands and what was removed, and its penalties', () => {
    const [enterprise] = read(tablesOf(E2.code));

    expect(enterprise).toMatchObject({
      abnormalOperations: [
        { mode: 'LISTED', since: '2022-07-08', removedOn: '2022-09-01' },
        { mode: 'LISTED', since: '2026-03-16', removedOn: null },
      ],
      penalties: [
        {
          documentNumber: '济兖市监处罚〔2026〕12号',
          act: '未按规定公示信息',
          content: '罚款1万元',
          decidedOn: '2026-01-06',
          publicUntil: null,
        },
      ],
    });
  });

  test('that is an individual business is marked, and its operator stands for it', () => {
    const [business] = read(tablesOf(H1.code));

    expect(business).toMatchObject({
      kind: 'INDIVIDUAL_BUSINESS',
      name: SUBJECTS.h1.name,
      legalRepresentative: SUBJECTS.p2.name,
      capital: null,
      abnormalOperations: [{ mode: 'MARKED', since: '2026-07-06', removedOn: null }],
      status: 'ACTIVE',
    });
  });

  test('with two base rows is two records', () => {
    const tables = tablesOf(E1.code);
    const [base = {}] = need(tables['E_BASEINFO']);
    const twice = { ...tables, E_BASEINFO: [base, { ...base, PRIPID: '9' }] };

    const records = read(twice);

    expect(records.map(({ entityId, changes }) => [entityId, changes.length])).toEqual([
      ['3708110000000001', 2],
      ['9', 0],
    ]);
  });

  test('with a shareholder renamed has no former name', () => {
    const tables = tablesOf(E1.code);
    need(tables['E_ALTER_RECODER']).forEach((row) => {
      row['altItem_CN'] = '股东名称变更';
    });

    expect(read(tables)[0]?.formerNames).toEqual([]);
  });

  test.each([
    ['a change of another entity', 'E_ALTER_RECODER', { pripid: '1' }, 'OTHER_ENTITY'],
    ['a listing of another entity', 'AO_OPA_DETAIL', { pripid: '1' }, 'OTHER_ENTITY'],
    ['a penalty of another party', 'CASE_CF_PARTYINFO', { uniscId: E1.code }, 'OTHER_PARTY'],
  ])('with %s fails its integrity check', (_what, table, change, reason) => {
    const tables = tablesOf(table === 'E_ALTER_RECODER' ? E1.code : E2.code);
    Object.assign(need(need(tables[table])[0]), change);

    expect(() => read(tables)).toThrow(
      expect.objectContaining({
        code: 'SOURCE_INTEGRITY_FAILED',
        details: expect.objectContaining({ reason }),
      }),
    );
  });

  test('missing any of its keys or tables is drift', () => {
    const tables = tablesOf(E2.code);
    const unused = ['ENTTYPE', 'APPRDATE', 'REGORG', 'REVDATE', 'CANDATE'];
    const keys = Object.keys(need(need(tables['E_BASEINFO'])[0])).filter(
      (key) => !unused.includes(key),
    );
    const without = <T extends object>(held: T, key: string): T =>
      Object.fromEntries(Object.entries(held).filter(([name]) => name !== key)) as T;
    const [base = {}] = need(tables['E_BASEINFO']);
    const spoiled = [
      ...keys.map((key) => ({ ...tables, E_BASEINFO: [without(base, key)] })),
      ...Object.keys(tables)
        .filter((table) => table !== 'LICENCE_INFO')
        .map((table) => without(tables, table)),
    ];

    const codes = spoiled.map((each) => {
      try {
        return read(each).length;
      } catch (error) {
        return error instanceof HubError ? error.code : String(error);
      }
    });

    expect(new Set(codes)).toEqual(new Set(['SOURCE_SCHEMA_DRIFT']));
  });

  test.each([
    ['one key in two spellings', { regState_cn: '注销' }],
    ['a removal that is no day', { OPTO: '2099' }],
    ['a name that is blank', { ENTNAME: '<font></font>' }],
    ['a code that is a number', { UNISCID: { value: 1 } }],
  ])('with %s is drift', (_what, change) => {
    const tables = tablesOf(E1.code);
    Object.assign(need(need(tables['E_BASEINFO'])[0]), change);

    expect(() => read(tables)).toThrow(expect.objectContaining({ code: 'SOURCE_SCHEMA_DRIFT' }));
  });
});

describe('a registration state', () => {
  test.each([
    ['1', '存续（在营、开业、在册）', 'ACTIVE'],
    ['1', null, 'ACTIVE'],
    [null, '在营（开业）企业', 'ACTIVE'],
    ['2', '吊销，未注销', 'LICENSE_WITHDRAWN'],
    ['3', '吊销，已注销', 'DEREGISTERED'],
    [null, '吊销,未注销', 'LICENSE_WITHDRAWN'],
    ['4', '注销', 'DEREGISTERED'],
    ['5', '撤销', 'ANNULLED'],
    ['6', '迁出', 'MOVED_OUT'],
    ['9', '歇业', 'DORMANT'],
    ['9', '其他', 'UNKNOWN'],
    ['9', null, 'UNKNOWN'],
    [null, null, 'UNKNOWN'],
    ['1', '未注销', 'UNKNOWN'],
    ['4', '注销公告中', 'UNKNOWN'],
    ['1', '存续（吊销未注销）', 'UNKNOWN'],
    ['1', '吊销，未注销', 'UNKNOWN'],
    ['constructor', null, 'UNKNOWN'],
  ])('of code %j and text %j is %s', (code, word, status) => {
    expect(readState(code, word)).toBe(status);
  });

  test('may be added to for a province', () => {
    const own = createStateReader({ stateCodes: { K: 'ACTIVE' }, stateWords: { 开张: 'ACTIVE' } });

    expect([own('K', null), own(null, '开张'), own('4', null)]).toEqual([
      'ACTIVE',
      'ACTIVE',
      'DEREGISTERED',
    ]);
  });
});
