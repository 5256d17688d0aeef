import type { Agencies } from '../agencies/agencies.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { replyDue } from '../model/assistance-clock.ts';
import { ASSISTANCE_LIFE, type AssistanceStep } from '../model/assistance-life.ts';
import {
  NO_FACTS,
  type AssistanceEvent,
  type AssistanceFacts,
  type GivenAnswers,
} from '../model/assistance-record.ts';
import type { AssistanceReply, AssistanceRequest } from '../model/assistance-request.ts';
import { afterEvent } from '../model/assistance-standing.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { Unanswered } from '../model/observe/assistance.ts';
import type { Transaction } from '../store/database.ts';
import { enqueueDelivery, insertEvent, insertReply, upsertStanding } from './event-queries.ts';
import { findRequest, listParts } from './queries.ts';

/** A step as it is recorded: it is known to be allowed. */
export interface Move {
  readonly step: AssistanceStep;
  readonly facts: Partial<AssistanceFacts>;
  readonly agencyCode: string;
  readonly by: string;
  readonly idempotencyKey: string | null;
}

/** Told inside the transaction that records a reply, or that none will come. */
export interface AssistanceListeners {
  onReplied(trx: Transaction, request: AssistanceRequest, reply: AssistanceReply): Promise<void>;
  onUnanswered(trx: Transaction, request: AssistanceRequest, why: Unanswered): Promise<void>;
}

/** What records steps works with. */
export interface LifeDependencies extends AssistanceListeners {
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly agencies: Pick<Agencies, 'find' | 'justiceOf'>;
}

/** Records what happens to requests, and what follows from it. */
export interface Life {
  /** The request after the step, with everything that follows, in this transaction. */
  record(trx: Transaction, held: AssistanceRequest, move: Move): Promise<AssistanceRequest>;
  /** The justice bureau of the city of the asking agency, else of its province. Null: none. */
  coordinatorOf(request: Pick<AssistanceRequest, 'askingAgency'>): Promise<string | null>;
}

const UNANSWERED_NOTE = '协助单位未答复';

/** The only writer of events. */
export function createLife(deps: LifeDependencies): Life {
  const { clock, calendar, agencies } = deps;

  async function record(
    trx: Transaction,
    held: AssistanceRequest,
    move: Move,
  ): Promise<AssistanceRequest> {
    const { step } = move;
    const before = held.standing;
    const state = ASSISTANCE_LIFE.after(before.state, step);
    if (state === null) throw new Error(`${before.state} does not allow ${step}`);
    const at = clock.now();
    const event: AssistanceEvent = {
      ...{ number: before.version + 1, step, state, at, on: businessDate(at) },
      ...{ agencyCode: move.agencyCode, by: move.by, facts: { ...NO_FACTS, ...move.facts } },
    };
    const standing = afterEvent(before, event);
    const due = replyDue(standing, calendar, event.on);
    await insertEvent(trx, held.id, { ...event, idempotencyKey: move.idempotencyKey });
    await upsertStanding(trx, held.id, {
      standing,
      due: due ?? { on: held.dueOn, provisional: held.dueIsProvisional },
    });
    await follow(trx, { ...held, standing }, event);
    const now = await findRequest(trx, held.id);
    if (now === null) throw new Error('a request on record is not there');
    return now;
  }

  /** What a step leads to elsewhere. */
  async function follow(
    trx: Transaction,
    request: AssistanceRequest,
    event: AssistanceEvent,
  ): Promise<void> {
    const { state } = event;
    const isMove = event.step === 'SUBMIT' || event.facts.toAgency !== null;
    if (isMove && state === 'SUBMITTED') await enqueueDelivery(trx, request.id);
    if (state === 'REPLIED') await keepReply(trx, request, event);
    if (ASSISTANCE_LIFE.isFinal(state)) await endParts(trx, request, event);
    const isWhole = request.parentId === null;
    if (isWhole && isWithoutAnswer(event))
      await deps.onUnanswered(trx, request, event.facts.presumed ? 'OVERDUE' : 'ENDED');
    const isDone = state === 'REPLIED' || ASSISTANCE_LIFE.isFinal(state);
    if (request.parentId !== null && isDone) await joinParts(trx, request.parentId, event.on);
  }

  async function keepReply(
    trx: Transaction,
    request: AssistanceRequest,
    event: AssistanceEvent,
  ): Promise<void> {
    const { standing } = request;
    const given = event.facts.given;
    if (given === null) return;
    const reply: AssistanceReply = {
      ...given,
      answers: request.questions.flatMap(({ code }) =>
        standing.answers.filter(({ question }) => question === code),
      ),
      ...{ repliedAt: event.at, repliedBy: event.by },
    };
    await insertReply(trx, request.id, { number: event.number, reply });
    if (request.parentId === null) await deps.onReplied(trx, request, reply);
  }

  /** Nothing of a request that is over stays open. */
  async function endParts(
    trx: Transaction,
    request: AssistanceRequest,
    { agencyCode, by }: AssistanceEvent,
  ): Promise<void> {
    for (const part of await listParts(trx, [request.id])) {
      const { state } = part.standing;
      if (ASSISTANCE_LIFE.isFinal(state)) continue;
      const step = state === 'REPLIED' ? 'CONFIRM' : 'WITHDRAW';
      await record(trx, part, { step, facts: {}, agencyCode, by, idempotencyKey: null });
    }
  }

  /** A split request is what its parts come to together, once the last of them is done. */
  async function joinParts(trx: Transaction, parentId: string, on: BusinessDate): Promise<void> {
    const parent = await findRequest(trx, parentId);
    const parts = await listParts(trx, [parentId]);
    const isDone = ({ standing: { state } }: AssistanceRequest) =>
      state === 'REPLIED' || ASSISTANCE_LIFE.isFinal(state);
    if (parent?.standing.state !== 'SPLIT' || !parts.every(isDone)) return;
    await record(trx, parent, {
      ...{ step: 'JOIN', facts: { given: togetherOf(parts, on) } },
      ...{ agencyCode: parent.assistingAgency, by: 'hub', idempotencyKey: null },
    });
  }

  async function coordinatorOf({
    askingAgency,
  }: Pick<AssistanceRequest, 'askingAgency'>): Promise<string | null> {
    const asking = await agencies.find(askingAgency);
    if (asking === null) return null;
    const city = await agencies.justiceOf(asking.regionCode, 'CITY');
    const found = city ?? (await agencies.justiceOf(asking.regionCode, 'PROVINCE'));
    return found?.code ?? null;
  }

  return { record, coordinatorOf };
}

/** Whether those who wait should stop: what was never answered, or whose answer does not count. */
function isWithoutAnswer({ state, facts }: AssistanceEvent): boolean {
  if (facts.presumed) return true;
  return state === 'WITHDRAWN' || state === 'REFUSED_FINAL' || state === 'CLOSED_UNSATISFIED';
}

/** The answers of all parts. A question that no part answered is undetermined, and never denied. */
function togetherOf(parts: readonly AssistanceRequest[], on: BusinessDate): GivenAnswers {
  const replies = parts.flatMap(({ reply, unanswered }) =>
    reply === null || unanswered !== null ? [] : [reply],
  );
  const answered = replies.flatMap(({ answers }) => answers);
  const missing = parts
    .flatMap(({ questions }) => questions)
    .filter(({ code }) => !answered.some(({ question }) => question === code));
  const names = [...new Set(replies.map(({ answererName }) => answererName))].join('、');
  return {
    answers: [
      ...answered,
      ...missing.map(({ code }) => ({
        ...{ question: code, outcome: 'CANNOT_DETERMINE' as const, note: UNANSWERED_NOTE },
      })),
    ],
    answererName: names === '' ? UNANSWERED_NOTE : names.slice(0, 64),
    asOf: replies.map(({ asOf }) => asOf).toSorted()[0] ?? on,
    attachments: replies.flatMap(({ attachments }) => attachments),
  };
}
