import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { BusinessDate } from '../model/business-date.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { BudgetFaults } from './budget-faults.ts';
import {
  deleteLeases,
  findLedger,
  lockLedger,
  refundCalls,
  writeLedger,
} from './budget-queries.ts';
import { createGroup } from './group.ts';
import {
  buy,
  emptyLedger,
  slowDown,
  unspend,
  type Ledger,
  type Refusal,
  type Spent,
} from './ledger.ts';
import type { Budget, Urgency } from './policy.ts';

/** Where purchases from one source's budget are made durable, in the order they are asked for. */
export interface BudgetDesk {
  /** Waits for the end of the current turn of the event loop, so that wishes come together. */
  turn(): Promise<void>;
  /**
   * One round of statements for all wishes; calls bought earlier that will never begin make room.
   * Rejects with what the pool says.
   */
  buy(wishes: readonly Wished[], given: BuyOptions): Promise<Deal>;
  /** The ledger afterwards. Null when the complaint could not be written, which is logged. */
  complain(retryAfterMs: number | null): Promise<Known | null>;
  /** Null when it cannot be read. */
  look(): Promise<Known | null>;
  /** Ends what a permit holds. Never waits; what cannot be written expires by itself. */
  end(permit: Permit, as: 'USED' | 'UNUSED'): void;
  /** Ends what is still held, and waits until all of it is written. */
  close(): Promise<void>;
}

/** The ledger at one instant of the database's clock. */
export interface Known {
  readonly ledger: Ledger;
  readonly atMs: number;
}

/** How a purchase is made. */
export interface BuyOptions {
  /** What is bought is used within this time, or not at all. */
  readonly slackMs: number;
  readonly unused: readonly Spent[];
}

/** What came of one purchase. */
export interface Deal extends Known {
  /** Latest instant of the database's clock at which what was bought may be used. */
  readonly untilMs: number;
  /** In the order of the wishes; null for those that get nothing now. */
  readonly permits: readonly (Permit | null)[];
  readonly refusals: readonly (readonly [Urgency, Refusal | null])[];
}

/** One call that was bought. */
export interface Permit {
  readonly day: BusinessDate;
  /** Null where calls under way are not counted. */
  readonly lease: string | null;
}

interface Wished {
  readonly urgency: Urgency;
  readonly lastsMs: number;
}

interface Ended extends Permit {
  readonly as: 'USED' | 'UNUSED';
}

/** A lease outlives its attempt by this, for whoever is slow to say that it has ended. */
const LEASE_GRACE_MS = 5_000;
const TOGETHER_MAX = 500;
const WAITING_MAX = 10_000;

/** A desk for one source. `onFreed` is told when calls under way have durably ended. */
export function createBudgetDesk(deps: {
  readonly source: string;
  readonly budget: Budget;
  readonly db: Database;
  readonly faults: BudgetFaults;
  readonly log: { warn(facts: object, message: string): void };
  onFreed(): void;
}): BudgetDesk {
  const { source, budget, db, faults, log } = deps;
  const held = new Set<Permit>();
  const ending = new Set<Promise<unknown>>();
  const endings = createGroup<Ended, null>({
    run: writeEndings,
    weigh: () => 1,
    refuse: () => faults.unavailable(null),
    weightMax: TOGETHER_MAX,
    waitingMax: WAITING_MAX,
  });

  function underLock<T>(work: (trx: Transaction, known: Known, inFlight: number) => Promise<T>) {
    return db.transaction(async (trx) => {
      await lockLedger(trx, source);
      const { atMs, ledger, inFlight } = await findLedger(trx, source);
      return work(trx, { ledger: ledger ?? emptyLedger(atMs), atMs }, inFlight);
    });
  }

  async function buyFor(wishes: readonly Wished[], given: BuyOptions): Promise<Deal> {
    const { slackMs, unused } = given;
    const wanted = { INTERACTIVE: countOf(wishes, 'INTERACTIVE'), BATCH: countOf(wishes, 'BATCH') };
    return underLock(async (trx, { ledger, atMs }, inFlight) => {
      const market = { budget, atMs, inFlight, slackMs };
      const { bought, untilMs, ...purchase } = buy(unspend(ledger, unused), wanted, market);
      const permits = permitsFor(wishes, bought, purchase.ledger.day);
      const leases = permits.flatMap((permit, index) =>
        permit === null || permit.lease === null
          ? []
          : [{ id: permit.lease, lastsMs: (wishes[index]?.lastsMs ?? 0) + LEASE_GRACE_MS }],
      );
      const total = bought.INTERACTIVE + bought.BATCH;
      if (total > 0 || unused.length > 0)
        await writeLedger(trx, { source, ledger: purchase.ledger, bought: total, leases });
      const refusals = Object.entries(purchase.refusals) as [Urgency, Refusal | null][];
      return { ledger: purchase.ledger, atMs, untilMs, permits, refusals };
    });
  }

  function permitsFor(
    wishes: readonly Wished[],
    bought: Readonly<Record<Urgency, number>>,
    day: BusinessDate,
  ): readonly (Permit | null)[] {
    const left = { ...bought };
    return wishes.map(({ urgency }) => {
      if (left[urgency] === 0) return null;
      left[urgency] -= 1;
      return { day, lease: budget.inFlightMax === null ? null : randomUUID() };
    });
  }

  async function complain(retryAfterMs: number | null): Promise<Known | null> {
    try {
      return await underLock(async (trx, { ledger: before, atMs }) => {
        const ledger = slowDown(before, { budget, retryAfterMs, atMs });
        await writeLedger(trx, { source, ledger, bought: 0, leases: [] });
        return { ledger, atMs };
      });
    } catch (error) {
      faults.unavailable(error);
      return null;
    }
  }

  async function look(): Promise<Known | null> {
    try {
      const { atMs, ledger } = await findLedger(db, source);
      return { atMs, ledger: ledger ?? emptyLedger(atMs) };
    } catch (error) {
      faults.unavailable(error);
      return null;
    }
  }

  function end(permit: Permit, as: Ended['as']): void {
    held.delete(permit);
    if (permit.lease === null && as === 'USED') return;
    const written = endings.add({ ...permit, as }).catch(() => undefined);
    ending.add(written);
    void written.finally(() => ending.delete(written));
  }

  async function writeEndings(ended: readonly Ended[]): Promise<readonly null[]> {
    const leases = ended.flatMap(({ lease }) => lease ?? []);
    const unused = ended.filter(({ as }) => as === 'UNUSED');
    try {
      if (leases.length > 0) await deleteLeases(db, leases);
      for (const day of new Set(unused.map((one) => one.day))) {
        const calls = unused.filter((one) => one.day === day).length;
        await refundCalls(db, { source, day, calls });
      }
      if (leases.length > 0) deps.onFreed();
    } catch {
      log.warn({ source, calls: ended.length }, 'calls could not be given back to the budget');
    }
    return ended.map(() => null);
  }

  return {
    turn: () => nextTurn(),
    async buy(wishes, given) {
      const deal = await buyFor(wishes, given);
      for (const permit of deal.permits) if (permit !== null) held.add(permit);
      return deal;
    },
    complain,
    look,
    end,
    async close() {
      for (const permit of held) end(permit, 'USED');
      await Promise.all(ending);
    },
  };
}

function countOf(wishes: readonly Wished[], urgency: Urgency): number {
  return wishes.filter((wish) => wish.urgency === urgency).length;
}
