import type { Resolvers } from '../../generated/graphql.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Records of commitments on their way into the credit record (信用信息归集、推送). */
export const creditPushResolvers: Resolvers = {
  Query: {
    creditPushes: async (_root, { state, ...page }, { caller, services }) =>
      connectionOf(
        await services.credit.pageOf(
          {
            agencyCode: caller.roles.includes('CREDIT') ? null : caller.agencyCode,
            state: state ?? null,
          },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    async resendCreditPush(_root, { input }, { caller, services }) {
      const resent = await services.credit.resend(caller, {
        ...input,
        corrections: {
          subjectName: input.corrections.subjectName ?? null,
          subjectCode: input.corrections.subjectCode ?? null,
          reason: input.corrections.reason ?? null,
          content: input.corrections.content ?? null,
          liability: input.corrections.liability ?? null,
          remarks: input.corrections.remarks ?? null,
        },
      });
      return resent.ok
        ? { push: resent.value, userErrors: [] }
        : { push: null, userErrors: resent.errors };
    },
  },

  Commitment: {
    creditPushes: ({ id }, _args, { services }) => services.credit.listOf(id),
  },

  CreditPush: {
    commitmentCode: ({ told }) => told.commitment.code,
    events: ({ id }, _args, { services }) => services.credit.listEvents(id),
  },
};
