import type { Resolvers } from '../../generated/graphql.ts';
import { HubError } from '../../errors.ts';
import { BREACH_LIFE, type Breach } from '../../model/breach.ts';
import { mistake } from '../../model/user-error.ts';
import type { RequestContext } from '../context.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Suspected breaches of commitments (承诺不实). */
export const breachResolvers: Resolvers = {
  Query: {
    breach: (_root, { id }, { caller, services }) => services.breaches.find(caller.agencyCode, id),
    breaches: async (_root, { state, ...page }, { caller, services }) =>
      connectionOf(
        await services.breaches.pageOf(
          caller.agencyCode,
          { state: state ?? null },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    async openBreach(_root, { input }, { caller, services }) {
      const [first, second, ...rest] = input.verificationIds;
      if (first === undefined || second === undefined || rest.length > 0) {
        const message = 'Name exactly two verifications.';
        return {
          breach: null,
          userErrors: [mistake('LENGTH_OUT_OF_RANGE', ['verificationIds'], message)],
        };
      }
      const opened = await services.breaches.open(caller, {
        ...input,
        verificationIds: [first, second],
        regulatorCode: input.regulatorCode ?? null,
      });
      return opened.ok
        ? { breach: opened.value, userErrors: [] }
        : { breach: null, userErrors: opened.errors };
    },

    async stepBreach(_root, { input }, { caller, services }) {
      const { decision } = input;
      const stepped = await services.breaches.step(caller, {
        ...input,
        statement: input.statement ?? null,
        decision:
          decision == null
            ? null
            : {
                ...decision,
                consequences: decision.consequences.map((one) => ({
                  ...one,
                  until: one.until ?? null,
                })),
              },
      });
      return stepped.ok
        ? { breach: stepped.value, userErrors: [] }
        : { breach: null, userErrors: stepped.errors };
    },
  },

  Breach: {
    commitment: commitmentOf,
    verifications: ({ verificationIds }, _args, { load }) =>
      Promise.all(verificationIds.map((id) => getLoaded(load.verification, id))),
    allowedSteps: ({ state }) => BREACH_LIFE.stepsFrom(state),
    events: ({ id }, _args, { services }) => services.breaches.listEvents(id),
  },
};

async function commitmentOf(
  { agencyCode, commitmentId }: Breach,
  _args: unknown,
  { services }: RequestContext,
) {
  const commitment = await services.commitments.find(agencyCode, commitmentId);
  if (commitment === null) throw new HubError('NOT_FOUND');
  return commitment;
}
