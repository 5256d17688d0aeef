import type { Calendar } from '../calendar/calendar.ts';
import { recountDeadlines } from '../calendar/recount.ts';
import type { AgencyLevel } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Filing, FilingState, FilingStep } from '../model/filing.ts';
import type { Database, Transaction } from '../store/database.ts';

interface FilingRow {
  id: string;
  kind: Filing['kind'];
  reference: string;
  digest: string;
  title: string;
  from_agency: string;
  from_region: string;
  from_level: AgencyLevel;
  to_region: string;
  to_level: AgencyLevel;
  counted_from: BusinessDate | null;
  working_days: number | null;
  due_on: BusinessDate | null;
  provisional: boolean;
  state: FilingState;
  version: number;
  sent_on: BusinessDate | null;
  received_on: BusinessDate | null;
  receipt_number: string | null;
  reason: string | null;
}

/** As it stood at the end of the day `:asOf`; as it stands now where that is null. */
const WITH_STATE = `
  select filing.*, coalesce(last.state, 'DUE') as state, coalesce(last.number, 0) as version,
    case when last.state = 'RETURNED' then null else sent.happened_on end as sent_on,
    case when last.state = 'RECEIVED' then last.happened_on end as received_on,
    last.receipt_number, last.reason
  from filing
  left join lateral (
    select * from filing_event
    where filing_id = filing.id and (:asOf::date is null or happened_on <= :asOf::date)
    order by number desc limit 1
  ) as last on true
  left join lateral (
    select happened_on from filing_event
    where filing_id = filing.id and step = 'SEND'
      and (:asOf::date is null or happened_on <= :asOf::date)
    order by number desc limit 1
  ) as sent on true
`;

/** Makes whoever takes a step wait for whoever is taking one. */
export async function lockFiling(trx: Transaction, id: string): Promise<void> {
  await trx('filing').where({ id }).forUpdate().select('id');
}

/** Null where there is none with this id. */
export async function findFiling(db: Database | Transaction, id: string): Promise<Filing | null> {
  const { rows } = await db.raw<{ rows: FilingRow[] }>(`${WITH_STATE} where filing.id = :id`, {
    ...{ id, asOf: null },
  });
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** The steps of the filing of one list or document, from below upward. */
export async function listFilingsOf(db: Database, reference: string): Promise<readonly Filing[]> {
  const { rows } = await db.raw<{ rows: FilingRow[] }>(
    `${WITH_STATE} where reference = :reference order by opened_at, from_region desc`,
    { reference, asOf: null },
  );
  return rows.map(fromRow);
}

/** By due day, those without one last, then by id. */
export async function listFilings(
  db: Database,
  filter: {
    /** What begins so, of those who report. */
    regionPrefix: string;
    asOf: BusinessDate;
    /** Only those whose last day was over by then, without a report. */
    overdue: boolean;
    state: FilingState | null;
    after: { dueOn: string; id: string } | null;
    rows: number;
  },
): Promise<readonly Filing[]> {
  const { after, ...given } = filter;
  const { rows } = await db.raw<{ rows: FilingRow[] }>(
    `
    select * from (
      ${WITH_STATE}
      where from_region like :regionPrefix || '%'
        and (opened_at at time zone 'Asia/Shanghai')::date <= :asOf::date
    ) as standing
    where (:state::text is null or state = :state)
      and (not :overdue or (due_on < :asOf::date and sent_on is null))
      and (:id::uuid is null
           or (coalesce(due_on, date '9999-12-31'), id) > (:dueOn::date, :id::uuid))
    order by coalesce(due_on, date '9999-12-31'), id
    limit :rows
    `,
    { ...given, dueOn: after?.dueOn ?? null, id: after?.id ?? null },
  );
  return rows.map(fromRow);
}

/** A step that is opened. */
export type NewFiling = Omit<
  Filing,
  'state' | 'version' | 'sentOn' | 'receivedOn' | 'receiptNumber' | 'returnReason'
> & { readonly openedAt: Date };

/** Opens a step. */
export async function insertFiling(trx: Transaction, filing: NewFiling): Promise<void> {
  await trx('filing').insert({
    ...{ id: filing.id, kind: filing.kind, reference: filing.reference, digest: filing.digest },
    ...{ title: filing.title, from_agency: filing.fromAgency, from_region: filing.fromRegion },
    ...{ from_level: filing.fromLevel, to_region: filing.toRegion, to_level: filing.toLevel },
    ...{ counted_from: filing.countedFrom, working_days: filing.workingDays },
    ...{ due_on: filing.dueOn, provisional: filing.provisional, opened_at: filing.openedAt },
  });
}

/** Adds what was done. */
export async function insertFilingEvent(
  trx: Transaction,
  event: {
    readonly filingId: string;
    readonly number: number;
    readonly step: FilingStep;
    readonly state: FilingState;
    readonly on: BusinessDate;
    readonly receiptNumber: string | null;
    readonly reason: string | null;
    readonly agencyCode: string;
    readonly at: Date;
    readonly by: string;
  },
): Promise<void> {
  await trx('filing_event').insert({
    ...{ filing_id: event.filingId, number: event.number, step: event.step, state: event.state },
    ...{ happened_on: event.on, receipt_number: event.receiptNumber, reason: event.reason },
    ...{ agency_code: event.agencyCode, happened_at: event.at, happened_by: event.by },
  });
}

/** Counts the due days of steps that are not reported anew. Returns how many changed. */
export function recountFilings(
  trx: Transaction,
  calendar: Pick<Calendar, 'deadline'>,
): Promise<number> {
  return recountDeadlines(trx, calendar, {
    ...{ table: 'filing', from: 'counted_from', workingDays: 'working_days' },
    ...{ on: 'due_on', provisional: 'provisional' },
    isOpen: `
      not exists (
        select 1 from filing_event
        where filing_id = filing.id and state in ('SENT', 'RECEIVED')
          and number = (select max(number) from filing_event where filing_id = filing.id)
      )
    `,
  });
}

function fromRow(row: FilingRow): Filing {
  return {
    id: row.id,
    kind: row.kind,
    reference: row.reference,
    digest: row.digest,
    title: row.title,
    fromAgency: row.from_agency,
    fromRegion: row.from_region,
    fromLevel: row.from_level,
    toRegion: row.to_region,
    toLevel: row.to_level,
    countedFrom: row.counted_from,
    workingDays: row.working_days,
    dueOn: row.due_on,
    provisional: row.provisional,
    state: row.state,
    version: row.version,
    sentOn: row.sent_on,
    receivedOn: row.received_on,
    receiptNumber: row.receipt_number,
    returnReason: row.reason,
  };
}
