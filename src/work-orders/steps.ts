import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Verdict } from '../model/verification.ts';
import {
  isOnSide,
  WORK_ORDER_LIFE,
  type OnSiteReport,
  type WorkOrder,
  type WorkOrderStep,
} from '../model/work-order.ts';
import type { Transaction } from '../store/database.ts';
import { checkReport } from './check-report.ts';
import { findOrder, findStepByKey, insertOrderEvent, lockOrder } from './queries.ts';
import { signedReportOf } from './signed-report.ts';
import type { WorkOrderDependencies } from './work-orders.ts';

/** A step as it comes in. Null for what it does not bring. */
export interface TakeWorkOrderStep {
  readonly workOrderId: string;
  readonly version: number;
  readonly idempotencyKey: string;
  readonly step: WorkOrderStep;
  readonly reason: string | null;
  readonly inspectors: readonly string[] | null;
  readonly report: OnSiteReport | null;
}

const INSPECTORS = 2;
const ACCOUNT_LENGTH_MAX = 200;
const REASON_LENGTH_MAX = 1_000;
const KEY_LENGTH_MAX = 64;
const FIELD = ['workOrderId'];
const NEEDS_REASON: readonly WorkOrderStep[] = ['REFUSE', 'RETURN', 'CANCEL'];

/** Takes the steps of orders, each with everything that follows from it in one transaction. */
export function createWorkOrderSteps(deps: WorkOrderDependencies) {
  const { db, clock, refusals } = deps;

  async function take(caller: Caller, input: TakeWorkOrderStep): Promise<Accepted<WorkOrder>> {
    let judged: readonly Verdict[] = [];
    const done = await db.transaction(async (trx): Promise<Accepted<WorkOrder>> => {
      if (isUuid(input.workOrderId)) await lockOrder(trx, input.workOrderId);
      const held = isUuid(input.workOrderId) ? await findOrder(trx, input.workOrderId) : null;
      if (held?.agencyCode !== caller.agencyCode) return no(UNKNOWN);
      const earlier = await findStepByKey(trx, held.id, input.idempotencyKey);
      if (earlier?.by === caller.account && earlier.step === input.step)
        return { ok: true, value: held };
      const errors = await judge(trx, caller, { held, input });
      if (errors.length > 0) return { ok: false, errors };
      const value = await record(trx, caller, { held, input });
      judged = await follow(trx, value, input.step);
      return { ok: true, value };
    });
    if (!done.ok) return refusals.refuse(caller, `workOrder ${input.step}`, done.errors);
    judged.forEach((verdict) => deps.onVerdict(verdict));
    return done;
  }

  async function judge(
    trx: Transaction,
    caller: Caller,
    { held, input }: { readonly held: WorkOrder; readonly input: TakeWorkOrderStep },
  ): Promise<readonly UserError[]> {
    const { step, reason, report } = input;
    if (WORK_ORDER_LIFE.after(held.state, step) === null)
      return [WORK_ORDER_LIFE.refuse(held.state, step, FIELD)];
    if (held.version !== input.version)
      return [mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it.')];
    if (!isOnSide(held, caller.account, step)) return [sideOf(step)];
    // Whoever has set out is not replaced without a word.
    const isTakenOver = step === 'ASSIGN' && held.state !== 'DRAFTED' && held.state !== 'ASSIGNED';
    const needsReason = NEEDS_REASON.includes(step) || isTakenOver;
    return [
      ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
      ...(needsReason && reason === null
        ? [mistake('REASON_MISSING', ['reason'], 'Say why.')]
        : []),
      ...(reason === null ? [] : checkLength(reason, ['reason'], REASON_LENGTH_MAX)),
      ...(step === 'ASSIGN' ? await checkInspectors(trx, held, input.inspectors ?? []) : []),
      ...(step === 'REPORT' ? checkReport(held, report, businessDate(clock.now())) : []),
    ];
  }

  /** Not fewer than two look (行政处罚法 42), and nobody at what they handled (回避). */
  async function checkInspectors(
    trx: Transaction,
    held: WorkOrder,
    inspectors: readonly string[],
  ): Promise<readonly UserError[]> {
    const names = new Set(inspectors.map((one) => one.trim()));
    if (names.size !== INSPECTORS || inspectors.length !== INSPECTORS)
      return [
        mistake('TOO_FEW_INSPECTORS', ['inspectors'], 'Name exactly two different accounts.'),
      ];
    const wrong = inspectors.flatMap((one, index) =>
      checkLength(one, ['inspectors', String(index)], ACCOUNT_LENGTH_MAX),
    );
    if (wrong.length > 0) return wrong;
    const handled = (await deps.listHandlers(trx, held)).filter(
      (one) => !held.inspectors.includes(one),
    );
    return inspectors.flatMap((one, index) =>
      handled.includes(one.trim())
        ? [mistake('TOO_FEW_INSPECTORS', ['inspectors', String(index)], HANDLED)]
        : [],
    );
  }

  async function record(
    trx: Transaction,
    caller: Caller,
    { held, input }: { readonly held: WorkOrder; readonly input: TakeWorkOrderStep },
  ): Promise<WorkOrder> {
    const { step, inspectors, report } = input;
    const state = WORK_ORDER_LIFE.after(held.state, step);
    if (state === null) throw new Error(`${held.state} does not allow ${step}`);
    await insertOrderEvent(trx, held.id, {
      ...{ number: held.version + 1, step, state, at: clock.now(), by: caller.account },
      reason: input.reason?.trim() ?? null,
      inspectors: step === 'ASSIGN' ? (inspectors ?? []).map((one) => one.trim()) : null,
      report: step === 'REPORT' ? report : null,
      idempotencyKey: input.idempotencyKey,
    });
    const now = await findOrder(trx, held.id);
    if (now === null) throw new Error('an order on record is not there');
    return now;
  }

  /** What both have signed, and that nobody looks any more, enters the verifications that wait. */
  async function follow(
    trx: Transaction,
    order: WorkOrder,
    step: WorkOrderStep,
  ): Promise<readonly Verdict[]> {
    if (step !== 'SIGN' && step !== 'CANCEL') return [];
    return deps.onSeen(trx, order, signedReportOf(order));
  }

  return { take };
}

const HANDLED = 'Who handled the case does not inspect it: name another account.';

const UNKNOWN = mistake('UNKNOWN_WORK_ORDER', FIELD, 'Your agency has no such order.');

const no = (error: UserError) => ({ ok: false as const, errors: [error] });

function sideOf(step: WorkOrderStep): UserError {
  return step === 'SIGN' || step === 'RETURN'
    ? mistake('SECOND_PERSON_NEEDED', FIELD, 'The other inspector has to sign it, or give it back.')
    : mistake('STEP_NOT_ALLOWED', FIELD, 'Only the two who are assigned take this step.');
}
