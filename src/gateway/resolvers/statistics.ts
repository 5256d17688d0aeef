import type { Resolvers } from '../../generated/graphql.ts';
import type { Accepted } from '../../model/user-error.ts';
import type { YearlyReport } from '../../model/yearly-report.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { pathsOf } from '../printed-forms.ts';
import { connectionOf } from './connection.ts';

const payloadOf = (done: Accepted<YearlyReport>) =>
  done.ok ? { report: done.value, userErrors: [] } : { report: null, userErrors: done.errors };

/** Statistics of the regime, and the yearly reports. */
export const statisticsResolvers: Resolvers = {
  Query: {
    async statistics(_root, { input }, { caller, services }) {
      const { from, through, agencyCode, regionCode } = input;
      const asked = {
        from,
        through,
        agencyCode: agencyCode ?? null,
        regionCode: regionCode ?? null,
      };
      const counted = await services.statistics.read(caller, asked);
      return counted.ok
        ? { statistics: counted.value, userErrors: [] }
        : { statistics: null, userErrors: counted.errors };
    },
    yearlyReport: (_root, { id }, { caller, services }) => services.yearlyReports.find(caller, id),
    yearlyReports: async (_root, { regionCode, ...page }, { services }) =>
      connectionOf(await services.yearlyReports.pageOf({ regionCode }, pageRequestOf(page))),
  },

  Mutation: {
    draftYearlyReport: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.yearlyReports.draft(caller, { ...input, remarks: input.remarks ?? null }),
      ),
    stepYearlyReport: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.yearlyReports.step(caller, { ...input, reason: input.reason ?? null }),
      ),
  },

  Statistics: {
    agencyCode: ({ scope }) => scope.agencyCode,
    regionCode: ({ scope }) => scope.regionCode,
  },

  YearlyReport: {
    countedAt: ({ figures }) => new Date(figures.countedAt),
    figures: ({ figures }) => figures.figures,
    before: ({ figures }) => figures.before,
    printed: ({ id }) => ({
      ...pathsOf('report', id),
      xlsx: `${pathsOf('report', id).pdf.slice(0, -3)}xlsx`,
    }),
  },
};
