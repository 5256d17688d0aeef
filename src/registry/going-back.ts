import type { Caller } from '../model/caller.ts';
import { isInUse } from '../model/source-life.ts';
import type { Database } from '../store/database.ts';
import { replacedBy, type Moves } from './moves.ts';
import { listEvents, listRevisions } from './revision-queries.ts';

/** The hub as an actor of its own. */
const HUB: Caller = {
  account: 'job:anomaly',
  agencyCode: 'hub',
  roles: [],
  scopes: [],
  requestId: 'anomaly',
};
const EVENTS_MAX = 100;

/**
 * The hub itself goes back from a revision in use to the one it replaced, on record like the step
 * of an operator. Gives its number; null where that revision is not in use, replaced none, or the
 * step is refused.
 */
export function createGoingBack({ db, moves }: { db: Database; moves: Pick<Moves, 'move'> }) {
  return async function rollBackFrom(
    source: string,
    revision: number,
    reason: string,
  ): Promise<number | null> {
    const revisions = await listRevisions(db, [source]);
    if (revisions.find(({ state }) => isInUse(state))?.number !== revision) return null;
    const events = await listEvents(db, source, EVENTS_MAX);
    const former = events.find(
      (event) => event.step === 'REPLACE' && event.reason === replacedBy(revision),
    );
    if (former === undefined) return null;
    const errors = await moves.move(HUB, {
      ...{ id: source, step: 'ROLL_BACK', revision: former.revision, until: null },
      reason,
    });
    return errors.length === 0 ? former.revision : null;
  };
}
