import type { MaintenanceWindow } from './policy.ts';

/** Asia/Shanghai knows no daylight saving. */
const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** How often windows may follow each other without a gap before the end is taken as it is. */
const CHAINED_MAX = 14;

/**
 * How long the announced maintenance lasts from `now`, windows that follow each other or overlap
 * taken together. Null outside of maintenance. A window ends just before its `until`; one whose
 * ends are equal lasts a day.
 */
export function outageLeftMs(windows: readonly MaintenanceWindow[], now: Date): number | null {
  let end = now.getTime();
  for (let round = 0; round < CHAINED_MAX; round += 1) {
    const later = Math.max(end, ...windows.map((window) => endOf(window, end) ?? end));
    if (later === end) break;
    end = later;
  }
  return end > now.getTime() ? end - now.getTime() : null;
}

/** The end of the window that holds this instant. Null when it does not. */
function endOf({ weekdays, from, until }: MaintenanceWindow, at: number): number | null {
  const begins = minutesOf(from);
  const lasts = (minutesOf(until) - begins + 1_440) % 1_440 || 1_440;
  const today = Math.floor((at + SHANGHAI_MS) / DAY_MS);
  for (const day of [today - 1, today]) {
    if (weekdays !== null && !weekdays.includes(weekdayOf(day))) continue;
    const start = day * DAY_MS - SHANGHAI_MS + begins * MINUTE_MS;
    const end = start + lasts * MINUTE_MS;
    if (start <= at && at < end) return end;
  }
  return null;
}

/** Day 0 is 1970-01-01, a Thursday. */
function weekdayOf(day: number): number {
  return ((day + 3) % 7) + 1;
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return 60 * hours + minutes;
}
