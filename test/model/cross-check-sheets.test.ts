import { expect, test } from '@jest/globals';

import type { CrossCheckRun } from '../../src/model/cross-check-run.ts';
import { reportSheets, type SheetsOfRun } from '../../src/model/cross-check-sheets.ts';
import type { CrossCheck } from '../../src/model/cross-check.ts';
import { createTestClock } from '../support/hub.ts';

const at = createTestClock('2026-11-23T14:00:00Z').now();

const CHECK: CrossCheck = {
  ...{ id: 'check', key: 'register', version: 2, title: '核对' },
  ...{ left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM', keys: ['HOLDER_CODE'] },
  ...{ fields: [{ field: 'STATUS', rule: 'IN_FORCE' }], strategy: 'RECORD_BY_RECORD' },
  ...{ cron: '0 3 * * *', window: null, hoursMax: 9, evidenceHoursMax: 0 },
  ...{ acknowledgedWithin: null, settleMinutes: 0, collections: null, planning: null, weights: [] },
  thresholds: { warnShare: 0.5, holdShare: 0.6, countedMin: 50 },
  ...{ ownerCode: null, dueWorkingDays: 5, isEnabled: true, publishedAt: at, publishedBy: 'test' },
};

const RUN: CrossCheckRun = {
  ...{ id: 'run', checkId: 'check', checkVersion: 2, number: 7, slot: at, state: 'COMPLETE' },
  ...{ version: 3, openedAt: at, openedBy: 'test', endsAt: at, subjects: 10, endedAt: at },
  result: { matched: 8, differing: 2, inconclusive: 0, warns: false, sample: null },
  rootDigest: 'ab'.repeat(32),
};

const STATUS = { class: 'STATUS_CHANGED', field: 'STATUS', valueFrom: 'VALID' } as const;
const ABOUT: SheetsOfRun = {
  ...{ run: RUN, check: CHECK, causes: [{ cause: 'SOURCE_TIMEOUT', subjects: 3 }] },
  differences: [
    { ...STATUS, valueTo: 'CANCELED', subjects: 2 },
    { ...STATUS, valueTo: 'WITHDRAWN', subjects: 5 },
  ],
  listed: [
    { met: { ...STATUS, valueTo: 'CANCELED', commitmentCode: '1', part: '' }, finding: null },
  ],
  listedOf: 7,
};

test('sums are by class and field, whatever the codes', () => {
  const [sums] = reportSheets(ABOUT);

  expect(sums?.rows).toContainEqual(['差异', '状态变化', '证照或登记状态', 7]);
  expect(sums?.rows).toContainEqual(['原因', '来源超时', 'SOURCE_TIMEOUT', 3]);
});

test('differences beyond those listed are said in both sheets', () => {
  const note = '共7条差异，本表只列出前1条，其余见CSV或JSON行报告';
  const [sums, differences] = reportSheets(ABOUT);

  expect(sums?.rows.at(-1)).toEqual(['未列出的差异', note, null, 6]);
  expect(differences?.rows[0]).toEqual([note]);
});

test('nothing is said of others where all are listed', () => {
  const sheets = reportSheets({ ...ABOUT, listedOf: 1 });

  expect(JSON.stringify(sheets)).not.toContain('未列出');
  expect(sheets[1]?.rows).toHaveLength(1);
});
