import type { Resolvers } from '../../generated/graphql.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** How the sources are doing, and what was turned down. */
export const sourceResolvers: Resolvers = {
  Query: {
    sources: (_root, _args, { services }) => services.sources.states(),
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
};
