import type { WatchRun } from '../../crosscheck/watch.ts';
import { HubError } from '../../errors.ts';
import type { Resolvers } from '../../generated/graphql.ts';
import { assuranceOf } from '../../model/assurance.ts';
import { FINDING_LIFE, type CrossCheckFinding } from '../../model/cross-check-finding.ts';
import {
  CROSS_CHECK_RUN_LIFE,
  type CrossCheckRun,
  type CrossCheckRunStep,
} from '../../model/cross-check-run.ts';
import type { CrossCheckField } from '../../model/cross-check.ts';
import type { Accepted } from '../../model/user-error.ts';
import type { RequestContext } from '../context.ts';
import {
  crossCheckCsvPathOf,
  crossCheckLinesPathOf,
  crossCheckXlsxPathOf,
} from '../cross-check-paths.ts';
import { getLoaded } from '../loaders.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';
import { filterOf, toDefinition } from './cross-check-input.ts';

type OperatorStep = Extract<CrossCheckRunStep, 'PAUSE' | 'RESUME' | 'RELEASE' | 'CANCEL'>;

/** The other steps are the hub's own. */
const OF_OPERATORS: readonly CrossCheckRunStep[] = ['PAUSE', 'RESUME', 'RELEASE', 'CANCEL'];

interface StepInput {
  readonly id: string;
  readonly version: number;
  readonly reason?: string | null | undefined;
}

const stepTo =
  (step: OperatorStep) =>
  async (
    _root: unknown,
    { input: { id, version, reason } }: { readonly input: StepInput },
    { caller, services }: RequestContext,
  ) =>
    runPayloadOf(
      await services.crossChecks.step(caller, { id, version, step, reason: reason ?? null }),
    );

/** Nightly cross-checks (夜间核对) and what they find. */
export const crossCheckResolvers: Resolvers = {
  Query: {
    crossChecks: (_root, _args, { services }) => services.crossChecks.list(),
    crossCheck: (_root, { key }, { services }) => services.crossChecks.find(key),
    crossCheckRun: (_root, { id }, { services }) => services.crossChecks.findRun(id),
    async crossCheckRuns(_root, { key, state, ...page }, { services }) {
      const request = pageRequestOf(page);
      const check = key == null ? null : await services.crossChecks.find(key);
      if (key != null && check === null)
        return connectionOf({ nodes: [], hasNextPage: false, endCursor: null });
      const filter = { checkId: check?.id ?? null, state: state ?? null };
      return connectionOf(await services.crossChecks.pageOfRuns(filter, request));
    },
    counterSigningKeys: (_root, _args, { services }) =>
      services.crossChecks.counterSigning.listKeys(),
    crossCheckFinding: (_root, { id }, { caller, services }) =>
      services.crossChecks.findings.find(caller, id),
    async crossCheckFindings(_root, { filter, ...page }, { caller, services }) {
      const request = pageRequestOf(page);
      const wanted = await filterOf(services, filter);
      if (wanted === null) return connectionOf({ nodes: [], hasNextPage: false, endCursor: null });
      return connectionOf(await services.crossChecks.findings.pageOf(caller, wanted, request));
    },
    async crossCheckFindingCounts(_root, { filter }, { caller, services }) {
      const wanted = await filterOf(services, filter);
      return wanted === null ? [] : services.crossChecks.findings.count(caller, wanted);
    },
    async verificationTasks(_root, { state, ...page }, { caller, services }) {
      const isDone = state == null ? null : state === 'DONE';
      const { agencyCode } = caller;
      return connectionOf(
        await services.crossChecks.pageOfVerificationTasks(
          agencyCode,
          { isDone },
          pageRequestOf(page),
        ),
      );
    },
  },

  Mutation: {
    async defineCrossCheck(_root, { input }, { caller, services }) {
      const defined = await services.crossChecks.define(caller, toDefinition(input));
      return defined.ok
        ? { crossCheck: defined.value, userErrors: [] }
        : { crossCheck: null, userErrors: defined.errors };
    },
    startCrossCheck: async (_root, { input }, { caller, services }) =>
      runPayloadOf(await services.crossChecks.start(caller, input)),
    pauseCrossCheckRun: stepTo('PAUSE'),
    resumeCrossCheckRun: stepTo('RESUME'),
    cancelCrossCheckRun: stepTo('CANCEL'),
    releaseCrossCheckRun: stepTo('RELEASE'),
    async registerCounterSigningKey(_root, { input }, { caller, services }) {
      const wanted = { ...input, version: input.version ?? null };
      const taken = await services.crossChecks.counterSigning.registerKey(caller, wanted);
      return taken.ok
        ? { key: taken.value, userErrors: [] }
        : { key: null, userErrors: taken.errors };
    },
    async counterSignCrossCheckRun(_root, { input }, { caller, services }) {
      const taken = await services.crossChecks.counterSigning.sign(caller, input);
      return taken.ok
        ? { counterSignature: taken.value, userErrors: [] }
        : { counterSignature: null, userErrors: taken.errors };
    },
    acceptCrossCheckFinding: async (_root, { input }, { caller, services }) =>
      findingPayloadOf(await services.crossChecks.findings.accept(caller, input)),
    assignCrossCheckFinding: async (_root, { input }, { caller, services }) =>
      findingPayloadOf(await services.crossChecks.findings.assign(caller, input)),
  },

  Subscription: {
    crossCheckProgress: {
      subscribe: (_root, { runId }, { services, ...context }) =>
        watchRun(services.crossChecks.watch, runId, context),
    },
  },

  CrossCheck: {
    nextSlotAt: (check, _args, { services }) => services.crossChecks.nextSlotAt(check),
    async lastRun({ id: checkId }, _args, { services }) {
      const page = { first: 1, after: null };
      const found = await services.crossChecks.pageOfRuns({ checkId, state: null }, page);
      return found.nodes[0] ?? null;
    },
  },

  CrossCheckRun: {
    check: ({ checkId }, _args, { load }) => getLoaded(load.crossCheck, checkId),
    allowedSteps: ({ state }) =>
      CROSS_CHECK_RUN_LIFE.stepsFrom(state).filter((step) => OF_OPERATORS.includes(step)),
    progress: (run, _args, { services }) => services.crossChecks.progress(run),
    warns: ({ result }) => result?.warns ?? false,
    differences: ({ id }, _args, { services }) => services.crossChecks.countDifferences(id),
    causes: ({ id }, _args, { services }) => services.crossChecks.countCauses(id),
    events: ({ id }, _args, { services }) => services.crossChecks.listRunEvents(id),
    reportPath: ({ id }) => crossCheckLinesPathOf(id),
    csvPath: ({ id }) => crossCheckCsvPathOf(id),
    xlsxPath: ({ id }) => crossCheckXlsxPathOf(id),
    signedSummary: ({ id }, _args, { load }) => load.signedSummary.load(id),
    assurance: ({ state, result }) =>
      state === 'COMPLETE' ? assuranceOf(result?.sample ?? null) : null,
  },

  CrossCheckDifferenceCount: {
    field: ({ field }) => fieldOf(field),
    from: ({ valueFrom }) => valueFrom || null,
    to: ({ valueTo }) => valueTo || null,
  },

  CrossCheckFinding: {
    check: ({ checkId }, _args, { load }) => getLoaded(load.crossCheck, checkId),
    field: ({ field }) => fieldOf(field),
    from: ({ valueFrom }) => valueFrom || null,
    to: ({ valueTo }) => valueTo || null,
    part: ({ part }) => part || null,
    mayBeAccepted: ({ state, ownerCode }, _args, { caller }) =>
      ownerCode === caller.agencyCode && FINDING_LIFE.after(state, 'ACCEPT') !== null,
    events: ({ id }, _args, { load }) => load.findingEvents.load(id),
  },

  CrossCheckFindingCount: {
    field: ({ field }) => fieldOf(field),
    from: ({ valueFrom }) => valueFrom || null,
    to: ({ valueTo }) => valueTo || null,
  },

  VerificationTask: {
    finding: ({ findingId }, _args, { load }) => getLoaded(load.finding, findingId),
    state: ({ verificationId }) => (verificationId === null ? 'OPEN' : 'DONE'),
  },
};

/** Whatever was read for one event is read again for the next. */
async function* watchRun(
  watch: WatchRun,
  runId: string,
  { forget, signal }: Pick<RequestContext, 'forget' | 'signal'>,
) {
  let isThere = false;
  for await (const crossCheckProgress of watch(runId, signal)) {
    isThere = true;
    forget();
    yield { crossCheckProgress };
  }
  if (!isThere) throw new HubError('NOT_FOUND');
}

function fieldOf(field: string): CrossCheckField | null {
  return field === '' ? null : (field as CrossCheckField);
}

function runPayloadOf(taken: Accepted<CrossCheckRun>) {
  return taken.ok ? { run: taken.value, userErrors: [] } : { run: null, userErrors: taken.errors };
}

function findingPayloadOf(taken: Accepted<CrossCheckFinding>) {
  return taken.ok
    ? { finding: taken.value, userErrors: [] }
    : { finding: null, userErrors: taken.errors };
}
