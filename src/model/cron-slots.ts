/** A schedule (cron, Asia/Shanghai) that was read. Days of the week: 0 is Sunday. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Where both days and weekdays are restricted, either of them is enough. */
  readonly eitherDay: boolean;
}

const SHANGHAI_MS = 8 * 3_600_000;
const MINUTE_MS = 60_000;
const YEAR_MINUTES = 366 * 1_440;
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** Five fields of numbers, `*`, lists, ranges and steps. Null for any other text. */
export function parseCron(text: string): CronSchedule | null {
  const parts = text.trim().split(/\s+/u);
  if (parts.length !== RANGES.length) return null;
  const read = parts.map((part, at) => parseField(part, RANGES[at] ?? [0, 0]));
  const [minutes, hours, days, months, weekdays] = read;
  if (!minutes || !hours || !days || !months || !weekdays) return null;
  return {
    ...{ minutes, hours, days, months },
    weekdays: new Set([...weekdays].map((day) => day % 7)),
    eitherDay: parts[2] !== '*' && parts[4] !== '*',
  };
}

/** Whether it names no two minutes of one hour: a run every few minutes is none. */
export function isHourlyAtMost({ minutes }: CronSchedule): boolean {
  return minutes.size === 1;
}

/** The newest slot that is not after `now` and after `since`. Null where there is none. */
export function latestSlot(
  schedule: CronSchedule,
  { now, since }: { readonly now: Date; readonly since: Date },
): Date | null {
  for (let minute = minuteOf(now); minute * MINUTE_MS > since.getTime(); minute -= 1)
    if (isSlot(schedule, minute)) return new Date(minute * MINUTE_MS);
  return null;
}

/** The first slot after an instant. Null where none comes within a year. */
export function nextSlot(schedule: CronSchedule, after: Date): Date | null {
  const first = minuteOf(after) + 1;
  for (let minute = first; minute < first + YEAR_MINUTES; minute += 1)
    if (isSlot(schedule, minute)) return new Date(minute * MINUTE_MS);
  return null;
}

function minuteOf(at: Date): number {
  return Math.floor(at.getTime() / MINUTE_MS);
}

function isSlot(schedule: CronSchedule, minute: number): boolean {
  const local = new Date(minute * MINUTE_MS + SHANGHAI_MS);
  if (!schedule.minutes.has(local.getUTCMinutes())) return false;
  if (!schedule.hours.has(local.getUTCHours())) return false;
  if (!schedule.months.has(local.getUTCMonth() + 1)) return false;
  const isDay = schedule.days.has(local.getUTCDate());
  const isWeekday = schedule.weekdays.has(local.getUTCDay());
  return schedule.eitherDay ? isDay || isWeekday : isDay && isWeekday;
}

function parseField(text: string, [low, high]: readonly [number, number]): Set<number> | null {
  const named = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/u.exec(part);
    if (match === null) return null;
    const [, first, last, step] = match;
    const from = first === undefined ? low : Number(first);
    // `5/10` goes on to the end, as everywhere.
    const alone = step === undefined ? from : high;
    const until = last === undefined ? (first === undefined ? high : alone) : Number(last);
    const by = step === undefined ? 1 : Number(step);
    if (by === 0 || from < low || until > high || from > until) return null;
    for (let value = from; value <= until; value += by) named.add(value);
  }
  return named;
}
