import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import {
  isCandidate,
  isInUse,
  stateAfter,
  stepsFrom,
  type LifeStep,
} from '../model/source-life.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { findMissingSecrets } from './bound-secrets.ts';
import { listChecks } from './check-queries.ts';
import type { Credentials } from './credentials.ts';
import type { BuildableKind } from './kinds.ts';
import {
  insertEvents,
  listEvents,
  listRevisions,
  lockSource,
  type NewEvent,
} from './revision-queries.ts';

/** A step an operator takes with a revision. */
export interface Move {
  readonly id: string;
  readonly step: LifeStep;
  /** Null for the one the step can be for. */
  readonly revision: number | null;
  readonly reason: string | null;
  readonly until: Date | null;
}

/** Steps in the lives of revisions, each decided and recorded in one transaction. */
export interface Moves {
  /** Mistakes; none when the step was taken. */
  move(caller: Caller, move: Move): Promise<readonly UserError[]>;
  /** A draft whose check passed; anything else stays as it is. */
  markChecked(caller: Caller, revision: SourceRevision): Promise<void>;
}

const REASON_LENGTH_MAX = 500;
const EVENTS_MAX = 100;
const NEEDS_REASON: readonly LifeStep[] = ['REJECT', 'PAUSE', 'ROLL_BACK'];
/** Steps the hub records by itself. */
const NOT_FOR_OPERATORS: readonly LifeStep[] = ['CHECK', 'REPLACE'];

interface MovesDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly kinds: ReadonlyMap<string, BuildableKind>;
  readonly credentials: Credentials;
  hasShadowReport(source: string, revision: number): Promise<boolean>;
}

/** The part of the registry that knows what may follow what. */
export function createMoves(deps: MovesDependencies): Moves {
  const { db, clock } = deps;

  async function move(caller: Caller, wanted: Move): Promise<readonly UserError[]> {
    const early = checkMove(wanted);
    if (early.length > 0) return early;
    return db.transaction(async (trx) => {
      await lockSource(trx, wanted.id);
      const revisions = await listRevisions(trx, [wanted.id]);
      const target = findTarget(revisions, wanted);
      if (target === null)
        return [mistake('UNKNOWN_SOURCE', ['revision'], 'There is no revision this step is for.')];
      const state = stateAfter(target.state, wanted.step);
      if (state === null) return [notAllowed(target)];
      const inUse = revisions.find((one) => isInUse(one.state) && one.number !== target.number);
      const errors = await judge(trx, caller, { wanted, target, inUse: inUse ?? null });
      if (errors.length > 0) return errors;

      const replaces = wanted.step === 'ACTIVATE' || wanted.step === 'ROLL_BACK';
      const former = replaces && inUse !== undefined ? [replaced(inUse, target)] : [];
      await insertEvents(trx, [
        ...former.map((one) => ({ ...one, ...actorOf(caller) })),
        { ...taken(wanted, target, state), ...actorOf(caller) },
      ]);
      return [];
    });
  }

  async function judge(
    trx: Transaction,
    caller: Caller,
    about: { wanted: Move; target: SourceRevision; inUse: SourceRevision | null },
  ): Promise<readonly UserError[]> {
    const { wanted, target } = about;
    switch (wanted.step) {
      case 'APPROVE':
        return judgeApproval(trx, caller, target);
      case 'SHADOW':
        return findMissingSecrets(deps, trx, target);
      case 'ACTIVATE':
        return [
          ...(await judgeReports(trx, about)),
          ...(await findMissingSecrets(deps, trx, target)),
        ];
      case 'ROLL_BACK':
      case 'RESUME':
        return findMissingSecrets(deps, trx, target);
      default:
        return [];
    }
  }

  async function judgeApproval(
    trx: Transaction,
    caller: Caller,
    target: SourceRevision,
  ): Promise<readonly UserError[]> {
    const events = await listEvents(trx, target.source, EVENTS_MAX);
    const submitted = events.find((one) => one.revision === target.number && one.step === 'SUBMIT');
    const involved = [target.createdBy, submitted?.actor];
    if (!involved.includes(caller.account)) return [];
    const message = `Another operator than ${[...new Set(involved)].join(' and ')} has to approve.`;
    return [mistake('SECOND_OPERATOR_NEEDED', ['step'], message)];
  }

  async function judgeReports(
    trx: Transaction,
    about: { wanted: Move; target: SourceRevision; inUse: SourceRevision | null },
  ): Promise<readonly UserError[]> {
    const { wanted, target, inUse } = about;
    const { source, number: revision } = target;
    const checks = await listChecks(trx, { source, revision });
    const isChecked = checks[0]?.passed === true;
    const isKnown =
      inUse === null || wanted.reason !== null || (await deps.hasShadowReport(source, revision));
    return [
      ...(isChecked
        ? []
        : [mistake('CHECK_MISSING', ['revision'], 'Its last check did not pass. Check it again.')]),
      ...(isKnown
        ? []
        : [
            mistake(
              'SHADOW_MISSING',
              ['revision'],
              'Nobody knows what it would change. Run a shadow report, or give a reason not to.',
            ),
          ]),
    ];
  }

  function actorOf(caller: Caller) {
    return { actor: caller.account, requestId: caller.requestId, at: clock.now() };
  }

  async function markChecked(caller: Caller, revision: SourceRevision): Promise<void> {
    await db.transaction(async (trx) => {
      await lockSource(trx, revision.source);
      const revisions = await listRevisions(trx, [revision.source]);
      const now = revisions.find(({ number }) => number === revision.number);
      if (now?.state !== 'DRAFT') return;
      const wanted = { id: revision.source, step: 'CHECK', reason: null, until: null } as const;
      await insertEvents(trx, [
        { ...taken({ ...wanted, revision: null }, now, 'CHECKED'), ...actorOf(caller) },
      ]);
    });
  }

  return { move, markChecked };
}

function checkMove({ step, reason }: Move): readonly UserError[] {
  if (NOT_FOR_OPERATORS.includes(step))
    return [mistake('STEP_NOT_ALLOWED', ['step'], 'The hub takes this step by itself.')];
  if (reason !== null && (reason.trim() === '' || reason.length > REASON_LENGTH_MAX))
    return [
      mistake('LENGTH_OUT_OF_RANGE', ['reason'], `Send 1 to ${REASON_LENGTH_MAX} characters.`),
    ];
  return reason === null && NEEDS_REASON.includes(step)
    ? [mistake('REASON_MISSING', ['reason'], 'Say why, for whoever reads the record later.')]
    : [];
}

/** The named revision, or the newest that the step can be for. */
function findTarget(revisions: readonly SourceRevision[], wanted: Move): SourceRevision | null {
  const { revision, step } = wanted;
  if (revision !== null) return revisions.find(({ number }) => number === revision) ?? null;
  const allowing = revisions.filter(({ state }) => stateAfter(state, step) !== null);
  const candidate = revisions.find(({ state }) => isCandidate(state));
  const inUse = revisions.find(({ state }) => isInUse(state));
  return allowing[0] ?? candidate ?? inUse ?? revisions[0] ?? null;
}

function notAllowed({ state, number }: SourceRevision): UserError {
  const next = stepsFrom(state).filter((step) => !NOT_FOR_OPERATORS.includes(step));
  const allowed = next.length === 0 ? 'nothing any more' : next.join(', ');
  return mistake(
    'STEP_NOT_ALLOWED',
    ['step'],
    `Revision ${number} is ${state}, which allows ${allowed}.`,
  );
}

type Step = Omit<NewEvent, 'actor' | 'requestId' | 'at'>;

function taken(wanted: Move, target: SourceRevision, state: SourceRevision['state']): Step {
  const { step, reason, until } = wanted;
  const kept = step === 'PAUSE' ? until : null;
  return {
    source: target.source,
    revision: target.number,
    ...{ step, state, reason: reason?.trim() ?? null, until: kept },
  };
}

function replaced(former: SourceRevision, by: SourceRevision): Step {
  return {
    source: former.source,
    revision: former.number,
    step: 'REPLACE',
    state: 'REPLACED',
    reason: `revision ${by.number}`,
    until: null,
  };
}
