import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  buy,
  dayLeftMs,
  emptyLedger,
  ledgerAt,
  rateAt,
  slowDown,
  type Ledger,
} from '../../src/sources/ledger.ts';
import type { Budget } from '../../src/sources/policy.ts';
import { budgetOf } from './world.ts';

const NOON = Date.parse('2026-11-23T12:00:00+08:00');

function buyAt(
  ledger: Ledger,
  budget: Budget,
  more: {
    atMs?: number;
    wanted?: number;
    batch?: number;
    inFlight?: number;
    slackMs?: number;
  } = {},
) {
  const { atMs = NOON, wanted = 0, batch = 0, inFlight = 0, slackMs = 40 } = more;
  return buy(ledger, { INTERACTIVE: wanted, BATCH: batch }, { budget, atMs, inFlight, slackMs });
}

describe('the day', () => {
  test('a day allows so many calls, and says when the next one begins', () => {
    const budget = budgetOf({ perDay: 10 });

    const first = buyAt(emptyLedger(NOON), budget, { wanted: 7 });
    const second = buyAt(first.ledger, budget, { wanted: 7 });

    expect(first.bought.INTERACTIVE).toBe(7);
    expect(second.bought.INTERACTIVE).toBe(3);
    expect(second.refusals.INTERACTIVE).toEqual({ limit: 'DAY', retryAfterMs: 12 * 3_600_000 });
  });

  test('the day ends at midnight in Shanghai, and the quota begins anew', () => {
    const budget = budgetOf({ perDay: 10 });
    const before = Date.parse('2026-11-23T15:59:59.999Z');
    const spent = buyAt(emptyLedger(before), budget, { atMs: before, wanted: 10 }).ledger;

    const late = buyAt(spent, budget, { atMs: before, wanted: 1 });
    const early = buyAt(spent, budget, { atMs: before + 1, wanted: 1 });

    expect(late.refusals.INTERACTIVE).toEqual({ limit: 'DAY', retryAfterMs: 1 });
    expect(early.bought.INTERACTIVE).toBe(1);
    expect(early.ledger).toMatchObject({ day: '2026-11-24', used: 1 });
    expect(dayLeftMs(before + 1)).toBe(86_400_000);
  });

  test('a clock that goes back over midnight does not bring yesterday back', () => {
    const budget = budgetOf({ perDay: 10 });
    const midnight = Date.parse('2026-11-24T00:00:00+08:00');
    const spent = buyAt(emptyLedger(midnight), budget, { atMs: midnight, wanted: 10 }).ledger;

    const back = buyAt(spent, budget, { atMs: midnight - 1_000, wanted: 1 });

    expect(back.bought.INTERACTIVE).toBe(0);
  });

  test('batches stop where the reserve of the interactive begins, to the call', () => {
    const budget = budgetOf({ perDay: 2_000, reserveShare: 0.3 });

    const batch = buyAt(emptyLedger(NOON), budget, { batch: 1_500 });
    const both = buyAt(batch.ledger, budget, { wanted: 700, batch: 1 });

    expect(batch.bought.BATCH).toBe(1_400);
    expect(both.bought).toEqual({ INTERACTIVE: 600, BATCH: 0 });
    expect(both.refusals.BATCH?.limit).toBe('DAY');
  });

  test('calls of the interactive use the part of the batches too', () => {
    const budget = budgetOf({ perDay: 10, reserveShare: 0.5 });

    const { bought } = buyAt(emptyLedger(NOON), budget, { wanted: 4, batch: 9 });

    expect(bought).toEqual({ INTERACTIVE: 4, BATCH: 1 });
  });
});

describe('the second', () => {
  test('the room that is left comes back a second after the latest use of what was bought', () => {
    const budget = budgetOf({ perSecond: 5 });
    const { ledger } = buyAt(emptyLedger(NOON), budget, { wanted: 5, slackMs: 40 });

    const refused = buyAt(ledger, budget, { atMs: NOON + 100, wanted: 1 });
    const served = buyAt(ledger, budget, { atMs: NOON + 1_040, wanted: 5 });

    expect(refused.refusals.INTERACTIVE).toEqual({ limit: 'RATE', retryAfterMs: 940 });
    expect(served.bought.INTERACTIVE).toBe(5);
  });

  test('less than one call a second is one call in several seconds', () => {
    const budget = budgetOf({ perSecond: 0.25 });
    const { ledger } = buyAt(emptyLedger(NOON), budget, { wanted: 1, slackMs: 0 });

    const refused = buyAt(ledger, budget, { atMs: NOON + 3_999, wanted: 1 });

    expect(refused.refusals.INTERACTIVE).toEqual({ limit: 'RATE', retryAfterMs: 1 });
    expect(buyAt(ledger, budget, { atMs: NOON + 4_000, wanted: 1 }).bought.INTERACTIVE).toBe(1);
  });

  test('entries from before the clock was set back do not hold anybody up', () => {
    const budget = budgetOf({ perSecond: 1 });
    const { ledger } = buyAt(emptyLedger(NOON), budget, { wanted: 1 });

    const back = buyAt(ledger, budget, { atMs: NOON - 3_600_000, wanted: 1 });

    expect(back.bought.INTERACTIVE).toBe(1);
  });

  const purchases = fc.array(
    fc.record({
      pauseMs: fc.integer({ min: 0, max: 400 }),
      wanted: fc.integer({ min: 0, max: 12 }),
      batch: fc.integer({ min: 0, max: 12 }),
      slackMs: fc.integer({ min: 0, max: 300 }),
      lateness: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 24 }),
    }),
    { maxLength: 60 },
  );

  test('however late within their slack calls begin, no second holds more than allowed', () => {
    fc.assert(
      fc.property(purchases, fc.integer({ min: 1, max: 9 }), (all, perSecond) => {
        const budget = budgetOf({ perSecond });
        let ledger = emptyLedger(NOON);
        let atMs = NOON;
        const begun: number[] = [];
        for (const { pauseMs, lateness, ...wanted } of all) {
          atMs += pauseMs;
          const purchase = buyAt(ledger, budget, { atMs, ...wanted });
          ({ ledger } = purchase);
          const calls = purchase.bought.INTERACTIVE + purchase.bought.BATCH;
          for (let call = 0; call < calls; call += 1)
            begun.push(atMs + (lateness[call] ?? 0) * wanted.slackMs);
        }

        const most = begun.map((from) => begun.filter((at) => at >= from && at < from + 1_000));

        expect(Math.max(0, ...most.map(({ length }) => length))).toBeLessThanOrEqual(perSecond);
      }),
      { numRuns: 300 },
    );
  });

  test('what a refusal says to wait for is there by then', () => {
    fc.assert(
      fc.property(purchases, fc.integer({ min: 1, max: 9 }), (all, perSecond) => {
        const budget = budgetOf({ perSecond });
        let ledger = emptyLedger(NOON);
        let atMs = NOON;
        for (const { pauseMs, lateness: _, ...wanted } of all) {
          atMs += pauseMs;
          const purchase = buyAt(ledger, budget, { atMs, ...wanted });
          ({ ledger } = purchase);
          const after = purchase.refusals.BATCH?.retryAfterMs;
          if (after !== undefined)
            expect(buyAt(ledger, budget, { atMs: atMs + after, batch: 1 }).bought.BATCH).toBe(1);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the ledger stays small however many calls are bought', () => {
    const budget = budgetOf({ perSecond: 5_000 });
    let ledger = emptyLedger(NOON);

    for (let ms = 0; ms < 5_000; ms += 1)
      ({ ledger } = buyAt(ledger, budget, { atMs: NOON + ms, wanted: 3 }));

    expect(ledger.used).toBe(15_000);
    expect(ledger.recent.length).toBeLessThanOrEqual(60);
  });
});

describe('calls under way', () => {
  test('what is under way at any replica counts, and batches leave the reserve free', () => {
    const budget = budgetOf({ inFlightMax: 10, reserveShare: 0.5 });

    const busy = buyAt(emptyLedger(NOON), budget, { inFlight: 4, batch: 9, wanted: 2 });
    const full = buyAt(emptyLedger(NOON), budget, { inFlight: 10, wanted: 1 });

    expect(busy.bought).toEqual({ INTERACTIVE: 2, BATCH: 0 });
    expect(full.refusals.INTERACTIVE?.limit).toBe('IN_FLIGHT');
  });

  test('one place is for everybody', () => {
    const { bought } = buyAt(emptyLedger(NOON), budgetOf({ inFlightMax: 1 }), { batch: 2 });

    expect(bought.BATCH).toBe(1);
  });
});

describe('complaints of the source', () => {
  const budget = budgetOf({ perSecond: 8 });
  const complainAt = (ledger: Ledger, atMs: number, retryAfterMs: number | null = null) =>
    slowDown(ledger, { budget, retryAfterMs, atMs });

  test('a complaint halves the rate, once for all complaints of a second', () => {
    const once = complainAt(emptyLedger(NOON), NOON);
    const again = complainAt(once, NOON + 999);
    const later = complainAt(again, NOON + 1_000);

    expect(rateAt(once, budget, NOON)).toBe(4);
    expect(rateAt(again, budget, NOON + 999)).toBe(4);
    expect(rateAt(later, budget, NOON + 1_000)).toBe(2);
  });

  test('the rate comes back by a tenth every ten seconds, and then is forgotten', () => {
    const slowed = complainAt(emptyLedger(NOON), NOON);

    const rates = [0, 9_999, 10_000, 40_000, 50_000].map((ms) =>
      Number(rateAt(slowed, budget, NOON + ms)?.toFixed(6)),
    );

    expect(rates).toEqual([4, 4, 4.8, 7.2, 8]);
    expect(ledgerAt(slowed, NOON + 50_000).slowed).toBeNull();
  });

  test('a rate is never so low that a source would not be asked again', () => {
    let ledger = emptyLedger(NOON);
    for (let second = 0; second < 20; second += 1)
      ledger = complainAt(ledger, NOON + second * 1_000);

    expect(rateAt(ledger, budget, NOON + 19_000)).toBe(0.1);
  });

  test('a slowed rate holds in every second', () => {
    const slowed = complainAt(emptyLedger(NOON), NOON);

    const { bought } = buyAt(slowed, budget, { wanted: 8 });

    expect(bought.INTERACTIVE).toBe(4);
  });

  test('a source is not asked before the instant it named, at most for a day', () => {
    const held = complainAt(emptyLedger(NOON), NOON, 5_000);
    const shorter = complainAt(held, NOON + 1, 10);
    const long = complainAt(emptyLedger(NOON), NOON, 7 * 86_400_000);

    const refused = buyAt(shorter, budget, { atMs: NOON + 4_999, wanted: 1 });

    expect(refused.refusals.INTERACTIVE).toEqual({ limit: 'HELD', retryAfterMs: 1 });
    expect(buyAt(held, budget, { atMs: NOON + 5_000, wanted: 1 }).bought.INTERACTIVE).toBe(1);
    expect(long.heldUntilMs).toBe(NOON + 86_400_000);
  });

  test('a source without a rate is slowed to half of what it was just asked', () => {
    const free = budgetOf({});
    const { ledger } = buyAt(emptyLedger(NOON), free, { wanted: 20 });

    const slowed = slowDown(ledger, { budget: free, retryAfterMs: null, atMs: NOON + 500 });

    expect(rateAt(slowed, free, NOON + 500)).toBe(10);
    expect(rateAt(slowed, free, NOON + 500 + 50_000)).toBeNull();
  });
});
