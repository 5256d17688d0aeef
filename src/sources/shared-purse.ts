import type { HubError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { createBudgetDesk, type BudgetDesk, type Deal, type Permit } from './budget-desk.ts';
import { budgetFaults, type BudgetFaults } from './budget-faults.ts';
import { dayLeftMs, ledgerAt, rateAt, type Ledger, type Refusal, type Spent } from './ledger.ts';
import type { Budget, Urgency } from './policy.ts';
import type { Grant, Purse, PurseState, Wish } from './purse.ts';

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
const SLACK_MS_MIN = 50;
const SLACK_MS_MAX = 1_000;
/** From the answer of the database to the first byte of the call. */
const DEPARTURE_MS = 10;
/** A block is believed no longer, for another replica may give something back. */
const BLOCK_MS_MAX = 1_000;
const UNKNOWN: PurseState = {
  ...{ usedToday: null, dayLeftMs: null, rate: null, slowed: false, heldMs: null },
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
  #unused: readonly Spent[] = [];
  #known: { readonly ledger: Ledger; readonly atMs: number; readonly since: number } | null = null;
  #isWorking = false;
  #worked: Promise<void> = Promise.resolve();
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
    await this.#worked;
    await this.#desk.close();
  }

  #rouse(): void {
    if (this.#isWorking) this.#wake();
    else this.#worked = this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      while (this.#waiting.length + this.#complaints.length > 0) await this.#workOnce();
    } finally {
      // In the same turn as the last look, so that nobody comes in between and is left waiting.
      this.#isWorking = false;
    }
  }

  async #workOnce(): Promise<void> {
    await this.#desk.turn();
    if (this.#complaints.length > 0) await this.#complainNow();
    this.#dismissHopeless();
    const wishes = this.#waiting.filter(({ urgency }) => this.#blockOf(urgency) === null);
    if (wishes.length > 0) await this.#purchase(wishes.slice(0, TOGETHER_MAX));
    else if (this.#waiting.length > 0) await this.#nap();
  }

  async #purchase(wishes: readonly Waiting[]): Promise<void> {
    const sent = performance.now();
    const given = { slackMs: this.#slackMs, unused: this.#unused };
    this.#unused = [];
    try {
      const deal = await this.#desk.buy(wishes, given);
      const now = performance.now();
      this.#slackMs = Math.min(SLACK_MS_MAX, Math.max(SLACK_MS_MIN, 4 * (now - sent)));
      this.#known = { ...deal, since: sent };
      const isPaced = rateAt(deal.ledger, this.#budget, deal.atMs) !== null;
      if (isPaced && now - sent > given.slackMs - DEPARTURE_MS) this.#putBack(deal);
      else {
        this.#hand(wishes, deal.permits);
        for (const [urgency, refusal] of deal.refusals) this.#block(urgency, refusal, now);
      }
    } catch (error) {
      const fault = this.#faults.unavailable(error);
      this.#dismiss(wishes, () => fault);
    }
  }

  /**
   * What comes too late to be used within its slack is bought anew: a second might hold it twice.
   */
  #putBack({ permits, untilMs }: Deal): void {
    const bought = permits.filter((permit) => permit !== null);
    this.#unused = [{ untilMs, calls: bought.length }];
    for (const permit of bought) this.#desk.end(permit, 'UNUSED');
  }

  #hand(wishes: readonly Waiting[], permits: readonly (Permit | null)[]): void {
    const served = new Set<Waiting>();
    for (const [index, permit] of permits.entries()) {
      const wish = wishes[index];
      if (permit === null || wish === undefined) continue;
      const isWanted = this.#waiting.includes(wish) && performance.now() <= wish.giveUpAt;
      if (!isWanted) this.#desk.end(permit, 'UNUSED');
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
