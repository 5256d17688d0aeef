import { HubError } from '../errors.ts';
import {
  BREACH_LIFE,
  checkConsequences,
  type Breach,
  type BreachDecision,
  type BreachState,
  type BreachStep,
} from '../model/breach.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseSubject } from '../model/case-file.ts';
import { businessDate } from '../model/clock.ts';
import type { Commitment } from '../model/commitment.ts';
import { isUuid } from '../model/cursor.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import type { BreachDependencies } from './breach.ts';
import { findBreach, insertBreachEvent, lockBreach } from './queries.ts';

/** A step an officer takes. */
export interface BreachStepInput {
  readonly breachId: string;
  readonly version: number;
  readonly step: BreachStep;
  /** The applicant's statement, or why. */
  readonly statement: string | null;
  /** Only to decide. */
  readonly decision: BreachDecision | null;
}

/** Which decision ends, and why. */
export interface AnnulBreach {
  readonly breachId: string;
  readonly statement: string;
  readonly subject: Pick<CaseSubject, 'kind' | 'code'>;
}

/** Working days the applicant has for a statement (陈述申辩). */
const HEARING_WORKING_DAYS = 3;
const STATEMENT_LENGTH_MAX = 4_000;
const WORDS_LENGTH_MAX = 4_000;
const REASON_LENGTH_MAX = 1_000;
const LEGAL_BASIS_LENGTH_MAX = 512;
const CONSEQUENCES_MAX = 6;
const NEEDS_STATEMENT: readonly BreachStep[] = ['HEAR', 'TOLERATE', 'DISMISS', 'ANNUL'];

/** Takes the steps of breaches, with everything that follows from them, in one transaction. */
export function createBreachSteps(deps: BreachDependencies) {
  const { db, clock, calendar, refusals } = deps;
  const today = () => businessDate(clock.now());

  async function take(caller: Caller, input: BreachStepInput): Promise<Accepted<Breach>> {
    const { agencyCode } = caller;
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, 'stepBreach', errors);
    const read = isUuid(input.breachId)
      ? await findBreach(db, { agencyCode, id: input.breachId })
      : null;
    if (read === null)
      return refuse([mistake('UNKNOWN_BREACH', ['breachId'], 'Your agency has no such breach.')]);
    // Looked up by connections of their own, which nobody may wait for inside a transaction.
    const broken = await deps.findCommitment(agencyCode, read.commitmentId);
    const found = broken === null ? null : await deps.findInCase(agencyCode, broken);
    if (found?.ok !== true) throw new Error('the commitment of a breach is not there');
    const { subject } = found.value;
    const taken = await db.transaction(async (trx): Promise<Accepted<Breach>> => {
      await lockBreach(trx, read.id);
      const held = (await findBreach(trx, { agencyCode, id: read.id })) ?? read;
      const commitment = await deps.findCommitment(agencyCode, held.commitmentId, trx);
      if (commitment === null) throw new Error('the commitment of a breach is not there');
      const state = BREACH_LIFE.after(held.state, input.step);
      if (state === null)
        return { ok: false, errors: [BREACH_LIFE.refuse(held.state, input.step, ['breachId'])] };
      const errors = [...checkInput(held, input), ...judge(caller, held, { input, commitment })];
      if (errors.length > 0) return { ok: false, errors };
      await insertBreachEvent(trx, held.id, eventOf(caller, { held, input, state }));
      await follow(trx, caller, { held, input, commitment, subject });
      return { ok: true, value: (await findBreach(trx, { agencyCode, id: held.id })) ?? held };
    });
    return taken.ok ? taken : refuse(taken.errors);
  }

  /** Who decides is another officer than who opened; nobody is heard before the time is over. */
  function judge(
    caller: Caller,
    held: Breach,
    { input, commitment }: { input: BreachStepInput; commitment: Commitment },
  ): readonly UserError[] {
    const decides = input.step === 'DECIDE' || input.step === 'TOLERATE';
    if (decides && held.openedBy === caller.account)
      return [
        mistake(
          'SECOND_OFFICER_NEEDED',
          ['breachId'],
          'Another officer than the one who opened it decides.',
        ),
      ];
    if (input.step !== 'DECIDE') return [];
    const { decision } = input;
    if (decision === null)
      return [mistake('CLAIM_MISSING', ['decision'], 'Send what was decided.')];
    const decidedOn = today();
    const isConcluded = commitment.state !== 'SIGNED';
    return [
      ...checkLength(decision.unperformed, ['decision', 'unperformed'], WORDS_LENGTH_MAX),
      ...checkLength(decision.sanction, ['decision', 'sanction'], WORDS_LENGTH_MAX),
      ...checkLength(decision.legalBasis, ['decision', 'legalBasis'], LEGAL_BASIS_LENGTH_MAX),
      ...(decision.conductEndedOn > decidedOn
        ? [mistake('DATE_OUT_OF_RANGE', ['decision', 'conductEndedOn'], `Up to ${decidedOn}.`)]
        : []),
      ...(decision.consequences.length < 1 || decision.consequences.length > CONSEQUENCES_MAX
        ? [mistake('TOO_MANY', ['decision', 'consequences'], `Send 1 to ${CONSEQUENCES_MAX}.`)]
        : []),
      ...checkConsequences(decision.consequences, { decidedOn, isConcluded }).map((wrong) =>
        mistake(
          'MALFORMED_VALUE',
          ['decision', 'consequences', String(wrong.index)],
          wrong.message,
        ),
      ),
    ];
  }

  /**
   * What a decision or its annulment means for the commitment and the applicant's file.
   *
   * @throws {HubError} CONFLICT where the commitment changed meanwhile; nothing is recorded then.
   */
  async function follow(
    trx: Transaction,
    caller: Caller,
    about: {
      held: Breach;
      input: BreachStepInput;
      commitment: Commitment;
      subject: AnnulBreach['subject'];
    },
  ): Promise<void> {
    const { held, input, commitment, subject } = about;
    if (input.step !== 'DECIDE' && input.step !== 'ANNUL') return;
    const own = { reference: held.id, agencyCode: caller.agencyCode, by: caller.account };
    const isAnnulled = input.step === 'ANNUL';
    if (isAnnulled) {
      const about = await deps.findEntry(trx, { kind: 'FALSE_COMMITMENT', reference: held.id });
      const kind = 'FALSE_COMMITMENT_ANNULLED';
      await deps.enter(trx, { kind, subject, on: today(), about, ...own });
    } else {
      const on = input.decision?.conductEndedOn ?? today();
      await deps.enter(trx, { kind: 'FALSE_COMMITMENT', subject, on, about: null, ...own });
    }
    // What was ended before the decision stays ended.
    if (isAnnulled && commitment.state === 'TERMINATED') return;
    const stepped = await deps.stepCommitment(trx, caller, {
      ...{ commitmentId: commitment.id, version: commitment.version, basis: held.id, subject },
      step: isAnnulled ? 'FULFILL' : stepOf(commitment, input.decision),
      reason: input.statement ?? input.decision?.unperformed.slice(0, REASON_LENGTH_MAX) ?? null,
    });
    if (!stepped.ok) throw new HubError('CONFLICT', { details: { field: 'breachId' } });
  }

  function eventOf(
    caller: Caller,
    { held, input, state }: { held: Breach; input: BreachStepInput; state: BreachState },
  ): Parameters<typeof insertBreachEvent>[2] {
    const { step, statement, decision } = input;
    const due = calendar.addWorkingDays(today(), HEARING_WORKING_DAYS);
    return {
      ...{ number: held.version + 1, step, state, at: clock.now(), by: caller.account },
      statement: statement?.trim() ?? null,
      dueOn: step === 'NOTIFY' ? due.on : null,
      decision: step === 'DECIDE' ? decision : null,
    };
  }

  /** Ends a decision that stands, because an objection against it was upheld. */
  async function annul(
    trx: Transaction,
    caller: Caller,
    { breachId, statement, subject }: AnnulBreach,
  ): Promise<Accepted<Breach>> {
    const { agencyCode } = caller;
    await lockBreach(trx, breachId);
    const held = await findBreach(trx, { agencyCode, id: breachId });
    const commitment =
      held === null ? null : await deps.findCommitment(agencyCode, held.commitmentId, trx);
    if (held === null || commitment === null)
      return { ok: false, errors: [mistake('UNKNOWN_BREACH', ['breachId'], 'There is none.')] };
    const state = BREACH_LIFE.after(held.state, 'ANNUL');
    if (state === null)
      return { ok: false, errors: [BREACH_LIFE.refuse(held.state, 'ANNUL', ['breachId'])] };
    const said = statement.slice(0, REASON_LENGTH_MAX);
    const input: BreachStepInput = {
      ...{ breachId, version: held.version, step: 'ANNUL', statement: said, decision: null },
    };
    await insertBreachEvent(trx, held.id, eventOf(caller, { held, input, state }));
    await follow(trx, caller, { held, input, commitment, subject });
    return { ok: true, value: (await findBreach(trx, { agencyCode, id: held.id })) ?? held };
  }

  return { take, annul };
}

function stepOf({ state }: Commitment, decision: BreachDecision | null) {
  if (state === 'SIGNED') return 'TERMINATE';
  return decision?.finding === 'PARTLY_FULFILLED' ? 'FIND_PARTLY' : 'FIND_UNFULFILLED';
}

function checkInput(held: Breach, { version, step, statement }: BreachStepInput) {
  return [
    ...(held.version === version
      ? []
      : [mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it again.')]),
    ...(NEEDS_STATEMENT.includes(step) && statement === null
      ? [mistake('REASON_MISSING', ['statement'], 'Send what was said, or why.')]
      : []),
    ...(statement === null ? [] : checkLength(statement, ['statement'], STATEMENT_LENGTH_MAX)),
  ];
}
