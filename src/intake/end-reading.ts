import type { Database } from '../store/database.ts';
import {
  clearOpenPass,
  extendLease,
  recordFault,
  type Lease,
  type OpenPass,
} from './collection-queries.ts';
import { clearResume, endPass } from './pass-queries.ts';

/** How a reading ended. */
export interface ReadingEnd {
  readonly lease: Lease;
  /** The pass that has not come to its end. Null where there is none. */
  readonly open: OpenPass | null;
  /** Null when everything was read. */
  readonly fault: string | null;
  readonly at: Date;
  /** Whether the open pass is not to be gone on with, though it could be. */
  readonly isGivenUp: boolean;
}

/**
 * Records why a reading ended early, or that it did not. False when another run has taken over:
 * then nothing was recorded.
 */
export async function endReading(
  db: Database,
  { lease, open, fault, at, isGivenUp }: ReadingEnd,
): Promise<boolean> {
  const { collectionId } = lease;
  return db.transaction(async (trx) => {
    if (!(await extendLease(trx, lease))) return false;
    await recordFault(trx, { collectionId, fault, at });
    if (open === null || fault === null) return true;
    const { number, resume } = open;
    await endPass(trx, { number, at }, { state: 'FAILED', reason: fault, removed: 0 });
    if (!isGivenUp && resume !== null) return true;
    await clearResume(trx, number);
    await clearOpenPass(trx, collectionId);
    return true;
  });
}
