import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  planDay,
  refuseTerms,
  usableQuota,
  worstStalenessDays,
  type FreshnessTerms,
  type FreshRecord,
} from '../../src/model/freshness-plan.ts';

const DAYS = 366;

test('500,000 commitments at 10,000 a day within 30 days are refused, and it says 50 days', () => {
  const terms = { quotaPerDay: 10_000, reserveShare: 0.25, stalenessDaysMax: 30 };

  expect(refuseTerms(500_000, terms)).toBe(
    '10,000 a day for 500,000 commitments: worst staleness 50 days; ' +
      'without the 25 % kept for counters, 7,500 a day, 67 days. ' +
      'At most 30 days need 16,667 look-ups a day, which is a quota of 22,223.',
  );
  expect(refuseTerms(500_000, { ...terms, quotaPerDay: 22_223 })).toBeNull();
});

test.each([
  [0, 10, 0],
  [1, 10, 1],
  [10, 10, 1],
  [11, 10, 2],
  [500_000, 10_000, 50],
  [1, 0, Infinity],
])('%d records at %d a day: %d days', (records, perDay, days) => {
  expect(worstStalenessDays(records, perDay)).toBe(days);
});

/** Terms that can be kept, records in whatever state, and what officers ask meanwhile. */
const years = fc
  .record({
    usable: fc.integer({ min: 1, max: 12 }),
    stalenessDaysMax: fc.integer({ min: 1, max: 40 }),
    reserveShare: fc.constantFrom(0.2, 0.25, 0.3),
    fill: fc.double({ min: 0.05, max: 1, noNaN: true }),
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    interactive: fc.integer({ min: 0, max: 3 }),
  })
  .map((given) => {
    let quotaPerDay = given.usable;
    while (usableQuota({ quotaPerDay, reserveShare: given.reserveShare }) < given.usable)
      quotaPerDay += 1;
    const terms: FreshnessTerms = { ...given, quotaPerDay };
    const most = usableQuota(terms) * given.stalenessDaysMax;
    return { ...given, terms, count: Math.max(1, Math.floor(most * given.fill)) };
  });

interface Kept extends FreshRecord<number> {
  readonly id: number;
}

/** The same numbers for the same seed. */
function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe('a year of planned days', () => {
  test('keeps every bound, whatever weighs most and whatever officers ask besides', () => {
    fc.assert(
      fc.property(years, ({ terms, count, seed, interactive }) => {
        const chance = createChance(seed);
        const records: Kept[] = Array.from({ length: count }, (_, id) => ({
          ...{ id, seenDay: 0, weight: 1 + Math.floor(chance() * 25) },
        }));
        for (let today = 1; today <= DAYS; today += 1) {
          for (let asked = 0; asked < interactive; asked += 1) {
            const id = Math.floor(chance() * count);
            records[id] = { ...records[id]!, seenDay: today };
          }
          const plan = planDay(records, { today, terms });
          expect(plan.asked.length).toBeLessThanOrEqual(usableQuota(terms));
          expect(plan.late).toBe(0);
          for (const id of plan.asked) records[id] = { ...records[id]!, seenDay: today };
          const stalest = Math.max(...records.map(({ seenDay }) => today - seenDay));
          expect(stalest).toBeLessThanOrEqual(terms.stalenessDaysMax);
        }
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('what is spare goes to what weighs most', () => {
    const terms = { quotaPerDay: 5, reserveShare: 0.2, stalenessDaysMax: 100 };
    const records = Array.from({ length: 20 }, (_, id) => ({
      ...{ id, seenDay: 0, weight: id === 7 || id === 9 ? 25 : 1 },
    }));

    const { asked, needed } = planDay(records, { today: 5, terms });

    expect(needed).toBe(0);
    expect(asked.slice(0, 2)).toEqual([7, 9]);
    expect(asked).toHaveLength(4);
  });

  test('records that are late are asked first, and counted', () => {
    const terms = { quotaPerDay: 5, reserveShare: 0.2, stalenessDaysMax: 10 };
    const records = [
      { id: 'late', seenDay: 0, weight: 1 },
      { id: 'heavy', seenDay: 14, weight: 25 },
    ];

    expect(planDay(records, { today: 15, terms })).toEqual({
      ...{ asked: ['late', 'heavy'], needed: 1, late: 1 },
    });
  });

  test('what was seen today is not asked again', () => {
    const terms = { quotaPerDay: 10, reserveShare: 0.2, stalenessDaysMax: 10 };

    expect(planDay([{ id: 1, seenDay: 3, weight: 1 }], { today: 3, terms }).asked).toEqual([]);
  });
});
