import { createHash, randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Agency } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { currentRegion } from '../model/region.ts';
import { coversRegion, type Figures } from '../model/statistics.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import {
  REPORT_LIFE,
  type ReportFigures,
  type ReportStep,
  type YearlyReport,
} from '../model/yearly-report.ts';
import type { Database } from '../store/database.ts';
import {
  findReport,
  insertReport,
  insertReportEvent,
  listReports,
  lockReports,
} from './report-queries.ts';
import type { StatisticsRoom } from './statistics.ts';

/** Yearly reports (年度报告) of regions. */
export interface YearlyReports {
  /** Counts the year, and keeps what was counted. By the justice bureau of the region. */
  draft(caller: Caller, input: DraftReport): Promise<Accepted<YearlyReport>>;
  /** Another officer than the one who drafted it publishes. */
  step(caller: Caller, input: ReportStepInput): Promise<Accepted<YearlyReport>>;
  /** Published ones for everybody; drafts for the bureau that drafted them. Null for none. */
  find(caller: Caller, id: string): Promise<YearlyReport | null>;
  /** Published ones of a region and those within it, newest first. */
  pageOf(filter: { regionCode: string }, page: PageRequest): Promise<Page<YearlyReport>>;
}

/** Which year of which region. */
export interface DraftReport {
  readonly regionCode: string;
  readonly year: number;
  readonly remarks: string | null;
}

/** A step of a report. */
export interface ReportStepInput {
  readonly id: string;
  readonly step: ReportStep;
  readonly reason: string | null;
}

/** What the room works with. */
export interface YearlyReportsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly statistics: Pick<StatisticsRoom, 'ofRegion' | 'linesOf'>;
  findAgency(code: string): Promise<Agency | null>;
}

const FIRST_YEAR = 2021;
const REMARKS_LENGTH_MAX = 10_000;
const REASON_LENGTH_MAX = 1_000;
/** Lines of agencies; a prefecture has some two hundred. */
const AGENCIES_MAX = 500;

/** The room of yearly reports. */
export function createYearlyReports(deps: YearlyReportsDependencies): YearlyReports {
  const { db, clock, refusals, statistics } = deps;

  async function draft(caller: Caller, input: DraftReport): Promise<Accepted<YearlyReport>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'draftYearlyReport', errors);
    const errors = await checkDraft(caller, input);
    if (errors.length > 0) return refuse(errors);
    const regionCode = currentRegion(input.regionCode).currentCode;
    const figures = await countYear(regionCode, input.year);
    const remarks = input.remarks?.trim() ?? null;
    const id = randomUUID();
    const at = clock.now();
    await db.transaction(async (trx) => {
      await lockReports(trx);
      await insertReport(trx, {
        ...{ id, regionCode, year: input.year, figures, remarks },
        digest: digestOf(figures, remarks),
        ...{ agencyCode: caller.agencyCode, draftedAt: at, draftedBy: caller.account },
      });
      const event = { number: 1, step: null, state: 'DRAFTED', at, by: caller.account } as const;
      await insertReportEvent(trx, id, { ...event, reason: null });
    });
    const drafted = await findReport(db, id);
    if (drafted === null) throw new Error('a report that was drafted is gone');
    return { ok: true, value: drafted };
  }

  async function checkDraft(caller: Caller, input: DraftReport): Promise<readonly UserError[]> {
    const own = await deps.findAgency(caller.agencyCode);
    const thisYear = Number(businessDate(clock.now()).slice(0, 4));
    const isOwn =
      own?.isJustice === true &&
      coversRegion(own.regionCode, currentRegion(input.regionCode).currentCode);
    return [
      ...(isOwn
        ? []
        : [mistake('NOT_YOUR_REGION', ['regionCode'], 'Its justice bureau drafts the report.')]),
      ...(input.year >= FIRST_YEAR && input.year <= thisYear
        ? []
        : [mistake('DATE_OUT_OF_RANGE', ['year'], `From ${FIRST_YEAR} to ${thisYear}.`)]),
      ...(input.remarks === null
        ? []
        : checkLength(input.remarks, ['remarks'], REMARKS_LENGTH_MAX)),
    ];
  }

  async function countYear(regionCode: string, year: number): Promise<ReportFigures> {
    const { from, through } = yearOf(year);
    const counted = await statistics.ofRegion(regionCode, from, through);
    const earlier = yearOf(year - 1);
    const before = await statistics.ofRegion(regionCode, earlier.from, earlier.through);
    const { countedAt, agencies, sourcesThrough, figures } = counted;
    return {
      regionName: currentRegion(regionCode).name ?? regionCode,
      ...{ from, through, countedAt: countedAt.toISOString(), agencies, sourcesThrough, figures },
      before: isEmpty(before.figures) ? null : before.figures,
      byAgency: (await statistics.linesOf(regionCode, from, through)).slice(0, AGENCIES_MAX),
    };
  }

  async function step(caller: Caller, input: ReportStepInput): Promise<Accepted<YearlyReport>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'stepYearlyReport', errors);
    const stepped = await db.transaction(async (trx): Promise<Accepted<YearlyReport>> => {
      await lockReports(trx);
      const held = isUuid(input.id) ? await findReport(trx, input.id) : null;
      if (held === null || held.agencyCode !== caller.agencyCode)
        return no('UNKNOWN_REPORT', ['id'], 'Your agency has no such report.');
      const state = REPORT_LIFE.after(held.state, input.step);
      if (state === null)
        return { ok: false, errors: [REPORT_LIFE.refuse(held.state, input.step, ['id'])] };
      if (input.step === 'PUBLISH' && held.draftedBy === caller.account)
        return no('SECOND_PERSON_NEEDED', ['id'], 'Another officer publishes it.');
      if (input.step === 'DISCARD' && input.reason === null)
        return no('REASON_MISSING', ['reason'], 'Send why it is discarded.');
      const { reason } = input;
      const wrong = reason === null ? [] : checkLength(reason, ['reason'], REASON_LENGTH_MAX);
      if (wrong.length > 0) return { ok: false, errors: wrong };
      await insertReportEvent(trx, held.id, {
        ...{ number: 2, step: input.step, state, at: clock.now(), by: caller.account },
        reason: input.step === 'DISCARD' ? (reason?.trim() ?? null) : null,
      });
      return { ok: true, value: (await findReport(trx, held.id)) ?? held };
    });
    return stepped.ok ? stepped : refuse(stepped.errors);
  }

  return {
    draft,
    step,
    async find({ agencyCode }, id) {
      const report = isUuid(id) ? await findReport(db, id) : null;
      const isVisible = report?.state === 'PUBLISHED' || report?.agencyCode === agencyCode;
      return isVisible ? report : null;
    },
    async pageOf({ regionCode }, page) {
      const before = decodeInstantCursor(page.after);
      const regionPrefix = regionCode.replace(/(00){1,2}$/u, '');
      const filter = { regionPrefix, isPublished: true, before, rows: rowsToRead(page) };
      const rows = await listReports(db, filter);
      return pageOf(rows, page, ({ draftedAt, id }) => [draftedAt.toISOString(), id]);
    },
  };
}

function no(...told: Parameters<typeof mistake>): { ok: false; errors: readonly UserError[] } {
  return { ok: false, errors: [mistake(...told)] };
}

function yearOf(year: number): { readonly from: BusinessDate; readonly through: BusinessDate } {
  return { from: `${year}-01-01` as BusinessDate, through: `${year}-12-31` as BusinessDate };
}

function isEmpty({ cases, verifications, commitments }: Figures): boolean {
  return cases.accepted + verifications.asked + commitments.signed === 0;
}

function digestOf(figures: ReportFigures, remarks: string | null): string {
  return createHash('sha256').update(canonicalJson({ figures, remarks }), 'utf8').digest('hex');
}
