import type { Resolvers } from '../../generated/graphql.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** How the sources are doing, and what was turned down. */
export const sourceResolvers: Resolvers = {
  Query: {
    sources: (_root, _args, { services }) => services.sources.readStates(),
    refusals: async (_root, page, { ask }) => connectionOf(await ask.refusals(pageRequestOf(page))),
  },

  Source: {
    capabilities: ({ capabilities }) =>
      capabilities.map(({ name, batchMax, canary }) => ({
        name,
        batchMax,
        canaryRight: canary?.right ?? null,
        canaryReadAt: canary?.readAt ?? null,
      })),
  },

  SourceHealth: {
    availabilityFiveMinutes: ({ availability }) => availability.fiveMinutes,
    availabilityHour: ({ availability }) => availability.hour,
    hubLatency: ({ latency }) => latency.hub,
    sourceLatency: ({ latency }) => latency.source,
    driftCount: ({ drift }) => drift.count,
    driftAt: ({ drift }) => drift.lastAt,
    driftField: ({ drift }) => drift.lastField,
    answeredAt: ({ freshness }) => freshness?.answeredAt ?? null,
    asOf: ({ freshness }) => freshness?.asOf ?? null,
    pausedBecause: ({ paused }) => paused?.reason ?? null,
    pausedUntil: ({ paused }) => paused?.until ?? null,
  },

  SourceBudget: {
    perDay: ({ quota }) => quota.perDay,
    usedToday: ({ quota }) => quota.usedToday,
    left: ({ quota }) => quota.left,
    resetAt: ({ quota }) => quota.resetAt,
    perSecond: ({ rate }) => rate.perSecond,
    perSecondNow: ({ rate }) => rate.now,
    heldUntil: ({ rate }) => rate.heldUntil,
  },
};
