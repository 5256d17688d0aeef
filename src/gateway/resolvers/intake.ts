import type { Resolvers } from '../../generated/graphql.ts';
import { countRead } from '../../model/intake.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Rows that sources hand over in passes. */
export const intakeResolvers: Resolvers = {
  Query: {
    intakePasses: async (_root, { source, ...page }, { services }) =>
      connectionOf(await services.intake.pageOfPasses(source, pageRequestOf(page))),
    intakePass: (_root, { id }, { services }) => services.intake.findPass(id),
  },

  Mutation: {
    async runPasses(_root, { input }, { caller, services }) {
      const read = await services.intake.run(caller, input.id);
      return read.ok
        ? { collections: read.value, userErrors: [] }
        : { collections: [], userErrors: read.errors };
    },
    async acceptPass(_root, { input }, { caller, services }) {
      const accepted = await services.intake.accept(caller, input);
      return accepted.ok
        ? { pass: accepted.value, userErrors: [] }
        : { pass: null, userErrors: accepted.errors };
    },
  },

  RegisteredSource: {
    intake: ({ id }, _args, { services }) => services.intake.collections(id),
  },

  IntakeCollection: {
    lastPass: ({ last }) => last,
    completePass: ({ complete }) => complete,
  },

  IntakePass: {
    pages: ({ counts }) => counts.pages,
    read: ({ counts }) => countRead(counts),
    kept: ({ counts }) => counts.kept,
    unchanged: ({ counts }) => counts.unchanged,
    deleted: ({ counts }) => counts.deleted,
    rejected: ({ counts }) => counts.rejected,
    quarantined: ({ counts }) => counts.quarantined,
    removed: ({ counts }) => counts.removed,
    proposedBy: ({ proposed }) => proposed?.by ?? null,
    proposal: ({ proposed }) => proposed?.reason ?? null,
    acceptedBy: ({ accepted }) => accepted?.by ?? null,
    acceptedAt: ({ accepted }) => accepted?.at ?? null,
    rejects: async ({ id }, page, { services }) =>
      connectionOf(await services.intake.pageOfRejects(id, pageRequestOf(page))),
  },
};
