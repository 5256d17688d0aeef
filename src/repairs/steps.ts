import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { REPAIR_LIFE, type Repair, type RepairStep } from '../model/repair.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import { findRepair, insertRepairEvent, lockRepair } from './queries.ts';
import type { RepairsDependencies } from './repairs.ts';

/** A step an officer takes. */
export interface RepairStepInput {
  readonly repairId: string;
  readonly version: number;
  readonly step: Exclude<RepairStep, 'PROPAGATE'>;
  /** Why. */
  readonly statement: string | null;
  /** Number of the repair decision. Only to approve. */
  readonly document: string | null;
}

const STATEMENT_LENGTH_MAX = 4_000;
const DOCUMENT_LENGTH_MAX = 200;
const NEEDS_STATEMENT: readonly RepairStep[] = ['REJECT', 'DENY'];

/** Takes the steps of repairs, with what follows for the commitment, in one transaction. */
export function createRepairSteps(deps: RepairsDependencies & { readonly clock: Clock }) {
  const { db, clock, refusals } = deps;

  async function take(caller: Caller, input: RepairStepInput): Promise<Accepted<Repair>> {
    const { agencyCode } = caller;
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, 'stepRepair', errors);
    const read = isUuid(input.repairId)
      ? await findRepair(db, { agencyCode, id: input.repairId })
      : null;
    if (read === null)
      return refuse([mistake('UNKNOWN_REPAIR', ['repairId'], 'Your agency has no such repair.')]);
    // Looked up by a connection of its own, which nobody may wait for inside a transaction.
    const breach = await deps.findBreach(agencyCode, read.breachId);
    const taken = await db.transaction(async (trx): Promise<Accepted<Repair>> => {
      await lockRepair(trx, read.id);
      const held = (await findRepair(trx, { agencyCode, id: read.id })) ?? read;
      const state = REPAIR_LIFE.after(held.state, input.step);
      if (state === null) {
        const refused = REPAIR_LIFE.refuse(held.state, input.step, ['repairId']);
        return { ok: false, errors: [refused] };
      }
      const errors = [...checkInput(held, input), ...checkWho(caller, held, input)];
      if (errors.length > 0) return { ok: false, errors };
      if (input.step === 'APPROVE') {
        if (breach?.state !== 'DECIDED') return { ok: false, errors: [NOTHING_STANDS] };
        await tellOfRepair(trx, caller, { held, commitmentId: breach.commitmentId });
      }
      const { step, statement, document } = input;
      await insertRepairEvent(trx, held.id, {
        ...{ number: held.version + 1, step, state, at: clock.now(), by: caller.account },
        ...{ statement: statement?.trim() ?? null, document: document?.trim() ?? null },
      });
      return { ok: true, value: (await findRepair(trx, { agencyCode, id: held.id })) ?? held };
    });
    return taken.ok ? taken : refuse(taken.errors);
  }

  /** Whoever was told that it was not kept is told of the repair by the next version of it. */
  async function tellOfRepair(
    trx: Transaction,
    caller: Caller,
    { held, commitmentId }: { held: Repair; commitmentId: string },
  ): Promise<void> {
    const commitment = await deps.findCommitment(caller.agencyCode, commitmentId, trx);
    if (commitment === null) throw new Error('the commitment of a breach is not there');
    // What was ended before the matter was concluded was told as that, and as nothing worse.
    if (commitment.state === 'TERMINATED') return;
    const stepped = await deps.stepCommitment(trx, caller, {
      ...{ commitmentId, version: commitment.version, step: 'REPAIR', subject: held.subject },
      ...{ reason: null, basis: held.id },
    });
    if (!stepped.ok) throw new HubError('CONFLICT', { details: { field: 'repairId' } });
  }

  return { take };
}

const NOTHING_STANDS = mistake(
  'BASIS_MISSING',
  ['repairId'],
  'The decision does not stand any more: there is nothing to repair.',
);

function checkInput(
  held: Repair,
  { version, step, statement, document }: RepairStepInput,
): readonly UserError[] {
  return [
    ...(held.version === version
      ? []
      : [mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it again.')]),
    ...(NEEDS_STATEMENT.includes(step) && statement === null
      ? [mistake('REASON_MISSING', ['statement'], 'Send why.')]
      : []),
    ...(statement === null ? [] : checkLength(statement, ['statement'], STATEMENT_LENGTH_MAX)),
    ...(step === 'APPROVE'
      ? checkLength(document ?? '', ['document'], DOCUMENT_LENGTH_MAX)
      : document === null
        ? []
        : [mistake('MALFORMED_VALUE', ['document'], 'Send it only to approve.')]),
  ];
}

function checkWho(
  { account }: Caller,
  { acceptedBy }: Repair,
  { step }: RepairStepInput,
): readonly UserError[] {
  const decides = step === 'APPROVE' || step === 'DENY';
  if (!decides || acceptedBy !== account) return [];
  const who = 'Another officer than the one who accepted it decides.';
  return [mistake('SECOND_OFFICER_NEEDED', ['repairId'], who)];
}
