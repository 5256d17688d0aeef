import type { Refusals } from '../audit/refusals.ts';
import type { Caller } from '../model/caller.ts';
import { isUuid } from '../model/cursor.ts';
import {
  CROSS_CHECK_RUN_LIFE,
  type CrossCheckRun,
  type CrossCheckRunStep,
} from '../model/cross-check-run.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import { listCrossChecks } from './definition-queries.ts';
import { releaseRun, type FinishDependencies } from './finish.ts';
import { openRun, type OpeningDependencies } from './opening.ts';
import { changeRun, findRun, lockRun } from './run-queries.ts';

/** Which cross-check is run now. */
export interface StartCrossCheck {
  readonly key: string;
  readonly idempotencyKey: string;
}

/** A step that an operator takes. */
export interface StepRun {
  readonly id: string;
  readonly version: number;
  readonly step: Extract<CrossCheckRunStep, 'PAUSE' | 'RESUME' | 'RELEASE' | 'CANCEL'>;
  /** Needed for a release and a cancellation. */
  readonly reason: string | null;
}

/** What operators do with runs. */
export interface RunSteps {
  start(caller: Caller, input: StartCrossCheck): Promise<Accepted<CrossCheckRun>>;
  step(caller: Caller, input: StepRun): Promise<Accepted<CrossCheckRun>>;
}

const KEY_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 500;
const OPERATIONS = {
  PAUSE: 'pauseCrossCheckRun',
  RESUME: 'resumeCrossCheckRun',
  RELEASE: 'releaseCrossCheckRun',
  CANCEL: 'cancelCrossCheckRun',
} as const;

/** Steps over the rows of runs. */
export function createRunSteps(
  deps: OpeningDependencies &
    FinishDependencies & {
      readonly refusals: Pick<Refusals, 'refuse'>;
      /** Told when there may be something to work on. */
      wake(): void;
    },
): RunSteps {
  const { db, clock, refusals } = deps;

  async function start(
    caller: Caller,
    { key, idempotencyKey }: StartCrossCheck,
  ): Promise<Accepted<CrossCheckRun>> {
    const refuse = (...errors: readonly UserError[]) =>
      refusals.refuse(caller, 'startCrossCheck', errors);
    const errors = checkLength(idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX);
    if (errors.length > 0) return refuse(...errors);
    const [check] = await listCrossChecks(db, { key, rows: 1 });
    if (check === undefined)
      return refuse(mistake('UNKNOWN_CROSS_CHECK', ['key'], 'There is none of this key.'));
    const earlier = { checkId: check.id, key: idempotencyKey };
    const repeated = await findRun(db, earlier);
    if (repeated !== null) return { ok: true, value: repeated };
    const wanted = { check, slot: clock.now(), key: idempotencyKey, by: caller.account };
    const run = (await openRun(deps, wanted)) ?? (await findRun(db, earlier));
    if (run === null)
      return refuse(mistake('RUN_GOES_ON', ['key'], 'Wait for its end, or cancel it first.'));
    deps.wake();
    return { ok: true, value: run };
  }

  async function step(caller: Caller, input: StepRun): Promise<Accepted<CrossCheckRun>> {
    const operation = OPERATIONS[input.step];
    const needsReason = input.step === 'RELEASE' || input.step === 'CANCEL';
    const errors =
      needsReason || input.reason !== null
        ? checkLength(input.reason ?? '', ['reason'], REASON_LENGTH_MAX)
        : [];
    if (errors.length > 0) return refusals.refuse(caller, operation, errors);
    if (!isUuid(input.id) || (await findRun(db, { id: input.id })) === null)
      return refusals.refuse(caller, operation, [
        mistake('UNKNOWN_CROSS_CHECK_RUN', ['id'], 'There is no such run.'),
      ]);
    const taken = await db.transaction((trx) => stepIn(trx, caller, input));
    if (!taken.ok) return refusals.refuse(caller, operation, taken.errors);
    if (taken.value.state === 'RUNNING') deps.wake();
    return taken;
  }

  async function stepIn(
    trx: Transaction,
    { account: by }: Caller,
    { id, version, step: wanted, reason }: StepRun,
  ): Promise<Accepted<CrossCheckRun>> {
    const held = await lockRun(trx, id);
    const state = CROSS_CHECK_RUN_LIFE.after(held.state, wanted);
    if (state === null) return refusedBy(CROSS_CHECK_RUN_LIFE.refuse(held.state, wanted, ['id']));
    if (held.version !== version)
      return refusedBy(mistake('STALE_VERSION', ['version'], 'Read it again, then decide.'));
    if (wanted !== 'RELEASE') {
      const change = { step: wanted, state, at: clock.now(), by, reason: reason?.trim() ?? null };
      return { ok: true, value: await changeRun(trx, held, change) };
    }
    const released = await releaseRun(deps, trx, { run: held, by, reason: reason?.trim() ?? '' });
    if (released !== null) return { ok: true, value: released };
    const why = 'A source that it heard is still held: release that first, or cancel this run.';
    return refusedBy({
      ...mistake('STEP_NOT_ALLOWED', ['id'], why),
      state: held.state,
      allowed: ['CANCEL'],
    });
  }

  return { start, step };
}

function refusedBy(error: UserError): Accepted<CrossCheckRun> {
  return { ok: false, errors: [error] };
}
