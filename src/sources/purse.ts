import type { Urgency } from './policy.ts';

/** Buys calls to one source out of the budget that all replicas share. */
export interface Purse {
  /**
   * Permission for one attempt, to be used at once. Waits for it while there is time.
   *
   * @throws {HubError} SOURCE_QUOTA_EXHAUSTED of the hub with `reason` BUDGET, or SLOWED where the
   * source asked to be left alone, when there will be none in time; STORE_UNAVAILABLE when it
   * cannot be known, and then nothing may be asked.
   */
  take(wish: Wish): Promise<Grant>;
  /** The source complained of too many calls. The next purchase, of any replica, knows of it. */
  complain(retryAfterMs: number | null): void;
  /** Null when there is no budget. */
  state(): PurseState | null;
  /** Looks the budget up without buying. Never rejects; what cannot be read is unknown. */
  refresh(): Promise<void>;
  /** Refuses whoever waits, and gives back what was not used. */
  close(): Promise<void>;
}

/** One attempt that is wanted. */
export interface Wish {
  readonly urgency: Urgency;
  /** The attempt takes no longer. */
  readonly lastsMs: number;
  /** By `performance.now()`; an attempt that cannot begin by then is not worth making. */
  readonly giveUpAt: number;
}

/** Permission for one attempt. Exactly one of both is called, once. */
export interface Grant {
  /** The attempt has ended. */
  release(): void;
  /** The attempt was not made: it counts for nothing. */
  giveBack(): void;
}

/** What is known of a budget. */
export interface PurseState {
  /** Null when it is not known. */
  readonly usedToday: number | null;
  /** Until the quota of the day begins anew, by the clock of the database. Null when not known. */
  readonly dayLeftMs: number | null;
  /** Calls a second. Null when unlimited, or not known. */
  readonly rate: number | null;
  /** True while the source is spared for having complained. */
  readonly slowed: boolean;
  /** How long the source asked to be left alone for. Null when it did not. */
  readonly heldMs: number | null;
}

const FREE: Grant = { release: () => undefined, giveBack: () => undefined };

/** For a source without a budget: everything at once, and no round trip. */
export const UNLIMITED_PURSE: Purse = {
  take: () => Promise.resolve(FREE),
  complain: () => undefined,
  state: () => null,
  refresh: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
