import type { Database } from '../store/database.ts';
import { extendLease, type Lease } from './collection-queries.ts';

/** Holds on to a collection while its source takes its time. */
export interface LeaseKeeper {
  /** Aborted when another run has taken over. */
  readonly lost: AbortSignal;
  stop(): Promise<void>;
}

/** Extends the lease three times within its length, by the clock of the database. */
export function keepLease(db: Database, lease: Lease): LeaseKeeper {
  const losing = new AbortController();
  let extending: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    extending = extending.then(extend);
  }, lease.leaseMs / 3);
  timer.unref();

  async function extend(): Promise<void> {
    try {
      if (!(await extendLease(db, lease))) losing.abort();
    } catch {
      // The next page finds out whether the database is back, and whose the collection is then.
    }
  }

  return {
    lost: losing.signal,
    async stop() {
      clearInterval(timer);
      await extending;
    },
  };
}
