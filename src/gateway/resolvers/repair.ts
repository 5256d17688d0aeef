import type { RepairOfficerStep, Resolvers } from '../../generated/graphql.ts';
import { HubError } from '../../errors.ts';
import { regimeOn, REPAIR_LIFE, repairPeriod, type Repair } from '../../model/repair.ts';
import type { Accepted } from '../../model/user-error.ts';
import type { RequestContext } from '../context.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

const payloadOf = (done: Accepted<Repair>) =>
  done.ok ? { repair: done.value, userErrors: [] } : { repair: null, userErrors: done.errors };

/** Repairs (信用修复) of false commitments. */
export const repairResolvers: Resolvers = {
  Query: {
    repair: (_root, { id }, { caller, services }) => services.repairs.find(caller.agencyCode, id),
    repairs: async (_root, { state, ...page }, { caller, services }) =>
      connectionOf(
        await services.repairs.pageOf(
          caller.agencyCode,
          { state: state ?? null },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    applyForRepair: async (_root, { input }, { caller, services }) =>
      payloadOf(await services.repairs.apply(caller, input)),
    stepRepair: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.repairs.step(caller, {
          ...input,
          statement: input.statement ?? null,
          document: input.document ?? null,
        }),
      ),
  },

  Repair: {
    async breach({ agencyCode, breachId }, _args, { services }) {
      const breach = await services.breaches.find(agencyCode, breachId);
      if (breach === null) throw new HubError('NOT_FOUND');
      return breach;
    },
    regime: ({ submittedOn }) => regimeOn(submittedOn).id,
    allowedSteps: ({ state }) =>
      REPAIR_LIFE.stepsFrom(state).filter(
        (step): step is RepairOfficerStep => step !== 'PROPAGATE',
      ),
    due: (repair, _args, context) => dueOf(repair, context),
    async isOverdue(repair, _args, context) {
      const due = await dueOf(repair, context);
      return due !== null && context.today > due.on;
    },
    events: ({ id }, _args, { services }) => services.repairs.listEvents(id),
  },
};

async function dueOf(repair: Repair, { services }: RequestContext) {
  const period = repairPeriod(repair);
  return period === null ? null : services.calendar.dueDate(period.from, period.workingDays);
}
