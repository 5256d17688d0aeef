import { beforeEach, describe, expect, test } from '@jest/globals';

import { tableExchange } from '../../connectors/table-exchange/connector.ts';
import { CANARIES, LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';
import {
  ask,
  describeExchange,
  ENTERPRISE_MAPPING,
  LICENSE_MAPPING,
  parse,
  scanAll,
  type ExchangeRig,
} from './table-exchange-rig.ts';

const SEED = { time: '2026-09-18 06:00:00' };
const enterprise = (code: string) => ({ kind: 'ENTERPRISE', code, name: null }) as const;
const { e1, e2, e5, p1 } = SUBJECTS;

describeExchange('table exchange, asked', (rigOf) => {
  beforeEach(async () => {
    const { twin } = rigOf().tables;
    await twin.clear();
    await twin.seed(SEED);
  });

  finding(rigOf);
  missing(rigOf);
  reading(rigOf);
});

const TABLE = 'E_BASEINFO';
const KEEP = { answerFrom: 'HOLDINGS' } as const;
const change = (operation: string, time: string, serial: string) => ({
  table: TABLE,
  operation,
  time,
  serial,
  values: { PRIPID: 'P1', UNISCID: e1.code, ENTNAME: e1.name, REGSTATE: '1', OPTO: '' },
});
const at = (second: number) => `2026-09-18 08:00:0${second}`;

describeExchange('table exchange, kept', (rigOf) => {
  beforeEach(() => rigOf().tables.twin.clear());

  keeping(rigOf);
  answeringFromKept(rigOf);
});

const base = {
  dialect: 'mysql',
  host: 'DB.example',
  port: 3306,
  database: 'exchange',
  user: 'reader',
  collections: [{ table: 'T', id: ['ID'] }],
};
const answer = {
  collection: 'T',
  mapping: ENTERPRISE_MAPPING,
  absence: 'COVERED',
  keys: { code: 'UNISCID' },
};
const create = (settings: object) =>
  tableExchange.create({
    settings: parse({ ...base, ...settings }),
    secrets: { password: 'x' },
    clock: systemClock,
    network: OPEN_NETWORK,
  });

const registration = (rest: object = {}) => ({
  answers: { 'enterprise.registration': { ...answer, ...rest } },
});
const holder = (keys: object) => ({
  answers: {
    'license.byHolder': {
      collection: 'T',
      mapping: LICENSE_MAPPING,
      keys: { code: 'C', ...keys },
    },
  },
});
const foreign = { fields: { ...ENTERPRISE_MAPPING.fields, name: { from: '/a"; drop table x' } } };
test.each<[string, object, string]>([
  [
    'two collections of one table',
    { collections: [...base.collections, ...base.collections] },
    'DUPLICATE_TABLE',
  ],
  ['an answer from no collection', registration({ collection: 'U' }), 'UNKNOWN_COLLECTION'],
  ['a column that is no name', registration({ mapping: foreign }), 'COLUMN_NAME'],
  ['a type said twice', holder({ typeCode: 'D', typeCodeOfAll: 'T1' }), 'TYPE_CODE'],
  ['a type said nowhere', holder({}), 'TYPE_CODE'],
  [
    'a kept table without a time',
    { answerFrom: 'HOLDINGS', collections: [{ ...base.collections[0], time: null }] },
    'NO_TIME_COLUMN',
  ],
  [
    'absence from a table that is cleared',
    { ...registration(), collections: [{ ...base.collections[0], holds: 'CHANGES' }] },
    'CLEARED_TABLE',
  ],
])('with %s are refused', (_what, settings, reason) => {
  expect(() => create(settings)).toThrow(
    expect.objectContaining({
      code: 'UNSAFE_CONFIGURATION',
      details: expect.objectContaining({ reason }) as unknown,
    }),
  );
});

describe('settings of table exchange', () => {
  refusingSettings();
});

function finding(rigOf: () => ExchangeRig): void {
  test('answers in the order of the keys, repeated ones too', async () => {
    const connector = rigOf().connect();

    const results = await ask(
      connector,
      'enterprise.registration',
      enterprise(e2.code),
      enterprise(CANARIES.absentCode),
      enterprise(e1.code),
      enterprise(e2.code),
    );

    expect(
      results.map((each) => (each.ok ? each.answer.records.map(({ code }) => code) : each.fault)),
    ).toEqual([[e2.code], [], [e1.code], [e2.code]]);
    expect(results.map((each) => each.ok && each.answer.absence)).toEqual(
      Array.from({ length: 4 }, () => 'COVERED'),
    );
  });

  test('reads a whole license and a whole registration', async () => {
    const connector = rigOf().connect();

    const [license] = await ask(connector, 'license.byIdentifier', {
      identifier: LICENSE_IDS.canary,
    });
    const [company] = await ask(connector, 'enterprise.registration', enterprise(e5.code));

    expect(license).toMatchObject({
      ok: true,
      answer: {
        records: [
          {
            identifier: LICENSE_IDS.canary,
            holderCode: SUBJECTS.canary.code,
            holderName: SUBJECTS.canary.name,
            flaggedStatus: 'VALID',
            longTerm: true,
          },
        ],
      },
    });
    expect(company).toMatchObject({
      ok: true,
      answer: { records: [{ code: e5.code, status: 'DEREGISTERED', validUntil: null }] },
    });
  });

  test('of several licenses of one holder and type shows them all', async () => {
    const connector = rigOf().connect();

    const [found, none] = await ask(
      connector,
      'license.byHolder',
      { holder: enterprise(e1.code), typeCode: CANARIES.typeCode },
      { holder: enterprise(e1.code), typeCode: '11100000000013338W011' },
    );

    expect(found?.ok === true && found.answer.records.length).toBe(2);
    expect(none).toMatchObject({ ok: true, answer: { records: [] } });
  });
}

function missing(rigOf: () => ExchangeRig): void {
  test('finds a person under the fifteen digits the table has kept', async () => {
    const { tables, connect } = rigOf();
    await tables.twin.write({
      table: 'CERT_LICENSE',
      operation: 'I',
      time: SEED.time,
      values: { ZZBS: 'OLD-1', ZZLXDM: 'T1', CZZTDM: p1.code15, ZZZT: '有效', ZZYXQJZRQ: '' },
    });
    const holder = { kind: 'PERSON', code: p1.code, name: null } as const;

    const [found] = await ask(connect(), 'license.byHolder', { holder, typeCode: 'T1' });

    expect(found).toMatchObject({ ok: true, answer: { records: [{ holderCode: p1.code }] } });
  });

  test('says nothing about kinds of subjects that the table is not about', async () => {
    const connector = rigOf().connect();
    const person = { kind: 'PERSON', code: p1.code, name: null } as const;

    const [asked, other] = await ask(
      connector,
      'enterprise.registration',
      person,
      enterprise(e1.code),
    );

    expect(asked).toMatchObject({ ok: false, fault: { code: 'SOURCE_UNSUPPORTED' } });
    expect(other).toMatchObject({ ok: true });
  });

  test('does not call a record absent that only lies in the future', async () => {
    const { tables, connect } = rigOf();
    await tables.twin.write({
      table: 'E_BASEINFO',
      operation: 'I',
      time: '2099-01-01 00:00:00',
      values: { PRIPID: 'P9', UNISCID: CANARIES.absentCode, ENTNAME: '未来示例' },
    });

    const [found] = await ask(
      connect(),
      'enterprise.registration',
      enterprise(CANARIES.absentCode),
    );

    expect(found).toMatchObject({ ok: true, answer: { records: [], absence: 'UNCOVERED' } });
  });
}

function reading(rigOf: () => ExchangeRig): void {
  test('of a row that cannot be read costs only its own key the answer', async () => {
    const { tables, connect } = rigOf();
    await tables.twin.write({
      table: 'E_BASEINFO',
      operation: 'I',
      time: SEED.time,
      values: { PRIPID: 'P9', UNISCID: CANARIES.absentCode, ENTNAME: '示例', OPTO: '某日' },
    });

    const [bad, good] = await ask(
      connect(),
      'enterprise.registration',
      enterprise(CANARIES.absentCode),
      enterprise(e1.code),
    );

    expect(bad).toMatchObject({ ok: false, fault: { code: 'SOURCE_SCHEMA_DRIFT' } });
    expect(good).toMatchObject({ ok: true, answer: { records: [{ code: e1.code }] } });
  });

  test('reads recorded bytes again to the same answer, calling nobody', async () => {
    const { connect } = rigOf();
    const connector = connect();
    const key = { holder: enterprise(e1.code), typeCode: CANARIES.typeCode };
    const [asked] = await ask(connector, 'license.byHolder', key);
    if (asked?.ok !== true) throw new Error('no answer');
    const stranger = connect({ port: 1 });

    const again = stranger.reread?.('license.byHolder', key, asked.answer.raw);

    expect(again).toEqual(asked);
  });
}

function keeping(rigOf: () => ExchangeRig): void {
  test('14: I, U, U, D out of order and doubled in the overlap end deleted', async () => {
    const { tables, connect } = rigOf();
    const history = [
      change('U', at(3), '3'),
      change('D', at(4), '4'),
      change('I', at(1), '1'),
      change('U', at(2), '2'),
    ];
    const future = { ...change('I', '2027-01-01 00:00:00', '5'), values: { PRIPID: 'P2' } };
    await tables.twin.write(...history, future);
    const kept = new Map<string, { order: string; change: string }>();
    const keep = (rows: readonly { id: string; order: string; change: string }[]) => {
      for (const { id, order, change: what } of rows) {
        const other = kept.get(id);
        if (other === undefined || other.order < order) kept.set(id, { order, change: what });
      }
    };

    const first = await scanAll(connect(KEEP), { collection: TABLE });
    keep(first.rows);
    await tables.twin.write(...history.slice(0, 2));
    const since = first.last?.watermark ?? null;
    // Another instance of the connector, as after a restart of the hub.
    const next = await scanAll(connect(KEEP), { collection: TABLE, since });
    keep(next.rows);

    expect([...kept.values()].map((each) => each.change)).toEqual(['DELETE']);
    expect(next.rows).toHaveLength(6);
    expect(first.rejects).toEqual([{ place: 5, field: 'cd_time', reason: 'FUTURE_CHANGE' }]);
    expect(next.last?.watermark).toBe(since);
    expect(JSON.parse(since ?? '')).toMatchObject({ at: '20260918070004000000' });
  });

  test('assembles records from rows as a look-up would', async () => {
    const { tables, connect } = rigOf();
    await tables.twin.seed(SEED);
    const keeping = connect(KEEP);
    const asking = connect();
    const { rows } = await scanAll(keeping, { collection: TABLE });
    const answers = keeping.holdings?.answers['enterprise.registration'];
    const key = enterprise(e2.code);
    const wanted = answers?.keyOf(key);

    const found = rows.filter(({ keys }) => keys.includes(wanted ?? ''));
    const abouts = new Set(found.map(({ about }) => about));
    const held = rows
      .filter(({ about }) => abouts.has(about))
      .map(({ id, values }) => ({ collection: TABLE, id, values }));
    const [asked] = await ask(asking, 'enterprise.registration', key);

    expect(found).toHaveLength(1);
    expect(answers?.assemble(held, key, [])).toEqual(asked?.ok === true && asked.answer.records);
    expect(answers?.absence).toBe('COVERED');
  });
}

function answeringFromKept(rigOf: () => ExchangeRig): void {
  test('finds a row that the mapping cannot read, and then answers with a fault', async () => {
    const { tables, connect } = rigOf();
    await tables.twin.write({
      ...change('I', at(1), '1'),
      values: { PRIPID: 'P1', UNISCID: e1.code, ENTNAME: e1.name, REGSTATE: '1', OPTO: '某日' },
    });
    const connector = connect(KEEP);
    const answers = connector.holdings?.answers['enterprise.registration'];

    const { rows } = await scanAll(connector, { collection: TABLE });

    const [row] = rows;
    expect(row?.keys).toContain(answers?.keyOf(enterprise(e1.code)));
    const held = { collection: TABLE, id: 'P1', values: row?.values ?? {} };
    expect(() => answers?.assemble([held], enterprise(e1.code), [])).toThrow(
      expect.objectContaining({ code: 'SOURCE_SCHEMA_DRIFT' }),
    );
  });

  test('cannot be asked about kinds of subjects that the table is not about', () => {
    const answers = rigOf().connect(KEEP).holdings?.answers['enterprise.registration'];

    expect(answers?.keyOf({ kind: 'PERSON', code: p1.code, name: null })).toBeNull();
  });

  test('offers no look-ups, and asked offers no rows', () => {
    const { connect } = rigOf();

    expect(Object.keys(connect(KEEP).capabilities)).toEqual([]);
    expect(connect().holdings).toBeNull();
  });
}

function refusingSettings(): void {
  test('lead to one place', () => {
    expect(tableExchange.origins(parse(base))).toEqual([
      { protocol: 'mysql', host: 'db.example', port: 3306 },
    ]);
  });
}
