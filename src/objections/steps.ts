import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import {
  OBJECTION_LIFE,
  type Correction,
  type Objection,
  type ObjectionStep,
} from '../model/objection.ts';
import type { SubjectEntryKind } from '../model/subject-file.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import type { ObjectionsDependencies } from './objections.ts';
import { findObjection, insertObjectionEvent, lockObjection } from './queries.ts';

/** A step an officer takes. */
export interface ObjectionStepInput {
  readonly objectionId: string;
  readonly version: number;
  readonly step: ObjectionStep;
  /** Why. */
  readonly statement: string | null;
  /** Number of the document that says so. Only to uphold. */
  readonly document: string | null;
  /** Only to uphold an objection in part. */
  readonly correction: Correction | null;
}

/** What follows from a step. */
interface Followed {
  readonly held: Objection;
  readonly input: ObjectionStepInput;
  /** Of the decision objected to; blank where the record is another unit's. */
  readonly commitmentId: string;
}

const STATEMENT_LENGTH_MAX = 4_000;
const DOCUMENT_LENGTH_MAX = 200;
const REASON_LENGTH_MAX = 1_000;
const NEEDS_STATEMENT: readonly ObjectionStep[] = ['REJECT', 'UPHOLD', 'DISMISS'];
const FINDING_STATES = ['FULFILLED', 'PARTLY_FULFILLED', 'NOT_FULFILLED'];

/** Takes the steps of objections, with everything that follows from them, in one transaction. */
export function createObjectionSteps(deps: ObjectionsDependencies) {
  const { db, clock, refusals } = deps;
  const today = () => businessDate(clock.now());

  async function take(caller: Caller, input: ObjectionStepInput): Promise<Accepted<Objection>> {
    const { agencyCode } = caller;
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'stepObjection', errors);
    const read = isUuid(input.objectionId)
      ? await findObjection(db, { agencyCode, id: input.objectionId })
      : null;
    if (read === null)
      return refuse([
        mistake('UNKNOWN_OBJECTION', ['objectionId'], 'Your agency has no such objection.'),
      ]);
    const { objected } = read;
    // Looked up by a connection of its own, which nobody may wait for inside a transaction.
    const breach =
      objected.of === 'OWN' ? await deps.findBreach(agencyCode, objected.breachId) : null;
    const commitmentId = breach?.commitmentId ?? '';
    const taken = await db.transaction(async (trx): Promise<Accepted<Objection>> => {
      await lockObjection(trx, read.id);
      const held = (await findObjection(trx, { agencyCode, id: read.id })) ?? read;
      const state = OBJECTION_LIFE.after(held.state, input.step);
      if (state === null) {
        const refused = OBJECTION_LIFE.refuse(held.state, input.step, ['objectionId']);
        return { ok: false, errors: [refused] };
      }
      const errors = [...checkInput(held, input), ...checkWho(caller, held, input)];
      if (errors.length > 0) return { ok: false, errors };
      const { step, correction } = input;
      await insertObjectionEvent(trx, held.id, {
        ...{ number: held.version + 1, step, state, at: clock.now(), by: caller.account },
        ...{ statement: input.statement?.trim() ?? null, document: input.document?.trim() ?? null },
        correction,
      });
      await follow(trx, caller, { held, input, commitmentId });
      return { ok: true, value: (await findObjection(trx, { agencyCode, id: held.id })) ?? held };
    });
    return taken.ok ? taken : refuse(taken.errors);
  }

  function checkInput(held: Objection, input: ObjectionStepInput): readonly UserError[] {
    const { step, statement, document, correction } = input;
    const isUpheld = step === 'UPHOLD';
    return [
      ...(held.version === input.version
        ? []
        : [mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it again.')]),
      ...(NEEDS_STATEMENT.includes(step) && statement === null
        ? [mistake('REASON_MISSING', ['statement'], 'Send why.')]
        : []),
      ...(statement === null ? [] : checkLength(statement, ['statement'], STATEMENT_LENGTH_MAX)),
      ...(isUpheld ? checkLength(document ?? '', ['document'], DOCUMENT_LENGTH_MAX) : []),
      ...(!isUpheld && (document !== null || correction !== null)
        ? [mistake('MALFORMED_VALUE', ['document'], 'Send these only to uphold.')]
        : []),
      ...(correction === null ? [] : checkCorrection(held, correction)),
    ];
  }

  function checkCorrection({ objected }: Objection, correction: Correction): readonly UserError[] {
    if (objected.of === 'SOURCE') {
      const where = 'A record of a source is corrected there.';
      return [mistake('MALFORMED_VALUE', ['correction'], where)];
    }
    if (correction.conductEndedOn <= today()) return [];
    return [mistake('DATE_OUT_OF_RANGE', ['correction', 'conductEndedOn'], `Up to ${today()}.`)];
  }

  /** What it means for the record objected to. */
  async function follow(
    trx: Transaction,
    caller: Caller,
    { held, input, commitmentId }: Followed,
  ): Promise<void> {
    const { objected, subject } = held;
    // What a source tells is changed there; here it is disputed while the objection is open.
    if (objected.of === 'SOURCE') return;
    const enter = (kind: SubjectEntryKind, on = today()) =>
      deps.enter(trx, {
        ...{ kind, subject, on, about: objected.entryId, reference: held.id },
        ...{ agencyCode: caller.agencyCode, by: caller.account },
      });
    if (input.step === 'ACCEPT') await enter('OBJECTION_FILED');
    const isOver = input.step === 'DISMISS' || input.step === 'WITHDRAW';
    if (isOver && held.state === 'ACCEPTED') await enter('OBJECTION_REJECTED');
    if (input.step !== 'UPHOLD') return;
    const { correction } = input;
    if (correction === null) {
      await enter('OBJECTION_UPHELD');
      const { breachId } = objected;
      const statement = input.statement ?? '';
      require(await deps.annulBreach(trx, caller, { breachId, statement, subject }));
    } else {
      await enter('CORRECTED', correction.conductEndedOn);
      await correct(trx, caller, { held, commitmentId, input, correction });
    }
  }

  /** Recipients hear of another finding by the next version of the commitment. */
  async function correct(
    trx: Transaction,
    caller: Caller,
    about: Followed & { readonly correction: Correction },
  ): Promise<void> {
    const { held, commitmentId, input, correction } = about;
    const commitment = await deps.findCommitment(caller.agencyCode, commitmentId, trx);
    if (commitment === null) throw new Error('the commitment of a breach is not there');
    const isFound = FINDING_STATES.includes(commitment.state);
    if (!isFound || commitment.state === correction.finding) return;
    require(
      await deps.stepCommitment(trx, caller, {
        ...{ commitmentId: commitment.id, version: commitment.version, subject: held.subject },
        step: correction.finding === 'PARTLY_FULFILLED' ? 'FIND_PARTLY' : 'FIND_UNFULFILLED',
        ...{ reason: input.statement?.slice(0, REASON_LENGTH_MAX) ?? null, basis: held.id },
      }),
    );
  }

  return { take };
}

function checkWho(
  { account }: Caller,
  { acceptedBy }: Objection,
  { step }: ObjectionStepInput,
): readonly UserError[] {
  const decides = step === 'UPHOLD' || step === 'DISMISS';
  if (!decides || acceptedBy !== account) return [];
  const who = 'Another officer than the one who accepted it decides.';
  return [mistake('SECOND_OFFICER_NEEDED', ['objectionId'], who)];
}

/** @throws {HubError} CONFLICT where it changed meanwhile; nothing is recorded then. */
function require(done: Accepted<unknown>): void {
  if (!done.ok) throw new HubError('CONFLICT', { details: { field: 'objectionId' } });
}
