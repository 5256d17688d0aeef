import { beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import type { KeyResult } from '../../src/connector-kit/connector.ts';
import { column } from '../../src/connector-kit/tables/fragments.ts';
import { sql } from '../../src/connector-kit/tables/statement.ts';
import { HubError } from '../../src/errors.ts';
import { listGreedyLogins, withLogin } from './table-exchange-logins.ts';
import {
  ask,
  describeExchange,
  LICENSE_MAPPING,
  scanAll,
  type ExchangeRig,
} from './table-exchange-rig.ts';
import { whyNoMariadb } from '../support/mariadb.ts';
import { INJECTIONS } from './table-exchange-texts.ts';
import { startThief } from './table-exchange-thief.ts';
import { listHostileViews } from './table-exchange-views.ts';
import { within } from './rig.ts';

const ANSWER_MS_MAX = 2_500;
const { e1 } = SUBJECTS;
const HOLDER = { kind: 'ENTERPRISE', code: e1.code, name: null } as const;
const attacks = { postgresql: 0, mysql: 0 };

/** Counted under the suite that tries it. */
function attack<T>(work: () => T): T {
  const suite = expect.getState().currentTestName ?? '';
  attacks[suite.includes(': mysql ') ? 'mysql' : 'postgresql'] += 1;
  return work();
}

/** A code of a source's fault, or how many records were found. Anything else is a bug. */
async function outcomeOf(work: Promise<readonly KeyResult<unknown>[]>): Promise<string | number> {
  try {
    const results = await work;
    const bad = results.find((each) => !each.ok);
    if (bad?.ok === false) return bad.fault.code;
    return results.reduce((sum, each) => sum + (each.ok ? each.answer.records.length : 0), 0);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return error.code;
  }
}

function overTable(table: string, rest: object = {}) {
  const license = { collection: table, mapping: LICENSE_MAPPING, absence: 'COVERED' };
  return {
    collections: [{ table, id: ['ZZBS'] }],
    answers: { 'license.byIdentifier': { ...license, keys: { identifier: 'ZZBS' } } },
    ...rest,
  };
}

async function timed<T>(work: Promise<T>): Promise<{ value: T; tookMs: number }> {
  const startedAt = performance.now();
  const value = await work;
  return { value, tookMs: performance.now() - startedAt };
}

let before = '';

/** Past the connector, which does not even describe some of the views. */
async function readBare({ tables }: ExchangeRig, view: string): Promise<readonly []> {
  const { signal } = within(5_000);
  await tables.database.read({ signal, timeoutMs: 1_000 }, (session) =>
    session.all(sql`select 'x' as x from ${column(view)} limit 10`),
  );
  return [];
}

async function readOne(connector: ReturnType<ExchangeRig['connect']>, collection: string) {
  const request = { collection, since: null, resume: null, isDone: () => Promise.resolve(false) };
  for await (const page of connector.holdings?.scan(request, within(5_000)) ?? []) return page;
  throw new Error('no page');
}

async function forge(connector: ReturnType<ExchangeRig['connect']>, position: object) {
  try {
    const resume = JSON.stringify(position);
    const { last } = await scanAll(connector, { collection: 'CERT_LICENSE', resume });
    return last?.complete === true ? 'complete' : 'cut';
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return error.code;
  }
}

describeExchange('attacks on table exchange', (rigOf) => {
  beforeAll(async () => {
    const { twin } = rigOf().tables;
    await twin.seed({ time: '2026-09-18 06:00:00' });
    before = await twin.fingerprint();
  });

  attacksByTexts(rigOf);
  attacksByViews(rigOf);
  attacksByRows(rigOf);
  attacksByLogins(rigOf);
});

describeExchange('attacks by the server', (rigOf) => {
  test('a server that asks for a file of the hub gets none', async () => {
    const { tables, connect } = rigOf();
    const thief = await startThief();
    const connector = connect({ dialect: 'mysql', port: thief.port, host: tables.twin.host });

    const outcome = await attack(() =>
      outcomeOf(ask(connector, 'license.byIdentifier', { identifier: 'x' })),
    );
    await connector.close();
    const stolen = thief.stolen();
    await thief.stop();

    expect(outcome).toMatch(/^SOURCE_/u);
    expect(stolen).not.toContain('root:');
  });
});

test('so many attacks were tried', () => {
  const ofMariadb = whyNoMariadb() === null ? 381 : 0;

  expect(attacks).toEqual({ postgresql: 389, mysql: ofMariadb });
});

function attacksByTexts(rigOf: () => ExchangeRig): void {
  test.each(INJECTIONS)('a key is never SQL: %j', async (text) => {
    const { connect } = rigOf();
    for (const keyForm of ['TRIMMED', 'EXACT']) {
      const connector = connect({ keyForm });

      const byCode = attack(() =>
        outcomeOf(ask(connector, 'enterprise.registration', { ...HOLDER, code: text })),
      );
      const byType = attack(() =>
        outcomeOf(ask(connector, 'license.byHolder', { holder: HOLDER, typeCode: text })),
      );
      const byId = attack(() =>
        outcomeOf(ask(connector, 'license.byIdentifier', { identifier: text })),
      );

      for (const outcome of await Promise.all([byCode, byType, byId])) {
        expect([0, 'SOURCE_UNSUPPORTED']).toContain(outcome);
      }
      await connector.close();
    }
  });

  test('a key that no database can hold costs the others nothing', async () => {
    const connector = rigOf().connect();

    const [poison, sound] = await attack(() =>
      ask(
        connector,
        'license.byIdentifier',
        { identifier: 'a\0b' },
        { identifier: LICENSE_IDS.canary },
      ),
    );

    expect(poison).toMatchObject({ ok: false, fault: { code: 'SOURCE_UNSUPPORTED' } });
    expect(sound).toMatchObject({ ok: true, answer: { records: [{}] } });
  });

  test('a kept place in a pass is never SQL', async () => {
    const { connect } = rigOf();
    const connector = connect({ answerFrom: 'HOLDINGS' });
    const collection = 'CERT_LICENSE';
    const first = await readOne(connector, collection);
    const honest = JSON.parse(first.resume ?? '') as Record<string, unknown>;

    for (const text of INJECTIONS) {
      const at = attack(() => forge(connector, { ...honest, at: [text, text] }));
      const begin = attack(() => forge(connector, { ...honest, begin: text }));
      const table = attack(() => forge(connector, { ...honest, table: text }));
      expect([await begin, await table]).toEqual(['SOURCE_UNSUPPORTED', 'SOURCE_UNSUPPORTED']);
      expect(await at).toMatch(
        /^(?:SOURCE_SCHEMA_DRIFT|SOURCE_MALFORMED|SOURCE_UNSUPPORTED|complete)$/u,
      );
      const since = attack(() => scanAll(connector, { collection, since: text }));
      expect((await since).last?.complete).toBe(true);
    }
  });
}

function attacksByViews(rigOf: () => ExchangeRig): void {
  test('what the provider’s views do when they are read changes nothing and ends in time', async () => {
    const { tables, connect } = rigOf();
    const { twin } = tables;
    const outcomes = new Map<string, string | number>();
    for (const view of listHostileViews(twin.dialect)) {
      for (const statement of view.make) await twin.run(statement);
      await twin.allow(view.name, true);
      const connector = connect(overTable(view.name));

      const { value, tookMs } = await timed(
        attack(() =>
          outcomeOf(ask(connector, 'license.byIdentifier', { identifier: LICENSE_IDS.canary })),
        ),
      );

      expect({ view: view.title, inTime: tookMs < ANSWER_MS_MAX }).toEqual({
        view: view.title,
        inTime: true,
      });
      outcomes.set(view.title, value);
      await connector.close();
      const bare = await attack(() => outcomeOf(readBare(rigOf(), view.name)));
      expect(typeof bare === 'string' ? bare : view.title).toMatch(/^(?:SOURCE_|load_file$)/u);
      for (const statement of view.remove) await twin.run(statement);
      expect(await twin.fingerprint()).toBe(before);
    }

    // What is not refused has done nothing: the file was not read.
    const found = [...outcomes].filter(([, outcome]) => typeof outcome === 'number');
    expect(found).toEqual(twin.dialect === 'postgresql' ? [] : [['load_file', 0]]);
  }, 120_000);

  test('tables of the system and of others cannot be read', async () => {
    const { tables, connect } = rigOf();
    const names =
      tables.twin.dialect === 'postgresql'
        ? [
            'pg_catalog.pg_authid',
            'pg_authid',
            'pg_catalog.pg_shadow',
            'pg_catalog.pg_statistic',
            'pg_catalog.pg_user_mapping',
          ]
        : [
            'mysql.user',
            'mysql.global_priv',
            'mysql.proc',
            'performance_schema.threads',
            'sys.processlist',
          ];
    for (const name of names) {
      const connector = connect(overTable(name));
      const lines = await attack(() => connector.check(within(5_000).signal));
      await connector.close();
      expect(lines.find(({ probe }) => probe === `read ${name}`)).toMatchObject({
        result: 'FAIL',
      });
    }
  });
}

function attacksByRows(rigOf: () => ExchangeRig): void {
  test('a flood of rows under one key is a fault, and a long value is one of its own key', async () => {
    const { tables, connect } = rigOf();
    const { twin } = tables;
    const q = (name: string) => (twin.dialect === 'postgresql' ? `"${name}"` : `\`${name}\``);
    await twin.fill({ first: 1, rows: 3_000 });
    await twin.run(
      `update ${q('CERT_LICENSE')} set ${q('CZZTDM')} = 'FLOOD' where ${q('CZZTDM')} like 'H%'`,
    );
    await twin.write({
      table: 'E_BASEINFO',
      operation: 'I',
      time: '2026-09-18 06:00:00',
      values: { PRIPID: 'LONG', UNISCID: 'LONGVALUE', ENTNAME: 'x', OPSCOPE: '长'.repeat(20_001) },
    });
    const mapping = {
      fields: {
        code: { from: '/UNISCID' },
        name: { from: '/ENTNAME' },
        status: { from: '/REGSTATE', pairs: { '1': 'ACTIVE' } },
        validUntil: { from: '/OPTO' },
        scope: { from: '/OPSCOPE' },
      },
    };
    const answers = {
      'enterprise.registration': { collection: 'E_BASEINFO', mapping, keys: { code: 'UNISCID' } },
    };

    const flood = await attack(() =>
      outcomeOf(
        ask(connect(), 'license.byHolder', {
          holder: { ...HOLDER, code: 'FLOOD' },
          typeCode: '11100000MB0143028R001',
        }),
      ),
    );
    const long = await attack(() =>
      ask(
        connect({ answers }),
        'enterprise.registration',
        { ...HOLDER, code: 'LONGVALUE' },
        HOLDER,
      ),
    );
    await twin.run(`delete from ${q('CERT_LICENSE')} where ${q('CZZTDM')} = 'FLOOD'`);
    await twin.run(`delete from ${q('E_BASEINFO')} where ${q('PRIPID')} = 'LONG'`);

    expect(flood).toBe('SOURCE_MALFORMED');
    expect(long).toMatchObject([
      { ok: false, fault: { details: { reason: 'TOO_LONG', pointer: '/OPSCOPE' } } },
      { ok: true },
    ]);
  });
}

function attacksByLogins(rigOf: () => ExchangeRig): void {
  test('a table that the provider keeps locked costs a second and no more', async () => {
    const { tables, connect } = rigOf();
    const { twin } = tables;
    const isPostgres = twin.dialect === 'postgresql';
    await twin.run(isPostgres ? 'begin' : 'set @locked = 1');
    await twin.run(
      isPostgres
        ? 'lock table "CERT_LICENSE" in access exclusive mode'
        : 'lock tables CERT_LICENSE write',
    );

    const { value, tookMs } = await timed(
      attack(() =>
        outcomeOf(ask(connect(), 'license.byIdentifier', { identifier: LICENSE_IDS.canary })),
      ),
    );
    await twin.run(isPostgres ? 'rollback' : 'unlock tables');

    expect(value).toBe('SOURCE_TIMEOUT');
    expect(tookMs).toBeLessThan(ANSWER_MS_MAX);
  });

  test('a login that may do more than read is refused by name of the right', async () => {
    const { tables, connect } = rigOf();
    const { twin } = tables;
    const missed: string[] = [];
    const clean = await connect().check(within(5_000).signal);
    for (const greedy of listGreedyLogins(twin.dialect)) {
      const lines = await withLogin(twin, greedy, async ({ user, password }) => {
        const connector = connect({ user }, { password });
        const told = await attack(() => connector.check(within(5_000).signal));
        await connector.close();
        return told;
      });

      const line = lines.find(({ probe }) => probe === 'read-only');
      const isNamed = line?.advice?.includes(greedy.right) === true;
      const isRefused = line?.result === 'FAIL' && line.code === 'UNSAFE_CONFIGURATION';
      if (!isRefused || !isNamed) missed.push(greedy.title);
    }

    expect(missed).toEqual([]);
    expect(clean.find(({ probe }) => probe === 'read-only')).toMatchObject({ result: 'PASS' });
  }, 60_000);

  test('all of these attacks have changed nothing', async () => {
    expect(await rigOf().tables.twin.fingerprint()).toBe(before);
  });
}
