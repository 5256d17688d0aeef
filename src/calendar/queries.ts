import type { BusinessDate } from '../model/business-date.ts';
import type { CalendarOverride } from '../model/calendar-day.ts';
import { addDays } from '../model/clock.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { ArrangedDay, Arrangements } from './arrangements.ts';
import type { CalendarTable } from './calendar.ts';

interface OverrideRow {
  id: string;
  number: number;
  first_day: BusinessDate;
  last_day: BusinessDate;
  is_workday: boolean;
  why: string;
  reason: string;
  set_at: Date;
  set_by: string;
  end_reason: string | null;
  withdrawn_at: Date | null;
  withdrawn_by: string | null;
}

const SELECT_OVERRIDE = `
  select calendar_override.*, ended.reason as end_reason, withdrawn_at, withdrawn_by
  from calendar_override
  left join calendar_override_end as ended on ended.override_id = calendar_override.id
`;

/** Changes with every edition, decision and withdrawal. */
export async function findCalendarVersion(db: Database): Promise<string> {
  const { rows } = await db.raw<{ rows: { version: string }[] }>(`
    select concat_ws(
      '/',
      (select max(number) from calendar_edition),
      (select max(number) from calendar_override),
      (select count(*) from calendar_override_end)
    ) as version
  `);
  return rows[0]?.version ?? '';
}

/** What is counted by now. Null before any edition was loaded. */
export async function findCalendarTable(db: Database | Transaction): Promise<CalendarTable | null> {
  const edition = await db<{ covered_from: BusinessDate; covered_through: BusinessDate }>(
    'calendar_edition',
  )
    .orderBy('number', 'desc')
    .first();
  if (edition === undefined) return null;
  const days = await db<{ date: BusinessDate; is_workday: boolean; why: string }>(
    'calendar_day',
  ).orderBy('date');
  const { rows } = await db.raw<{ rows: OverrideRow[] }>(
    `${SELECT_OVERRIDE} where withdrawn_at is null order by number`,
  );
  return {
    coveredFrom: edition.covered_from,
    coveredThrough: edition.covered_through,
    days: days.map(({ date, is_workday, why }) => ({ day: date, isWorkday: is_workday, why })),
    overridden: rows.flatMap(daysOf),
  };
}

/** Makes the table hold these arrangements. False where this edition was loaded before. */
export async function loadArrangements(
  trx: Transaction,
  arrangements: Arrangements,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    insert into calendar_edition (package, digest, covered_from, covered_through, loaded_at)
    values (:package, :digest, :coveredFrom, :coveredThrough, :at)
    on conflict (digest) do nothing
    `,
    { ...arrangements, days: null, at },
  );
  if (rowCount === 0) return false;
  await trx('calendar_day').delete();
  await trx.raw(
    `
    insert into calendar_day (date, is_workday, why, source)
    select (one ->> 'day')::date, (one ->> 'isWorkday')::boolean, one ->> 'why', :source
    from jsonb_array_elements(:days::jsonb) as one
    `,
    { days: JSON.stringify(arrangements.days), source: arrangements.package },
  );
  return true;
}

/** Lets one change after another pass, so that each counts by the calendar it leads to. */
export async function lockCalendar(trx: Transaction): Promise<void> {
  await trx.raw('lock table calendar_override in share row exclusive mode');
}

/** Newest first, those before `before`. */
export async function listOverrides(
  db: Database | Transaction,
  wanted: { before: number | null; rows: number },
): Promise<readonly (CalendarOverride & { readonly number: number })[]> {
  const { rows } = await db.raw<{ rows: OverrideRow[] }>(
    `
    ${SELECT_OVERRIDE}
    where (:before::integer is null or number < :before::integer)
    order by number desc
    limit :rows
    `,
    wanted,
  );
  return rows.map((row) => ({ ...fromRow(row), number: row.number }));
}

/** Undefined where there is none with this id. */
export async function findOverride(
  db: Database | Transaction,
  id: string,
): Promise<CalendarOverride | undefined> {
  const { rows } = await db.raw<{ rows: OverrideRow[] }>(
    `${SELECT_OVERRIDE} where calendar_override.id = :id`,
    { id },
  );
  return rows[0] === undefined ? undefined : fromRow(rows[0]);
}

/** Records a decision about days. */
export async function insertOverride(trx: Transaction, one: CalendarOverride): Promise<void> {
  await trx('calendar_override').insert({
    id: one.id,
    first_day: one.firstDay,
    last_day: one.lastDay,
    is_workday: one.isWorkday,
    why: one.why,
    reason: one.reason,
    set_at: one.setAt,
    set_by: one.setBy,
  });
}

/** Records that a decision no longer counts. */
export async function insertWithdrawal(
  trx: Transaction,
  ended: { id: string; reason: string; at: Date; by: string },
): Promise<void> {
  const { id, reason, at, by } = ended;
  await trx('calendar_override_end').insert({
    ...{ override_id: id, reason, withdrawn_at: at, withdrawn_by: by },
  });
}

function daysOf(row: OverrideRow): readonly ArrangedDay[] {
  const days: ArrangedDay[] = [];
  for (let day = row.first_day; day <= row.last_day; day = addDays(day, 1))
    days.push({ day, isWorkday: row.is_workday, why: row.why });
  return days;
}

function fromRow(row: OverrideRow): CalendarOverride {
  const { end_reason, withdrawn_at, withdrawn_by } = row;
  const isEnded = end_reason !== null && withdrawn_at !== null && withdrawn_by !== null;
  return {
    id: row.id,
    firstDay: row.first_day,
    lastDay: row.last_day,
    isWorkday: row.is_workday,
    why: row.why,
    reason: row.reason,
    setAt: row.set_at,
    setBy: row.set_by,
    withdrawal: isEnded
      ? { reason: end_reason, withdrawnAt: withdrawn_at, withdrawnBy: withdrawn_by }
      : null,
  };
}
