import type { Refusals } from '../audit/refusals.ts';
import type { AssistanceItem } from '../model/assistance-item.ts';
import type { AssistanceState } from '../model/assistance-life.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import { lockStanding } from './event-queries.ts';
import type { Items } from './items.ts';
import type { Life, LifeDependencies } from './life.ts';
import { findRequest, listRequestsFor } from './queries.ts';
import type { Submissions } from './submission.ts';

/** Which answered request is put a second time, to whom, and why. */
export interface AskAssistanceAgain {
  readonly requestId: string;
  /** Null for the same agency. */
  readonly toAgency: string | null;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Second, independent requests. */
export interface AskingAgain {
  /** Sends a further request once the first is answered; at most two. */
  askAgain(caller: Caller, input: AskAssistanceAgain): Promise<Accepted<AssistanceRequest>>;
}

const FURTHER_MAX = 2;
const REASON_LENGTH_MAX = 1_000;
const KEY_LENGTH_MAX = 64;
const OPERATION = 'askAssistanceAgain';
const ANSWERED: readonly AssistanceState[] = ['REPLIED', 'CLOSED_SATISFIED', 'CLOSED_UNSATISFIED'];

/** Asking again over the life of requests. */
export function createAskingAgain(
  deps: LifeDependencies & {
    readonly db: Database;
    readonly refusals: Refusals;
    readonly life: Life;
    readonly items: Pick<Items, 'find'>;
    readonly submissions: Pick<Submissions, 'draft'>;
  },
): AskingAgain {
  const { db, clock, refusals, life, items, submissions, agencies } = deps;

  async function askAgain(
    caller: Caller,
    input: AskAssistanceAgain,
  ): Promise<Accepted<AssistanceRequest>> {
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, OPERATION, errors);
    const held = isUuid(input.requestId) ? await findRequest(db, input.requestId) : null;
    if (held?.askingAgency !== caller.agencyCode) return refuse([UNKNOWN]);
    const item = held.itemCode === null ? null : await items.find(held.itemCode, today());
    const errors = [...checkInput(input), ...(await checkAgency(held, item, input.toAgency))];
    if (errors.length > 0) return refuse(errors);
    const { idempotencyKey, ...rest } = input;
    const { agencyCode } = caller;
    const key = { agencyCode, idempotencyKey, operation: OPERATION, input: rest };
    const done = await db.transaction(async (trx): Promise<Accepted<AssistanceRequest>> => {
      await lockStanding(trx, held.id);
      const sent = await runOnce(trx, key, () => send(trx, caller, { held, item, input }));
      if (!sent.ok) return sent;
      const value = await findRequest(trx, sent.value);
      if (value === null) throw new RangeError('A request that was sent is gone.');
      return { ok: true, value };
    });
    return done.ok ? done : refuse(done.errors);
  }

  async function send(
    trx: Transaction,
    caller: Caller,
    given: {
      readonly held: AssistanceRequest;
      readonly item: AssistanceItem | null;
      readonly input: AskAssistanceAgain;
    },
  ): Promise<Accepted<string>> {
    const { held, item, input } = given;
    const all = await listRequestsFor(trx, held);
    const wrong = checkMoment(held, all);
    if (wrong !== null) return { ok: false, errors: [wrong] };
    const { agencyCode, account: by } = caller;
    const { caseId, subjectId, requirement, verificationId, questions } = held;
    const assistingAgency = input.toAgency ?? held.assistingAgency;
    const again = { of: held, reason: input.reason.trim() };
    const asked = { verificationId, caseId, subjectId, requirement, assistingAgency, questions };
    const drafted = await submissions.draft(
      trx,
      { ...asked, item, part: null, again },
      { agencyCode, account: by },
    );
    const facts = { limits: held.standing.limits, toAgency: assistingAgency };
    const move = { step: 'SUBMIT', facts, agencyCode, by, idempotencyKey: null } as const;
    return { ok: true, value: (await life.record(trx, drafted, move)).id };
  }

  const today = () => businessDate(clock.now());

  async function checkAgency(
    held: AssistanceRequest,
    item: AssistanceItem | null,
    toAgency: string | null,
  ): Promise<readonly UserError[]> {
    if (toAgency === null || toAgency === held.assistingAgency) return [];
    const named = item === null ? [] : [item.assistingAgency, ...item.otherAgencies];
    if (named.includes(toAgency) && (await agencies.find(toAgency)) !== null) return [];
    const message = 'The list of assistance names no such agency for this: ask the same one again.';
    return [mistake('UNKNOWN_AGENCY', ['toAgency'], message)];
  }

  return { askAgain };
}

const UNKNOWN = mistake(
  'UNKNOWN_ASSISTANCE_REQUEST',
  ['requestId'],
  'Your agency has sent no such request.',
);

function checkInput({ reason, idempotencyKey }: AskAssistanceAgain): readonly UserError[] {
  return [
    ...checkLength(reason, ['reason'], REASON_LENGTH_MAX),
    ...checkLength(idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
  ];
}

/** Whether it is time: all that were put before are answered, and there are not too many. */
function checkMoment(held: AssistanceRequest, all: readonly AssistanceRequest[]): UserError | null {
  const own = held.parentId === null ? held : null;
  const counted = all.filter(({ standing: { state } }) => state !== 'WITHDRAWN');
  const open = counted.find(({ standing: { state } }) => !ANSWERED.includes(state));
  const waiting = open ?? (own === null ? held : undefined);
  if (waiting !== undefined) {
    const { state } = waiting.standing;
    const why = 'A second request is sent once the first is answered.';
    return { ...mistake('STEP_NOT_ALLOWED', ['requestId'], why), state };
  }
  if (counted.length <= FURTHER_MAX) return null;
  return mistake('TOO_MANY', ['requestId'], `The same is asked at most ${FURTHER_MAX + 1} times.`);
}
