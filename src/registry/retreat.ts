import { randomUUID } from 'node:crypto';

import type { Clock } from '../model/clock.ts';
import type { SourceEvent, SourceRevision } from '../model/registered-source.ts';
import type { Transaction } from '../store/database.ts';
import { findMissingSecrets, type BoundSecrets } from './bound-secrets.ts';
import { insertEvents, listEvents, listRevisions, lockSource } from './revision-queries.ts';

/** Which revision is to be left, and why. */
export interface WantedRetreat {
  readonly source: string;
  readonly revision: number;
  /** Only a revision that was activated since then is left. */
  readonly since: Date;
  readonly reason: string;
}

/** What came of it. */
export interface Retreated {
  /** Null where there is nothing to return to, or the revision is older, or not in use. */
  readonly rolledBackTo: number | null;
  /** When the revision was activated, if it was since then. Null otherwise. */
  readonly activatedAt: Date | null;
}

const EVENTS_MAX = 100;
/** Who does what nobody has ordered. */
const HUB = 'hub';

/**
 * Returns from a revision that has just been activated to the one it replaced, by the hub itself.
 * A revision that was itself returned to is not left again: that is for a person.
 */
export function createRetreat(
  deps: BoundSecrets & { readonly clock: Clock },
): (trx: Transaction, wanted: WantedRetreat) => Promise<Retreated> {
  return async (trx, { source, revision, since, reason }) => {
    await lockSource(trx, source);
    const revisions = await listRevisions(trx, [source]);
    const events = await listEvents(trx, source, EVENTS_MAX);
    const current = revisions.find((one) => one.number === revision && one.state === 'ACTIVE');
    const begun = events.find((one) => isBeginning(one) && one.revision === revision);
    const isNew = begun?.step === 'ACTIVATE' && begun.happenedAt >= since;
    const activatedAt = isNew ? begun.happenedAt : null;
    const former = findFormer(revisions, events, revision);
    if (current === undefined || !isNew || former === null)
      return { rolledBackTo: null, activatedAt };
    if ((await findMissingSecrets(deps, trx, former)).length > 0)
      return { rolledBackTo: null, activatedAt };

    const told = { source, until: null, at: deps.clock.now(), actor: HUB, requestId: randomUUID() };
    await insertEvents(trx, [
      { ...told, revision, step: 'REPLACE', state: 'REPLACED', reason },
      { ...told, revision: former.number, step: 'ROLL_BACK', state: 'ACTIVE', reason },
    ]);
    return { rolledBackTo: former.number, activatedAt };
  };
}

/** From then on a revision was asked. */
function isBeginning({ step }: SourceEvent): boolean {
  return step === 'ACTIVATE' || step === 'ROLL_BACK';
}

/** The revision that this one replaced, if it can be returned to. */
function findFormer(
  revisions: readonly SourceRevision[],
  events: readonly SourceEvent[],
  by: number,
): SourceRevision | null {
  const left = events.find(({ step, reason }) => step === 'REPLACE' && reason === `revision ${by}`);
  const former = revisions.find(({ number }) => number === left?.revision);
  return former?.state === 'REPLACED' ? former : null;
}
