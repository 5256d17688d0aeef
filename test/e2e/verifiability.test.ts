import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { parseBusinessDate } from '../../src/model/business-date.ts';
import {
  ImportMatterListDocument,
  MatterShortfallsDocument,
  MatterVerifiabilityDocument,
} from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { matterCode, MATTERS } from '../support/journey.ts';
import { createOperators, type Operators } from '../registry/operators.ts';

const CITY = { role: 'JUSTICE', agencyCode: AGENCIES.justice.code } as const;
const LICENSE_TYPE = '11100000MB03271699031';
const HEADER =
  '实施编码,事项名称,事项类型,索要单位代码,索要单位,证明名称,设定依据,证照类型代码,承接单位';
const rowOf = (serial: string, licenseType: string) =>
  `11370000MB3TE0G7Y32370118000${serial},律师执业许可,行政许可,11370000MB3TE0G7Y3,示例省司法厅,` +
  `身份证明,律师法第五条,${licenseType},`;

let hub: TestHub;
let operators: Operators;
beforeAll(async () => {
  hub = await startTestHub();
  operators = createOperators(hub);
  const text = [HEADER, rowOf('001', LICENSE_TYPE), rowOf('002', '')].join('\n');
  const input = {
    ...{ level: 'PROVINCE' as const, format: 'CSV' as const, expectedVersion: 0 },
    ...{ contentBase64: Buffer.from(`${text}\n`).toString('base64'), adoptionWorkingDays: 5 },
    ...{ effectiveFrom: parseBusinessDate('2021-03-01')!, idempotencyKey: randomUUID() },
  };
  const taken = await hub.get(ImportMatterListDocument, { input }, CITY);
  if (taken.importMatterList.list === null)
    throw new Error(JSON.stringify(taken.importMatterList.userErrors));
});
afterAll(() => hub.stop());

const shortfalls = async (asOf: string | null = null) =>
  (await hub.get(MatterShortfallsDocument, { regionCode: '370800', asOf, first: 10 }, CITY))
    .matterShortfalls.nodes;

async function scoreOf(matter: string) {
  const read = await hub.get(MatterVerifiabilityDocument, { code: matterCode(matter) });
  return read.matter!.verifiability;
}

test('a matter of the province whose license a source holds should be on the list of the city', async () => {
  const [found, ...others] = await shortfalls();

  expect(others).toEqual([]);
  expect(found).toMatchObject({
    reason: 'NOT_LISTED',
    matter: {
      code: '11370000MB3TE0G7Y32370118000001',
      verifiability: { score: 100, shouldUse: true },
    },
  });
  expect(await shortfalls('2021-02-28')).toEqual([]);
});

test('a score falls when a source is paused and rises again when it is back', async () => {
  const { one } = operators;
  const before = await scoreOf(MATTERS.construction);
  await one.move('license-library', 'PAUSE', { reason: '年度维护' });
  await operators.untilPaused('license-library', true);
  const during = await scoreOf(MATTERS.construction);
  await one.move('license-library', 'RESUME');
  await operators.untilPaused('license-library', false);
  const after = await scoreOf(MATTERS.construction);

  expect(during.score).toBeLessThan(before.score);
  expect(after).toEqual(before);
  const open = during.fields.filter(({ sources }) => sources.length === 0);
  expect(open.map(({ field }) => field)).toEqual(['STATUS', 'HOLDER_NAME', 'HOLDER_CODE']);
});

test('a matter that only people can answer for scores nothing', async () => {
  const { score, shouldUse } = await scoreOf(MATTERS.insurance);

  expect({ score, shouldUse }).toEqual({ score: 0, shouldUse: false });
});
