import type { Resolvers } from '../../generated/graphql.ts';

/** What is held back of what sources say (异常冻结). */
export const anomalyResolvers: Resolvers = {
  Mutation: {
    async releaseHold(_root, { input: { id, reason, finding } }, { caller, services }) {
      const released = await services.anomalies.release(caller, {
        ...{ source: id, reason },
        finding: finding ?? 'FAULT_MENDED',
      });
      return released.ok
        ? { holds: released.value, userErrors: [] }
        : { holds: [], userErrors: released.errors };
    },
  },

  Source: {
    async hold({ id }, _args, { services }) {
      const holds = await services.anomalies.list(id);
      return holds.find(({ release }) => release === null) ?? null;
    },
    holds: ({ id }, _args, { services }) => services.anomalies.list(id),
  },

  SourceHold: {
    async verificationsToReview(hold, _args, { services }) {
      const verdicts = await services.anomalies.listToReview(hold);
      return verdicts.map(({ verificationId }) => verificationId);
    },
    verdictsToReview: (hold, _args, { services }) => services.anomalies.listToReview(hold),
    releasedAt: ({ release }) => release?.at ?? null,
    releasedBy: ({ release }) => release?.by ?? null,
    releaseReason: ({ release }) => release?.reason ?? null,
    finding: ({ release }) => release?.finding ?? null,
  },
};
