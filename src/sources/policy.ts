/** How one source is called. Every limit is per source and per process. */
export interface CallPolicy {
  /** From the moment a call is wanted, waiting and retries included. */
  readonly deadlineMs: number;
  readonly attemptMs: number;
  /** Attempts a call may take in all; more than one only where the capability is idempotent. */
  readonly attemptsMax: number;
  readonly concurrencyMax: number;
  /** Calls that may wait for a place; further ones are refused with SOURCE_BUSY. */
  readonly waitingMax: number;
  /** Consecutive failures after which the source is left alone for `restMs`. */
  readonly failuresMax: number;
  readonly restMs: number;
  /** How long a call with room for more keys waits for them. */
  readonly batchWindowMs: number;
  /** How long a right reading of the canary vouches for absence. */
  readonly canaryMaxAgeMs: number;
}

/** For a source that answers within a second and a half, and is fragile. */
export const DEFAULT_POLICY: CallPolicy = {
  deadlineMs: 3_000,
  attemptMs: 1_500,
  attemptsMax: 2,
  concurrencyMax: 4,
  waitingMax: 100,
  failuresMax: 5,
  restMs: 15_000,
  batchWindowMs: 4,
  canaryMaxAgeMs: 300_000,
};
