import { businessDateOfEpoch, type BusinessDate } from './business-date.ts';

/** The only way the hub learns the time, so that a test can choose it. */
export interface Clock {
  now(): Date;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date() };

/**
 * The calendar day in Asia/Shanghai at this instant, wherever the process runs.
 *
 * @throws {RangeError} for an instant outside the years 1000 to 9999, or an invalid one.
 */
export function businessDate(instant: Date): BusinessDate {
  const day = businessDateOfEpoch(instant.getTime());
  if (day === null) throw new RangeError('An instant outside the years 1000 to 9999 has no day.');
  return day;
}

/** The day that many days later; earlier when `days` is negative. */
export function addDays(day: BusinessDate, days: number): BusinessDate {
  const midnight = new Date(`${day}T00:00:00Z`);
  midnight.setUTCDate(midnight.getUTCDate() + days);
  return midnight.toISOString().slice(0, 10) as BusinessDate;
}

/** The last instant of the calendar day in Asia/Shanghai, which knows no daylight saving. */
export function endOfBusinessDay(day: BusinessDate): Date {
  return new Date(`${day}T23:59:59.999+08:00`);
}
