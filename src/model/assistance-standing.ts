import { DEFAULT_LIMITS, type AssistanceLimits } from './assistance-item.ts';
import {
  RUNNING_STATES,
  STATE_OWNERS,
  type AssistanceState,
  type RefusalGround,
} from './assistance-life.ts';
import type {
  AssistanceAnswered,
  AssistanceEvent,
  AssistanceRating,
  GivenAnswers,
} from './assistance-record.ts';
import type { BusinessDate } from './business-date.ts';

/** A stretch in which the time of the assisting agency ran, or stood still. */
export interface ClockInterval {
  readonly kind: 'RUN' | 'PAUSE';
  /** The days after `from`, through `through`, belong to it. */
  readonly from: BusinessDate;
  /** Null while it lasts. */
  readonly through: BusinessDate | null;
}

/** From where the days to the reply are counted; what happens resets it now and then. */
export interface ClockBase {
  /** Day from which shares of the period are measured. */
  readonly start: BusinessDate;
  readonly from: BusinessDate;
  readonly workingDays: number;
  /** Intervals of the ledger before this one do not count for it. */
  readonly ledgerFrom: number;
  /** Version that set it. */
  readonly version: number;
}

/** A refusal or reply that waits for a second person. */
export interface Proposal {
  readonly by: string;
  readonly ground: RefusalGround | null;
  readonly note: string | null;
  readonly given: GivenAnswers | null;
}

/** What a request has come to: nothing but the sum of its events. */
export interface AssistanceStanding {
  readonly state: AssistanceState;
  /** Number of the last event. 0 before any. */
  readonly version: number;
  /** Day on which it came into its state. */
  readonly since: BusinessDate;
  /** Version by which it came into its state. */
  readonly sinceVersion: number;
  readonly askingAgency: string;
  readonly assistingAgency: string;
  /** Null until somebody has to coordinate, or where no justice bureau is registered. */
  readonly coordinator: string | null;
  /** Every agency that has had it, the first one first. */
  readonly visited: readonly string[];
  readonly limits: AssistanceLimits;
  /** Null while it is a draft. */
  readonly submittedOn: BusinessDate | null;
  /** Null while it is a draft. */
  readonly clock: ClockBase | null;
  readonly ledger: readonly ClockInterval[];
  readonly isExtended: boolean;
  readonly proposedOn: BusinessDate | null;
  readonly agreedOn: BusinessDate | null;
  readonly acceptedOn: BusinessDate | null;
  readonly repliedOn: BusinessDate | null;
  readonly supplements: number;
  readonly answers: readonly AssistanceAnswered[];
  readonly proposal: Proposal | null;
  readonly refusal: { readonly ground: RefusalGround; readonly note: string | null } | null;
  /** Nobody answered for so long that no answer is expected; a late one overrules it. */
  readonly presumedUnanswered: boolean;
  readonly rating: AssistanceRating | null;
}

/** Before anything has happened. */
export function emptyStanding(
  given: Pick<AssistanceStanding, 'askingAgency' | 'assistingAgency' | 'since'>,
): AssistanceStanding {
  return {
    ...given,
    ...{ state: 'DRAFT', version: 0, coordinator: null, visited: [], limits: DEFAULT_LIMITS },
    ...{ clock: null, ledger: [], isExtended: false, proposedOn: null, agreedOn: null },
    ...{ acceptedOn: null, repliedOn: null, supplements: 0, answers: [], proposal: null },
    ...{ refusal: null, presumedUnanswered: false, submittedOn: null, sinceVersion: 0 },
    rating: null,
  };
}

/** The standing after one more event. */
export function afterEvent(before: AssistanceStanding, event: AssistanceEvent): AssistanceStanding {
  const { state, number: version, on, facts } = event;
  const ledger = ledgerAfter(before, event);
  const isSame = state === before.state && version > 1;
  const after: AssistanceStanding = {
    ...{ ...before, state, version, ledger },
    since: isSame ? before.since : on,
    sinceVersion: isSame ? before.sinceVersion : version,
    coordinator: facts.coordinator ?? before.coordinator,
  };
  return { ...after, ...changeOf(after, event) };
}

/** What the events come to. */
export function foldEvents(
  empty: AssistanceStanding,
  events: readonly AssistanceEvent[],
): AssistanceStanding {
  return events.reduce(afterEvent, empty);
}

/** The one agency whose turn it is. Null where it is over, or no coordinator is known. */
export function ownerOf(standing: AssistanceStanding): string | null {
  switch (STATE_OWNERS[standing.state]) {
    case 'ASKING':
      return standing.askingAgency;
    case 'ASSISTING':
      return standing.assistingAgency;
    case 'COORDINATOR':
      return standing.coordinator;
    case 'HUB':
    case null:
      return null;
  }
}

/** What a step changes beyond state and clock. */
function changeOf(
  standing: AssistanceStanding,
  { step, on, by, facts }: AssistanceEvent,
): Partial<AssistanceStanding> {
  const { limits, visited, ledger, version } = standing;
  const start = (from: BusinessDate, workingDays: number, begin = on): ClockBase => ({
    ...{ start: begin, from, workingDays, version },
    ledgerFrom: Math.max(ledger.length - 1, 0),
  });
  switch (step) {
    case 'SUBMIT': {
      const agreed = facts.limits ?? limits;
      const to = facts.toAgency ?? standing.assistingAgency;
      const clock = start(facts.date ?? on, facts.date === null ? agreed.reply : 0);
      const given = { limits: agreed, assistingAgency: to, visited: [to] };
      return { ...given, clock, submittedOn: on };
    }
    case 'FORWARD':
      return moveTo(facts.toAgency, visited);
    case 'DIRECT':
      return {
        ...(facts.toAgency === null ? {} : moveTo(facts.toAgency, visited)),
        ...{ clock: start(on, limits.reply), presumedUnanswered: false, refusal: null },
        ...{ isExtended: false, agreedOn: null, acceptedOn: null, proposal: null },
      };
    case 'ACCEPT':
      return { acceptedOn: on };
    case 'PROPOSE_DATE':
      return { proposedOn: facts.date };
    case 'AGREE_DATE': {
      const day = standing.proposedOn ?? on;
      const begin = standing.clock?.start ?? on;
      return { agreedOn: day, acceptedOn: on, proposedOn: null, clock: start(day, 0, begin) };
    }
    case 'DENY_DATE':
      return { proposedOn: null };
    case 'EXTEND':
      return { isExtended: true, clock: extended(standing) };
    case 'REPLY_PARTLY':
    case 'REPLY':
    case 'JOIN':
      return answered(standing, facts.given, on, step !== 'REPLY_PARTLY');
    case 'APPROVE_REPLY':
    case 'APPROVE_PART':
      return answered(standing, standing.proposal?.given ?? null, on, step === 'APPROVE_REPLY');
    case 'PROPOSE_REPLY':
    case 'PROPOSE_REFUSAL':
      return { proposal: { by, ground: facts.ground, note: facts.note, given: facts.given } };
    case 'RETURN_REPLY':
    case 'RETURN_REFUSAL':
      return { proposal: null, acceptedOn: standing.acceptedOn ?? on };
    case 'APPROVE_REFUSAL':
      return refused(standing.proposal);
    case 'WANT_SUPPLEMENT':
      return { supplements: standing.supplements + 1, clock: start(on, limits.supplement) };
    case 'ESCALATE':
      return { proposal: null, presumedUnanswered: facts.presumed };
    case 'CONFIRM':
      return { rating: facts.rating };
    case 'SPLIT':
    case 'ASK':
    case 'CLARIFY':
    case 'REJECT':
    case 'ACCEPT_REFUSAL':
    case 'CONTEST':
    case 'UPHOLD':
    case 'WITHDRAW':
      return {};
  }
}

function refused(proposal: Proposal | null): Pick<AssistanceStanding, 'proposal' | 'refusal'> {
  const { ground = null, note = null } = proposal ?? {};
  return { proposal: null, refusal: { ground: ground ?? 'OTHER', note } };
}

function moveTo(agency: string | null, visited: readonly string[]): Partial<AssistanceStanding> {
  if (agency === null) return {};
  return { assistingAgency: agency, visited: [...visited, agency], acceptedOn: null };
}

function extended({ clock, limits }: AssistanceStanding): ClockBase | null {
  if (clock === null) return null;
  return { ...clock, workingDays: clock.workingDays + limits.extension };
}

/** The latest answer to a question is the one that counts. */
function answered(
  standing: AssistanceStanding,
  given: GivenAnswers | null,
  on: BusinessDate,
  isWhole: boolean,
): Partial<AssistanceStanding> {
  const fresh = given?.answers ?? [];
  const kept = standing.answers.filter(
    ({ question }) => !fresh.some((one) => one.question === question),
  );
  return {
    ...{ answers: [...kept, ...fresh], proposal: null },
    ...{ acceptedOn: standing.acceptedOn ?? on },
    ...(isWhole ? { repliedOn: on, presumedUnanswered: false, refusal: null } : {}),
  };
}

function ledgerAfter(
  { ledger, clock }: AssistanceStanding,
  { state, step, on }: AssistanceEvent,
): readonly ClockInterval[] {
  if (clock === null && step !== 'SUBMIT') return ledger;
  const kind = RUNNING_STATES.has(state) ? 'RUN' : 'PAUSE';
  const last = ledger.at(-1);
  if (STATE_OWNERS[state] === null)
    return last === undefined ? ledger : [...ledger.slice(0, -1), { ...last, through: on }];
  if (last?.kind === kind) return ledger;
  const closed = last === undefined ? [] : [...ledger.slice(0, -1), { ...last, through: on }];
  return [...closed, { kind, from: on, through: null }];
}
