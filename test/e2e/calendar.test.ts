import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { addDays, businessDate, systemClock } from '../../src/model/clock.ts';
import {
  ListCalendarOverridesDocument,
  ReadCalendarDocument,
  ReadDueDateDocument,
  SetCalendarDaysDocument,
  WithdrawCalendarDaysDocument,
} from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, verifySubject } from '../support/journey.ts';

const AS_JUSTICE = { role: 'JUSTICE' } as const;
const TODAY = businessDate(systemClock.now());

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const dueIn = async (workingDays: number) =>
  (await hub.get(ReadDueDateDocument, { from: TODAY, workingDays })).dueDate;

/** Closes the next days, as after a flood. */
async function close(days: number, reason = '防汛指挥部通知') {
  const input = {
    ...{ firstDay: addDays(TODAY, 1), lastDay: addDays(TODAY, days) },
    ...{ isWorkday: false, why: '防汛停工', reason },
  };
  const { setCalendarDays } = await hub.get(SetCalendarDaysDocument, { input }, AS_JUSTICE);
  return setCalendarDays;
}

async function open(id: string) {
  const input = { id, reason: '险情解除' };
  const { withdrawCalendarDays } = await hub.get(
    WithdrawCalendarDaysDocument,
    { input },
    AS_JUSTICE,
  );
  return withdrawCalendarDays;
}

async function followUpDue(): Promise<readonly string[]> {
  const rows = await hub.database.db<{ due_on: string }>('follow_up').select('due_on');
  return rows.map(({ due_on }) => due_on);
}

test('a due date explains every day that it passed over', async () => {
  const { dueDate } = await hub.get(ReadDueDateDocument, { from: '2021-09-17', workingDays: 5 });

  expect(dueDate).toEqual({
    on: '2021-09-26',
    provisional: false,
    skipped: [
      { day: '2021-09-19', why: '中秋' },
      { day: '2021-09-20', why: '中秋' },
      { day: '2021-09-21', why: '中秋' },
      { day: '2021-09-25', why: '星期六' },
    ],
  });
});

test('the calendar tells of each day whether it is worked, and by whose word', async () => {
  const { calendar } = await hub.get(ReadCalendarDocument, {
    from: '2021-09-24',
    through: '2021-09-26',
  });

  expect(calendar.coveredThrough >= '2026-12-31').toBe(true);
  expect(calendar.days).toEqual([
    { day: '2021-09-24', isWorkday: true, why: null, source: 'WEEKDAY' },
    { day: '2021-09-25', isWorkday: false, why: '星期六', source: 'WEEKDAY' },
    { day: '2021-09-26', isWorkday: true, why: '国庆节调休补班', source: 'ARRANGEMENT' },
  ]);
});

test('a due date beyond the published arrangements is provisional', async () => {
  const { dueDate } = await hub.get(ReadDueDateDocument, { from: '2099-01-01', workingDays: 1 });

  expect(dueDate.provisional).toBe(true);
});

test('a closure moves the due days of what is open, and its end moves them back', async () => {
  await breakSource(hub, 'assistance', { kind: 'down' });
  const { p1 } = SUBJECTS;
  const subject = { kind: 'PERSON', code: p1.code, name: p1.name } as const;
  await verifySubject(hub, { matter: MATTERS.insurance, subject });
  const before = await followUpDue();
  const counted = await dueIn(3);

  const closed = await close(20);
  const moved = await followUpDue();
  const [again, countedThen] = [await close(20), await dueIn(3)];
  const opened = await open(closed.override!.id);

  expect(before.length).toBeGreaterThan(0);
  expect(moved.every((day) => day > addDays(TODAY, 20))).toBe(true);
  expect(countedThen.on > addDays(TODAY, 20)).toBe(true);
  expect(countedThen.skipped).toContainEqual({ day: addDays(TODAY, 1), why: '防汛停工' });
  expect(again.override?.id).toBe(closed.override?.id);
  expect(opened.override?.withdrawalReason).toBe('险情解除');
  expect(await followUpDue()).toEqual(before);
  expect(await dueIn(3)).toEqual(counted);
});

test('another replica counts by a decision within two seconds', async () => {
  const replica = await hub.replicate();
  const closed = await close(9, '第二次');

  const startedAt = Date.now();
  while (replica.calendar.dayOf(addDays(TODAY, 1)).source !== 'OVERRIDE') await sleep(20);
  const tookMs = Date.now() - startedAt;
  await open(closed.override!.id);

  expect(tookMs).toBeLessThan(2_000);
});

test('decisions stay on record after they were withdrawn, the newest first', async () => {
  const closed = await close(2, '第三次');
  await open(closed.override!.id);

  const { calendarOverrides } = await hub.get(ListCalendarOverridesDocument, { first: 1 });

  expect(calendarOverrides.nodes).toMatchObject([
    { id: closed.override!.id, reason: '第三次', withdrawalReason: '险情解除' },
  ]);
  const gone = hub.database.db('calendar_override').delete();
  await expect(gone).rejects.toMatchObject({ code: '23001' });
});

test.each([
  [{ reason: ' ' }, 'LENGTH_OUT_OF_RANGE', 'reason'],
  [{ why: '' }, 'LENGTH_OUT_OF_RANGE', 'why'],
  [{ firstDay: '2019-01-01', lastDay: '2019-01-02' }, 'DATE_OUT_OF_RANGE', 'firstDay'],
  [{ lastDay: addDays(TODAY, 62) }, 'DATE_OUT_OF_RANGE', 'lastDay'],
  [{ lastDay: addDays(TODAY, -1) }, 'DATE_OUT_OF_RANGE', 'lastDay'],
])('a decision with %j is refused: %s', async (wrong, code, field) => {
  const input = {
    ...{ firstDay: TODAY, lastDay: TODAY, isWorkday: true, why: '补班', reason: '通知' },
    ...wrong,
  };

  const { setCalendarDays } = await hub.get(SetCalendarDaysDocument, { input }, AS_JUSTICE);

  expect(setCalendarDays.override).toBeNull();
  expect(setCalendarDays.userErrors).toMatchObject([{ code, field: [field] }]);
});

test('what was never decided cannot be withdrawn', async () => {
  const done = await open('0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c12');

  expect(done.userErrors).toMatchObject([{ code: 'UNKNOWN_CALENDAR_DAYS', field: ['id'] }]);
});

test.each(['COUNTER', 'ASSIST_UNIT', 'AUDITOR'] as const)(
  'a %s does not decide which days are worked',
  async (role) => {
    const input = { id: 'x', reason: 'x' };

    const { status } = await hub.ask(WithdrawCalendarDaysDocument, { input }, { role });

    expect(status).toBe(403);
  },
);

test.each([
  ['2026-01-01', '2027-01-02'],
  ['2026-01-02', '2026-01-01'],
])('a part of the calendar from %s through %s is refused', async (from, through) => {
  const { errors } = await hub.ask(ReadCalendarDocument, { from, through });

  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('the arrangements of a package are loaded once, whoever starts', async () => {
  const editions = await hub.database.db('calendar_edition').select('package');
  const days = await hub.database.db('calendar_day').where({ date: '2021-09-26' });

  expect(editions).toHaveLength(1);
  expect(days).toMatchObject([{ is_workday: true, why: '国庆节调休补班' }]);
});
