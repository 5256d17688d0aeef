import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import type { Commitment } from '../model/commitment.ts';
import {
  COMMITMENT_LIFE,
  type CommitmentState,
  type CommitmentStep,
} from '../model/commitment-life.ts';
import { isUuid } from '../model/cursor.ts';
import type { SubjectEntryKind } from '../model/subject-file.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import type { CommitmentsDependencies, StepWithin, TakeStep } from './commitments.ts';
import { findCommitment, insertEvent, lockCommitment } from './queries.ts';
import type { Routing } from './routing.ts';

const UNKNOWN = mistake(
  'UNKNOWN_COMMITMENT',
  ['commitmentId'],
  'Your agency has no such commitment.',
);
const REASON_LENGTH_MAX = 1_000;
const BASIS_LENGTH_MAX = 200;

/** Operation by which a step is refused on record. */
const OPERATION: Readonly<Record<CommitmentStep, string>> = {
  WITHDRAW: 'withdrawCommitment',
  CONCLUDE: 'concludeCommitment',
  FULFILL: 'fulfillCommitment',
  TERMINATE: 'decideBreach',
  FIND_PARTLY: 'decideBreach',
  FIND_UNFULFILLED: 'decideBreach',
  REPAIR: 'stepRepair',
};

/** What a state means for the applicant's file. The conclusion of a matter says nothing of it. */
const ENTRY: Readonly<Record<CommitmentState, SubjectEntryKind | null>> = {
  SIGNED: 'COMMITMENT_SIGNED',
  WITHDRAWN: 'COMMITMENT_WITHDRAWN',
  TERMINATED: 'COMMITMENT_TERMINATED',
  CONCLUDED: null,
  FULFILLED: 'COMMITMENT_FULFILLED',
  PARTLY_FULFILLED: 'COMMITMENT_PARTLY_FULFILLED',
  NOT_FULFILLED: 'COMMITMENT_NOT_FULFILLED',
  // The line of the repair itself says so, once it has reached everybody.
  REPAIRED: null,
};

/** Takes the steps of commitments. */
export function createSteps(deps: CommitmentsDependencies & { readonly routing: Routing }) {
  const { db, clock, refusals, routing } = deps;

  /** A step by itself: what it rests on is looked up first, by connections of its own. */
  async function step(caller: Caller, input: TakeStep): Promise<Accepted<Commitment>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, OPERATION[input.step], errors);
    const { agencyCode } = caller;
    const held = isUuid(input.commitmentId)
      ? await findCommitment(db, { agencyCode, id: input.commitmentId })
      : null;
    if (held === null) return refuse([UNKNOWN]);
    const found = await deps.findInCase(agencyCode, held);
    if (!found.ok) return refuse(found.errors);
    const unfounded = await checkBasis(caller, held, input);
    const { subject } = found.value;
    const taken = await db.transaction((trx) =>
      take(trx, caller, { ...input, subject, unfounded }),
    );
    return taken.ok ? taken : refuse(taken.errors);
  }

  /** In the transaction of what leads to it; a refusal is for the caller to record. */
  async function take(
    trx: Transaction,
    caller: Caller,
    input: StepWithin & { readonly unfounded?: readonly UserError[] },
  ): Promise<Accepted<Commitment>> {
    const { commitmentId, step: wanted, unfounded = [] } = input;
    await lockCommitment(trx, commitmentId);
    const held = await findCommitment(trx, { agencyCode: caller.agencyCode, id: commitmentId });
    if (held === null) return { ok: false, errors: [UNKNOWN] };
    const state = COMMITMENT_LIFE.after(held.state, wanted);
    if (state === null)
      return { ok: false, errors: [COMMITMENT_LIFE.refuse(held.state, wanted, ['commitmentId'])] };
    const errors = [...checkVersion(held, input), ...checkWords(input), ...unfounded];
    if (errors.length > 0) return { ok: false, errors };
    return { ok: true, value: await record(trx, caller, { held, state, input }) };
  }

  /** To call something kept takes a verification of the same subject that confirms, or a reason. */
  async function checkBasis(
    caller: Caller,
    held: Commitment,
    { step, reason, basis }: TakeStep,
  ): Promise<readonly UserError[]> {
    if (step !== 'FULFILL' || reason !== null) return [];
    const found = basis === null ? null : await deps.findVerdict(caller.agencyCode, basis);
    const confirms =
      found?.verification.subjectId === held.subjectId &&
      (found.verdict === 'CONFIRMED' || found.verdict === 'EXEMPT');
    if (confirms) return [];
    return [
      mistake(
        'BASIS_MISSING',
        ['basis'],
        'Name a verification of this subject whose verdict confirms, or send a reason.',
      ),
    ];
  }

  async function record(
    trx: Transaction,
    caller: Caller,
    { held, state, input }: { held: Commitment; state: CommitmentState; input: StepWithin },
  ): Promise<Commitment> {
    const at = clock.now();
    const { step: taken, reason, basis, subject } = input;
    const changed: Commitment = { ...held, state, version: held.version + 1 };
    await insertEvent(trx, {
      ...{
        commitmentId: held.id,
        number: changed.version,
        step: taken,
        state,
        at,
        by: caller.account,
      },
      ...{ reason: reason?.trim() ?? null, basis: basis?.trim() ?? null },
    });
    const kind = ENTRY[state];
    const { caseId, subjectId } = held;
    if (kind !== null)
      await deps.enter(trx, {
        ...{ kind, subject, on: businessDate(at), about: null },
        reference: `${held.code}#${changed.version}`,
        ...{ agencyCode: caller.agencyCode, by: caller.account },
      });
    if (state === 'WITHDRAWN')
      await routing.take(trx, caller, { caseId, subjectId, ground: 'WITHDRAWN' });
    await deps.onChanged(trx, changed);
    return changed;
  }

  return { step, take };
}

function checkVersion(held: Commitment, { version }: TakeStep): readonly UserError[] {
  if (held.version === version) return [];
  return [
    mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it, then decide.'),
  ];
}

function checkWords({ step, reason, basis }: TakeStep): readonly UserError[] {
  const needsReason = step === 'WITHDRAW';
  return [
    ...(needsReason && reason === null
      ? [mistake('REASON_MISSING', ['reason'], 'Send why, in a sentence.')]
      : []),
    ...(reason === null ? [] : checkLength(reason, ['reason'], REASON_LENGTH_MAX)),
    ...(basis === null ? [] : checkLength(basis, ['basis'], BASIS_LENGTH_MAX)),
  ];
}
