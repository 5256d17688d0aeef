import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { mintCreditCode, mintLicenseIdentifier } from '../../sandbox/codes.ts';
import type { TableDelta } from '../../sandbox/table-exchange.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { BUSINESS_LICENSE_TYPE } from '../../src/model/license.ts';
import { DefineCrossCheckDocument, type DefineCrossCheckInput } from '../generated/operations.ts';
import { startTableRig } from '../connector-kit/tables-rig.ts';
import { ENTERPRISE_MAPPING, LICENSE_MAPPING } from '../connectors/table-exchange-rig.ts';
import {
  AS_OPERATOR,
  definition,
  listFindings,
  readReport,
  runCheck,
  seeRun,
  startCheck,
} from '../support/cross-check.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { createKeeper } from './kept-rows-rig.ts';
import { summaryOf, verifyFiles } from './signed-nights-rig.ts';

const [CITY, PROVINCE, REGISTER] = ['city-licenses', 'province-licenses', 'county-register'];
const NOON = '2026-09-18T04:00:00Z';
const ROWS = 400;
const OWNER = AGENCIES.market.code;

const clock = createTestClock(new Date().toISOString());
let hub: TestHub;
let city: Awaited<ReturnType<typeof startTableRig>>;
let province: Awaited<ReturnType<typeof startTableRig>>;
beforeAll(async () => {
  [hub, city, province] = await Promise.all([
    startTestHub({ clock }),
    startTableRig('postgresql'),
    startTableRig('postgresql'),
  ]);
  await activate(CITY, city, 'LICENSE');
  await activate(PROVINCE, province, 'LICENSE');
  await activate(REGISTER, city, 'REGISTRATION');
  clock.set(NOON);
  const all = range(ROWS);
  await city.twin.write(...all.map((n) => license(n)), ...all.map((n) => enterprise(n)));
  await province.twin.write(...all.map((n) => license(n)));
  await define('city-province', { left: CITY, right: PROVINCE });
  await define('licenses-and-register', { left: CITY, right: REGISTER });
}, 120_000);
beforeEach(readAll);
afterAll(async () => {
  await hub.stop();
  await city.stop();
  await province.stop();
});

let minutes = 0;
/** Each run has a slot of its own. */
async function runNext(key: string) {
  minutes += 1;
  clock.set(new Date(Date.parse(NOON) + minutes * 60_000).toISOString());
  return runCheck(hub, key);
}

let time = 0;
/** A change that is later than every other. */
const at = () =>
  `2026-09-18 08:${String(Math.floor(time / 60)).padStart(2, '0')}:${String(time++ % 60).padStart(2, '0')}`;
const range = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
const codeOf = (n: number) => mintCreditCode('91370811', `MA${String(n).padStart(6, '0')}`);
const identifierOf = (n: number) =>
  mintLicenseIdentifier({
    ...{ typeCode: BUSINESS_LICENSE_TYPE, issuerCode: '11370800004330510J' },
    ...{ serial: String(n).padStart(9, '0'), version: '001' },
  });
const nameOf = (n: number) => `任城区示例${n}号有限公司`;

function license(n: number, values: Readonly<Record<string, string>> = {}): TableDelta {
  const ZZBS = identifierOf(n);
  const base = { ZZBS, CZZTDM: codeOf(n), ZZLXDM: BUSINESS_LICENSE_TYPE, CZZT: nameOf(n) };
  return {
    ...{ table: 'CERT_LICENSE', operation: 'U', time: at() },
    values: { ...base, ZZZT: '有效', ZZYXQJZRQ: '20301231', ...values },
  };
}

function enterprise(n: number, values: Readonly<Record<string, string>> = {}): TableDelta {
  const base = { PRIPID: `P-${n}`, UNISCID: codeOf(n), ENTNAME: nameOf(n), REGSTATE: '1' };
  return {
    ...{ table: 'E_BASEINFO', operation: 'U', time: at() },
    values: { ...base, OPTO: '', ...values },
  };
}

async function activate(
  id: string,
  { twin }: typeof city,
  dataset: 'LICENSE' | 'REGISTRATION',
): Promise<void> {
  const { host, port, database, reader } = twin;
  const isLicense = dataset === 'LICENSE';
  const licenses = { collection: 'CERT_LICENSE', mapping: LICENSE_MAPPING, absence: 'COVERED' };
  const answers = isLicense
    ? {
        'license.byIdentifier': {
          ...{ ...licenses, keys: { identifier: 'ZZBS' } },
          canary: {
            present: { identifier: identifierOf(1) },
            absent: { identifier: identifierOf(9_999) },
          },
        },
        'license.byHolder': {
          ...{ ...licenses, keys: { code: 'CZZTDM', typeCode: 'ZZLXDM' } },
          canary: { present: holder(1), absent: holder(9_999) },
        },
      }
    : {
        'enterprise.registration': {
          ...{ collection: 'E_BASEINFO', mapping: ENTERPRISE_MAPPING, absence: 'COVERED' },
          ...{ kinds: ['ENTERPRISE'], keys: { code: 'UNISCID' } },
          canary: { present: subject(1), absent: subject(9_999) },
        },
      };
  const collection = isLicense
    ? { table: 'CERT_LICENSE', id: ['ZZBS'], about: 'CZZTDM' }
    : { table: 'E_BASEINFO', id: ['PRIPID'], about: 'PRIPID' };
  const settings = {
    ...{ dialect: 'postgresql', host, port, database, user: reader.user, encryption: 'NONE' },
    ...{ pageRows: 100, answerFrom: 'HOLDINGS', answers },
    collections: [{ ...collection, overlapSeconds: 7_200 }],
  };
  const { password } = reader;
  await createKeeper(hub, id).activate('table-exchange', { settings }, { password }, dataset);
}

function subject(n: number) {
  return { kind: 'ENTERPRISE', code: codeOf(n), name: null };
}

function holder(n: number) {
  return { holder: subject(n), typeCode: BUSINESS_LICENSE_TYPE };
}

async function readAll(): Promise<void> {
  for (const id of [CITY, PROVINCE, REGISTER]) {
    const [read] = await createKeeper(hub, id).run();
    expect([id, read?.freshness, read?.lastPass?.state]).toEqual([id, 'FRESH', 'COMPLETE']);
  }
}

async function define(
  key: string,
  collections: NonNullable<DefineCrossCheckInput['collections']>,
  more: Partial<DefineCrossCheckInput> = {},
) {
  const isRegister = collections.right === REGISTER;
  const names = ['STATUS', 'HOLDER_NAME', ...(isRegister ? [] : ['HOLDER_CODE', 'VALID_UNTIL'])];
  const input = definition({
    ...{ key, left: 'LICENSE_COLLECTION', strategy: 'WHOLE_COLLECTIONS', collections },
    right: isRegister ? 'REGISTER_COLLECTION' : 'LICENSE_COLLECTION',
    keys: [isRegister ? 'HOLDER_CODE' : 'LICENSE_IDENTIFIER'],
    fields: names.map((field) => ({ field, rule: 'SAME' }) as never),
    ...{ ownerCode: OWNER, ...more },
  });
  return (await hub.get(DefineCrossCheckDocument, { input }, AS_OPERATOR)).defineCrossCheck;
}

test('two libraries: every difference of a night is a finding, and gone when it is mended', async () => {
  const alike = await runNext('city-province');
  await city.twin.write(
    license(3, { ZZZT: '注销' }),
    license(5, { CZZT: '另一家有限公司' }),
    license(7, { CZZT: `${nameOf(7)}　` }),
    license(ROWS + 1),
    { ...license(9), operation: 'D' },
  );
  await province.twin.write(license(11, { ZZYXQJZRQ: '20270101' }), license(13, { ZZZT: '不明' }));
  await readAll();
  const met = await runNext('city-province');
  const findings = await listFindings(hub, { key: 'city-province' });
  const verified = await verifyFiles(await mkdtemp(join(tmpdir(), 'hecha-collections-')), {
    report: await readReport(hub, met.reportPath),
    summary: summaryOf(met),
  });
  const report = (await readReport(hub, met.reportPath)).toString().trimEnd().split('\n');
  await city.twin.write(license(3), license(5), license(7), license(9));
  await province.twin.write(license(11), license(13), license(ROWS + 1));
  await readAll();
  const mended = await runNext('city-province');
  const after = await listFindings(hub, { key: 'city-province' });

  expect(alike).toMatchObject({
    state: 'COMPLETE',
    progress: { subjects: ROWS, matched: ROWS, differing: 0, inconclusive: 0 },
  });
  expect(met).toMatchObject({
    state: 'COMPLETE',
    progress: { subjects: ROWS + 1, matched: ROWS - 5, differing: 5, inconclusive: 1 },
  });
  expect(
    findings.map((one) => [one.class, one.part, one.from, one.to, one.state]).toSorted(),
  ).toEqual(
    [
      ['STATUS_CHANGED', identifierOf(3), 'CANCELED', 'VALID', 'NEW'],
      ['FIELD_CHANGED', identifierOf(5), null, null, 'NEW'],
      ['MISSING_IN_HUB', identifierOf(9), null, null, 'NEW'],
      ['FIELD_CHANGED', identifierOf(11), null, null, 'NEW'],
      ['MISSING_IN_SOURCE', identifierOf(ROWS + 1), null, null, 'NEW'],
      ['UNPARSEABLE', identifierOf(13), null, null, 'NEW'],
    ].toSorted(),
  );
  expect([verified.code, verified.told]).toEqual([0, []]);
  expect(report).toHaveLength(7);
  expect(report.join('')).not.toContain('有限公司');
  expect(mended).toMatchObject({ progress: { subjects: ROWS + 1, matched: ROWS + 1 } });
  expect(after.map(({ state }) => state)).toEqual(findings.map(() => 'RESOLVED'));
}, 120_000);

test('business licenses and register: what is out of force on one side may be gone on the other', async () => {
  await city.twin.write(
    enterprise(21, { REGSTATE: '2' }),
    enterprise(23, { ENTNAME: '改名后有限公司' }),
    enterprise(ROWS + 30, { REGSTATE: '3' }),
    enterprise(ROWS + 31),
    license(25, { ZZZT: '注销' }),
    { ...enterprise(25), operation: 'D' },
  );
  await readAll();

  const run = await runNext('licenses-and-register');

  const findings = await listFindings(hub, { key: 'licenses-and-register', runId: run.id });
  expect(run.state).toBe('COMPLETE');
  expect(findings.map((one) => [one.class, one.part, one.from, one.to]).toSorted()).toEqual(
    [
      ['STATUS_CHANGED', codeOf(21), 'IN_FORCE', 'NOT_IN_FORCE'],
      ['FIELD_CHANGED', codeOf(23), null, null],
      ['MISSING_IN_HUB', codeOf(ROWS + 31), null, null],
      ['MISSING_IN_SOURCE', codeOf(ROWS + 1), null, null],
    ].toSorted(),
  );
  expect(findings.map(({ commitmentCode, ownerCode }) => [commitmentCode, ownerCode])).toEqual(
    findings.map(() => [null, OWNER]),
  );
}, 60_000);

test('a side that was not read lately compares nothing, and at last the run is given up', async () => {
  clock.set('2026-09-20T04:00:00Z');
  const { id } = await startCheck(hub, 'city-province');
  await hub.hub.runCrossChecks(AbortSignal.timeout(60_000));
  const waiting = await seeRun(hub, id);
  clock.set('2026-09-20T14:00:00Z');
  await new Promise((resolve) => setTimeout(resolve, 5_100));
  await hub.hub.runCrossChecks(AbortSignal.timeout(60_000));
  const ended = await seeRun(hub, id);
  clock.set(NOON);

  expect(waiting.state).toBe('OPENED');
  expect(ended).toMatchObject({ state: 'CANCELED', differences: [] });
  expect(ended.events.at(-1)).toMatchObject({ step: 'CANCEL', reason: `STALE: ${CITY}` });
}, 60_000);

test('sources that hand over nothing, and records that nobody looks into, are refused', async () => {
  const codes = async (more: Partial<DefineCrossCheckInput>) =>
    (await define('refused', { left: CITY, right: PROVINCE }, more)).userErrors.map(
      ({ code, field }) => [code, field.join('.')],
    );

  expect(await codes({ collections: { left: CITY, right: 'publicity-system' } })).toEqual([
    ['UNKNOWN_SOURCE', 'collections.right'],
  ]);
  expect(await codes({ collections: { left: REGISTER, right: PROVINCE } })).toEqual([
    ['UNKNOWN_SOURCE', 'collections.left'],
  ]);
  expect(await codes({ collections: null })).toEqual([['MALFORMED_VALUE', 'collections']]);
  expect(await codes({ ownerCode: null })).toEqual([['MALFORMED_VALUE', 'ownerCode']]);
  expect(await codes({ strategy: 'RECORD_BY_RECORD' })).toEqual([
    ['MALFORMED_VALUE', 'strategy'],
    ['MALFORMED_VALUE', 'collections'],
  ]);
});
