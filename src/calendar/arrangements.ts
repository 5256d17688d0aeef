import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

import type { BusinessDate } from '../model/business-date.ts';

/** The published arrangements of working days (放假安排) of some years, day by day. */
export interface Arrangements {
  /** Package and version that carried them. */
  readonly package: string;
  /** SHA-256 of the days, hex. */
  readonly digest: string;
  readonly coveredFrom: BusinessDate;
  /** The last day of the last year that is arranged. */
  readonly coveredThrough: BusinessDate;
  /** Holidays, days in lieu and worked weekends, in order; every other day is as its weekday. */
  readonly days: readonly ArrangedDay[];
}

/** A day that an arrangement names. */
export interface ArrangedDay {
  readonly day: BusinessDate;
  readonly isWorkday: boolean;
  readonly why: string;
}

/**
 * The arrangements as chinese-days publishes them, day by day, as `Spring Festival,春节,4`. Its
 * functions are not used: west of Greenwich they are one day off, and for a year that is not yet
 * arranged they answer as for any other.
 */
interface PackageTable {
  readonly holidays: Readonly<Record<string, string>>;
  /** Saturdays and Sundays that are worked (调休补班). */
  readonly workdays: Readonly<Record<string, string>>;
}

/** The arrangements that the installed package carries. */
export function readArrangements(): Arrangements {
  const require = createRequire(import.meta.url);
  const { holidays, workdays } = require('chinese-days/dist/chinese-days.json') as PackageTable;
  const { version } = require('chinese-days/package.json') as { version: string };
  // A year is published when its National Day is there: the arrangement of one year may reach into
  // the first days of the next.
  const years = Object.keys(holidays)
    .filter((day) => day.endsWith('-10-01'))
    .map((day) => day.slice(0, 4))
    .toSorted();
  const days = [
    ...Object.entries(holidays).map(([day, text]) => arranged(day, text, false)),
    ...Object.entries(workdays).map(([day, text]) => arranged(day, text, true)),
  ].toSorted((one, other) => (one.day < other.day ? -1 : 1));
  const coveredFrom = `${years.at(0)}-01-01` as BusinessDate;
  const coveredThrough = `${years.at(-1)}-12-31` as BusinessDate;
  const digest = createHash('sha256')
    .update(JSON.stringify([coveredFrom, coveredThrough, days]))
    .digest('hex');
  return { package: `chinese-days@${version}`, digest, coveredFrom, coveredThrough, days };
}

function arranged(day: string, text: string, isWorkday: boolean): ArrangedDay {
  const name = text.split(',')[1] ?? text;
  return { day: day as BusinessDate, isWorkday, why: isWorkday ? `${name}调休补班` : name };
}
