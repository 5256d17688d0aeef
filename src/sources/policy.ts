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
  /**
   * Consecutive failures after which the source is left alone for `restMs`. It also rests when
   * half of its calls failed within 30 s, of at least ten or twice this number.
   */
  readonly failuresMax: number;
  readonly restMs: number;
  /** How long a call with room for more keys waits for them. */
  readonly batchWindowMs: number;
  /** How long a right reading of the canary vouches for absence. */
  readonly canaryMaxAgeMs: number;
  /**
   * How long the call of a patient question, and each attempt of it, may go on when its asker no
   * longer waits. 0: no longer than any other, and nobody's patience is asked for.
   */
  readonly lateMs: number;
}

/** A call policy, with what the source allows over all replicas and when it is down. */
export interface SourcePolicy extends CallPolicy {
  /** Absent or null: unlimited, and no round trip to the database. */
  readonly budget?: Budget | null;
  /** Absent: it has none. */
  readonly windows?: readonly MaintenanceWindow[];
}

/** How much of a source all replicas may use together. Attempts are counted, not keys. */
export interface Budget {
  /** Calls begun within any second. Below 1: one call within `1 / perSecond` seconds. */
  readonly perSecond: number | null;
  /** A day ends at midnight in Asia/Shanghai. */
  readonly perDay: number | null;
  /** Calls under way at the same time. */
  readonly inFlightMax: number | null;
  /** Part of each limit that only INTERACTIVE questions may use, 0 to 0.9. */
  readonly reserveShare: number;
}

/** A time of announced maintenance (维护窗口) that comes again. */
export interface MaintenanceWindow {
  /** Days on which it begins, ISO 8601: 1 is Monday, 7 is Sunday. Null: every day. */
  readonly weekdays: readonly number[] | null;
  /** `HH:MM` in Asia/Shanghai. */
  readonly from: string;
  /** `HH:MM` in Asia/Shanghai; not later than `from` where it crosses midnight. */
  readonly until: string;
}

/** Whether somebody waits for the answer, or a job works through a list. */
export type Urgency = 'INTERACTIVE' | 'BATCH';

/** `PATIENT` calls go on after the deadline of others, for askers who are told later. */
export type Pace = 'PROMPT' | 'PATIENT';

/** How long a call may take in all, and each of its attempts. */
export function limitsOf(
  { deadlineMs, attemptMs, lateMs }: Pick<CallPolicy, 'deadlineMs' | 'attemptMs' | 'lateMs'>,
  pace: Pace,
): { readonly deadlineMs: number; readonly attemptMs: number } {
  if (pace === 'PROMPT') return { deadlineMs, attemptMs };
  return { deadlineMs: Math.max(deadlineMs, lateMs), attemptMs: Math.max(attemptMs, lateMs) };
}

/** How much of a limit BATCH questions may use. */
export function batchShareOf(limit: number, reserveShare: number): number {
  // The small summand undoes what binary fractions do to 10 * (1 - 0.8).
  return Math.floor(limit * (1 - reserveShare) + 1e-9);
}

/** Kept for INTERACTIVE questions where nothing else is said. */
const RESERVE_SHARE = 0.3;

/** Places that calls of BATCH questions may take at a time: at least one. */
export function batchPlacesOf({
  concurrencyMax,
  budget,
}: Pick<SourcePolicy, 'concurrencyMax' | 'budget'>): number {
  return Math.max(1, batchShareOf(concurrencyMax, budget?.reserveShare ?? RESERVE_SHARE));
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
  lateMs: 0,
};
