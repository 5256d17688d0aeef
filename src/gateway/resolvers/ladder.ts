import type { Resolvers } from '../../generated/graphql.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** The fallback ladder of a verification under one clock, and the decision on its last rung. */
export const ladderResolvers: Resolvers = {
  Query: {
    ladders: async (_root, { overdueOnly, ...page }, { caller, services }) =>
      connectionOf(
        await services.verifications.pageOfLadders(
          caller.agencyCode,
          { overdueOnly },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    async decideVerification(_root, { input }, { caller, services, forget }) {
      const { documents = [] } = input;
      const done = await services.verifications.decide(caller, { ...input, documents });
      forget();
      return done.ok
        ? { verification: done.value, userErrors: [] }
        : { verification: null, userErrors: done.errors };
    },
  },

  Verification: {
    ladder: ({ id }, _args, { load }) => load.ladder.load(id),
    decisions: ({ id }, _args, { load }) => load.decisions.load(id),
  },

  VerificationLadder: {
    verification: ({ verificationId }, _args, { load }) =>
      getLoaded(load.verification, verificationId),
    rung: ({ entries }) => entries.at(-1)?.rung ?? 'CONCLUDED',
    countedFrom: ({ clock }) => clock.from,
    workingDays: ({ clock }) => clock.workingDays,
    skipped: ({ clock, dueOn }, _args, { services }) =>
      services.calendar.listSkipped(clock.from, dueOn),
    overdue: (ladder, _args, { services }) => services.verifications.isLadderOverdue(ladder),
    rungs: (ladder, _args, { services }) => services.verifications.explainLadder(ladder),
  },

  LadderPart: {
    minimumWorkingDays: ({ minimum }) => minimum,
    workingDays: ({ due }) => due?.workingDays ?? null,
    dueOn: ({ due }) => due?.on ?? null,
    skipped: ({ due }, _args, { services }) =>
      due === null ? [] : services.calendar.listSkipped(due.from, due.on),
  },
};
