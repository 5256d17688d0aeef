import type { BusinessDate } from '../model/business-date.ts';
import type { CalendarDay } from '../model/calendar-day.ts';
import { addDays } from '../model/clock.ts';
import type { Deadline } from '../model/deadline.ts';
import type { ArrangedDay } from './arrangements.ts';

/** The working days (工作日) by which statutory periods are counted. */
export interface Calendar {
  /**
   * The last day of a period of `n` working days that begins the day after `from` (开始之日不计入).
   * Working Saturdays and Sundays (调休补班) count; statutory holidays do not (行政许可法 82).
   * No working days end the period on `from` itself.
   *
   * @throws {RangeError} when `n` is not a whole number from 0 to 1000.
   */
  addWorkingDays(from: BusinessDate, n: number): WorkingPeriod;
  /** The same, as it is stored. @throws {RangeError} as addWorkingDays. */
  deadline(from: BusinessDate, workingDays: number): Deadline;
  /** How many working days there are after `after`, through `through`; 0 when that is not later. */
  countWorkingDays(after: BusinessDate, through: BusinessDate): number;
  dayOf(day: BusinessDate): CalendarDay;
  /**
   * The last day whose arrangement is published (放假安排). The State Council publishes that of
   * the next year in November; until then every weekday counts as a working day.
   */
  readonly coveredThrough: BusinessDate;
}

/** Where a period of working days ends, and what it passed over. */
export interface WorkingPeriod {
  readonly on: BusinessDate;
  /** True when a day was counted whose arrangement is not published: count again later. */
  readonly provisional: boolean;
  /** Days from the day after `from` to `on` that did not count, in order, and why, in Chinese. */
  readonly skipped: readonly SkippedDay[];
}

interface SkippedDay {
  readonly day: BusinessDate;
  /** Name of the holiday, or 星期六, 星期日. */
  readonly why: string;
}

/** What a calendar counts by. */
export interface CalendarTable {
  readonly coveredFrom: BusinessDate;
  readonly coveredThrough: BusinessDate;
  readonly days: readonly ArrangedDay[];
  /** Days of decisions made here; of two for the same day the later one counts. */
  readonly overridden: readonly ArrangedDay[];
}

const WORKING_DAYS_MAX = 1_000;

/** Counts by a table that does not change. */
export function createCalendar(table: CalendarTable): Calendar {
  const { coveredFrom, coveredThrough } = table;
  const named = new Map<string, CalendarDay>();
  for (const one of table.days) named.set(one.day, { ...one, source: 'ARRANGEMENT' });
  for (const one of table.overridden) named.set(one.day, { ...one, source: 'OVERRIDE' });

  function dayOf(day: BusinessDate): CalendarDay {
    const why = weekendName(day);
    return named.get(day) ?? { day, isWorkday: why === null, why, source: 'WEEKDAY' };
  }

  function addWorkingDays(from: BusinessDate, n: number): WorkingPeriod {
    if (!Number.isInteger(n) || n < 0 || n > WORKING_DAYS_MAX)
      throw new RangeError(`a period has 0 to ${WORKING_DAYS_MAX} working days`);

    const skipped: SkippedDay[] = [];
    let on = from;
    let provisional = false;
    for (let left = n; left > 0;) {
      on = addDays(on, 1);
      const { isWorkday, why, source } = dayOf(on);
      const isArranged = (on >= coveredFrom && on <= coveredThrough) || source === 'OVERRIDE';
      provisional ||= !isArranged;
      if (isWorkday) left -= 1;
      else skipped.push({ day: on, why: why ?? '' });
    }
    return { on, provisional, skipped };
  }

  function countWorkingDays(after: BusinessDate, through: BusinessDate): number {
    let count = 0;
    for (let day = addDays(after, 1); day <= through; day = addDays(day, 1))
      if (dayOf(day).isWorkday) count += 1;
    return count;
  }

  function deadline(from: BusinessDate, workingDays: number): Deadline {
    const { on, provisional } = addWorkingDays(from, workingDays);
    return { from, workingDays, on, provisional };
  }

  return { addWorkingDays, deadline, countWorkingDays, dayOf, coveredThrough };
}

/** Null from Monday to Friday. */
function weekendName(day: BusinessDate): string | null {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  if (weekday === 6) return '星期六';
  return weekday === 0 ? '星期日' : null;
}
