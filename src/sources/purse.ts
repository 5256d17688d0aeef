import type { HubError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { createBudgetDesk, type BudgetDesk, type Permit } from './budget-desk.ts';
import { budgetFaults, type BudgetFaults } from './budget-faults.ts';
import { dayLeftMs, ledgerAt, rateAt, type Ledger, type Refusal } from './ledger.ts';
import type { Budget, Urgency } from './policy.ts';

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

/** What a purse is made with. */
export interface PurseDependencies {
  readonly source: string;
  readonly budget: Budget;
  readonly db: Database;
  readonly log: { warn(facts: object, message: string): void };
}

/** Someone who wants an attempt, until told. */
interface Waiting extends Wish {
  readonly resolve: (grant: Grant) => void;
  readonly reject: (reason: HubError) => void;
}

/** A lane that gets nothing before `until`, which is looked at again at `againAt`. */
interface Block {
  readonly limit: Refusal['limit'];
  readonly until: number;
  readonly againAt: number;
}

const TOGETHER_MAX = 500;
const SLACK_MS_MIN = 40;
const SLACK_MS_MAX = 1_000;
/** A block is believed no longer, for another replica may give something back. */
const BLOCK_MS_MAX = 1_000;
const UNKNOWN: PurseState = {
  ...{ usedToday: null, dayLeftMs: null, rate: null, slowed: false, heldMs: null },
};

const FREE: Grant = { release: () => undefined, giveBack: () => undefined };

/** For a source without a budget: everything at once, and no round trip. */
export const UNLIMITED_PURSE: Purse = {
  take: () => Promise.resolve(FREE),
  complain: () => undefined,
  state: () => null,
  refresh: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/**
 * One purchase is under way at a time, for everyone who waits: a round trip buys several calls, and
 * nothing is bought ahead of need, so that no replica sits on what another is refused.
 */
export function createPurse(deps: PurseDependencies): Purse {
  return new SharedPurse(deps);
}

class SharedPurse implements Purse {
  readonly #budget: Budget;
  readonly #desk: BudgetDesk;
  readonly #faults: BudgetFaults;
  readonly #blocks = new Map<Urgency, Block>();
  #waiting: readonly Waiting[] = [];
  #complaints: (number | null)[] = [];
  #slackMs = SLACK_MS_MIN;
  #known: { readonly ledger: Ledger; readonly atMs: number; readonly since: number } | null = null;
  #working: Promise<void> | null = null;
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(deps: PurseDependencies) {
    this.#budget = deps.budget;
    this.#faults = budgetFaults(deps);
    const onFreed = (): void => this.#onFreed();
    this.#desk = createBudgetDesk({ ...deps, faults: this.#faults, onFreed });
  }

  take(wish: Wish): Promise<Grant> {
    if (this.#closed) return Promise.reject(this.#faults.stopping());
    const block = this.#blockOf(wish.urgency);
    if (block !== null && block.until > wish.giveUpAt) return Promise.reject(this.#spent(block));
    return new Promise((resolve, reject) => {
      this.#waiting = [...this.#waiting, { ...wish, resolve, reject }];
      this.#rouse();
    });
  }

  complain(retryAfterMs: number | null): void {
    this.#complaints.push(retryAfterMs);
    this.#rouse();
  }

  state(): PurseState {
    if (this.#known === null) return UNKNOWN;
    const atMs = this.#known.atMs + performance.now() - this.#known.since;
    const ledger = ledgerAt(this.#known.ledger, atMs);
    return {
      usedToday: ledger.used,
      dayLeftMs: dayLeftMs(atMs),
      rate: rateAt(ledger, this.#budget, atMs),
      slowed: ledger.slowed !== null,
      heldMs: ledger.heldUntilMs === null ? null : ledger.heldUntilMs - atMs,
    };
  }

  async refresh(): Promise<void> {
    const since = performance.now();
    const found = await this.#desk.look();
    this.#known = found === null ? null : { ...found, since };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#dismiss(this.#waiting, () => this.#faults.stopping());
    this.#wake();
    await this.#working;
    await this.#desk.close();
  }

  #rouse(): void {
    if (this.#working === null) this.#working = this.#work().finally(() => (this.#working = null));
    else this.#wake();
  }

  async #work(): Promise<void> {
    while (this.#waiting.length + this.#complaints.length > 0) {
      await this.#desk.turn();
      if (this.#complaints.length > 0) await this.#complainNow();
      this.#dismissHopeless();
      const wishes = this.#waiting.filter(({ urgency }) => this.#blockOf(urgency) === null);
      if (wishes.length > 0) await this.#purchase(wishes.slice(0, TOGETHER_MAX));
      else if (this.#waiting.length > 0) await this.#nap();
    }
  }

  async #purchase(wishes: readonly Waiting[]): Promise<void> {
    const sent = performance.now();
    const slackMs = this.#slackMs;
    try {
      const deal = await this.#desk.buy(wishes, slackMs);
      const now = performance.now();
      this.#slackMs = Math.min(SLACK_MS_MAX, Math.max(SLACK_MS_MIN, 4 * (now - sent)));
      this.#known = { ...deal, since: sent };
      const isPaced = rateAt(deal.ledger, this.#budget, deal.atMs) !== null;
      this.#hand(wishes, deal.permits, !isPaced || now - sent <= slackMs / 2);
      for (const [urgency, refusal] of deal.refusals) this.#block(urgency, refusal, now);
    } catch (error) {
      const fault = this.#faults.unavailable(error);
      this.#dismiss(wishes, () => fault);
    }
  }

  /** What arrives too late to be used within its slack is not used: a second might hold it twice. */
  #hand(wishes: readonly Waiting[], permits: readonly (Permit | null)[], isInTime: boolean): void {
    const served = new Set<Waiting>();
    for (const [index, permit] of permits.entries()) {
      const wish = wishes[index];
      if (permit === null || wish === undefined) continue;
      const isWanted = this.#waiting.includes(wish) && performance.now() <= wish.giveUpAt;
      if (!isInTime || !isWanted) this.#desk.end(permit, 'UNUSED');
      else {
        served.add(wish);
        wish.resolve(this.#grantOf(permit));
      }
    }
    this.#waiting = this.#waiting.filter((wish) => !served.has(wish));
  }

  #grantOf(permit: Permit): Grant {
    return {
      release: () => this.#desk.end(permit, 'USED'),
      giveBack: () => this.#desk.end(permit, 'UNUSED'),
    };
  }

  async #complainNow(): Promise<void> {
    const since = performance.now();
    const named = this.#complaints.flatMap((retryAfterMs) => retryAfterMs ?? []);
    this.#complaints = [];
    const found = await this.#desk.complain(named.length === 0 ? null : Math.max(...named));
    if (found !== null) this.#known = { ...found, since };
    this.#blocks.clear();
  }

  /** Whoever cannot be served in time hears of it now. */
  #dismissHopeless(): void {
    const now = performance.now();
    for (const wish of this.#waiting) {
      const block = this.#blockOf(wish.urgency);
      if (block !== null && block.until > wish.giveUpAt)
        this.#dismiss([wish], () => this.#spent(block));
      else if (now > wish.giveUpAt) this.#dismiss([wish], () => this.#faults.tooLong());
    }
  }

  #dismiss(wishes: readonly Waiting[], faultOf: () => HubError): void {
    const gone = new Set(wishes);
    this.#waiting = this.#waiting.filter((wish) => !gone.has(wish));
    for (const wish of wishes) wish.reject(faultOf());
  }

  #block(urgency: Urgency, refusal: Refusal | null, now: number): void {
    if (refusal === null) this.#blocks.delete(urgency);
    else {
      const { limit, retryAfterMs } = refusal;
      const againAt = now + Math.min(retryAfterMs, BLOCK_MS_MAX);
      this.#blocks.set(urgency, { limit, until: now + retryAfterMs, againAt });
    }
  }

  #blockOf(urgency: Urgency): Block | null {
    const block = this.#blocks.get(urgency);
    return block !== undefined && block.againAt > performance.now() ? block : null;
  }

  #spent({ limit, until }: Block): HubError {
    return this.#faults.spent(limit, Math.max(0, Math.ceil(until - performance.now())));
  }

  #onFreed(): void {
    for (const [urgency, { limit }] of this.#blocks)
      if (limit === 'IN_FLIGHT') this.#blocks.delete(urgency);
    this.#wake();
  }

  /** Until a lane is looked at again, somebody gives up, or there is news. */
  #nap(): Promise<void> {
    const now = performance.now();
    const moments = this.#waiting.flatMap(({ urgency, giveUpAt }) => [
      giveUpAt + 1,
      this.#blockOf(urgency)?.againAt ?? now,
    ]);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, Math.ceil(Math.min(...moments) - now)));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
