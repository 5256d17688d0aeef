/** Holds on to a piece of work while it takes its time. */
export interface LeaseKeeper {
  /** Aborted when another run has taken over. */
  readonly lost: AbortSignal;
  stop(): Promise<void>;
}

/** Extends a lease three times within its length; `extend` tells whether it is still held. */
export function keepLease(lease: {
  readonly leaseMs: number;
  extend(): Promise<boolean>;
}): LeaseKeeper {
  const losing = new AbortController();
  let extending: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    extending = extending.then(extend);
  }, lease.leaseMs / 3);
  timer.unref();

  async function extend(): Promise<void> {
    try {
      if (!(await lease.extend())) losing.abort();
    } catch {
      // The next write finds out whether the database is back, and whose the work is then.
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
