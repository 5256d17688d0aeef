import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { readListFile } from '../../src/catalog/list-file.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { parseBusinessDate } from '../../src/model/business-date.ts';
import {
  AdoptMatterDocument,
  ImportMatterListDocument,
  ListAdoptionsDocument,
  ReadAdoptionCoverageDocument,
  ReadMatterListDocument,
} from '../generated/operations.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';

const clock = createTestClock('2021-04-01T02:00:00Z');
const CITY = { role: 'JUSTICE', agencyCode: AGENCIES.justice.code } as const;
const COUNTY = { role: 'JUSTICE', agencyCode: AGENCIES.countyJustice.code } as const;
const CODE = '11370000MB3TE0G7Y32370118000001';
const HEADER = '实施编码,事项名称,事项类型,索要单位代码,索要单位,证明名称,设定依据,承接单位';
const ROW = `${CODE},律师执业许可,行政许可,11370000MB3TE0G7Y3,示例省司法厅,身份证明,律师法第五条`;
const ADOPTING = `${AGENCIES.justice.code};${AGENCIES.approval.code}`;
/** The same columns and one row, in GB18030. */
const GB18030 =
  'yrXKqbHgwussysLP7sP7s8YsysLP7sDg0M0sy/fSqrWlzru0+sLrLMv30qq1pc67LNakw/fD+7PGLMnotqjS' +
  'wL7dCjExMzcwMDAwTUIzVEUwRzdZMzIzNzAxMTgwMDAwMDIswsnKpta00rXQ7b/JLNDQ1f7Q7b/JLDExMzcw' +
  'MDAwTUIzVEUwRzdZMyzKvsD9yqHLvreozPws0afA+takw/cswsnKpreotdrO5cz1Cg==';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
afterAll(() => hub.stop());

async function take(text: string, { as = CITY } = {}) {
  const input = {
    ...{ level: 'PROVINCE' as const, format: 'CSV' as const, expectedVersion: 0 },
    ...{ contentBase64: Buffer.from(text).toString('base64'), adoptionWorkingDays: 5 },
    ...{ effectiveFrom: parseBusinessDate('2021-03-01')!, idempotencyKey: randomUUID() },
  };
  return (await hub.get(ImportMatterListDocument, { input }, as)).importMatterList;
}

test('a file with mistakes names row and column, and nothing of it is stored', async () => {
  const bad = ROW.replace('行政许可', '行政处罚');

  const taken = await take(`${HEADER}\n${ROW},\n${bad},370000\n`);
  const foreign = await take(`${HEADER}\n${ROW},\n`, { as: COUNTY });
  const headless = await take(`${ROW},\n`);

  expect(taken.userErrors).toMatchObject([
    { code: 'FILE_NOT_READABLE', field: ['rows', '3', 'itemType'] },
  ]);
  expect(foreign.userErrors).toMatchObject([{ code: 'NOT_YOUR_REGION' }]);
  expect(headless.userErrors[0]).toMatchObject({ code: 'FILE_NOT_READABLE' });
  const { matterList } = await hub.get(ReadMatterListDocument, { regionCode: '370000' });
  expect(matterList).toBeNull();
});

test('the list of the province is taken over, adopted by the agencies it names, and covered', async () => {
  const taken = await take(`\uFEFF${HEADER}\n${ROW},${ADOPTING}\n`);
  expect(taken).toMatchObject({ list: { version: 1, regionCode: '370000' }, userErrors: [] });

  const { adoptions } = await hub.get(ListAdoptionsDocument, {}, CITY);
  const [open] = adoptions.nodes;
  expect(open).toMatchObject({ matterCode: CODE, dueOn: '2021-04-09', adoptedOn: null });
  const input = { taskId: open!.taskId, matterCode: CODE, ownMatterCode: CODE };
  const adopted = await hub.get(AdoptMatterDocument, { input }, CITY);
  const again = await hub.get(AdoptMatterDocument, { input }, CITY);
  const foreign = await hub.get(AdoptMatterDocument, { input }, COUNTY);

  expect(adopted.adoptMatter.adoption).toMatchObject({ adoptedOn: '2021-04-01' });
  expect(again).toEqual(adopted);
  expect(foreign.adoptMatter.userErrors).toMatchObject([{ code: 'UNKNOWN_ADOPTION' }]);
  clock.set('2021-04-10T02:00:00Z');
  const { adoptionCoverage } = await hub.get(ReadAdoptionCoverageDocument, {}, CITY);
  expect(adoptionCoverage.nodes).toEqual(
    [
      { agencyCode: AGENCIES.justice.code, adopted: 1, open: 0, overdue: 0 },
      { agencyCode: AGENCIES.approval.code, adopted: 0, open: 0, overdue: 1 },
    ].toSorted((one, other) => (one.agencyCode < other.agencyCode ? -1 : 1)),
  );
});

test('a file in GB18030 is read as what it says', async () => {
  const bytes = Buffer.from(GB18030, 'base64');

  const { matters, errors } = await readListFile(bytes, 'CSV', AbortSignal.timeout(5_000));

  expect(errors).toEqual([]);
  expect(matters).toMatchObject([{ place: 2, entry: { certificate: '学历证明', isActive: true } }]);
});
