import type { BusinessDate } from '../model/business-date.ts';
import type { Database } from '../store/database.ts';
import type { Period } from './queries.ts';

/** How often each source answered on the days that have been counted. */
export async function listAvailability(
  db: Database,
  period: Period,
): Promise<
  readonly { readonly source: string; readonly asked: number; readonly answered: number }[]
> {
  const { rows } = await db.raw<{ rows: { source: string; asked: string; answered: string }[] }>(
    `
    select source, sum(asked) as asked, sum(answered) as answered from source_day
    where agency_code = any(:agencies) and "on" between :from and :through
    group by 1 order by 1
    `,
    { ...period },
  );
  return rows.map(({ source, asked, answered }) => ({
    ...{ source, asked: Number(asked), answered: Number(answered) },
  }));
}

/** The last day, no later than `through`, up to which the journal is counted. Null for none. */
export async function findCountedThrough(
  db: Database,
  through: BusinessDate,
): Promise<BusinessDate | null> {
  const { rows } = await db.raw<{ rows: { on: BusinessDate | null }[] }>(
    `select max("on") as on from source_day_counted where "on" <= :through`,
    { through },
  );
  return rows[0]?.on ?? null;
}

/** Days of the journal that are over and not counted, oldest first. */
export async function listUncounted(
  db: Database,
  { before, rows }: { readonly before: BusinessDate; readonly rows: number },
): Promise<readonly BusinessDate[]> {
  const { rows: found } = await db.raw<{ rows: { on: BusinessDate }[] }>(
    `
    select day::date as on
    from generate_series(
      greatest(
        (select (min(asked_at) at time zone 'Asia/Shanghai')::date from source_intent),
        :before::date - 400),
      :before::date - 1, interval '1 day') as day
    where not exists (select from source_day_counted as counted where counted.on = day::date)
    order by 1 limit :rows
    `,
    { before, rows },
  );
  return found.map(({ on }) => on);
}

/** Counts a day of the journal, once, whoever comes first. */
export async function countDay(db: Database, on: BusinessDate, at: Date): Promise<void> {
  await db.transaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: unknown[] }>(
      `insert into source_day_counted ("on", counted_at) values (:on, :at)
       on conflict do nothing returning 1`,
      { on, at },
    );
    if (rows.length === 0) return;
    await trx.raw(
      `
      insert into source_day ("on", agency_code, source, asked, answered)
      select :on, agency_code, source, count(*), count(*) filter (where transport = 'ANSWERED')
      from source_intent
      left join source_outcome on intent_id = source_intent.id
      where asked_at >= (:on::date::timestamp at time zone 'Asia/Shanghai')
        and asked_at < ((:on::date + 1)::timestamp at time zone 'Asia/Shanghai')
        and reused is not true
      group by agency_code, source
      `,
      { on },
    );
  });
}
