import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { assuranceOf, CONFIDENCE, upperBoundOf } from '../../src/model/assurance.ts';
import { drawNight, nightSeedOf, type NightMember } from '../../src/model/night-sample.ts';

/** The same numbers for the same seed. */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Probability of at most `most` of `all`, term by term, from whichever end does not vanish. */
function tailOf(most: number, all: number, share: number): number {
  if (share > 0.5) return 1 - tailOf(all - most - 1, all, 1 - share);
  let [term, sum] = [(1 - share) ** all, 0];
  for (let met = 0; met <= most; met += 1) {
    sum += term;
    term *= ((all - met) / (met + 1)) * (share / (1 - share));
  }
  return sum;
}

describe('the bound', () => {
  test.each([
    [0, 1, 0.95],
    [0, 59, 1 - 0.05 ** (1 / 59)],
    [0, 59, 0.0495],
    [0, 299, 0.00997],
    [0, 300, 0.00994],
    [1, 93, 0.05],
    [5, 100, 0.1023],
    [10, 10_000, 0.0017],
    [9, 10, 0.9949],
    [5_000, 10_000, 0.5083],
  ])('of %d of %d is %f', (differing, concluded, bound) => {
    expect(upperBoundOf({ differing, concluded })).toBeCloseTo(bound, 4);
  });

  test('is the share at which so few would be met with probability 5 %', () => {
    const sample = fc.integer({ min: 1, max: 400 }).chain((concluded) =>
      fc.record({
        concluded: fc.constant(concluded),
        differing: fc.integer({ min: 0, max: concluded - 1 }),
      }),
    );

    fc.assert(
      fc.property(sample, ({ differing, concluded }) => {
        const bound = upperBoundOf({ differing, concluded });

        expect(bound).toBeGreaterThan(differing / concluded);
        expect(tailOf(differing, concluded, bound)).toBeCloseTo(0.05, 6);
      }),
    );
  });

  test('grows with what differs, and shrinks with what was concluded', () => {
    const counts = fc.record({
      differing: fc.integer({ min: 0, max: 300 }),
      more: fc.integer({ min: 1, max: 3_000 }),
    });

    fc.assert(
      fc.property(counts, ({ differing, more }) => {
        const concluded = differing + more;
        const bound = upperBoundOf({ differing, concluded });

        expect(upperBoundOf({ differing: differing + 1, concluded })).toBeGreaterThan(bound);
        expect(upperBoundOf({ differing, concluded: concluded + 1 })).toBeLessThan(bound);
        expect(upperBoundOf({ differing, concluded }, 0.99)).toBeGreaterThan(bound);
      }),
    );
  });

  test('of nothing concluded, or of nothing but differing, is everything', () => {
    expect(upperBoundOf({ differing: 0, concluded: 0 })).toBe(1);
    expect(upperBoundOf({ differing: 7, concluded: 7 })).toBe(1);
  });
});

describe('of nights drawn from a known population, the bound holds in at least 95 of 100', () => {
  /** Strata of these sizes and shares that differ. */
  const WORLDS: readonly (readonly [string, readonly (readonly [number, number])[], number])[] = [
    ['one matter', [[600, 0.03]], 120],
    [
      'matters that differ',
      [
        [450, 0.002],
        [200, 0.2],
        [50, 0.5],
      ],
      150,
    ],
    [
      'hundreds of matters with few commitments',
      Array.from({ length: 200 }, (_, at) => [at % 4, at % 7 === 0 ? 0.6 : 0.01] as const),
      60,
    ],
    [
      'one bad matter too small for a place',
      [
        [500, 0.01],
        [9, 1],
      ],
      90,
    ],
    ['hardly anything', [[900, 0.012]], 200],
    ['every second commitment', [[500, 0.5]], 40],
  ];
  const NIGHTS = 1_000;

  test.each(WORLDS)('%s', (_name, strata, wanted) => {
    const random = numbersOf(20_261_124);
    const members = strata.flatMap(([size, share], stratum) =>
      Array.from({ length: size }, (_, at) => ({
        ...{ id: `${stratum}/${at}`, stratum: `M${stratum}`, differs: random() < share },
      })),
    );
    const truth = members.filter(({ differs }) => differs).length / members.length;

    let held = 0;
    for (let night = 0; night < NIGHTS; night += 1) {
      const seed = nightSeedOf({ id: String(night), slot: new Date(0) });
      const { drawn } = drawNight(members, { seed, wanted });
      const differing = drawn.filter(({ differs }) => differs).length;
      if (upperBoundOf({ differing, concluded: drawn.length }) >= truth) held += 1;
    }

    expect(truth).toBeGreaterThan(0);
    expect(held / NIGHTS).toBeGreaterThanOrEqual(CONFIDENCE);
  });
});

describe('a night', () => {
  const populations = fc
    .array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 })
    .map((sizes) =>
      sizes.flatMap((size, stratum): readonly NightMember[] =>
        Array.from({ length: size }, (_, at) => ({
          ...{ id: `${stratum}/${at}`, stratum: `M${stratum}` },
        })),
      ),
    );
  const seeds = fc.uuid().map((id) => nightSeedOf({ id, slot: new Date(0) }));

  test('draws as many as are wanted, of every matter its share rounded up or down, nobody twice', () => {
    fc.assert(
      fc.property(populations, seeds, fc.integer({ min: 1, max: 300 }), (members, seed, wanted) => {
        const { drawn, strata, population } = drawNight(members, { seed, wanted });
        const sampled = Math.min(wanted, members.length);

        expect(population).toBe(members.length);
        expect(new Set(drawn.map(({ id }) => id)).size).toBe(sampled);
        for (const { name, size, drawn: count } of strata) {
          const exact = (size * sampled) / members.length;
          expect(drawn.filter(({ stratum }) => stratum === name)).toHaveLength(count);
          expect([Math.floor(exact), Math.ceil(exact)]).toContain(count);
        }
      }),
    );
  });

  test('is the same for the same run, in whatever order the members come, and another for another', () => {
    fc.assert(
      fc.property(populations, seeds, (members, seed) => {
        const drawn = drawNight(members, { seed, wanted: 5 });
        const again = drawNight(members.toReversed(), { seed, wanted: 5 });

        expect(again.populationDigest).toBe(drawn.populationDigest);
        expect(again.drawn.map(({ id }) => id).toSorted()).toEqual(
          drawn.drawn.map(({ id }) => id).toSorted(),
        );
      }),
    );
    const slot = new Date('2026-11-23T13:20:00Z');
    expect(nightSeedOf({ id: 'a', slot })).not.toBe(nightSeedOf({ id: 'b', slot }));
    expect(nightSeedOf({ id: 'a', slot })).not.toBe(nightSeedOf({ id: 'a', slot: new Date(0) }));
  });

  test('gives everybody the same chance, also of a matter too small for a place', () => {
    const members = [
      ...Array.from({ length: 95 }, (_, at) => ({ id: `a${at}`, stratum: 'A' })),
      ...Array.from({ length: 5 }, (_, at) => ({ id: `b${at}`, stratum: 'B' })),
    ];
    const times = new Map<string, number>();
    for (let night = 0; night < 4_000; night += 1) {
      const seed = nightSeedOf({ id: String(night), slot: new Date(0) });
      for (const { id } of drawNight(members, { seed, wanted: 10 }).drawn)
        times.set(id, (times.get(id) ?? 0) + 1);
    }

    for (const { id } of members) {
      expect(times.get(id) ?? 0).toBeGreaterThan(300);
      expect(times.get(id) ?? 0).toBeLessThan(500);
    }
  });
});

describe('the statement', () => {
  test('says what was drawn, and both bounds where something is open', () => {
    const told = assuranceOf({ population: 4_000, sampled: 62, concluded: 59, differing: 0 });

    expect(told).toMatchObject({ confidence: 0.95, sampled: 62, concluded: 59, differing: 0 });
    expect(told?.upperBound).toBeCloseTo(0.0495, 4);
    expect(told?.conservativeUpperBound).toBeCloseTo(0.1202, 3);
    expect(told?.sentence).toBe(
      '从4000项有效承诺核对对象中按事项分层随机抽取62项，得出结论59项，其中不一致0项；' +
        '假定未得出结论的3项与其余无异，以95%的置信度，全部核对对象中不一致的比例不超过4.96%；' +
        '将其全部计为不一致，不超过12.04%。',
    );
  });

  test('says one bound where all is concluded, and none where nothing is', () => {
    const all = assuranceOf({ population: 4_000, sampled: 299, concluded: 299, differing: 0 });
    const none = assuranceOf({ population: 40, sampled: 5, concluded: 0, differing: 0 });

    expect(all?.conservativeUpperBound).toBe(all?.upperBound);
    expect(all?.sentence).toMatch(/以95%的置信度，全部核对对象中不一致的比例不超过1\.00%。$/u);
    expect(none).toMatchObject({ upperBound: 1, conservativeUpperBound: 1 });
    expect(none?.sentence).toMatch(/均未能得出结论/u);
  });

  test('is not made where nothing was drawn', () => {
    expect(assuranceOf(null)).toBeNull();
    expect(assuranceOf({ population: 0, sampled: 0, concluded: 0, differing: 0 })).toBeNull();
  });
});
