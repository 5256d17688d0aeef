import { createRequire } from 'node:module';

import type { BusinessDate } from '../model/business-date.ts';
import { addDays } from '../model/clock.ts';

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
  /**
   * The last day whose arrangement is published (放假安排). The State Council publishes that of
   * the next year in November; until then every weekday counts as a working day.
   */
  readonly coveredThrough: BusinessDate;
}

interface WorkingPeriod {
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

const WORKING_DAYS_MAX = 1_000;

/**
 * The arrangements as chinese-days publishes them, day by day, as `Spring Festival,春节,4`. Its
 * functions are not used: west of Greenwich they are one day off, and for a year that is not yet
 * arranged they answer as for any other.
 */
interface Arrangements {
  readonly holidays: Readonly<Record<string, string>>;
  /** Saturdays and Sundays that are worked (调休补班). */
  readonly workdays: Readonly<Record<string, string>>;
}

/** Counts by the published arrangements that the installed package carries. */
export function createCalendar(): Calendar {
  const { holidays, workdays } = readArrangements();
  // A year is published when its National Day is there: the arrangement of one year may reach into
  // the first days of the next.
  const years = Object.keys(holidays)
    .filter((day) => day.endsWith('-10-01'))
    .map((day) => day.slice(0, 4))
    .toSorted();
  const coveredFrom = `${years.at(0)}-01-01` as BusinessDate;
  const coveredThrough = `${years.at(-1)}-12-31` as BusinessDate;

  /** Null for a working day. */
  function reasonNotToCount(day: BusinessDate): string | null {
    if (workdays[day] !== undefined) return null;
    const holiday = holidays[day];
    return holiday === undefined ? weekendName(day) : (holiday.split(',')[1] ?? holiday);
  }

  function addWorkingDays(from: BusinessDate, n: number): WorkingPeriod {
    if (!Number.isInteger(n) || n < 0 || n > WORKING_DAYS_MAX)
      throw new RangeError(`a period has 0 to ${WORKING_DAYS_MAX} working days`);

    const skipped: SkippedDay[] = [];
    let on = from;
    let provisional = false;
    for (let left = n; left > 0;) {
      on = addDays(on, 1);
      provisional ||= on < coveredFrom || on > coveredThrough;
      const why = reasonNotToCount(on);
      if (why === null) left -= 1;
      else skipped.push({ day: on, why });
    }
    return { on, provisional, skipped };
  }

  return { addWorkingDays, coveredThrough };
}

function readArrangements(): Arrangements {
  const require = createRequire(import.meta.url);
  return require('chinese-days/dist/chinese-days.json') as Arrangements;
}

/** Null from Monday to Friday. */
function weekendName(day: BusinessDate): string | null {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  if (weekday === 6) return '星期六';
  return weekday === 0 ? '星期日' : null;
}
