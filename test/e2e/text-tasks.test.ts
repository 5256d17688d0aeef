import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { writeDrop } from '../../sandbox/file-drop.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { parseBusinessDate } from '../../src/model/business-date.ts';
import { FormatTextTasksDocument, ImportMatterListDocument } from '../generated/operations.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';

const clock = createTestClock('2021-02-09T02:00:00Z');
const CITY = { role: 'JUSTICE', agencyCode: AGENCIES.justice.code } as const;
const CODE = '11370000MB3TE0G7Y32370118000001';
const COLUMNS = '实施编码,事项名称,事项类型,索要单位代码,索要单位,证明名称,设定依据,承接单位'.split(
  ',',
);
const ADOPTING = [AGENCIES.justice.code, AGENCIES.approval.code];
const ROW = [
  ...[CODE, '律师执业许可', '行政许可', '11370000MB3TE0G7Y3', '示例省司法厅', '身份证明'],
  ...['律师法第五条', ADOPTING.join(';')],
];

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
afterAll(() => hub.stop());

async function tasks(more: { overdueOn?: string } = {}) {
  const overdueOn = more.overdueOn === undefined ? null : parseBusinessDate(more.overdueOn);
  const asked = { first: 100, open: null, overdueOn };
  const { formatTextTasks } = await hub.get(FormatTextTasksDocument, asked, CITY);
  return formatTextTasks.nodes.filter(({ matterCode }) => matterCode === CODE);
}

test('scenario 23: a list published on 9 February gives each adopting agency until 1 March', async () => {
  const file = writeDrop({ columns: COLUMNS, rows: [ROW] }, { type: 'XLSX' });
  const input = {
    ...{ level: 'PROVINCE' as const, format: 'XLSX' as const, expectedVersion: 0 },
    ...{ contentBase64: file.toString('base64'), adoptionWorkingDays: 5 },
    ...{ effectiveFrom: parseBusinessDate('2021-02-09')!, idempotencyKey: randomUUID() },
  };

  const { importMatterList } = await hub.get(ImportMatterListDocument, { input }, CITY);
  const owed = await tasks();
  const lastDay = await tasks({ overdueOn: '2021-03-01' });
  const late = await tasks({ overdueOn: '2021-03-02' });

  expect(importMatterList.userErrors).toEqual([]);
  expect(owed.map(({ agencyCode }) => agencyCode).sort()).toEqual([...ADOPTING].sort());
  for (const task of owed)
    expect(task).toMatchObject({
      ...{ listedOn: '2021-02-09', dueOn: '2021-03-01', publishedOn: null },
    });
  expect(lastDay).toEqual([]);
  expect(late).toHaveLength(ADOPTING.length);
});
