import { execFileSync } from 'node:child_process';

import { expect, test } from '@jest/globals';

import { readArrangements } from '../../src/calendar/arrangements.ts';
import { createCalendar } from '../../src/calendar/calendar.ts';
import { parseBusinessDate, type BusinessDate } from '../../src/model/business-date.ts';
import { VECTORS } from './vectors.ts';

const calendar = createCalendar({ ...readArrangements(), overridden: [] });

test.each(VECTORS)('a period from %s of %i working days ends on %s', (from, n, on) => {
  const period = calendar.addWorkingDays(day(from), n);

  expect(period.on).toBe(on);
  expect(period.provisional).toBe(false);
});

test.each(['Asia/Shanghai', 'America/New_York', 'UTC', 'Pacific/Kiritimati'])(
  'in real Node under %s every period ends on the same day',
  (timeZone) => {
    const script = new URL('count-vectors.ts', import.meta.url).pathname;
    const env = { ...process.env, TZ: timeZone, NODE_OPTIONS: '' };

    const printed = execFileSync(process.execPath, ['--import', 'tsx', script], { env });

    expect(JSON.parse(printed.toString())).toEqual(VECTORS.map(([, , on]) => on));
  },
);

test('a period lists the days that did not count, and why', () => {
  const period = calendar.addWorkingDays(day('2026-09-18'), 7);

  expect(period).toEqual({
    on: '2026-09-29',
    provisional: false,
    skipped: [
      { day: '2026-09-19', why: '星期六' },
      { day: '2026-09-25', why: '中秋' },
      { day: '2026-09-26', why: '中秋' },
      { day: '2026-09-27', why: '中秋' },
    ],
  });
});

test('a period that reaches into a year without a published arrangement is provisional', () => {
  const within = calendar.addWorkingDays(lastDays(3), 1);
  const beyond = calendar.addWorkingDays(lastDays(1), 3);

  expect(within.provisional).toBe(false);
  expect(beyond.provisional).toBe(true);
});

test('a period before the first published arrangement is provisional', () => {
  const period = calendar.addWorkingDays(day('2003-09-29'), 2);

  expect(period.provisional).toBe(true);
});

test('the calendar covers whole years, at least through 2026', () => {
  expect(calendar.coveredThrough >= '2026-12-31').toBe(true);
  expect(calendar.coveredThrough.endsWith('-12-31')).toBe(true);
});

test('a period of no working days ends on its first day, holiday or not', () => {
  const period = calendar.addWorkingDays(day('2026-10-01'), 0);

  expect(period).toEqual({ on: '2026-10-01', provisional: false, skipped: [] });
});

test.each([-1, 1.5, Number.NaN, 1_001])('%d working days are refused', (n) => {
  expect(() => calendar.addWorkingDays(day('2026-09-18'), n)).toThrow(RangeError);
});

test('a decision made here counts before the arrangement, and the later of two before the earlier', () => {
  const decided = createCalendar({
    ...readArrangements(),
    overridden: [
      { day: day('2026-09-28'), isWorkday: false, why: '停工' },
      { day: day('2026-09-26'), isWorkday: true, why: '补班' },
      { day: day('2026-09-28'), isWorkday: true, why: '复工' },
    ],
  });

  expect(decided.addWorkingDays(day('2026-09-24'), 2).on).toBe('2026-09-28');
  expect(decided.dayOf(day('2026-09-28'))).toMatchObject({ why: '复工', source: 'OVERRIDE' });
});

test('working days are counted from the day after the first through the last', () => {
  expect(calendar.countWorkingDays(day('2021-09-17'), day('2021-09-26'))).toBe(5);
  expect(calendar.countWorkingDays(day('2021-09-26'), day('2021-09-26'))).toBe(0);
  expect(calendar.countWorkingDays(day('2021-09-26'), day('2021-09-17'))).toBe(0);
});

/** That many days before the end of what is covered. */
function lastDays(count: number): BusinessDate {
  return day(`${calendar.coveredThrough.slice(0, 8)}${31 - count}`);
}

function day(text: string): BusinessDate {
  const parsed = parseBusinessDate(text);
  if (parsed === null) throw new Error(`${text} is no day`);
  return parsed;
}
