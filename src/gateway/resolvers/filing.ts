import type { Resolvers } from '../../generated/graphql.ts';
import { FILING_LIFE, type Filing } from '../../model/filing.ts';
import type { Accepted } from '../../model/user-error.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Filings (备案) with justice bureaus. */
export const filingResolvers: Resolvers = {
  Query: {
    filings: async (_root, { overdue, asOf, state, ...page }, { caller, services, today }) =>
      connectionOf(
        await services.filings.pageOf(
          caller,
          { overdue, asOf: asOf ?? today, state: state ?? null },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    sendFiling: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.filings.step(caller, {
          ...{ ...input, step: 'SEND', receiptNumber: null, reason: null },
        }),
      ),
    receiveFiling: async (_root, { input }, { caller, services }) =>
      payloadOf(await services.filings.step(caller, { ...input, step: 'RECEIVE', reason: null })),
    returnFiling: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.filings.step(caller, { ...input, step: 'RETURN', receiptNumber: null }),
      ),
  },

  Filing: {
    dueIsProvisional: ({ provisional }) => provisional,
    allowedSteps: ({ state }) => FILING_LIFE.stepsFrom(state),
  },
};

function payloadOf(done: Accepted<Filing>) {
  return done.ok
    ? { filing: done.value, userErrors: [] }
    : { filing: null, userErrors: done.errors };
}
