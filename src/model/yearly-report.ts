import type { BusinessDate } from './business-date.ts';
import { createStateMachine } from './state-machine.ts';
import type { Figures } from './statistics.ts';

/** How far a yearly report (年度报告) has come. */
export type ReportState = 'DRAFTED' | 'PUBLISHED' | 'DISCARDED';

/** What can be done with it. */
export type ReportStep = 'PUBLISH' | 'DISCARD';

/** What was published stays as it is: a correction is a further version. */
export const REPORT_LIFE = createStateMachine<ReportState, ReportStep>({
  DRAFTED: { PUBLISH: 'PUBLISHED', DISCARD: 'DISCARDED' },
  PUBLISHED: {},
  DISCARDED: {},
});

/** What one agency did, in a line. */
export interface AgencyLine {
  readonly agencyCode: string;
  readonly agencyName: string;
  readonly cases: number;
  readonly committed: number;
  readonly verifications: number;
  readonly breaches: number;
  readonly overdue: number;
}

/** Everything that is counted for a report, as it stood when it was drafted. */
export interface ReportFigures {
  readonly regionName: string;
  readonly from: BusinessDate;
  readonly through: BusinessDate;
  /** ISO 8601, UTC: what happened later is not in it. */
  readonly countedAt: string;
  readonly agencies: number;
  readonly sourcesThrough: BusinessDate | null;
  readonly figures: Figures;
  /** The same for the year before, where the hub has anything of it. */
  readonly before: Figures | null;
  /** In the order of the codes; those with nothing to tell are left out. */
  readonly byAgency: readonly AgencyLine[];
}

/** The yearly report of a region. */
export interface YearlyReport {
  readonly id: string;
  readonly regionCode: string;
  readonly year: number;
  /** Counts from 1 for a region and year. */
  readonly version: number;
  readonly figures: ReportFigures;
  /** SHA-256 of the canonical JSON of figures and remarks, hex. */
  readonly digest: string;
  readonly remarks: string | null;
  readonly agencyCode: string;
  readonly draftedAt: Date;
  readonly draftedBy: string;
  readonly state: ReportState;
  /** Null before it is published. */
  readonly publishedAt: Date | null;
  readonly publishedBy: string | null;
}
