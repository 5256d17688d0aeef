import type { Resolvers } from '../../generated/graphql.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Cases (办件). */
export const caseResolvers: Resolvers = {
  Query: {
    case: (_root, { id }, { load }) => load.case.load(id),
    cases: async (_root, page, { ask }) => connectionOf(await ask.cases(pageRequestOf(page))),
  },

  Mutation: {
    async openCase(_root, { input }, { caller, services, forget }) {
      const opened = await services.casework.openCase(caller, {
        ...input,
        acceptedOn: input.acceptedOn ?? null,
      });
      forget();
      return opened.ok
        ? { case: opened.value, userErrors: [] }
        : { case: null, userErrors: opened.errors };
    },
  },

  Case: {
    matter: ({ matterCode, matterVersion }, _args, { load }) =>
      getLoaded(load.matter, { code: matterCode, version: matterVersion }),
    subjects: ({ id }, _args, { load }) => load.subjectsOfCase.load(id),
    verifications: ({ id }, _args, { load }) => load.verificationsOfCase.load(id),
  },
};
