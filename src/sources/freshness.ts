import { HubError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { createGroup } from './group.ts';
import { listFreshEvidence, type EvidenceFound, type EvidenceWanted } from './queries.ts';

/** Looks for evidence that makes asking again unnecessary. */
export interface Freshness {
  /**
   * Null when there is none that may be used. Also null when it cannot be looked up: then the
   * source is asked, which is slower but not wrong.
   */
  findFresh(wanted: EvidenceWanted): Promise<EvidenceFound | null>;
}

const TOGETHER_MAX = 500;
const WAITING_MAX = 10_000;

/** Look-ups that arrive together share a statement. */
export function createFreshness(deps: {
  readonly db: Database;
  readonly log: { warn(facts: object, message: string): void };
}): Freshness {
  const group = createGroup<EvidenceWanted, EvidenceFound | null>({
    run: (wanted) => listFreshEvidence(deps.db, wanted),
    weigh: () => 1,
    refuse: () => new HubError('OVERLOADED', { details: { waitingMax: WAITING_MAX } }),
    weightMax: TOGETHER_MAX,
    waitingMax: WAITING_MAX,
  });

  async function findFresh(wanted: EvidenceWanted): Promise<EvidenceFound | null> {
    try {
      return await group.add(wanted);
    } catch {
      const { source, capability } = wanted;
      deps.log.warn({ source, capability }, 'evidence could not be looked up, asking anew');
      return null;
    }
  }

  return { findFresh };
}
