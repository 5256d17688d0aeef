import type { BusinessDate } from '../model/business-date.ts';
import type { Counted } from '../model/statistics.ts';
import type { Database } from '../store/database.ts';
import type { Period } from './queries.ts';

/** Requests for assistance that an agency of the period sent or received. */
export async function countAssistance(
  db: Database,
  period: Period,
  today: BusinessDate,
): Promise<{
  readonly sent: number;
  readonly received: number;
  readonly replied: number;
  readonly inTime: number;
  readonly overdue: number;
}> {
  const { rows } = await db.raw<{ rows: Record<string, string>[] }>(
    `
    select
      count(*) filter (where asking_agency = any(:agencies)) as sent,
      count(*) filter (where standing.assisting_agency = any(:agencies)) as received,
      count(*) filter (where standing ->> 'repliedOn' is not null) as replied,
      count(*) filter (where (standing ->> 'repliedOn')::date <= standing.due_on) as "inTime",
      count(*) filter (where is_open and standing.due_on < :today
        and standing ->> 'repliedOn' is null) as overdue
    from assistance_standing as standing
    join assistance_request as request on request.id = request_id
    where state <> 'DRAFT'
      and (standing ->> 'submittedOn')::date between :from and :through
      and (asking_agency = any(:agencies) or standing.assisting_agency = any(:agencies))
    `,
    { ...period, today },
  );
  const row = rows[0] ?? {};
  const numberOf = (name: string) => Number(row[name] ?? 0);
  return {
    ...{ sent: numberOf('sent'), received: numberOf('received'), replied: numberOf('replied') },
    ...{ inTime: numberOf('inTime'), overdue: numberOf('overdue') },
  };
}

/** Requests of the period that were refused, by ground. */
export async function countRefused(db: Database, period: Period): Promise<readonly Counted[]> {
  const { rows } = await db.raw<{ rows: { code: string; count: string }[] }>(
    `
    select standing -> 'refusal' ->> 'ground' as code, count(*) as count
    from assistance_standing as standing
    join assistance_request as request on request.id = request_id
    where (standing ->> 'submittedOn')::date between :from and :through
      and standing -> 'refusal' ->> 'ground' is not null
      and (asking_agency = any(:agencies) or standing.assisting_agency = any(:agencies))
    group by 1 order by 1
    `,
    { ...period },
  );
  return rows.map(({ code, count }) => ({ code, count: Number(count) }));
}

/** What should have been reported or published by the end of the period and is not yet. */
export async function countOverdue(
  db: Database,
  { agencies, through }: Period,
  today: BusinessDate,
): Promise<{ readonly filings: number; readonly texts: number }> {
  const { rows } = await db.raw<{ rows: { filings: string; texts: string }[] }>(
    `
    select
      (select count(*) from filing
        where from_agency = any(:agencies) and due_on < least(:today::date, :through::date + 1)
          and coalesce((select state from filing_event where filing_id = filing.id
            order by number desc limit 1), '') not in ('SENT', 'RECEIVED')) as filings,
      (select count(*) from format_text_task as task
        where agency_code = any(:agencies) and due_on < least(:today::date, :through::date + 1)
          and not exists (select from format_text
            join format_text_publication on text_id = format_text.id
            where format_text.matter_code = task.matter_code
              and format_text.agency_code = task.agency_code)) as texts
    `,
    { agencies, through, today },
  );
  return { filings: Number(rows[0]?.filings ?? 0), texts: Number(rows[0]?.texts ?? 0) };
}

/** Active matters in the list of a region that is in force at the end of the period. */
export async function countMatters(
  db: Database,
  about: {
    readonly regionCode: string;
    readonly provinceCode: string;
    /** Null for all agencies. */
    readonly agencyCode: string | null;
    readonly through: BusinessDate;
  },
): Promise<{ readonly listed: number; readonly fromProvince: number }> {
  const inForce = (region: string) => `
    select distinct on (matter_code) matter_code, entry
    from matter_list_change join matter_list on matter_list.id = list_id
    where region_code = :${region} and effective_from <= :through
    order by matter_code, version desc`;
  const { rows } = await db.raw<{ rows: { listed: string; province: string }[] }>(
    `
    with own as (${inForce('regionCode')}), province as (${inForce('provinceCode')})
    select count(*) as listed,
      count(*) filter (where exists (
          select from province where province.matter_code = own.matter_code
            and province.entry is not null)
        or exists (select from adoption_item where own_matter_code = own.matter_code)) as province
    from own
    where entry is not null and (entry ->> 'isActive')::boolean
      and (:agencyCode::text is null or entry ->> 'agencyCode' = :agencyCode)
    `,
    { ...about },
  );
  return { listed: Number(rows[0]?.listed ?? 0), fromProvince: Number(rows[0]?.province ?? 0) };
}
