/** Keeps retries from doubling the load on a source that is in trouble. */
export interface RetryBudget {
  /** Counts a call, whatever becomes of it. */
  recordCall(): void;
  /** Takes one retry out of the budget. False when there is none left. */
  takeRetry(): boolean;
}

const WINDOW_MS = 10_000;
const RETRIES_PER_CALL = 0.1;
/** So that the one failure of a quiet hour may be retried. */
const RETRIES_MIN = 3;

/** One retry for ten calls of the latest ten to twenty seconds, and always a few. */
export function createRetryBudget(): RetryBudget {
  let current = { startedAt: performance.now(), calls: 0, retries: 0 };
  let previous = { calls: 0, retries: 0 };

  function turn(): void {
    const now = performance.now();
    if (now - current.startedAt < WINDOW_MS) return;
    const adjacent = now - current.startedAt < 2 * WINDOW_MS;
    previous = adjacent ? current : { calls: 0, retries: 0 };
    current = { startedAt: now, calls: 0, retries: 0 };
  }

  return {
    recordCall() {
      turn();
      current.calls += 1;
    },
    takeRetry() {
      turn();
      const allowed = RETRIES_PER_CALL * (current.calls + previous.calls);
      const taken = current.retries + previous.retries;
      if (taken >= Math.max(RETRIES_MIN, Math.floor(allowed))) return false;
      current.retries += 1;
      return true;
    },
  };
}
