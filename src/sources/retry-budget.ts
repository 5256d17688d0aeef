/** Keeps retries from doubling the load on a source that is in trouble. */
export interface RetryBudget {
  /** Counts a call, whatever becomes of it. */
  recordCall(): void;
  recordRetry(): void;
  allowsRetry(): boolean;
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
    recordRetry() {
      turn();
      current.retries += 1;
    },
    allowsRetry() {
      turn();
      const allowed = RETRIES_PER_CALL * (current.calls + previous.calls);
      return current.retries + previous.retries < Math.max(RETRIES_MIN, Math.floor(allowed));
    },
  };
}
