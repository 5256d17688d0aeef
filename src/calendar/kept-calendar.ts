import { randomUUID } from 'node:crypto';

import type { Log } from '../log.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CalendarDay, CalendarOverride } from '../model/calendar-day.ts';
import type { Caller } from '../model/caller.ts';
import { addDays, businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { readArrangements } from './arrangements.ts';
import { createCalendar, type Calendar, type WorkingPeriod } from './calendar.ts';
import { followCalendar } from './follow.ts';
import {
  findCalendarTable,
  findOverride,
  insertOverride,
  insertWithdrawal,
  listOverrides,
  loadArrangements,
  lockCalendar,
} from './queries.ts';

/** The calendar that the hub keeps, and the due days that hang on it. */
export interface KeptCalendar {
  /** Counts by what this replica knows now: within two seconds of any change. */
  readonly calendar: Calendar;
  /** Loads the arrangements of the installed package once, and follows changes from then on. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Counts every open due day anew; changes nothing where the calendar did not change. */
  recount(): Promise<void>;
  /** Each day from the first to the last. */
  listDays(from: BusinessDate, through: BusinessDate): Promise<readonly CalendarDay[]>;
  coveredThrough(): Promise<BusinessDate>;
  dueDate(from: BusinessDate, workingDays: number): Promise<WorkingPeriod>;
  /** Days after the first through the last that are not worked, in order, and why. */
  listSkipped(after: BusinessDate, through: BusinessDate): Promise<WorkingPeriod['skipped']>;
  /** Newest first, withdrawn ones too. */
  pageOfOverrides(page: PageRequest): Promise<Page<CalendarOverride>>;
  /** Decides for days, and counts every open due day anew in the same transaction. */
  setDays(caller: Caller, input: SetDays): Promise<Accepted<CalendarOverride>>;
  /** Takes a decision back, and counts anew. Doing it again changes nothing. */
  withdraw(
    caller: Caller,
    input: { readonly id: string; readonly reason: string },
  ): Promise<Accepted<CalendarOverride>>;
}

/** A decision about days. */
export interface SetDays {
  readonly firstDay: BusinessDate;
  readonly lastDay: BusinessDate;
  readonly isWorkday: boolean;
  readonly why: string;
  readonly reason: string;
}

/** A room whose due days are counted by the calendar. */
export interface DeadlineRoom {
  readonly name: string;
  /** Counts the due days of what is open anew by this calendar. Repeating it changes nothing. */
  recompute(trx: Transaction, calendar: Calendar): Promise<unknown>;
}

/** Records mistakes, and hands them back as the answer to the caller. */
type Refuse = (
  caller: Caller,
  operation: string,
  errors: readonly UserError[],
) => Promise<{ readonly ok: false; readonly errors: readonly UserError[] }>;

const DAYS_MAX = 62;
const DAYS_FROM_TODAY_MAX = 800;
const WHY_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 1_000;

/** Follows nothing before it is started; until then it counts by the installed package. */
export function createKeptCalendar(deps: {
  db: Database;
  clock: Clock;
  log: Pick<Log, 'warn'>;
  refusals: { refuse: Refuse };
  /** Read when something changes: rooms are composed later than the calendar they count by. */
  deadlines(): readonly DeadlineRoom[];
}): KeptCalendar {
  const { db, clock, refusals } = deps;
  const arrangements = readArrangements();
  let current = createCalendar({ ...arrangements, overridden: [] });
  const calendar: Calendar = {
    addWorkingDays: (from, n) => current.addWorkingDays(from, n),
    deadline: (from, n) => current.deadline(from, n),
    countWorkingDays: (after, through) => current.countWorkingDays(after, through),
    dayOf: (day) => current.dayOf(day),
    get coveredThrough() {
      return current.coveredThrough;
    },
  };
  const line = followCalendar({ ...deps, take: (table) => (current = createCalendar(table)) });

  async function recountIn(trx: Transaction): Promise<void> {
    const table = await findCalendarTable(trx);
    const changed = createCalendar(table ?? { ...arrangements, overridden: [] });
    for (const room of deps.deadlines()) await room.recompute(trx, changed);
  }

  async function start(): Promise<void> {
    await db.transaction(async (trx) => {
      if (await loadArrangements(trx, arrangements, clock.now())) await recountIn(trx);
    });
    await line.start();
  }

  async function setDays(caller: Caller, input: SetDays): Promise<Accepted<CalendarOverride>> {
    const errors = checkDays(input, businessDate(clock.now()));
    if (errors.length > 0) return refusals.refuse(caller, 'setCalendarDays', errors);
    const decided: CalendarOverride = {
      ...{ ...input, why: input.why.trim(), reason: input.reason.trim() },
      ...{ id: randomUUID(), setAt: clock.now(), setBy: caller.account, withdrawal: null },
    };
    const standing = await db.transaction(async (trx) => {
      await lockCalendar(trx);
      const [last] = await listOverrides(trx, { before: null, rows: 1 });
      if (last !== undefined && last.withdrawal === null && isSame(last, decided)) return last;
      await insertOverride(trx, decided);
      await recountIn(trx);
      return decided;
    });
    await line.look();
    return { ok: true, value: standing };
  }

  async function withdraw(
    caller: Caller,
    { id, reason }: { readonly id: string; readonly reason: string },
  ): Promise<Accepted<CalendarOverride>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'withdrawCalendarDays', errors);
    const wrong = checkLength(reason, ['reason'], REASON_LENGTH_MAX);
    if (wrong.length > 0) return refuse(wrong);
    const found = await db.transaction(async (trx) => {
      await lockCalendar(trx);
      const held = isUuid(id) ? await findOverride(trx, id) : undefined;
      if (held === undefined || held.withdrawal !== null) return held;
      const at = clock.now();
      await insertWithdrawal(trx, { id, reason: reason.trim(), at, by: caller.account });
      await recountIn(trx);
      return findOverride(trx, id);
    });
    if (found === undefined)
      return refuse([
        mistake('UNKNOWN_CALENDAR_DAYS', ['id'], 'No decision about days has this id.'),
      ]);
    await line.look();
    return { ok: true, value: found };
  }

  async function pageOfOverrides(page: PageRequest): Promise<Page<CalendarOverride>> {
    const before = decodeCursor(page.after, 1)?.[0];
    const rows = await listOverrides(db, {
      before: before === undefined ? null : Number.parseInt(before, 10) || 0,
      rows: rowsToRead(page),
    });
    return pageOf(rows, page, ({ number }) => [String(number)]);
  }

  return {
    ...{ calendar, start, setDays, withdraw, pageOfOverrides },
    stop: () => line.stop(),
    recount: () => db.transaction(recountIn),
    listSkipped: async (after, through) =>
      current.addWorkingDays(after, current.countWorkingDays(after, through)).skipped,
    listDays: async (from, through) => {
      const days: CalendarDay[] = [];
      for (let day = from; day <= through; day = addDays(day, 1)) days.push(current.dayOf(day));
      return days;
    },
    coveredThrough: async () => current.coveredThrough,
    dueDate: async (from, workingDays) => current.addWorkingDays(from, workingDays),
  };
}

function isSame(one: SetDays, other: SetDays): boolean {
  const key = ({ firstDay, lastDay, isWorkday, why, reason }: SetDays) =>
    JSON.stringify([firstDay, lastDay, isWorkday, why, reason]);
  return key(one) === key(other);
}

function checkDays(input: SetDays, today: BusinessDate): readonly UserError[] {
  const { firstDay, lastDay, why, reason } = input;
  const errors = [
    ...checkLength(why, ['why'], WHY_LENGTH_MAX),
    ...checkLength(reason, ['reason'], REASON_LENGTH_MAX),
  ];
  const isNear =
    firstDay >= addDays(today, -DAYS_FROM_TODAY_MAX) &&
    lastDay <= addDays(today, DAYS_FROM_TODAY_MAX);
  if (!isNear)
    errors.push(
      mistake(
        'DATE_OUT_OF_RANGE',
        ['firstDay'],
        `Send days within ${DAYS_FROM_TODAY_MAX} days of today.`,
      ),
    );
  if (lastDay < firstDay || lastDay >= addDays(firstDay, DAYS_MAX))
    errors.push(
      mistake('DATE_OUT_OF_RANGE', ['lastDay'], `Send 1 to ${DAYS_MAX} days at a time, in order.`),
    );
  return errors;
}
