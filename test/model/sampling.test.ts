import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { BusinessDate } from '../../src/model/business-date.ts';
import {
  ALGORITHM,
  draw,
  planText,
  populationText,
  readPopulation,
  SAMPLING_LIFE,
  quotasOf,
  sha256,
  stratumOf,
  type PopulationMember,
  type SamplingPlan,
  type SamplingState,
  type SamplingStep,
  type Stratum,
} from '../../src/model/sampling.ts';

const ALL = { credit: null, verification: null } as const;
const STRATA: readonly Stratum[] = [
  { name: 'exempt', credit: null, verification: ['EXEMPT'], sharePermille: 500 },
  { name: 'warned', credit: ['WARNED', 'GRADE_D'], verification: null, sharePermille: 300 },
  { name: 'rest', ...ALL, sharePermille: 50 },
];
const PLAN: SamplingPlan = {
  ...{ algorithm: ALGORITHM, id: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0d31' },
  ...{ agencyCode: '11370800MB28559184', matterCodes: ['11370800MB285591843370118009001'] },
  ...{ from: '2026-07-01' as BusinessDate, through: '2026-09-30' as BusinessDate },
  strata: STRATA,
  ...{ inspectors: ['A1', 'A2', 'A3', 'A4', 'A5'], inspectorsPerSubject: 2 },
};
const SEED = Buffer.alloc(32, 7);

const members = fc
  .uniqueArray(fc.nat({ max: 5_000 }), { maxLength: 120 })
  .chain((numbers) =>
    fc.tuple(
      fc.constant(numbers),
      fc.array(fc.constantFrom('exempt', 'warned', 'rest'), {
        minLength: numbers.length,
        maxLength: numbers.length,
      }),
    ),
  )
  .map(([numbers, strata]) =>
    numbers.map((one, index): PopulationMember => ({
      id: `id-${one}`,
      stratum: strata[index] ?? 'rest',
      barred: PLAN.inspectors.slice(0, one % 4),
    })),
  );
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const drawOf = (seed: Uint8Array, population: readonly PopulationMember[], plan = PLAN) =>
  draw({ seed, plan, population: populationText(population) });

test('a draw depends on seed, plan and population only, not on the order members come in', () => {
  const shuffled = members.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    ),
  );

  fc.assert(
    fc.property(seeds, shuffled, (seed, [some, same]) => {
      expect(drawOf(seed, same)).toEqual(drawOf(seed, some));
    }),
  );
});

test('each stratum has its share by largest remainder, and nobody is drawn twice', () => {
  fc.assert(
    fc.property(seeds, members, (seed, population) => {
      const drawn = drawOf(seed, population);

      const sizes = STRATA.map(
        ({ name }) => population.filter(({ stratum }) => stratum === name).length,
      );
      const quotas = quotasOf(
        STRATA.map(({ sharePermille }, index) => ({ size: sizes[index] ?? 0, sharePermille })),
      );
      expect(
        STRATA.map(({ name }) => drawn.filter(({ stratum }) => stratum === name).length),
      ).toEqual(quotas);
      expect(new Set(drawn.map(({ id }) => id)).size).toBe(drawn.length);
      for (const one of drawn) {
        const member = population.find(({ id }) => id === one.id);
        expect(member?.stratum).toBe(one.stratum);
        expect(one.inspectors.filter((name) => member?.barred.includes(name))).toEqual([]);
        expect(new Set(one.inspectors).size).toBe(PLAN.inspectorsPerSubject);
        expect(PLAN.inspectors).toEqual(expect.arrayContaining([...one.inspectors]));
      }
    }),
  );
});

test('quotas sum to the exact sum rounded up, none is off by one or more, or above its part', () => {
  const part = fc.record({ size: fc.nat({ max: 20_000 }), sharePermille: fc.nat({ max: 1_000 }) });

  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const quotas = quotasOf(parts);

      const exact = parts.map(({ size, sharePermille }) => size * sharePermille);
      const sum = exact.reduce((total, one) => total + one, 0);
      expect(quotas.reduce((total, one) => total + one, 0)).toBe(Math.ceil(sum / 1_000));
      parts.forEach(({ size }, index) => {
        const quota = quotas[index] ?? -1;
        expect(Math.abs(quota * 1_000 - (exact[index] ?? 0))).toBeLessThan(1_000);
        expect(quota).toBeLessThanOrEqual(size);
      });
    }),
    { numRuns: 1_000 },
  );
});

test('of equal remainders the earlier stratum is rounded up', () => {
  const half = { size: 1, sharePermille: 500 };

  expect(quotasOf([half, half])).toEqual([1, 0]);
  expect(quotasOf([{ size: 3, sharePermille: 100 }, half])).toEqual([0, 1]);
  expect(quotasOf([{ size: 9, sharePermille: 0 }])).toEqual([0]);
});

test('one more member, another plan or another seed is another draw', () => {
  const population = Array.from({ length: 400 }, (_, index) => ({
    ...{ id: `id-${index}`, stratum: 'rest', barred: [] },
  }));
  const first = drawOf(SEED, population);

  const others = [
    drawOf(Buffer.alloc(32, 8), population),
    drawOf(SEED, [...population, { id: 'id-400', stratum: 'exempt', barred: [] }]).slice(1),
    drawOf(SEED, population, { ...PLAN, through: '2026-09-29' as BusinessDate }),
  ];

  expect(first).toHaveLength(20);
  for (const other of others) expect(other).not.toEqual(first);
});

test('everybody is drawn about as often as the share says', () => {
  const population = Array.from({ length: 20 }, (_, index) => ({
    ...{ id: `id-${index}`, stratum: 'warned', barred: [] },
  }));
  const times = new Map(population.map(({ id }) => [id, 0]));

  for (let number = 0; number < 500; number += 1)
    for (const { id } of drawOf(Buffer.from(sha256(`${number}`), 'hex'), population))
      times.set(id, (times.get(id) ?? 0) + 1);

  // 500 draws of 6 in 20: 150 each, standard deviation 10.2; five of them on either side.
  for (const count of times.values()) expect(Math.abs(count - 150)).toBeLessThan(52);
});

// The expected values were computed by another program, in another language.
test('the algorithm is the documented one, to the byte', () => {
  const population = ['exempt', 'exempt', 'exempt', 'warned', 'warned', 'rest', 'rest'].map(
    (stratum, index) => ({ id: `commitment-${index + 1}`, stratum, barred: [] }),
  );

  const drawn = drawOf(SEED, population);

  expect(sha256(SEED)).toBe('4bb06f8e4e3a7715d201d573d0aa423762e55dabd61a2c02278fa56cc6d294e0');
  expect(sha256(planText(PLAN))).toBe(
    '1da50af2fa5cd446a4bb5640b2907a40ffa15f1fb67caff9456c93b6ef21d280',
  );
  expect(sha256(populationText(population))).toBe(
    '5f44b95504043291b763d18a185c675c06892b3789a0881074b2831fd7489d96',
  );
  expect(drawn).toEqual([
    { id: 'commitment-3', stratum: 'exempt', inspectors: ['A5', 'A2'] },
    { id: 'commitment-1', stratum: 'exempt', inspectors: ['A5', 'A1'] },
    { id: 'commitment-4', stratum: 'warned', inspectors: ['A1', 'A4'] },
  ]);
});

test('the first stratum that fits counts', () => {
  expect(stratumOf(STRATA, { credit: 'WARNED', verification: 'EXEMPT' })?.name).toBe('exempt');
  expect(stratumOf(STRATA, { credit: 'GRADE_D', verification: 'NONE' })?.name).toBe('warned');
  expect(stratumOf(STRATA, { credit: 'GOOD', verification: 'NONE' })?.name).toBe('rest');
  expect(stratumOf(STRATA.slice(0, 1), { credit: 'GOOD', verification: 'OPEN' })).toBeNull();
});

test('every step that the life of a draw does not name is refused, with those it does', () => {
  const legal = {
    PLANNED: ['FREEZE', 'CANCEL'],
    FROZEN: ['DRAW', 'CANCEL'],
    DRAWN: ['RECORD', 'CLOSE'],
    CLOSED: [],
    CANCELED: [],
  } as const satisfies Record<SamplingState, readonly SamplingStep[]>;
  const states = Object.keys(legal) as SamplingState[];
  const steps = ['FREEZE', 'DRAW', 'RECORD', 'CLOSE', 'CANCEL'] as const;

  const taken = states.map((state) => [
    state,
    steps.filter((step) => SAMPLING_LIFE.after(state, step) !== null).toSorted(),
  ]);

  expect(taken).toEqual(states.map((state) => [state, legal[state].toSorted()]));
  for (const state of states)
    for (const step of steps.filter((one) => SAMPLING_LIFE.after(state, one) === null))
      expect(SAMPLING_LIFE.refuse(state, step, ['drawId'])).toMatchObject({
        ...{ code: 'STEP_NOT_ALLOWED', state, allowed: legal[state] },
      });
});

test('the text of a population is read as it was written, with who is barred', () => {
  fc.assert(
    fc.property(members, (population) => {
      const read = readPopulation(populationText(population));

      expect(new Set(read)).toEqual(new Set(population));
    }),
  );
});
