import type { BusinessDate } from '../model/business-date.ts';
import type { AgencyLine } from '../model/yearly-report.ts';
import type { Database } from '../store/database.ts';
import type { Period } from './queries.ts';

type Line = Omit<AgencyLine, 'agencyName'>;

/** One line for each agency of the period that did anything, or owes anything. */
export async function countByAgency(
  db: Database,
  period: Period,
  today: BusinessDate,
): Promise<readonly Line[]> {
  const { rows } = await db.raw<{ rows: Record<keyof Line, string>[] }>(
    `
    select "agencyCode", sum(cases) as cases, sum(committed) as committed,
      sum(verifications) as verifications, sum(breaches) as breaches, sum(overdue) as overdue
    from (
      select agency_code as "agencyCode", 1 as cases,
        (exists (select from commitment where case_id = case_file.id))::integer as committed,
        0 as verifications, 0 as breaches, 0 as overdue
      from case_file
      where agency_code = any(:agencies) and accepted_on between :from and :through
      union all
      select agency_code, 0, 0, count(*), 0, 0 from verification
      where agency_code = any(:agencies)
        and asked_at >= (:from::date::timestamp at time zone 'Asia/Shanghai')
        and asked_at < ((:through::date + 1)::timestamp at time zone 'Asia/Shanghai')
      group by 1
      union all
      select agency_code, 0, 0, 0, count(*), 0
      from breach_event as event join breach on breach.id = breach_id
      where event.step = 'DECIDE' and agency_code = any(:agencies)
        and at >= (:from::date::timestamp at time zone 'Asia/Shanghai')
        and at < ((:through::date + 1)::timestamp at time zone 'Asia/Shanghai')
      group by 1
      union all
      select from_agency, 0, 0, 0, 0, count(*) from filing
      where from_agency = any(:agencies) and due_on < least(:today::date, :through::date + 1)
        and coalesce((select state from filing_event where filing_id = filing.id
          order by number desc limit 1), '') not in ('SENT', 'RECEIVED')
      group by 1
      union all
      select agency_code, 0, 0, 0, 0, count(*) from format_text_task as task
      where agency_code = any(:agencies) and due_on < least(:today::date, :through::date + 1)
        and not exists (select from format_text
          join format_text_publication on text_id = format_text.id
          where format_text.matter_code = task.matter_code
            and format_text.agency_code = task.agency_code)
      group by 1
    ) as lines
    group by 1 order by 1
    `,
    { ...period, today },
  );
  return rows.map((row) => ({
    ...{ agencyCode: row.agencyCode, cases: Number(row.cases), committed: Number(row.committed) },
    ...{ verifications: Number(row.verifications), breaches: Number(row.breaches) },
    overdue: Number(row.overdue),
  }));
}
