import type { Refusals } from '../audit/refusals.ts';
import { regionAtLevel, type Agency } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { addDays, businessDate, type Clock } from '../model/clock.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { currentRegion } from '../model/region.ts';
import {
  coversRegion,
  cutOf,
  mayBeCut,
  PERIOD_DAYS_MAX,
  rateOf,
  type Cut,
  type CutFigure,
  type Figures,
  type Statistics,
  type StatisticsScope,
} from '../model/statistics.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { AgencyLine } from '../model/yearly-report.ts';
import type { Database } from '../store/database.ts';
import { countByAgency } from './agency-queries.ts';
import { countAssistance, countMatters, countOverdue, countRefused } from './duty-queries.ts';
import {
  countBreaches,
  countByKind,
  countByMethod,
  countByVerdict,
  countCases,
  countChecks,
  countCommitments,
  countConsequences,
  countPushes,
  countRedress,
  countVerifications,
  type Period,
} from './queries.ts';
import {
  countDay,
  findCountedThrough,
  listAvailability,
  listUncounted,
} from './source-day-queries.ts';

/** What the regime came to (统计分析), by agency, region and period. */
export interface StatisticsRoom {
  /** For the caller: of its own agency or, for a justice bureau, of whatever lies in its region. */
  read(caller: Caller, asked: AskStatistics): Promise<Accepted<Statistics>>;
  /** Of a region, for whom it may be is not asked. */
  ofRegion(regionCode: string, from: BusinessDate, through: BusinessDate): Promise<Statistics>;
  /** A line for each agency of a region that has anything to tell, in the order of their codes. */
  linesOf(
    regionCode: string,
    from: BusinessDate,
    through: BusinessDate,
  ): Promise<readonly AgencyLine[]>;
  /** Counts the days of the journal that are over. */
  countDays(signal: AbortSignal): Promise<void>;
}

/** Of whom, and of which days. Without a code, of the caller's agency. */
export interface AskStatistics extends StatisticsScope {
  readonly from: BusinessDate;
  readonly through: BusinessDate;
}

/** What the room works with. */
export interface StatisticsDependencies {
  /** Counting takes longer than a request may wait for a row. */
  readonly passesDb: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  listAgencies(filter: { regionPrefix: string }, page: PageRequest): Promise<Page<Agency>>;
  findAgency(code: string): Promise<Agency | null>;
}

const AGENCIES_PER_PAGE = 100;
const AGENCIES_MAX = 5_000;
const DAYS_PER_RUN = 60;
const CUT_FIGURES: readonly CutFigure[] = ['COMMITMENTS', 'REFUTED', 'INELIGIBLE', 'BREACHES'];

/** Whose list is counted. */
interface Whose {
  readonly scope: StatisticsScope;
  readonly regionCode: string;
  readonly agencies: readonly string[];
}

/** The room of statistics. */
export function createStatistics(deps: StatisticsDependencies): StatisticsRoom {
  const { passesDb: db, clock, refusals } = deps;

  async function read(caller: Caller, asked: AskStatistics): Promise<Accepted<Statistics>> {
    const refuse = (...told: Parameters<typeof mistake>) =>
      refusals.refuse(caller, 'statistics', [mistake(...told)]);
    const { from, through, regionCode } = asked;
    if (through < from || through >= addDays(from, PERIOD_DAYS_MAX))
      return refuse(
        'DATE_OUT_OF_RANGE',
        ['through'],
        `Up to ${PERIOD_DAYS_MAX} days from \`from\`.`,
      );
    if (asked.agencyCode !== null && regionCode !== null)
      return refuse('MALFORMED_VALUE', ['regionCode'], 'Send an agency or a region, not both.');
    const own = await deps.findAgency(caller.agencyCode);
    const isBureau = own?.isJustice === true && caller.roles.includes('JUSTICE');
    if (regionCode !== null) {
      if (!isBureau || !coversRegion(own.regionCode, currentRegion(regionCode).currentCode))
        return refuse('NOT_YOUR_REGION', ['regionCode'], 'Ask for your own region, as its bureau.');
      return { ok: true, value: await ofRegion(regionCode, from, through) };
    }
    const agency = asked.agencyCode === null ? own : await deps.findAgency(asked.agencyCode);
    if (agency === null)
      return refuse('UNKNOWN_AGENCY', ['agencyCode'], 'No agency is registered under this code.');
    const isOwn = agency.code === caller.agencyCode;
    if (!isOwn && !(isBureau && coversRegion(own.regionCode, agency.regionCode)))
      return refuse('NOT_YOUR_REGION', ['agencyCode'], 'Ask for your own agency.');
    return { ok: true, value: await ofAgency(agency, from, through) };
  }

  function ofAgency(agency: Agency, from: BusinessDate, through: BusinessDate) {
    const { code, regionCode } = agency;
    const scope = { agencyCode: code, regionCode: null };
    return count({ scope, regionCode, agencies: [code] }, from, through);
  }

  async function ofRegion(regionCode: string, from: BusinessDate, through: BusinessDate) {
    const { currentCode } = currentRegion(regionCode);
    const agencies = (await listAgencies(currentCode)).map(({ code }) => code);
    const scope = { agencyCode: null, regionCode: currentCode };
    return count({ scope, regionCode: currentCode, agencies }, from, through);
  }

  /** Also those registered under a code that the region had before. */
  async function listAgencies(regionCode: string): Promise<readonly Agency[]> {
    const found: Agency[] = [];
    let after: string | null = null;
    do {
      const page: Page<Agency> = await deps.listAgencies(
        { regionPrefix: regionCode.slice(0, 2) },
        { first: AGENCIES_PER_PAGE, after },
      );
      found.push(...page.nodes);
      after = page.hasNextPage ? page.endCursor : null;
    } while (after !== null && found.length < AGENCIES_MAX);
    return found.filter((one) =>
      coversRegion(regionCode, currentRegion(one.regionCode).currentCode),
    );
  }

  async function linesOf(
    regionCode: string,
    from: BusinessDate,
    through: BusinessDate,
  ): Promise<readonly AgencyLine[]> {
    const agencies = await listAgencies(regionCode);
    const period = { agencies: agencies.map(({ code }) => code), from, through };
    const counts = await countByAgency(db, period, businessDate(clock.now()));
    return agencies.flatMap(({ code, name }) => {
      const line = counts.find(({ agencyCode }) => agencyCode === code);
      return line === undefined ? [] : [{ ...line, agencyName: name }];
    });
  }

  async function count(
    whose: Whose,
    from: BusinessDate,
    through: BusinessDate,
  ): Promise<Statistics> {
    const period = { agencies: whose.agencies, from, through };
    const countedAt = clock.now();
    return {
      ...{ scope: whose.scope, from, through, countedAt, agencies: whose.agencies.length },
      sourcesThrough: await findCountedThrough(db, through),
      figures: await figuresOf(whose, period, businessDate(countedAt)),
    };
  }

  async function figuresOf(whose: Whose, period: Period, today: BusinessDate): Promise<Figures> {
    const provinceCode = regionAtLevel(whose.regionCode, 'PROVINCE');
    const { through } = period;
    const about = { ...whose, provinceCode, agencyCode: whose.scope.agencyCode, through };
    const matters = await countMatters(db, about);
    const cases = await countCases(db, period);
    const made = await countCommitments(db, period);
    const asked = await countVerifications(db, period);
    const helped = await countAssistance(db, period, today);
    const found = await countBreaches(db, period);
    const pushes = await countPushes(db, period);
    const redress = await countRedress(db, period);
    const isTimed = asked.timed > 0;
    return {
      matters: { ...matters, local: matters.listed - matters.fromProvince },
      cases: { accepted: cases.accepted, committed: rateOf(cases.committed, cases.accepted) },
      commitments: {
        ...{ signed: made.signed, certificatesSpared: made.spared, withdrawn: made.withdrawn },
        ...{ terminated: made.terminated, publicityRefused: made.refused },
      },
      eligibility: await countChecks(db, period),
      verifications: {
        asked: asked.asked,
        byMethod: await countByMethod(db, period),
        byVerdict: await countByVerdict(db, period),
        online: rateOf(asked.online, asked.checkable),
        averageSeconds: isTimed ? asked.average : null,
        p95Seconds: isTimed ? asked.p95 : null,
      },
      sources: (await listAvailability(db, period)).map((one) => ({
        ...{ source: one.source, answered: rateOf(one.answered, one.asked) },
      })),
      assistance: {
        ...{ sent: helped.sent, received: helped.received, overdueNow: helped.overdue },
        repliedInTime: rateOf(helped.inTime, helped.replied),
        refused: await countRefused(db, period),
      },
      breaches: {
        ...{ opened: found.opened, tolerated: found.tolerated, annulled: found.annulled },
        decided: rateOf(found.decided, made.signed),
        consequences: await countConsequences(db, period),
      },
      credit: {
        ...{ queued: pushes.queued, acknowledged: pushes.acknowledged },
        ...{ problems: pushes.problems, onTheirWay: pushes.underway },
      },
      redress: {
        objections: redress.objections,
        upheld: rateOf(redress.upheld, redress.decided),
        ...{ repairsApplied: redress.applied, repairsApproved: redress.approved },
      },
      overdue: await countOverdue(db, period, today),
      cuts: mayBeCut(whose.scope, period) ? await cutsOf(period) : null,
    };
  }

  async function cutsOf(period: Period): Promise<readonly Cut[]> {
    const counts = CUT_FIGURES.map((figure) => countByKind(db, figure, period));
    const all = await Promise.all(counts);
    return CUT_FIGURES.map((figure, at) => cutOf(figure, all[at] ?? []));
  }

  async function countDays(signal: AbortSignal): Promise<void> {
    const before = businessDate(clock.now());
    for (const on of await listUncounted(db, { before, rows: DAYS_PER_RUN })) {
      if (signal.aborted) return;
      await countDay(db, on, clock.now());
    }
  }

  return { read, ofRegion, linesOf, countDays };
}
