import type { Services } from '../../src/gateway/services.ts';
import { cutOf, rateOf, type Figures, type Statistics } from '../../src/model/statistics.ts';
import type { YearlyReport } from '../../src/model/yearly-report.ts';
import { AGENCY, day, instant } from './records.ts';

const ID = '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f1a01';
const page = <T>(nodes: readonly T[]) => ({ nodes, hasNextPage: false, endCursor: 'cursor' });

const FIGURES: Figures = {
  matters: { listed: 12, fromProvince: 10, local: 2 },
  cases: { accepted: 100, committed: rateOf(40, 100) },
  commitments: {
    ...{ signed: 41, certificatesSpared: 39, withdrawn: 1, terminated: 1, publicityRefused: 2 },
  },
  eligibility: { checked: 50, blocked: 3, warned: 4, undetermined: 1 },
  verifications: {
    ...{ asked: 60, online: rateOf(50, 60), averageSeconds: 0.4, p95Seconds: 2.5 },
    byMethod: [{ code: 'ONLINE', count: 55 }],
    byVerdict: [{ code: 'CONFIRMED', count: 50 }],
  },
  sources: [{ source: 'credit-platform', answered: rateOf(99, 100) }],
  assistance: {
    ...{ sent: 5, received: 0, repliedInTime: rateOf(4, 4), overdueNow: 1 },
    refused: [{ code: 'BEYOND_COMPETENCE', count: 1 }],
  },
  breaches: {
    ...{ opened: 2, decided: rateOf(1, 41), tolerated: 1, annulled: 0 },
    consequences: [{ code: 'REVOKE', count: 1 }],
  },
  credit: { queued: 80, acknowledged: 78, problems: 1, onTheirWay: 1 },
  redress: { objections: 1, upheld: rateOf(0, 1), repairsApplied: 1, repairsApproved: 1 },
  overdue: { filings: 1, texts: 2 },
  cuts: [cutOf('COMMITMENTS', [{ kind: 'ENTERPRISE', count: 41 }])],
};

const STATISTICS: Statistics = {
  scope: { agencyCode: AGENCY.code, regionCode: null },
  ...{ from: day('2026-01-01'), through: day('2026-12-31'), countedAt: instant, agencies: 1 },
  ...{ sourcesThrough: day('2026-11-22'), figures: FIGURES },
};

const REPORT: YearlyReport = {
  ...{ id: ID, regionCode: '370800', year: 2026, version: 1, digest: 'a'.repeat(64) },
  figures: {
    ...{ regionName: '济宁市', from: STATISTICS.from, through: STATISTICS.through, agencies: 1 },
    ...{ countedAt: instant.toISOString(), sourcesThrough: STATISTICS.sourcesThrough },
    ...{ figures: FIGURES, before: FIGURES },
    byAgency: [
      {
        ...{ agencyCode: AGENCY.code, agencyName: AGENCY.name, cases: 100, committed: 40 },
        ...{ verifications: 60, breaches: 1, overdue: 3 },
      },
    ],
  },
  ...{ remarks: '运行平稳', agencyCode: AGENCY.code, draftedAt: instant, draftedBy: 'justice-1' },
  ...{ state: 'PUBLISHED', publishedAt: instant, publishedBy: 'justice-2' },
};

/** What the regime came to, with all a field can show. */
export const statisticsRooms: Pick<Services, 'statistics' | 'yearlyReports'> = {
  statistics: { read: async () => ({ ok: true, value: STATISTICS }) },
  yearlyReports: {
    draft: async () => ({ ok: true, value: REPORT }),
    step: async () => ({ ok: true, value: REPORT }),
    find: async () => REPORT,
    pageOf: async () => page([REPORT]),
  },
};
