import type {
  ReportFigures,
  ReportState,
  ReportStep,
  YearlyReport,
} from '../model/yearly-report.ts';
import type { Database, Transaction } from '../store/database.ts';

interface ReportRow {
  id: string;
  region_code: string;
  year: number;
  version: number;
  figures: ReportFigures;
  digest: string;
  remarks: string | null;
  agency_code: string;
  drafted_at: Date;
  drafted_by: string;
  state: ReportState;
  published_at: Date | null;
  published_by: string | null;
}

const WITH_STATE = `
  select yearly_report.*, last.state, published.at as published_at, published.by as published_by
  from yearly_report
  cross join lateral (
    select state from yearly_report_event
    where report_id = yearly_report.id order by number desc limit 1
  ) as last
  left join lateral (
    select at, by from yearly_report_event
    where report_id = yearly_report.id and step = 'PUBLISH'
  ) as published on true
`;

/** The next version of a region and year. Returns null when somebody else took the number. */
export async function insertReport(
  trx: Transaction,
  report: Omit<YearlyReport, 'version' | 'state' | 'publishedAt' | 'publishedBy'>,
): Promise<void> {
  await trx.raw(
    `
    insert into yearly_report
      (id, region_code, year, version, figures, digest, remarks, agency_code, drafted_at, drafted_by)
    select :id, :regionCode, :year, coalesce(max(version), 0) + 1, :figures, :digest, :remarks,
      :agencyCode, :draftedAt, :draftedBy
    from yearly_report where region_code = :regionCode and year = :year
    `,
    { ...report, figures: JSON.stringify(report.figures) },
  );
}

/** The next event. */
export async function insertReportEvent(
  trx: Transaction,
  reportId: string,
  event: {
    readonly number: number;
    readonly step: ReportStep | null;
    readonly state: ReportState;
    readonly at: Date;
    readonly by: string;
    readonly reason: string | null;
  },
): Promise<void> {
  await trx('yearly_report_event').insert({ report_id: reportId, ...event });
}

/** Keeps others from drafting or deciding until the transaction ends. */
export async function lockReports(trx: Transaction): Promise<void> {
  await trx.raw('lock table yearly_report in share row exclusive mode');
}

/** Null where there is none. */
export async function findReport(
  db: Database | Transaction,
  id: string,
): Promise<YearlyReport | null> {
  const { rows } = await db.raw<{ rows: ReportRow[] }>(`${WITH_STATE} where id = :id`, { id });
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Of regions that begin so, newest first. */
export async function listReports(
  db: Database,
  filter: {
    readonly regionPrefix: string;
    readonly isPublished: boolean;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly rows: number;
  },
): Promise<readonly YearlyReport[]> {
  const { rows } = await db.raw<{ rows: ReportRow[] }>(
    `
    ${WITH_STATE}
    where region_code like :prefix and (not :isPublished or last.state = 'PUBLISHED')
      and (:at::timestamptz is null or (drafted_at, id) < (:at::timestamptz, :id::uuid))
    order by drafted_at desc, id desc limit :rows
    `,
    {
      ...{ prefix: `${filter.regionPrefix}%`, isPublished: filter.isPublished, rows: filter.rows },
      ...{ at: filter.before?.at ?? null, id: filter.before?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

function fromRow(row: ReportRow): YearlyReport {
  return {
    ...{ id: row.id, regionCode: row.region_code, year: row.year, version: row.version },
    ...{ figures: row.figures, digest: row.digest, remarks: row.remarks },
    ...{ agencyCode: row.agency_code, draftedAt: row.drafted_at, draftedBy: row.drafted_by },
    ...{ state: row.state, publishedAt: row.published_at, publishedBy: row.published_by },
  };
}
