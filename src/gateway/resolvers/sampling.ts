import type { Resolvers } from '../../generated/graphql.ts';
import { SAMPLING_LIFE } from '../../model/sampling.ts';
import type { SamplingDraw } from '../../model/inspection.ts';
import { mistake, type Accepted } from '../../model/user-error.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** 行政处罚法 42; the schema names the same default. */
const INSPECTORS_PER_SUBJECT = 2;

/** Random inspections (双随机、一公开). */
export const samplingResolvers: Resolvers = {
  Query: {
    samplingDraw: (_root, { id }, { services }) => services.supervision.find(id),
    samplingDraws: async (_root, { agencyCode, ...page }, { services }) =>
      connectionOf(
        await services.supervision.pageOf({ agencyCode: agencyCode ?? null }, pageRequestOf(page)),
      ),
  },

  Mutation: {
    async planSampling(_root, { input }, { caller, services }) {
      const planned = await services.supervision.plan(caller, {
        ...input,
        inspectorsPerSubject: input.inspectorsPerSubject ?? INSPECTORS_PER_SUBJECT,
        agencyCode: input.agencyCode ?? null,
        strata: input.strata.map((one) => ({
          ...one,
          credit: one.credit ?? null,
          verification: one.verification ?? null,
        })),
      });
      return payloadOf(planned);
    },

    async stepSampling(_root, { input }, { caller, services }) {
      const { step, reason = null } = input;
      if (step === 'RECORD') {
        const message = 'Inspections are recorded by `recordInspection`.';
        return { draw: null, userErrors: [mistake('MALFORMED_VALUE', ['step'], message)] };
      }
      return payloadOf(await services.supervision.step(caller, { ...input, step, reason }));
    },

    async recordInspection(_root, { input }, { caller, services }) {
      const { note = null } = input;
      return payloadOf(await services.supervision.record(caller, { ...input, note }));
    },
  },

  SamplingDraw: {
    inspectedAgency: ({ plan }) => plan.agencyCode,
    plan: ({ planText }) => planText,
    allowedSteps: ({ state }) => SAMPLING_LIFE.stepsFrom(state),
    population: ({ id }, _args, { services }) => services.supervision.populationOf(id),
    async subjects({ id, agencyCode, plan }, args, { caller, services }) {
      const page = await services.supervision.pageOfSubjects(id, pageRequestOf(args));
      const isTold = [agencyCode, plan.agencyCode].includes(caller.agencyCode);
      const nodes = page.nodes.map((one) => (isTold ? one : { ...one, inspection: null }));
      return connectionOf({ ...page, nodes });
    },
    results: ({ id }, _args, { services }) => services.supervision.countInspections(id),
    events: ({ id }, _args, { services }) => services.supervision.listEvents(id),
  },
};

function payloadOf(done: Accepted<SamplingDraw>) {
  return done.ok ? { draw: done.value, userErrors: [] } : { draw: null, userErrors: done.errors };
}
