import type { Calendar } from '../calendar/calendar.ts';
import {
  indicatorsOf,
  type CountedRequest,
  type PairIndicators,
} from '../model/assistance-indicators.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { Database } from '../store/database.ts';

/** A question that people answer by hand again and again. */
export interface ManualQuestion {
  readonly assistingAgency: string;
  /** Entry of the list of assistance. Null where the list has none. */
  readonly itemCode: string | null;
  /** Requirement of the matters that ask it. */
  readonly requirement: string;
  readonly requests: number;
  readonly minutesPerRequest: number;
  /** What it costs in a year, hours of people at the assisting agency. */
  readonly hoursPerYear: number;
}

/** What is known of how agencies help each other. */
export interface AssistanceFigures {
  /** Requests submitted from one day through another; of one agency, or of all. */
  indicators(filter: {
    agencyCode: string | null;
    from: BusinessDate;
    through: BusinessDate;
  }): Promise<readonly PairIndicators[]>;
  /** What to automate first: the dearest of the last 365 days, at most 20. */
  listManual(): Promise<readonly ManualQuestion[]>;
}

const REQUESTS_MAX = 20_000;
const MANUAL_MAX = 20;
/** Where the list of assistance says nothing. */
const MINUTES_PER_REQUEST = 30;

/** Figures over the standings of requests. */
export function createAssistanceFigures(deps: {
  db: Database;
  clock: Clock;
  calendar: Calendar;
}): AssistanceFigures {
  const { db, clock, calendar } = deps;
  return {
    async indicators(filter) {
      const { rows } = await db.raw<{ rows: CountedRequest[] }>(
        `
        select standing, assistance_standing.due_on as "dueOn"
        from assistance_standing
        join assistance_request on assistance_request.id = request_id
        where state <> 'DRAFT'
          and (standing ->> 'submittedOn')::date between :from and :through
          and (:agencyCode::text is null or asking_agency = :agencyCode
               or assistance_standing.assisting_agency = :agencyCode)
        order by submitted_at desc
        limit :rows
        `,
        { ...filter, rows: REQUESTS_MAX },
      );
      return indicatorsOf(rows, calendar, businessDate(clock.now()));
    },

    async listManual() {
      const { rows } = await db.raw<{ rows: Omit<ManualQuestion, 'hoursPerYear'>[] }>(
        `
        select
          request.assisting_agency as "assistingAgency", request.item_code as "itemCode",
          requirement, count(*)::integer as requests,
          coalesce(max(minutes_per_request), :minutes) as "minutesPerRequest"
        from assistance_request as request
        left join assistance_item as item
          on item.code = request.item_code and item.version = request.item_version
        where parent_id is null and submitted_at > :now::timestamptz - interval '365 days'
        group by request.assisting_agency, request.item_code, requirement
        order by count(*) * coalesce(max(minutes_per_request), :minutes) desc, requirement
        limit :rows
        `,
        { now: clock.now(), minutes: MINUTES_PER_REQUEST, rows: MANUAL_MAX },
      );
      return rows.map((row) => ({
        ...row,
        hoursPerYear: (row.requests * row.minutesPerRequest) / 60,
      }));
    },
  };
}
