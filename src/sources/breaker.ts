import { CircuitState, type IBreaker } from 'cockatiel';

const SAMPLED_MS = 30_000;
const BUCKETS = 30;
const FAILED_SHARE = 0.5;
const SAMPLES_MIN = 10;

interface Bucket {
  readonly since: number;
  calls: number;
  failures: number;
}

/**
 * Opens after `failuresMax` failures in a row, or when at least half of the calls of the latest
 * 30 s failed. The share counts from ten calls on, and from twice `failuresMax`, so that a source
 * that is allowed many failures is not rested for fewer.
 */
export function createBreaker(failuresMax: number): IBreaker {
  const samplesMin = Math.max(SAMPLES_MIN, 2 * failuresMax);
  let consecutive = 0;
  let buckets: Bucket[] = [];

  function sample(failures: 0 | 1): void {
    const now = performance.now();
    buckets = buckets.filter(({ since }) => now - since < SAMPLED_MS);
    const last = buckets.at(-1);
    const isCurrent = last !== undefined && now - last.since < SAMPLED_MS / BUCKETS;
    const bucket = isCurrent ? last : { since: now, calls: 0, failures: 0 };
    if (!isCurrent) buckets.push(bucket);
    bucket.calls += 1;
    bucket.failures += failures;
  }

  function success(state: CircuitState): void {
    consecutive = 0;
    // A probe that was answered: what came before it says nothing any more.
    if (state === CircuitState.HalfOpen) buckets = [];
    sample(0);
  }

  function failure(): boolean {
    consecutive += 1;
    sample(1);
    const calls = sumOf(buckets, 'calls');
    const isShareTooHigh =
      calls >= samplesMin && sumOf(buckets, 'failures') >= FAILED_SHARE * calls;
    return consecutive >= failuresMax || isShareTooHigh;
  }

  return { state: null, success, failure };
}

function sumOf(buckets: readonly Bucket[], count: 'calls' | 'failures'): number {
  return buckets.reduce((sum, bucket) => sum + bucket[count], 0);
}
