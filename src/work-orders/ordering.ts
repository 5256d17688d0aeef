import { randomUUID } from 'node:crypto';

import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { minimumsOf, termsOf } from '../model/ladder.ts';
import { reserveAfter, type RungClock } from '../model/ladder-clock.ts';
import type { Matter } from '../model/matter.ts';
import { DEFAULT_TERMS, type Requirement } from '../model/policy.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Verification } from '../model/verification.ts';
import { HUB, questionsOf, WORK_ORDER_LIFE, type WorkOrder } from '../model/work-order.ts';
import type { Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import {
  findOrder,
  insertOrder,
  insertOrderEvent,
  listOrdersFor,
  tryLockOrder,
} from './queries.ts';
import type { JudgedQuestion, MovedLadder, WorkOrderDependencies } from './work-orders.ts';

/** Which requirement an officer wants looked at, and why. */
export interface OrderOnSiteCheck {
  readonly verificationId: string;
  readonly requirement: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** A check before it is an order. */
interface Wanted extends Pick<WorkOrder, 'origin' | 'reason' | 'madeBy'> {
  readonly verification: Verification;
  readonly requirement: Requirement;
  readonly clock: RungClock;
}

const ORDERS_MAX = 4;
const REASON_LENGTH_MAX = 1_000;
const KEY_LENGTH_MAX = 64;
const OPERATION = 'orderOnSiteCheck';
const SETTLED = '已由其他途径核实，无需现场核查';

/** Makes orders: those of ladders, and those officers want. */
export function createOrdering(deps: WorkOrderDependencies) {
  const { db, clock, refusals } = deps;

  async function order(caller: Caller, input: OrderOnSiteCheck): Promise<Accepted<WorkOrder>> {
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, OPERATION, errors);
    const { agencyCode } = caller;
    const judged = isUuid(input.verificationId)
      ? await deps.findJudged(agencyCode, input.verificationId)
      : null;
    if (judged === null) return refuse([UNKNOWN]);
    const { verification, matter } = judged;
    const requirement = matter.policy.requirements.find(({ id }) => id === input.requirement);
    const errors = checkInput(input, matter, requirement);
    if (errors.length > 0 || requirement === undefined) return refuse(errors);
    const { idempotencyKey, ...rest } = input;
    const key = { agencyCode, idempotencyKey, operation: OPERATION, input: rest };
    const wanted: Wanted = {
      ...{ verification, requirement, origin: 'OFFICER', reason: input.reason.trim() },
      ...{ madeBy: caller.account, clock: clockOf(judged) },
    };
    const done = await db.transaction(async (trx): Promise<Accepted<WorkOrder>> => {
      const made = await runOnce(trx, key, () => join(trx, wanted));
      if (!made.ok) return made;
      const value = await findOrder(trx, made.value);
      if (value === null) throw new RangeError('An order that was made is gone.');
      return { ok: true, value };
    });
    return done.ok ? done : refuse(done.errors);
  }

  /** The order that is open, or the next one. */
  async function join(trx: Transaction, wanted: Wanted): Promise<Accepted<string>> {
    const all = await listOrdersFor(trx, aboutOf(wanted));
    const open = all.find(({ state }) => !WORK_ORDER_LIFE.isFinal(state));
    if (open !== undefined) return { ok: true, value: open.id };
    if (all.length >= ORDERS_MAX)
      return {
        ok: false,
        errors: [mistake('TOO_MANY', ['requirement'], `It is looked at ${ORDERS_MAX} times.`)],
      };
    const id = await insert(trx, wanted, all.length + 1);
    const now = id ?? (await listOrdersFor(trx, aboutOf(wanted))).at(-1)?.id;
    if (now === undefined) throw new RangeError('An order that was made is gone.');
    return { ok: true, value: now };
  }

  async function follow(trx: Transaction, moved: MovedLadder): Promise<void> {
    const { verification, matter, standing, clock: ladder, minimums, on } = moved;
    for (const requirement of matter.policy.requirements) {
      if (standing.toInspect.includes(requirement.id)) {
        const reserve = reserveAfter('ON_SITE', minimums);
        const part = { ladder, enteredOn: on, minimum: minimums.ON_SITE ?? 0, reserve };
        // Only the first is made by a ladder: whoever wants more says why.
        const wanted: Wanted = {
          ...{ verification, requirement, origin: 'LADDER', reason: null, madeBy: HUB },
          clock: part,
        };
        const all = await listOrdersFor(trx, aboutOf(wanted));
        const isThere = all.some(({ canceledBy }) => canceledBy !== HUB);
        if (!isThere && all.length < ORDERS_MAX) await insert(trx, wanted, all.length + 1);
      }
      if (standing.confirmed.includes(requirement.id)) await spare(trx, verification, requirement);
    }
  }

  /** Nobody has to set out for what is settled; whoever has set out reports. */
  async function spare(
    trx: Transaction,
    verification: Verification,
    { id: requirement }: Requirement,
  ): Promise<void> {
    const { caseId, subjectId } = verification;
    for (const { id } of await listOrdersFor(trx, { caseId, subjectId, requirement })) {
      // Whoever is at it now needs it.
      const held = (await tryLockOrder(trx, id)) ? await findOrder(trx, id) : null;
      const isIdle = held?.state === 'DRAFTED' || held?.state === 'ASSIGNED';
      const isOwn = held?.verificationId === verification.id && held.origin === 'LADDER';
      if (held === null || !isIdle || !isOwn) continue;
      await insertOrderEvent(trx, id, {
        ...{ number: held.version + 1, step: 'CANCEL', state: 'CANCELED', at: clock.now() },
        ...{ by: HUB, reason: SETTLED, inspectors: null, report: null, idempotencyKey: null },
      });
    }
  }

  /** Null where somebody else has made it first. */
  async function insert(trx: Transaction, wanted: Wanted, attempt: number): Promise<string | null> {
    const { verification, requirement, origin, reason, madeBy } = wanted;
    const { agencyCode, caseId, subjectId, id: verificationId } = verification;
    const id = randomUUID();
    const madeAt = clock.now();
    const day = businessDate(madeAt).replaceAll('-', '');
    const isNew = await insertOrder(trx, {
      ...{ id, agencyCode, verificationId, caseId, subjectId, requirement: requirement.id },
      ...{ attempt, origin, reason, madeAt, madeBy, clock: wanted.clock },
      orderNumber: `XC${day}-${id.slice(0, 8).toUpperCase()}`,
      questions: questionsOf(requirement),
    });
    if (!isNew) return null;
    await insertOrderEvent(trx, id, {
      ...{ number: 1, step: null, state: 'DRAFTED', at: madeAt, by: madeBy, reason: null },
      ...{ inspectors: null, report: null, idempotencyKey: null },
    });
    return id;
  }

  function clockOf({ matter, verification }: JudgedQuestion): RungClock {
    const terms = termsOf(matter.policy);
    const minimums = minimumsOf(matter.policy);
    return {
      ladder: { from: businessDate(verification.askedAt), workingDays: terms.workingDays },
      enteredOn: businessDate(clock.now()),
      minimum: terms.onSite?.workingDays ?? DEFAULT_TERMS.onSite?.workingDays ?? 0,
      reserve: reserveAfter('ON_SITE', minimums),
    };
  }

  return { order, follow };
}

const UNKNOWN = mistake(
  'UNKNOWN_VERIFICATION',
  ['verificationId'],
  'Your agency has no such verification.',
);

function aboutOf({ verification: { caseId, subjectId }, requirement }: Wanted) {
  return { caseId, subjectId, requirement: requirement.id };
}

function checkInput(
  { reason, idempotencyKey }: OrderOnSiteCheck,
  { policy }: Matter,
  requirement: Requirement | undefined,
): readonly UserError[] {
  const known = policy.requirements.map(({ id }) => id).join(', ');
  return [
    ...checkLength(reason, ['reason'], REASON_LENGTH_MAX),
    ...checkLength(idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...(requirement === undefined
      ? [mistake('UNKNOWN_REQUIREMENT', ['requirement'], `The matter has: ${known}.`)]
      : []),
    ...(requirement !== undefined && termsOf(policy).onSite === null
      ? [mistake('BASIS_MISSING', ['requirement'], 'By the policy nothing is to be seen on site.')]
      : []),
    ...(policy.exemption === null
      ? []
      : [
          mistake('BASIS_MISSING', ['verificationId'], 'The matter is exempt: nothing is checked.'),
        ]),
  ];
}
