import { randomUUID } from 'node:crypto';

import { SHRUNK, type IntakePass } from '../model/intake.ts';
import { isUuid } from '../model/cursor.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { Transaction } from '../store/database.ts';
import {
  lockPass,
  recordAccepted,
  recordProposal,
  settleFault,
  type AcceptablePass,
} from './acceptance-queries.ts';
import {
  claimCollection,
  extendLease,
  releaseCollection,
  setCompletePass,
  settle,
  type Lease,
} from './collection-queries.ts';
import { removeUnseen } from './keep-page.ts';
import { endPass } from './pass-queries.ts';
import { findPassById } from './report-queries.ts';
import type { RunDeps } from './runs.ts';

/** Who accepts which pass, and why. */
export interface Acceptance {
  readonly passId: string;
  /** Operator as the identity provider names them. */
  readonly by: string;
  readonly reason: string;
}

/** The pass as it is then, or why it is not accepted. */
export type Accepting =
  | { readonly pass: IntakePass; readonly error: null }
  | { readonly pass: null; readonly error: UserError };

/**
 * Two operators accept what a pass removes, or what it did not take: the first one proposes it
 * with a reason, and it is done when another one does the same.
 */
export async function acceptPass(
  deps: Pick<RunDeps, 'db' | 'clock' | 'leaseMs'>,
  acceptance: Acceptance,
): Promise<Accepting> {
  const { db, leaseMs } = deps;
  const { passId } = acceptance;
  const pass = isUuid(passId) ? await findPassById(db, passId) : null;
  if (pass === null) return refused('UNKNOWN_PASS', 'See query `intakePasses`.');
  const { source, edition, collection } = pass;
  const holder = randomUUID();
  const name = { source, edition, collection };
  const claimed = await claimCollection(db, { ...name, holder, leaseMs, runAt: null });
  if (claimed === null) return refused('PASS_RUNNING', 'The collection is being read. Try later.');
  const lease = { collectionId: claimed.id, holder, leaseMs };
  try {
    const told = { ...acceptance, at: deps.clock.now() };
    const error = await db.transaction((trx) => accept(trx, lease, told));
    if (error !== null) return error;
  } finally {
    // Without a database the lease ends by itself.
    await releaseCollection(db, lease).catch(() => undefined);
  }
  return { pass: (await findPassById(db, passId)) ?? pass, error: null };
}

async function accept(
  trx: Transaction,
  lease: Lease,
  { passId, by, reason, at }: Acceptance & { readonly at: Date },
): Promise<Accepting | null> {
  const pass = (await extendLease(trx, lease)) ? await lockPass(trx, passId) : null;
  if (pass === null) return refused('PASS_RUNNING', 'The collection is being read. Try later.');
  const refusal = judgeAcceptance(pass);
  if (refusal !== null) return refusal;
  const { number, proposed_by: proposedBy } = pass;
  if (proposedBy === null) {
    await recordProposal(trx, { number, at, by, reason });
    return null;
  }
  if (proposedBy === by) {
    return refused('SECOND_OPERATOR_NEEDED', `Another operator than ${by} has to agree.`);
  }
  if (pass.state === 'FAILED') await completeShrunk(trx, lease, { pass, at });
  else await settle(trx, { collectionId: lease.collectionId, number });
  await recordAccepted(trx, { number, at, by });
  return null;
}

function judgeAcceptance(pass: AcceptablePass): Accepting | null {
  if (pass.accepted_by !== null)
    return refused('STEP_NOT_ALLOWED', `${pass.accepted_by} has accepted it already.`);
  if (pass.state === 'FAILED' && pass.reason === SHRUNK) {
    // Later passes have shown rows since, and which of them this one showed is no longer known.
    return pass.is_last
      ? null
      : refused('STEP_NOT_ALLOWED', 'A later pass was begun. Accept that one instead.');
  }
  const isOpen = pass.state === 'COMPLETE' && pass.not_taken > 0 && !pass.is_settled;
  return isOpen ? null : refused('STEP_NOT_ALLOWED', 'There is nothing to accept about it.');
}

/** What the pass would have done at its end, had it been allowed to. */
async function completeShrunk(
  trx: Transaction,
  { collectionId }: Lease,
  { pass, at }: { readonly pass: AcceptablePass; readonly at: Date },
): Promise<void> {
  const { number, watermark } = pass;
  const removed = await removeUnseen(trx, { collectionId, pass: number, at });
  await endPass(trx, { number, at }, { state: 'COMPLETE', full: true, removed });
  await setCompletePass(trx, { collectionId, number, watermark, isSettled: true });
  await settleFault(trx, { collectionId, fault: SHRUNK });
}

function refused(code: UserError['code'], message: string): Accepting {
  return { pass: null, error: mistake(code, ['passId'], message) };
}
