import type { Resolvers } from '../../generated/graphql.ts';
import type { Accepted } from '../../model/user-error.ts';
import { isOnSide, WORK_ORDER_LIFE, type WorkOrder } from '../../model/work-order.ts';
import type { TakeWorkOrderStep } from '../../work-orders/steps.ts';
import type { RequestContext } from '../context.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

const payloadOf = (done: Accepted<WorkOrder>) =>
  done.ok
    ? { workOrder: done.value, userErrors: [] }
    : { workOrder: null, userErrors: done.errors };

type StepInput = Pick<TakeWorkOrderStep, 'workOrderId' | 'version' | 'idempotencyKey'> & {
  readonly reason?: string | null | undefined;
};

/** The resolver of a step that needs no more than a word. */
function take(step: 'REFUSE' | 'START' | 'SIGN' | 'RETURN' | 'CANCEL') {
  return (_root: unknown, { input }: { readonly input: StepInput }, context: RequestContext) =>
    takeStep({ ...input, step, reason: input.reason ?? null }, context);
}

async function takeStep(
  given: Omit<TakeWorkOrderStep, 'inspectors' | 'report'> &
    Partial<Pick<TakeWorkOrderStep, 'inspectors' | 'report'>>,
  { caller, services, forget }: RequestContext,
) {
  const done = await services.workOrders.step(caller, { inspectors: null, report: null, ...given });
  forget();
  return payloadOf(done);
}

/** On-site work orders (现场核查工单). */
export const workOrderResolvers: Resolvers = {
  Query: {
    workOrder: (_root, { id }, { caller, services }) =>
      services.workOrders.find(caller.agencyCode, id),
    workOrders: async (_root, { state, mine, ...page }, { caller, services }) =>
      connectionOf(
        await services.workOrders.pageOf(
          caller,
          { state: state ?? null, mine },
          pageRequestOf(page),
        ),
      ),
  },

  Mutation: {
    async orderOnSiteCheck(_root, { input }, { caller, services, forget }) {
      const done = await services.workOrders.order(caller, input);
      forget();
      return payloadOf(done);
    },
    assignWorkOrder: (_root, { input }, context) =>
      takeStep({ ...input, step: 'ASSIGN', reason: input.reason ?? null }, context),
    refuseWorkOrder: take('REFUSE'),
    startWorkOrder: take('START'),
    reportWorkOrder: (_root, { input }, context) => {
      const { inspectedOn, documents, results, ...rest } = input;
      const report = {
        ...{ inspectedOn, documents },
        results: results.map((one) => ({ ...one, note: one.note?.trim() ?? null })),
      };
      return takeStep({ ...rest, step: 'REPORT', reason: null, report }, context);
    },
    signWorkOrder: take('SIGN'),
    returnWorkOrder: take('RETURN'),
    cancelWorkOrder: take('CANCEL'),
  },

  Verification: {
    workOrders: ({ id }, _args, { load }) => load.workOrdersOfVerification.load(id),
  },

  WorkOrder: {
    verification: ({ verificationId }, _args, { load }) =>
      getLoaded(load.verification, verificationId),
    allowedSteps: (order, _args, { caller }) =>
      WORK_ORDER_LIFE.stepsFrom(order.state).filter((step) =>
        isOnSide(order, caller.account, step),
      ),
    dueOn: async (order, _args, { services }) => (await services.workOrders.dueOf(order)).on,
    dueIsProvisional: async (order, _args, { services }) =>
      (await services.workOrders.dueOf(order)).provisional,
    dueSkipped: async (order, _args, { services }) => {
      const { from, on } = await services.workOrders.dueOf(order);
      return services.calendar.listSkipped(from, on);
    },
    overdue: async (order, _args, { services }) => (await services.workOrders.dueOf(order)).isOver,
    events: ({ id }, _args, { services }) => services.workOrders.listEvents(id),
  },
};
