import type { PassPolicy } from './pass-policy.ts';

const MINUTE_MS = 60_000;

/** How one reading of a collection stands. */
export const PASS_STATES = ['RUNNING', 'COMPLETE', 'FAILED'] as const;
export type PassState = (typeof PASS_STATES)[number];

/** One reading of a collection of a source, over as many runs as it took. */
export interface IntakePass {
  readonly id: string;
  readonly source: string;
  /** Names the settings by which its rows were read. */
  readonly edition: string;
  /** As the source calls it. */
  readonly collection: string;
  /** Digest of a file, or where the pass began. */
  readonly name: string;
  readonly state: PassState;
  readonly startedAt: Date;
  /** Null exactly while RUNNING. */
  readonly endedAt: Date | null;
  /** Runs that worked on it. */
  readonly attempts: number;
  readonly counts: PassCounts;
  /** Rows that were there when it began. */
  readonly liveBefore: number;
  /** Whether everything it did not show was taken for gone. */
  readonly full: boolean;
  /** Where the next pass begins, in the words of the connector. Null until it is complete. */
  readonly watermark: string | null;
  /** How fresh the rows are by the word of the source. Null when it does not say. */
  readonly asOf: Date | null;
  /** Why it failed. Null exactly when it did not. */
  readonly reason: string | null;
  /** Who wanted to accept what it removes or did not take. Null when nobody did. */
  readonly proposed: { readonly at: Date; readonly by: string; readonly reason: string } | null;
  /** The second operator, who agreed. Null when none did. */
  readonly accepted: { readonly at: Date; readonly by: string } | null;
}

/** What came of the changes that a pass showed. */
export interface PassCounts {
  readonly pages: number;
  /** A row is there that was not, or is another. */
  readonly kept: number;
  /** Seen before, or older than what is kept. */
  readonly unchanged: number;
  /** Taken back by the source. */
  readonly deleted: number;
  /** Not taken, for any other reason than their time. */
  readonly rejected: number;
  /** Not taken, because their time is still to come. */
  readonly quarantined: number;
  /**
   * Not changes but rows: taken for gone, since everything was shown and not they. For SHRUNK, how
   * many there are at least that would be.
   */
  readonly removed: number;
}

/** Changes that a pass showed. */
export function countRead(counts: PassCounts): number {
  const { kept, unchanged, deleted, rejected, quarantined } = counts;
  return kept + unchanged + deleted + rejected + quarantined;
}

/** Why a change is put aside until its time has come. */
export const QUARANTINED = 'FUTURE_CHANGE';
/** Why a pass that would remove too much has failed. */
export const SHRUNK = 'SHRUNK';

/** A change that was not taken. */
export interface IntakeReject {
  /** From 1, in the order in which they were met. */
  readonly ordinal: number;
  /** Line, row number or position within the pass, from 1. */
  readonly place: number;
  /** Column as the source calls it. Null for the whole row. */
  readonly field: string | null;
  /** Fixed word. */
  readonly reason: string;
}

/** How a collection of a source stands. */
export interface IntakeCollection {
  readonly source: string;
  readonly edition: string;
  readonly collection: string;
  /** Rows that are there. */
  readonly rowsLive: number;
  /** Rows that are kept, those that are gone included. */
  readonly rowsKept: number;
  readonly bytesKept: number;
  /** When a run last began to read it. Null before the first. */
  readonly runAt: Date | null;
  /** Why the last run ended early. Null when it came to its end. */
  readonly fault: string | null;
  /** Whether a run reads it now. */
  readonly isBeingRead: boolean;
  /** Where the next pass begins, in the words of the connector. Null to read from the beginning. */
  readonly watermark: string | null;
  /** The pass that was begun last. Null before the first. */
  readonly last: IntakePass | null;
  /** The pass that was completed last. Null before the first. */
  readonly complete: IntakePass | null;
  /** Changes that were not taken, and that nobody settled since. */
  readonly notTaken: number;
}

/** What one run did with one collection: a report for each pass it worked on, or a single one. */
export interface PassReport {
  readonly collection: string;
  /** `BUSY` when another run reads the collection; `NOTHING_NEW` when there was no page to read. */
  readonly result: 'COMPLETE' | 'FAILED' | 'NOTHING_NEW' | 'BUSY';
  /** Null where no page of a pass was kept. */
  readonly passId: string | null;
  /** Why it failed: fault code, with the finer reason after a colon. Null when it did not. */
  readonly reason: string | null;
}

/** What is known of one collection when a question is answered from its rows. */
export interface HeldState {
  /** Whether the last run ended early. */
  readonly isFaulty: boolean;
  /** Of the pass that was begun last. Null before the first. */
  readonly lastState: PassState | null;
  /** The pass that was completed last. Null before the first. */
  readonly complete: { readonly startedAt: Date; readonly asOf: Date | null } | null;
  /** Changes that were not taken, and that nobody settled since. */
  readonly notTaken: number;
}

/** What the silence of the rows of a collection is worth. */
export const FRESHNESSES = ['NOT_LOADED', 'UNSETTLED', 'STALE', 'FRESH'] as const;
export type Freshness = (typeof FRESHNESSES)[number];

/**
 * NOT_LOADED until it was read to the end once; UNSETTLED where the last pass or run did not come
 * to its end, or more was put aside than allowed: what is missing may be there; STALE where the
 * last complete pass is too old, by its beginning or by the word of the source. Only FRESH rows
 * can say that there is no other.
 */
export function freshnessOf(
  { isFaulty, lastState, complete, notTaken }: HeldState,
  policy: Pick<PassPolicy, 'maxAgeMinutes' | 'asOfMaxAgeMinutes' | 'rejectsMax'>,
  now: Date,
): Freshness {
  if (complete === null) return 'NOT_LOADED';
  if (isFaulty || lastState !== 'COMPLETE' || notTaken > policy.rejectsMax) return 'UNSETTLED';
  const { startedAt, asOf } = complete;
  const isYoung = (since: Date, minutes: number): boolean => {
    const ageMs = now.getTime() - since.getTime();
    // A pass from the future, as after the clock was set back, vouches for nothing.
    return ageMs >= 0 && ageMs <= minutes * MINUTE_MS;
  };
  const { maxAgeMinutes, asOfMaxAgeMinutes } = policy;
  const saidAt = asOf !== null && asOf < startedAt ? asOf : startedAt;
  const isFresh = asOfMaxAgeMinutes === null || isYoung(saidAt, asOfMaxAgeMinutes);
  return isFresh && isYoung(startedAt, maxAgeMinutes) ? 'FRESH' : 'STALE';
}

/** Why a run ended early: its process was told to stop. */
export const STOPPED = 'STOPPED';
/** A run that ended early, or was killed, is repeated after this, or sooner where told so. */
const AGAIN_MINUTES_MAX = 10;

/** Whether a collection is to be read now. */
export function isDue(
  { runAt, fault, last }: Pick<IntakeCollection, 'runAt' | 'fault' | 'last'>,
  { everyMinutes }: Pick<PassPolicy, 'everyMinutes'>,
  now: Date,
): boolean {
  if (runAt === null || fault === STOPPED) return true;
  const isCutOff = fault !== null || last?.state === 'RUNNING';
  const minutes = isCutOff ? Math.min(everyMinutes, AGAIN_MINUTES_MAX) : everyMinutes;
  const sinceMs = now.getTime() - runAt.getTime();
  // After the clock was set back, waiting for the old time to come again would take too long.
  return sinceMs < 0 || sinceMs >= minutes * MINUTE_MS;
}

/**
 * How fresh an answer from several collections is: as fresh as the oldest of them. Where a source
 * does not say, and where it names a time that was still to come, the beginning of the pass
 * counts. Null where nothing was read.
 */
export function asOfHeld(states: readonly Pick<HeldState, 'complete'>[]): Date | null {
  const times = states.flatMap(({ complete }) => {
    if (complete === null) return [];
    const startedMs = complete.startedAt.getTime();
    return [Math.min(complete.asOf?.getTime() ?? startedMs, startedMs)];
  });
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** Whether a pass that shows everything would remove more than is allowed of what was there. */
export function isShrunk(
  { liveBefore, removed }: { readonly liveBefore: number; readonly removed: number },
  shrinkMax: number,
): boolean {
  return removed > liveBefore * shrinkMax;
}
