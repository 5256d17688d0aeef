import type { Resolvers } from '../../generated/graphql.ts';
import { HubError } from '../../errors.ts';
import { objectionWorkingDays, OBJECTION_LIFE, type Objection } from '../../model/objection.ts';
import type { Accepted } from '../../model/user-error.ts';
import type { RequestContext } from '../context.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

const payloadOf = (done: Accepted<Objection>) =>
  done.ok
    ? { objection: done.value, userErrors: [] }
    : { objection: null, userErrors: done.errors };

/** Objections (异议) of subjects against what is on record of them. */
export const objectionResolvers: Resolvers = {
  Query: {
    objection: (_root, { id }, { caller, services }) =>
      services.objections.find(caller.agencyCode, id),
    objections: async (_root, { isOpen, ...page }, { caller, services }) =>
      connectionOf(
        await services.objections.pageOf(
          caller.agencyCode,
          { isOpen: isOpen ?? null },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    fileObjection: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.objections.file(caller, {
          ...input,
          breachId: input.breachId ?? null,
          record: input.record ?? null,
        }),
      ),
    stepObjection: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.objections.step(caller, {
          ...input,
          statement: input.statement ?? null,
          document: input.document ?? null,
          correction: input.correction ?? null,
        }),
      ),
  },

  Objection: {
    async breach({ agencyCode, objected }, _args, { services }) {
      if (objected.of === 'SOURCE') return null;
      const breach = await services.breaches.find(agencyCode, objected.breachId);
      if (breach === null) throw new HubError('NOT_FOUND');
      return breach;
    },
    record: ({ objected }) => (objected.of === 'SOURCE' ? objected : null),
    allowedSteps: ({ state }) => OBJECTION_LIFE.stepsFrom(state),
    due: (objection, _args, context) => dueOf(objection, context),
    async isOverdue(objection, _args, context) {
      if (OBJECTION_LIFE.isFinal(objection.state)) return false;
      const { on } = await dueOf(objection, context);
      return context.today > on;
    },
    events: ({ id }, _args, { services }) => services.objections.listEvents(id),
  },
};

function dueOf({ submittedOn, objected }: Objection, { services }: RequestContext) {
  return services.calendar.dueDate(submittedOn, objectionWorkingDays(objected));
}
