import type { Resolvers } from '../../generated/graphql.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

const ADOPTION_WORKING_DAYS = 20;

/** Lists that are taken over, and who has to adopt what (承接). */
export const adoptionResolvers: Resolvers = {
  Query: {
    adoptions: async (_root, { open, ...page }, { caller, services }) =>
      connectionOf(
        await services.adoptions.pageOf(caller, { isOpen: open ?? null }, pageRequestOf(page)),
      ),
    adoptionCoverage: async (_root, { asOf, ...page }, { caller, services, today }) =>
      connectionOf(
        await services.adoptions.pageOfCoverage(caller, asOf ?? today, pageRequestOf(page)),
      ),
  },

  Mutation: {
    async importMatterList(_root, { input }, { caller, services }) {
      const { format, adoptionWorkingDays = ADOPTION_WORKING_DAYS, ...rest } = input;
      const done = await services.imports.importList(caller, {
        ...{ ...rest, type: format, adoptionWorkingDays },
      });
      return done.ok
        ? { list: done.value, userErrors: [] }
        : { list: null, userErrors: done.errors };
    },
    async adoptMatter(_root, { input }, { caller, services }) {
      const done = await services.adoptions.adopt(caller, input);
      return done.ok
        ? { adoption: done.value, userErrors: [] }
        : { adoption: null, userErrors: done.errors };
    },
  },

  Adoption: { dueIsProvisional: ({ provisional }) => provisional },
};
