import type { Clock } from '../model/clock.ts';
import type { Purpose } from '../model/purpose.ts';

/** Whether the absence of a record at one source means anything, found out by test records. */
export interface CanaryWatch {
  /** Null until the first reading has ended. */
  last(): { readonly readAt: Date; readonly right: boolean } | null;
  /** Reads the test records now, or waits for the reading under way. Never rejects. */
  read(): Promise<void>;
  /**
   * True only when the test records were answered rightly, not too long ago. Reads them when
   * that is not known, and waits at most `waitMs` for it; false when it takes longer.
   */
  isRight(waitMs: number): Promise<boolean>;
}

/** How many records were found for a test key. Null when there was no answer. */
export type CountRecords<K> = (key: K) => Promise<number | null>;

/**
 * Watches the pairs of test records of one capability; all of them must be right. A right
 * reading vouches for `maxAgeMs`, a wrong one is repeated after `againMs` at the earliest.
 */
export function createCanaryWatch<K>(deps: {
  readonly pairs: readonly { readonly present: K; readonly absent: K }[];
  readonly count: CountRecords<K>;
  readonly clock: Clock;
  readonly maxAgeMs: number;
  readonly againMs: number;
}): CanaryWatch {
  const { pairs, clock } = deps;
  let reading: Promise<void> | null = null;
  let latest: { readonly readAt: Date; readonly right: boolean } | null = null;

  function read(): Promise<void> {
    if (pairs.length === 0) return Promise.resolve();
    reading ??= readNow().finally(() => (reading = null));
    return reading;
  }

  async function readNow(): Promise<void> {
    const readAt = clock.now();
    const answers = await Promise.all(pairs.map(isPairRight));
    latest = { readAt, right: answers.every((right) => right) };
  }

  async function isPairRight({ present, absent }: (typeof pairs)[number]): Promise<boolean> {
    const counts = await Promise.all([deps.count(present), deps.count(absent)]);
    return counts[0] !== null && counts[0] > 0 && counts[1] === 0;
  }

  async function isRight(waitMs: number): Promise<boolean> {
    if (pairs.length === 0) return false;
    if (isStale()) await Promise.race([read(), pause(waitMs)]);
    return latest !== null && latest.right && !isStale();
  }

  /** A reading from the future, as after the clock was set back, vouches for nothing. */
  function isStale(): boolean {
    if (latest === null) return true;
    const ageMs = clock.now().getTime() - latest.readAt.getTime();
    return ageMs < 0 || ageMs > (latest.right ? deps.maxAgeMs : deps.againMs);
  }

  return { last: () => latest, read, isRight };
}

function pause(waitMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, waitMs).unref());
}

/** Test records concern no person, so no case is named; sources are told that they are tests. */
export function canaryPurpose(requestId: string): Purpose {
  return {
    caseId: 'canary',
    caseNumber: 'canary',
    matterCode: 'canary',
    matterName: 'canary',
    legalBasis: 'none: a test record',
    agencyCode: 'hub',
    actor: 'job:canary',
    requestId,
  };
}
