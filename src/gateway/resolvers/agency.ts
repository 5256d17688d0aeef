import type { Resolvers } from '../../generated/graphql.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Agencies (行政机关、单位) that take part in the regime. */
export const agencyResolvers: Resolvers = {
  Query: {
    agencies: async (_root, { regionPrefix, ...page }, { services }) =>
      connectionOf(await services.agencies.list({ regionPrefix }, pageRequestOf(page))),
    agency: (_root, { code }, { services }) => services.agencies.find(code),
  },

  Mutation: {
    async registerAgency(_root, { input }, { caller, services }) {
      const registered = await services.agencies.register(
        { ...input, isJustice: input.isJustice ?? false },
        caller.account,
      );
      return registered.ok
        ? { agency: registered.value, userErrors: [] }
        : { agency: null, userErrors: registered.errors };
    },
  },
};
