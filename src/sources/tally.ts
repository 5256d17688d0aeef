/** Counts by name over the latest hour. */
export interface Tally {
  count(name: string): void;
  /** What was counted within the latest `spanMs`, at most an hour; 10 s more or less. */
  within(spanMs: number): ReadonlyMap<string, number>;
}

const BUCKET_MS = 10_000;
const KEPT_MS = 3_600_000;
/** Names are of closed sets; should a connector make them up, the rest is counted together. */
const NAMES_MAX = 50;
const OTHER = 'OTHER';

interface Bucket {
  readonly since: number;
  readonly counts: Map<string, number>;
}

/** `elapsed` never goes back, whatever is done to the clock of the machine. */
export function createTally(elapsed: () => number = () => performance.now()): Tally {
  let buckets: Bucket[] = [];

  function count(name: string): void {
    const now = elapsed();
    const last = buckets.at(-1);
    const isCurrent = last !== undefined && now - last.since < BUCKET_MS;
    const bucket = isCurrent ? last : { since: now, counts: new Map<string, number>() };
    if (!isCurrent) buckets = [...recent(KEPT_MS, now), bucket];
    const { counts } = bucket;
    const kept = counts.has(name) || counts.size < NAMES_MAX ? name : OTHER;
    counts.set(kept, (counts.get(kept) ?? 0) + 1);
  }

  function within(spanMs: number): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { counts } of recent(spanMs, elapsed()))
      for (const [name, counted] of counts) sums.set(name, (sums.get(name) ?? 0) + counted);
    return sums;
  }

  function recent(spanMs: number, now: number): Bucket[] {
    return buckets.filter(({ since }) => now - since < spanMs);
  }

  return { count, within };
}
