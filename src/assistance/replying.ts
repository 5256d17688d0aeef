import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import { ASSISTANCE_LIFE, type AssistanceStep } from '../model/assistance-life.ts';
import type { GivenAnswers } from '../model/assistance-record.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { listAnswerers, lockStanding } from './event-queries.ts';
import type { Life, LifeDependencies } from './life.ts';
import { findRequest, listRequestsFor } from './queries.ts';
import { checkReply, inOrderOfQuestions } from './reply.ts';

/** A reply as it comes in, not yet checked against the questions. */
export interface ReplyToAssistance extends GivenAnswers {
  readonly requestId: string;
  /** Some questions stay open for now. */
  readonly isPart: boolean;
}

/** Takes the answers of assisting agencies. */
export interface Replying {
  /** @throws {HubError} CONFLICT when another reply stands. */
  reply(caller: Caller, input: ReplyToAssistance): Promise<Accepted<AssistanceRequest>>;
}

/**
 * Answers go to those who wait at once, unless one of them says that something does not match: that
 * can cost somebody a permit, and waits for a second person.
 */
export function createReplying(
  deps: LifeDependencies & { db: Database; refusals: Refusals; life: Life },
): Replying {
  const { db, clock, refusals, life } = deps;

  async function reply(
    caller: Caller,
    input: ReplyToAssistance,
  ): Promise<Accepted<AssistanceRequest>> {
    const done = await db.transaction((trx) => replyIn(trx, caller, input));
    return done.ok ? done : refusals.refuse(caller, 'replyToAssistance', done.errors);
  }

  async function replyIn(
    trx: Transaction,
    caller: Caller,
    input: ReplyToAssistance,
  ): Promise<Accepted<AssistanceRequest>> {
    if (isUuid(input.requestId)) await lockStanding(trx, input.requestId);
    const held = isUuid(input.requestId) ? await findRequest(trx, input.requestId) : null;
    if (held?.assistingAgency !== caller.agencyCode || held.standing.state === 'DRAFT')
      return no(
        mistake(
          'UNKNOWN_ASSISTANCE_REQUEST',
          ['requestId'],
          'No such request is in the inbox of your agency.',
        ),
      );
    const errors = [
      ...checkReply(held, input, businessDate(clock.now())),
      ...(await checkOtherPerson(trx, caller, { held, answererName: input.answererName.trim() })),
    ];
    if (errors.length > 0) return { ok: false, errors };
    const given: GivenAnswers = {
      answers: inOrderOfQuestions(held, input.answers),
      answererName: input.answererName.trim(),
      ...{ asOf: input.asOf, attachments: input.attachments },
    };
    const standing = standingOf(held);
    if (standing !== null) {
      if (isSame(standing, given)) return { ok: true, value: held };
      throw new HubError('CONFLICT', { details: { field: 'requestId' } });
    }
    return record(trx, caller, { held, given, isPart: input.isPart });
  }

  async function record(
    trx: Transaction,
    caller: Caller,
    { held, given, isPart }: { held: AssistanceRequest; given: GivenAnswers; isPart: boolean },
  ): Promise<Accepted<AssistanceRequest>> {
    const { agencyCode, account: by } = caller;
    const move = { agencyCode, by, idempotencyKey: null };
    const isDenied = given.answers.some(({ outcome }) => outcome === 'DENIED');
    const step: AssistanceStep = isDenied ? 'PROPOSE_REPLY' : isPart ? 'REPLY_PARTLY' : 'REPLY';
    // Whoever replies has received it.
    const accepted =
      held.standing.state === 'SUBMITTED'
        ? await life.record(trx, held, { ...move, step: 'ACCEPT', facts: {} })
        : held;
    if (ASSISTANCE_LIFE.after(accepted.standing.state, step) === null)
      return no(ASSISTANCE_LIFE.refuse(accepted.standing.state, step, ['requestId']));
    return {
      ok: true,
      value: await life.record(trx, accepted, { ...move, step, facts: { given } }),
    };
  }

  return { reply };
}

/** A second request is answered by another person than those before it. */
async function checkOtherPerson(
  trx: Transaction,
  { account, agencyCode }: Caller,
  { held, answererName }: { readonly held: AssistanceRequest; readonly answererName: string },
): Promise<readonly UserError[]> {
  if (held.independentOf === null) return [];
  const others = (await listRequestsFor(trx, held)).filter(({ id }) => id !== held.id);
  const answered = await listAnswerers(
    trx,
    others.map(({ id }) => id),
  );
  const isSame = answered.some(
    (one) => one.agencyCode === agencyCode && (one.by === account || one.name === answererName),
  );
  if (!isSame) return [];
  const message = 'You have answered the first request: another person of your agency has to look.';
  return [mistake('SECOND_PERSON_NEEDED', ['answererName'], message)];
}

const no = (error: UserError) => ({ ok: false as const, errors: [error] });

/** What was replied already, or waits for a second person. Null where a reply is still to come. */
function standingOf({ standing, reply }: AssistanceRequest): GivenAnswers | null {
  switch (standing.state) {
    case 'REPLIED':
    case 'CLOSED_SATISFIED':
    case 'CLOSED_UNSATISFIED':
      return reply;
    case 'REPLY_PROPOSED':
      return standing.proposal?.given ?? null;
    default:
      return null;
  }
}

/** Whether what comes in is what stands, or the last part of it. */
function isSame(one: GivenAnswers, other: GivenAnswers): boolean {
  const lines = ({ answers }: GivenAnswers) =>
    answers.map(({ question, outcome, note }) => JSON.stringify([question, outcome, note]));
  const digests = ({ attachments }: GivenAnswers) => attachments.map(({ digest }) => digest).join();
  return (
    lines(other).every((line) => lines(one).includes(line)) &&
    one.answererName === other.answererName &&
    one.asOf === other.asOf &&
    digests(one) === digests(other)
  );
}
