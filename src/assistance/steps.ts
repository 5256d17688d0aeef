import type { Refusals } from '../audit/refusals.ts';
import {
  ASSISTANCE_LIFE,
  STEP_SIDES,
  type AssistanceStep,
  type RefusalGround,
} from '../model/assistance-life.ts';
import type { AssistanceFacts, AssistanceRating } from '../model/assistance-record.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { checkFacts } from './check-facts.ts';
import { findStepByKey, lockStanding } from './event-queries.ts';
import type { Life, LifeDependencies } from './life.ts';
import { findRequest } from './queries.ts';

/** What somebody wants to do; the hub finds out which step of the table that is. */
export type WantedStep =
  | Exclude<
      AssistanceStep,
      | 'REPLY'
      | 'REPLY_PARTLY'
      | 'PROPOSE_REPLY'
      | 'APPROVE_REPLY'
      | 'APPROVE_PART'
      | 'APPROVE_REFUSAL'
      | 'RETURN_REPLY'
      | 'RETURN_REFUSAL'
      | 'SPLIT'
      | 'JOIN'
      | 'ESCALATE'
    >
  | 'APPROVE'
  | 'RETURN';

/** A step as it comes in. Null for what it does not bring. */
export interface TakeAssistanceStep {
  readonly requestId: string;
  readonly version: number;
  readonly step: WantedStep;
  readonly idempotencyKey: string;
  readonly note: string | null;
  readonly toAgency: string | null;
  readonly date: BusinessDate | null;
  readonly ground: RefusalGround | null;
  readonly rating: AssistanceRating | null;
}

/** What was found to be allowed. */
interface Resolved {
  readonly step: AssistanceStep;
  readonly facts: Partial<AssistanceFacts>;
}

const FORWARDS_MAX = 2;
const SUPPLEMENTS_MAX = 2;
const FIELD = ['requestId'];

/** Takes the steps of requests that need no answers. */
export interface AssistanceSteps {
  /** UNKNOWN_ASSISTANCE_REQUEST, STEP_NOT_ALLOWED with state and allowed, STALE_VERSION, … */
  take(caller: Caller, input: TakeAssistanceStep): Promise<Accepted<AssistanceRequest>>;
}

/** Steps over the life of requests. */
export function createAssistanceSteps(
  deps: LifeDependencies & { db: Database; refusals: Refusals; life: Life },
): AssistanceSteps {
  const { db, clock, refusals, life, agencies } = deps;

  async function take(
    caller: Caller,
    input: TakeAssistanceStep,
  ): Promise<Accepted<AssistanceRequest>> {
    const done = await db.transaction((trx) => takeIn(trx, caller, input));
    return done.ok ? done : refusals.refuse(caller, `assistance ${input.step}`, done.errors);
  }

  async function takeIn(
    trx: Transaction,
    caller: Caller,
    input: TakeAssistanceStep,
  ): Promise<Accepted<AssistanceRequest>> {
    const { requestId } = input;
    if (!isUuid(requestId)) return unknown();
    await lockStanding(trx, requestId);
    const held = await findRequest(trx, requestId);
    if (held === null) return unknown();
    // Who forwarded a request has no part in it any more, and may still ask whether it was done.
    if ((await findStepByKey(trx, requestId, input.idempotencyKey)) === caller.agencyCode)
      return { ok: true, value: held };
    if (!isOnSide(held, caller, input.step)) return unknown();
    const found = await resolve(held, caller, input);
    if (!found.ok) return found;
    const { agencyCode, account: by } = caller;
    const { idempotencyKey } = input;
    const value = await life.record(trx, held, { ...found.value, agencyCode, by, idempotencyKey });
    return { ok: true, value };
  }

  async function resolve(
    held: AssistanceRequest,
    caller: Caller,
    input: TakeAssistanceStep,
  ): Promise<Accepted<Resolved>> {
    const { standing } = held;
    const step = stepOf(held, input.step);
    const isAllowed = ASSISTANCE_LIFE.after(standing.state, step) !== null;
    if (!isAllowed || isForWholeOnly(held, step) || isSpent(held, step))
      return no(ASSISTANCE_LIFE.refuse(standing.state, step, FIELD));
    if (standing.version !== input.version)
      return no(mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it.'));
    const errors = [
      ...checkFacts(input, businessDate(clock.now())),
      ...(await checkAgency(held, input)),
      ...checkSecondPerson(held, caller, step),
    ];
    if (errors.length > 0) return { ok: false, errors };
    return meet(held, { step, facts: factsOf(held, input, step) });
  }

  /** A step beyond what the two agencies may do by themselves leads to the coordinator. */
  async function meet(held: AssistanceRequest, found: Resolved): Promise<Accepted<Resolved>> {
    const { visited, supplements } = held.standing;
    const { toAgency = null } = found.facts;
    const isLost =
      found.step === 'FORWARD' &&
      toAgency !== null &&
      (visited.includes(toAgency) || visited.length > FORWARDS_MAX);
    const isEndless = found.step === 'WANT_SUPPLEMENT' && supplements >= SUPPLEMENTS_MAX;
    if (found.step !== 'CONTEST' && !isLost && !isEndless) return { ok: true, value: found };
    const coordinator = await life.coordinatorOf(held);
    if (coordinator === null)
      return no(
        mistake(
          'UNKNOWN_AGENCY',
          FIELD,
          'No justice bureau is registered that could coordinate: let the operator register it.',
        ),
      );
    const facts = { ...found.facts, coordinator, toAgency: null };
    return { ok: true, value: { step: isLost || isEndless ? 'ESCALATE' : found.step, facts } };
  }

  async function checkAgency(
    { askingAgency, assistingAgency }: AssistanceRequest,
    { step, toAgency }: TakeAssistanceStep,
  ): Promise<readonly UserError[]> {
    if (toAgency === null && step !== 'FORWARD') return [];
    const isOther =
      toAgency !== null &&
      toAgency !== askingAgency &&
      (step !== 'FORWARD' || toAgency !== assistingAgency);
    if (isOther && (await agencies.find(toAgency)) !== null) return [];
    return [mistake('UNKNOWN_AGENCY', ['toAgency'], 'Name another agency that is registered.')];
  }

  return { take };
}

const no = (error: UserError) => ({ ok: false as const, errors: [error] });

const unknown = () =>
  no(
    mistake(
      'UNKNOWN_ASSISTANCE_REQUEST',
      FIELD,
      'Your agency has no such request, or the step is not its own to take.',
    ),
  );

/** Whether the caller's agency stands where the step is taken. */
function isOnSide(held: AssistanceRequest, caller: Caller, wanted: WantedStep): boolean {
  const step = wanted === 'APPROVE' || wanted === 'RETURN' ? 'APPROVE_REPLY' : wanted;
  const { askingAgency, coordinator } = held.standing;
  switch (STEP_SIDES[step]) {
    case 'ASKING':
      return caller.agencyCode === askingAgency;
    case 'ASSISTING':
      return caller.agencyCode === held.assistingAgency && held.standing.state !== 'DRAFT';
    case 'COORDINATOR':
      return caller.agencyCode === coordinator;
    case 'HUB':
      return false;
  }
}

/** Approving and returning mean what was proposed. */
function stepOf(held: AssistanceRequest, wanted: WantedStep): AssistanceStep {
  const isRefusal = held.standing.state === 'REFUSAL_PROPOSED';
  if (wanted === 'RETURN') return isRefusal ? 'RETURN_REFUSAL' : 'RETURN_REPLY';
  if (wanted !== 'APPROVE') return wanted;
  if (isRefusal) return 'APPROVE_REFUSAL';
  const answered = [...held.standing.answers, ...(held.standing.proposal?.given?.answers ?? [])];
  const isWhole = held.questions.every(({ code }) =>
    answered.some(({ question }) => question === code),
  );
  return isWhole ? 'APPROVE_REPLY' : 'APPROVE_PART';
}

/** The reply of a part is judged with the whole. */
function isForWholeOnly({ parentId }: AssistanceRequest, step: AssistanceStep): boolean {
  return parentId !== null && ['CONFIRM', 'WANT_SUPPLEMENT', 'REJECT'].includes(step);
}

/** A period is extended once, and only where the list allows it. */
function isSpent({ standing }: AssistanceRequest, step: AssistanceStep): boolean {
  return step === 'EXTEND' && (standing.isExtended || standing.limits.extension === 0);
}

function checkSecondPerson(
  { standing }: AssistanceRequest,
  { account }: Caller,
  step: AssistanceStep,
): readonly UserError[] {
  if (!step.startsWith('APPROVE_') || standing.proposal?.by !== account) return [];
  return [
    mistake('SECOND_PERSON_NEEDED', FIELD, 'Another account of your agency has to approve it.'),
  ];
}

function factsOf(
  { standing }: AssistanceRequest,
  { note, toAgency, date, ground, rating }: TakeAssistanceStep,
  step: AssistanceStep,
): Partial<AssistanceFacts> {
  const given = step.startsWith('APPROVE_') ? (standing.proposal?.given ?? null) : null;
  return { note: note?.trim() ?? null, toAgency, date, ground, rating, given };
}
