import type { Resolvers } from '../../generated/graphql.ts';

/** What is held back of what sources say (异常冻结). */
export const anomalyResolvers: Resolvers = {
  Mutation: {
    async releaseHold(_root, { input: { id, reason } }, { caller, services }) {
      const released = await services.anomalies.release(caller, { source: id, reason });
      return released.ok
        ? { holds: released.value, userErrors: [] }
        : { holds: [], userErrors: released.errors };
    },
  },

  Source: {
    holds: ({ id }, _args, { services }) => services.anomalies.list(id),
  },

  SourceHold: {
    verificationsToReview: (hold, _args, { services }) => services.anomalies.listToReview(hold),
    releasedAt: ({ release }) => release?.at ?? null,
    releasedBy: ({ release }) => release?.by ?? null,
    releaseReason: ({ release }) => release?.reason ?? null,
  },
};
