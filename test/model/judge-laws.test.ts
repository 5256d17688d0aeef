import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { beliefOf, join, meet, type RankedBelief } from '../../src/model/belief.ts';
import { judge } from '../../src/model/judge.ts';
import { FIELD_OUTCOMES, TRANSPORT_OUTCOMES } from '../../src/model/outcome.ts';
import type { Belief, SourceObservation } from '../../src/model/verification.ts';
import { answered, policyOf, requirementOf, unanswered } from './observations.ts';

const BELIEFS: readonly Belief[] = ['UNKNOWN', 'TRUE', 'FALSE', 'CONTRADICTORY'];
const RANKED: readonly RankedBelief[] = BELIEFS.flatMap((belief) =>
  [1, 2, 3].map((rank) => ({ belief, rank })),
);
const known = ({ belief, rank }: RankedBelief) =>
  belief === 'UNKNOWN' ? 'UNKNOWN' : `${belief}@${rank}`;

test('the join is commutative, associative and idempotent, enumerated', () => {
  for (const a of RANKED) {
    expect(known(join(a, a))).toBe(known(a));
    for (const b of RANKED) {
      expect(known(join(a, b))).toBe(known(join(b, a)));
      for (const c of RANKED) {
        expect(known(join(join(a, b), c))).toBe(known(join(a, join(b, c))));
      }
    }
  }
});

test('the meet is commutative, associative and idempotent, enumerated', () => {
  for (const a of BELIEFS) {
    expect(meet(a, a)).toBe(a);
    for (const b of BELIEFS) {
      expect(meet(a, b)).toBe(meet(b, a));
      for (const c of BELIEFS) expect(meet(meet(a, b), c)).toBe(meet(a, meet(b, c)));
    }
  }
});

test('FALSE comes out of a meet only when FALSE went in', () => {
  for (const a of BELIEFS) {
    for (const b of BELIEFS) {
      expect(meet(a, b) === 'FALSE').toBe(a === 'FALSE' || b === 'FALSE');
    }
  }
});

const FIELDS = ['STATUS', 'HOLDER_NAME', 'LICENSE_NUMBER', 'ADDRESS'] as const;
const POLICY = policyOf([
  requirementOf('license', FIELDS.slice(0, 3)),
  requirementOf('registration', FIELDS.slice(2)),
]);

const anyAnswer = fc
  .record({
    requirement: fc.constantFrom('license', 'registration'),
    source: fc.constantFrom('a', 'b', 'c', 'd'),
    rank: fc.integer({ min: 1, max: 3 }),
    outcomes: fc.array(fc.constantFrom(...FIELD_OUTCOMES), { minLength: 4, maxLength: 4 }),
  })
  .map(({ requirement, source, rank, outcomes }) =>
    answered({
      requirement,
      source,
      rank,
      fields: FIELDS.map((field, index) => ({ field, outcome: outcomes[index]!, rank, rules: [] })),
    }),
  );
const anySilence = fc
  .record({
    requirement: fc.constantFrom('license', 'registration'),
    source: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    rank: fc.integer({ min: 1, max: 3 }),
    transport: fc.constantFrom(
      ...TRANSPORT_OUTCOMES.filter((one) => one !== 'ANSWERED' && one !== 'DEFERRED'),
    ),
  })
  .map((silence) => unanswered(silence));
const anyObservations = fc.array(fc.oneof(anyAnswer, anySilence), { maxLength: 8 });
const RANK_OF_YES = 3;
const RUNS = { numRuns: 1_000 };

test('the order of answers, retries and duplicates change nothing of a judgement', () => {
  fc.assert(
    fc.property(
      anyObservations.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all))),
      ([all, again]) => {
        const shuffled = [...again, ...all].reverse();

        expect(judge(POLICY, shuffled)).toEqual(judge(POLICY, all));
      },
    ),
    RUNS,
  );
});

test('a source that gives no answer never changes what the others decided', () => {
  fc.assert(
    fc.property(anyObservations, anySilence, (all, silent) => {
      const before = judge(POLICY, all);
      const after = judge(POLICY, [...all, silent]);

      expect(after.code).toBe(before.code);
      expect(after.refutation).toBe(before.refutation);
      expect(after.requirements.map(({ belief }) => belief)).toEqual(
        before.requirements.map(({ belief }) => belief),
      );
    }),
    RUNS,
  );
});

test('no further source moves a definite field back to unknown', () => {
  fc.assert(
    fc.property(anyObservations, anyAnswer, (all, further) => {
      const before = judge(POLICY, all);
      const after = judge(POLICY, [...all, further]);

      before.requirements.forEach((requirement, r) =>
        requirement.fields.forEach((field, f) => {
          const now = after.requirements[r]!.fields[f]!;
          if (field.belief === 'UNKNOWN' || now.belief === field.belief) return;
          expect(now.belief).not.toBe('UNKNOWN');
          const ranks = all
            .filter((one) => one.requirement === requirement.id)
            .filter((one) => definite(one, field.field))
            .map(({ rank }) => rank);
          const toContradiction = now.belief === 'CONTRADICTORY';
          if (toContradiction) expect(further.rank).toBe(Math.max(...ranks));
          else expect(further.rank).toBeGreaterThan(Math.max(...ranks));
        }),
      );
    }),
    RUNS,
  );
});

test('a confirmation is never lost to silence or to lack of knowledge', () => {
  const yes = ['license', 'registration'].map((requirement) =>
    answered({
      requirement,
      source: 'a',
      rank: 3,
      fields: FIELDS.map((field) => ({
        field,
        outcome: 'MATCH_EXACT',
        rank: RANK_OF_YES,
        rules: [],
      })),
    }),
  );
  const further = fc.oneof(anyAnswer, anySilence);
  fc.assert(
    fc.property(anyObservations, further, (others, one) => {
      const confirmed = [...yes, ...others.filter(({ rank }) => rank < 3)];
      expect(judge(POLICY, confirmed).code).toBe('CONFIRMED');

      const after = judge(POLICY, [...confirmed, one]).code;

      expect(['CONFIRMED', 'CONFLICTING']).toContain(after);
    }),
    RUNS,
  );
});

test('nothing but an answer refutes, confirms or contradicts', () => {
  fc.assert(
    fc.property(fc.array(anySilence, { maxLength: 8 }), (silences) => {
      expect(judge(POLICY, silences).code).toBe('UNAVAILABLE');
    }),
    RUNS,
  );
});

test('a refutation needs a decisive field that a source answered with a difference', () => {
  fc.assert(
    fc.property(anyObservations, (all) => {
      fc.pre(judge(POLICY, all).code === 'REFUTED');

      expect(
        all.some(
          (one) =>
            one.transport === 'ANSWERED' &&
            one.fields.some(({ outcome }) => outcome === 'MISMATCH'),
        ),
      ).toBe(true);
    }),
    RUNS,
  );
});

test('a presumed silence is overruled by any answer and overrules nothing', () => {
  const silent = unanswered({
    requirement: 'license',
    source: 'a',
    rank: 3,
    transport: 'TIMEOUT',
  });
  const yes = answered({
    requirement: 'license',
    source: 'b',
    rank: 1,
    fields: FIELDS.map((field) => ({ field, outcome: 'MATCH_EXACT', rank: 1, rules: [] })),
  });
  const policy = policyOf([requirementOf('license', FIELDS)]);

  expect(judge(policy, [silent, yes]).code).toBe('CONFIRMED');
  expect(judge(policy, [yes, silent]).code).toBe('CONFIRMED');
});

test('the belief of every outcome is defined, and only MISMATCH is false', () => {
  const refuting = FIELD_OUTCOMES.filter((outcome) => beliefOf(outcome) === 'FALSE');
  const confirming = FIELD_OUTCOMES.filter((outcome) => beliefOf(outcome) === 'TRUE');

  expect(refuting).toEqual(['MISMATCH']);
  expect(confirming).toEqual(['MATCH_EXACT', 'MATCH_NORMALIZED']);
});

function definite(one: SourceObservation, field: string): boolean {
  const found = one.fields.find((candidate) => candidate.field === field);
  return (
    one.transport === 'ANSWERED' && found !== undefined && beliefOf(found.outcome) !== 'UNKNOWN'
  );
}
