/** How long the latest calls took. */
export interface Latency {
  record(tookMs: number): void;
  /** Whole milliseconds, nearest rank. Null before the first record. */
  percentile(share: number): number | null;
}

const KEPT = 256;

/** Keeps the latest 256 durations and forgets the rest. */
export function createLatency(): Latency {
  const kept: number[] = [];
  let next = 0;

  function record(tookMs: number): void {
    kept[next] = tookMs;
    next = (next + 1) % KEPT;
  }

  function percentile(share: number): number | null {
    const sorted = kept.toSorted((a, b) => a - b);
    const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return found === undefined ? null : Math.round(found);
  }

  return { record, percentile };
}
