import type { Resolvers } from '../../generated/graphql.ts';
import { verifiabilityOf } from '../../model/verifiability.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Certification matters (证明事项) and their policies. */
export const catalogResolvers: Resolvers = {
  Query: {
    matters: async (_root, { on, priorityField, ...page }, { ask, today }) =>
      connectionOf(
        await ask.matters(
          { on: on ?? today, priorityField: priorityField ?? null },
          pageRequestOf(page),
        ),
      ),
    matter: (_root, { code, on }, { ask, today }) => ask.matter(code, on ?? today),
  },

  Matter: {
    verifiability: async ({ policy }, _args, { services }) =>
      verifiabilityOf(
        { policy, licenseTypeCode: null, exclusions: [] },
        await services.lists.routed(),
      ),
  },

  LadderRung: {
    datasets: (rung) =>
      rung.method === 'ONLINE' ? rung.consult.map(({ dataset }) => dataset) : ['ASSISTANCE'],
    assistingAgency: (rung) => (rung.method === 'ONLINE' ? null : rung.assistingAgency),
    workingDays: (rung) => (rung.method === 'ONLINE' ? null : rung.workingDays),
  },
};
