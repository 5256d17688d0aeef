import type { BusinessDate } from './business-date.ts';
import { showColumn, type ShownCell } from './small-cells.ts';
import type { SubjectKind } from './subject-code.ts';

/** A part of a whole. The share of nothing is null: neither none nor all. */
export interface Rate {
  readonly part: number;
  readonly whole: number;
  /** 0 to 1. */
  readonly share: number | null;
}

/** How many of one kind. */
export interface Counted {
  readonly code: string;
  readonly count: number;
}

/** How often a source answered. */
export interface SourceAvailability {
  readonly source: string;
  readonly answered: Rate;
}

/** What is told of persons and companies apart. */
export type CutFigure = 'COMMITMENTS' | 'REFUTED' | 'INELIGIBLE' | 'BREACHES';

/** One figure by kind of applicant; small numbers are held back (src/model/small-cells.ts). */
export interface Cut {
  readonly figure: CutFigure;
  readonly cells: readonly { readonly kind: SubjectKind; readonly count: ShownCell }[];
}

/** The figures of a period (统计指标). What each counts: docs/reference/statistics.md. */
export interface Figures {
  readonly matters: {
    readonly listed: number;
    readonly fromProvince: number;
    readonly local: number;
  };
  readonly cases: { readonly accepted: number; readonly committed: Rate };
  readonly commitments: {
    readonly signed: number;
    readonly certificatesSpared: number;
    readonly withdrawn: number;
    readonly terminated: number;
    readonly publicityRefused: number;
  };
  readonly eligibility: {
    readonly checked: number;
    readonly blocked: number;
    readonly warned: number;
    readonly undetermined: number;
  };
  readonly verifications: {
    readonly asked: number;
    readonly byMethod: readonly Counted[];
    readonly byVerdict: readonly Counted[];
    readonly online: Rate;
    /** Seconds to the first verdict that is not pending. Null where there is none. */
    readonly averageSeconds: number | null;
    readonly p95Seconds: number | null;
  };
  readonly sources: readonly SourceAvailability[];
  readonly assistance: {
    readonly sent: number;
    readonly received: number;
    readonly repliedInTime: Rate;
    readonly overdueNow: number;
    readonly refused: readonly Counted[];
  };
  readonly breaches: {
    readonly opened: number;
    readonly decided: Rate;
    readonly tolerated: number;
    readonly annulled: number;
    readonly consequences: readonly Counted[];
  };
  readonly credit: {
    readonly queued: number;
    readonly acknowledged: number;
    readonly problems: number;
    readonly onTheirWay: number;
  };
  readonly redress: {
    readonly objections: number;
    readonly upheld: Rate;
    readonly repairsApplied: number;
    readonly repairsApproved: number;
  };
  readonly overdue: { readonly filings: number; readonly texts: number };
  /** Null but for whole years of a city or province: see `mayBeCut`. */
  readonly cuts: readonly Cut[] | null;
}

/** Whose figures. Exactly one is not null. */
export interface StatisticsScope {
  readonly agencyCode: string | null;
  readonly regionCode: string | null;
}

/** Figures, of whom and of when. */
export interface Statistics {
  readonly scope: StatisticsScope;
  readonly from: BusinessDate;
  readonly through: BusinessDate;
  readonly countedAt: Date;
  /** Agencies that were counted. */
  readonly agencies: number;
  /** Last day of the journal that is counted in `sources`. Null where none is. */
  readonly sourcesThrough: BusinessDate | null;
  readonly figures: Figures;
}

/** A part of a whole. */
export function rateOf(part: number, whole: number): Rate {
  return { part, whole, share: whole === 0 ? null : part / whole };
}

/** Days a period may have: a leap year. */
export const PERIOD_DAYS_MAX = 366;

/**
 * Whether figures are told by kind of applicant: for whole years of a city or province alone. Of
 * two periods, regions or agencies of which one holds the other, the difference would tell what is
 * held back in either.
 */
export function mayBeCut(
  { regionCode }: StatisticsScope,
  { from, through }: { readonly from: BusinessDate; readonly through: BusinessDate },
): boolean {
  const isYear = from.endsWith('-01-01') && through === `${from.slice(0, 4)}-12-31`;
  return isYear && regionCode !== null && regionCode.endsWith('00');
}

const KINDS: readonly SubjectKind[] = ['ENTERPRISE', 'INDIVIDUAL_BUSINESS', 'PERSON'];

/** A figure by kind, as it may be shown. Kinds that are not given count as none. */
export function cutOf(
  figure: CutFigure,
  counts: readonly { readonly kind: SubjectKind; readonly count: number }[],
): Cut {
  const exact = KINDS.map((kind) => counts.find((one) => one.kind === kind)?.count ?? 0);
  const shown = showColumn(exact);
  return { figure, cells: KINDS.map((kind, at) => ({ kind, count: shown[at] ?? null })) };
}

/** The agencies whose regions lie in a region: 370800 covers 370811, 370000 covers both. */
export function coversRegion(regionCode: string, other: string): boolean {
  return other.startsWith(regionCode.replace(/(00){1,2}$/u, ''));
}
