/** How fast a source is read. */
export interface PacePolicy {
  /** What one statement should take at the source. */
  readonly chunkMs: number;
  /** Share of the time the source is left alone: 0 for none, 0.5 for as long as it worked. */
  readonly restShare: number;
  /** Ranges of one statement at most. */
  readonly rangesMax: number;
}

/** The pace of a run so far. */
export interface Pace {
  /** Ranges that the next statement takes. */
  readonly ranges: number;
  /** Milliseconds a range took when the source was at its quickest. Null before the first. */
  readonly quickestMs: number | null;
}

/** Half a second of the source, then half a second for everybody else. */
export const DEFAULT_PACE: PacePolicy = { chunkMs: 500, restShare: 0.5, rangesMax: 4_096 };

/** So slow, compared with its best, a source is busy with something else. */
const SLOW = 3;
/** And is left alone for so many times as long. */
const BACK_OFF = 4;
const REST_MS_MAX = 30_000;
const FIRST_RANGES = 64;
const GROWTH_MAX = 2;

/** The pace of a run that begins. */
export function firstPace({ rangesMax }: PacePolicy): Pace {
  return { ranges: Math.min(FIRST_RANGES, rangesMax), quickestMs: null };
}

/**
 * The pace after a statement that took so long for so many ranges, and for how long the source is
 * left alone before the next: longer while it is three times as slow as at its quickest.
 */
export function nextPace(
  pace: Pace,
  took: { readonly ranges: number; readonly ms: number },
  policy: PacePolicy,
): { readonly pace: Pace; readonly restMs: number } {
  const perRange = Math.max(took.ms, 0.01) / Math.max(took.ranges, 1);
  const quickestMs = Math.min(pace.quickestMs ?? perRange, perRange);
  const wanted = Math.floor(policy.chunkMs / perRange);
  const ranges = Math.max(1, Math.min(wanted, took.ranges * GROWTH_MAX, policy.rangesMax));
  const share = Math.min(Math.max(policy.restShare, 0), 0.95);
  const rest = (took.ms * share) / (1 - share);
  const isSlow = perRange > quickestMs * SLOW && took.ms > policy.chunkMs;
  const restMs = Math.min(isSlow ? Math.max(rest, took.ms) * BACK_OFF : rest, REST_MS_MAX);
  return { pace: { ranges, quickestMs }, restMs };
}
