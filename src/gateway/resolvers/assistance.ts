import type { TakeAssistanceStep, WantedStep } from '../../assistance/steps.ts';
import type { Resolvers } from '../../generated/graphql.ts';
import { DEFAULT_LIMITS, type AssistanceLimits } from '../../model/assistance-item.ts';
import {
  ASSISTANCE_LIFE,
  RUNNING_STATES,
  STEP_SIDES,
  type AssistanceSide,
} from '../../model/assistance-life.ts';
import type { AssistanceRequest } from '../../model/assistance-request.ts';
import { ownerOf } from '../../model/assistance-standing.ts';
import type { Accepted } from '../../model/user-error.ts';
import type { RequestContext } from '../context.ts';
import { pageRequestOf } from '../page-arguments.ts';
import { connectionOf } from './connection.ts';

/** Who is asked must know about whom; whoever asked knows it masked. */
function isAsked({ assistingAgency }: AssistanceRequest, { caller }: RequestContext): boolean {
  return assistingAgency === caller.agencyCode;
}

function isAboutPerson({ subjectKind }: AssistanceRequest): boolean {
  return subjectKind === 'PERSON';
}

const payloadOf = (done: Accepted<AssistanceRequest>) =>
  done.ok ? { request: done.value, userErrors: [] } : { request: null, userErrors: done.errors };

type StepInput = Pick<TakeAssistanceStep, 'requestId' | 'version' | 'idempotencyKey'> & {
  readonly [K in 'note' | 'toAgency' | 'date' | 'ground' | 'rating']?:
    TakeAssistanceStep[K] | undefined;
};

/** The resolver of a step that needs no answers. */
function take(step: WantedStep) {
  return async (
    _root: unknown,
    { input }: { readonly input: StepInput },
    { caller, services, forget }: RequestContext,
  ) => {
    const { requestId, version, idempotencyKey } = input;
    const done = await services.assistance.take(caller, {
      ...{ requestId, version, idempotencyKey, step },
      ...{ note: input.note ?? null, toAgency: input.toAgency ?? null, date: input.date ?? null },
      ...{ ground: input.ground ?? null, rating: input.rating ?? null },
    });
    forget();
    return payloadOf(done);
  };
}

function allowedSteps(
  { standing, askingAgency, assistingAgency }: AssistanceRequest,
  { caller }: RequestContext,
): readonly string[] {
  const sides: Readonly<Record<AssistanceSide, string | null>> = {
    ...{ ASKING: askingAgency, ASSISTING: assistingAgency },
    ...{ COORDINATOR: standing.coordinator, HUB: null },
  };
  return ASSISTANCE_LIFE.stepsFrom(standing.state).filter(
    (step) => sides[STEP_SIDES[step]] === caller.agencyCode,
  );
}

function limitsOf(given: {
  readonly [K in keyof AssistanceLimits]?: number | null | undefined;
}): AssistanceLimits {
  return {
    accept: given.accept ?? DEFAULT_LIMITS.accept,
    reply: given.reply ?? DEFAULT_LIMITS.reply,
    extension: given.extension ?? DEFAULT_LIMITS.extension,
    clarify: given.clarify ?? DEFAULT_LIMITS.clarify,
    supplement: given.supplement ?? DEFAULT_LIMITS.supplement,
    confirm: given.confirm ?? DEFAULT_LIMITS.confirm,
    decide: given.decide ?? DEFAULT_LIMITS.decide,
  };
}

/** Nobody is late while the other side has to act. */
async function isOverdue(
  request: AssistanceRequest,
  { services }: RequestContext,
): Promise<boolean> {
  const { state, presumedUnanswered } = request.standing;
  if (presumedUnanswered) return request.unanswered === 'OVERDUE';
  if (!RUNNING_STATES.has(state)) return false;
  const timeliness = await services.assistance.timeliness(request);
  return timeliness === 'OVERDUE' || timeliness === 'VERY_OVERDUE';
}

/** Requests between agencies (行政协助). */
export const assistanceResolvers: Resolvers = {
  Query: {
    assistanceRequests: async (_root, { box, state, ...page }, { ask }) =>
      connectionOf(
        await ask.assistanceRequests({ box, state: state ?? null }, pageRequestOf(page)),
      ),
    assistanceRequest: (_root, { id }, { load }) => load.assistanceRequest.load(id),
    assistanceItems: (_root, { on }, { services, today }) =>
      services.assistanceItems.listInForce(on ?? today),
    assistanceIndicators: (_root, { from, through }, { caller, services }) =>
      services.assistance.indicators({
        ...{ from, through },
        agencyCode: caller.roles.includes('JUSTICE') ? null : caller.agencyCode,
      }),
    manualQuestions: (_root, _args, { services }) => services.assistance.listManual(),
  },

  Mutation: {
    async replyToAssistance(_root, { input }, { caller, services, forget }) {
      const answers = input.answers.map((answer) => ({ ...answer, note: answer.note ?? null }));
      const { attachments = [], isPart = false, ...rest } = input;
      const reply = { ...rest, answers, attachments, isPart };
      const replied = await services.assistance.reply(caller, reply);
      forget();
      return payloadOf(replied);
    },
    async draftAssistance(_root, { input }, { caller, services, forget }) {
      const questions = input.questions ?? [];
      const drafted = await services.assistance.draft(caller, { ...input, questions });
      forget();
      return payloadOf(drafted);
    },
    async askAssistanceAgain(_root, { input }, { caller, services, forget }) {
      const toAgency = input.toAgency ?? null;
      const done = await services.assistance.askAgain(caller, { ...input, toAgency });
      forget();
      return payloadOf(done);
    },
    async splitAssistance(_root, { input }, { caller, services, forget }) {
      const done = await services.assistance.split(caller, input);
      forget();
      return payloadOf(done);
    },
    submitAssistance: take('SUBMIT'),
    acceptAssistance: take('ACCEPT'),
    proposeAssistanceDate: take('PROPOSE_DATE'),
    agreeAssistanceDate: take('AGREE_DATE'),
    denyAssistanceDate: take('DENY_DATE'),
    forwardAssistance: take('FORWARD'),
    extendAssistance: take('EXTEND'),
    askAssistanceClarification: take('ASK'),
    clarifyAssistance: take('CLARIFY'),
    refuseAssistance: take('PROPOSE_REFUSAL'),
    approveAssistance: take('APPROVE'),
    returnAssistance: take('RETURN'),
    confirmAssistance: take('CONFIRM'),
    supplementAssistance: take('WANT_SUPPLEMENT'),
    rejectAssistance: take('REJECT'),
    contestAssistanceRefusal: take('CONTEST'),
    acceptAssistanceRefusal: take('ACCEPT_REFUSAL'),
    directAssistance: take('DIRECT'),
    upholdAssistanceRefusal: take('UPHOLD'),
    withdrawAssistance: take('WITHDRAW'),
    async publishAssistanceItem(_root, { input }, { caller, services }) {
      const limits = limitsOf(input.limits);
      const minutesPerRequest = input.minutesPerRequest ?? 30;
      const { otherAgencies = [] } = input;
      const done = await services.assistanceItems.publish(caller, {
        ...{ ...input, limits, minutesPerRequest, otherAgencies },
      });
      return done.ok
        ? { item: done.value, userErrors: [] }
        : { item: null, userErrors: done.errors };
    },
  },

  AssistanceRequest: {
    state: ({ standing }) => standing.state,
    version: ({ standing }) => standing.version,
    allowedSteps: (request, _args, context) => allowedSteps(request, context),
    ownerAgency: ({ standing }) => ownerOf(standing),
    coordinatorAgency: ({ standing }) => standing.coordinator,
    dueSkipped: ({ standing, dueOn }, _args, { services }) =>
      services.calendar.listSkipped(standing.submittedOn ?? dueOn, dueOn),
    clock: ({ standing }) =>
      standing.ledger.map(({ kind, from, through }) => ({
        ...{ isRunning: kind === 'RUN', from, through },
      })),
    overdue: (request, _args, context) => isOverdue(request, context),
    timeliness: (request, _args, { services }) => services.assistance.timeliness(request),
    presumedUnanswered: ({ standing }) => standing.presumedUnanswered,
    proposedOn: ({ standing }) => standing.proposedOn,
    proposal: (request, _args, context) => {
      const { proposal } = request.standing;
      if (proposal === null || !isAsked(request, context)) return null;
      return { ...proposal, answers: proposal.given?.answers ?? [] };
    },
    refusalGround: ({ standing }) => standing.refusal?.ground ?? null,
    parts: ({ id }, _args, { load }) => load.assistanceParts.load(id),
    events: ({ id }, _args, { load }) => load.assistanceEvents.load(id),
    alarms: ({ id }, _args, { load }) => load.assistanceAlarms.load(id),
    subjectCode: (request, _args, context) =>
      isAsked(request, context) ? request.subjectCode : context.mask.code(request.subjectCode),
    subjectName: (request, _args, context) =>
      isAsked(request, context) || !isAboutPerson(request)
        ? request.subjectName
        : context.mask.personName(request.subjectName),
  },

  AssistanceEvent: {
    note: ({ facts }) => facts.note,
    toAgency: ({ facts }) => facts.toAgency,
  },
};
