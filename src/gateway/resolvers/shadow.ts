import type { Resolvers } from '../../generated/graphql.ts';

/** What revisions would change. */
export const shadowResolvers: Resolvers = {
  Mutation: {
    async reportShadow(_root, { input }, { caller, services }) {
      const revision = input.revision ?? null;
      const mode = input.mode ?? 'REPLAY';
      const reported = await services.shadow.report(caller, { ...input, revision, mode });
      return reported.ok
        ? { report: reported.value, userErrors: [] }
        : { report: null, userErrors: reported.errors };
    },
  },

  SourceRevision: {
    shadowReports: ({ revision }, _args, { services }) =>
      services.shadow.listReports(revision.source, revision.number),
  },
};
