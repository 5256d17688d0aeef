import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { areIndependent, isRefutedTwice, withObservation } from '../../src/model/independence.ts';
import { judge } from '../../src/model/judge.ts';
import { ladderStandingOf } from '../../src/model/ladder.ts';
import { observeReply, observeUnanswered } from '../../src/model/observe/assistance.ts';
import type { About } from '../../src/model/observe/about.ts';
import {
  observeDecision,
  observeOnSiteEnded,
  observeReport,
  OFFICER,
  ON_SITE,
} from '../../src/model/observe/person.ts';
import { personRanks, type Requirement } from '../../src/model/policy.ts';
import type { ObservedDataset, SourceObservation } from '../../src/model/verification.ts';
import { ON_SITE_OUTCOMES, type OnSiteOutcome } from '../../src/model/work-order.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import { ASSISTANCE_ANSWERS, type AssistanceAnswer } from '../../src/model/assistance.ts';
import { policyOf, requirementOf } from './observations.ts';

const RUNS = { numRuns: 2_000 };
const DAY = '2021-09-28' as BusinessDate;
const AT = new Date('2021-09-28T02:00:00Z');

const REQUIREMENT: Requirement = {
  ...requirementOf('insured', ['STATEMENT']),
  ladder: [
    {
      ...{ method: 'ASSISTANCE', assistingAgency: 'a', rank: 2, workingDays: 5 },
      questions: [{ code: 'Q', text: '是否' }],
    },
  ],
};
const POLICY = policyOf([REQUIREMENT]);

const aboutIt = (dataset: ObservedDataset, source: string): About => ({
  ...{ requirement: REQUIREMENT, dataset, source, claims: new Map(), relevantOn: DAY },
  subject: { kind: 'PERSON', code: 'c', name: 'n' },
  ...(dataset === 'ASSISTANCE' ? { rank: 2, fieldRanks: [] } : personRanks(REQUIREMENT)),
});

/** Something that happens to a ladder after the question was put. */
type Happening =
  | { readonly kind: 'REPLY'; readonly request: number; readonly outcome: AssistanceAnswer }
  | { readonly kind: 'SILENCE'; readonly request: number }
  | { readonly kind: 'SEEN'; readonly order: number; readonly outcome: OnSiteOutcome }
  | { readonly kind: 'CANCELED'; readonly order: number }
  | { readonly kind: 'DECIDED'; readonly outcome: 'CONFIRM' | 'LEAVE_OPEN' };

const reply = (request: number, outcome: AssistanceAnswer): SourceObservation => ({
  ...observeReply(aboutIt('ASSISTANCE', 'inbox'), {
    ...{ outcomes: [outcome], asOf: AT, repliedAt: AT, requestId: `r${request}` },
    digest: `r${request}-${outcome}`,
  }),
  ...{ reference: `r${request}`, witnesses: [`a/clerk-${request}`], documents: [] },
});
const silence = (request: number): SourceObservation => ({
  ...observeUnanswered(aboutIt('ASSISTANCE', 'inbox'), 'OVERDUE'),
  reference: `r${request}`,
});
const seen = (order: number, outcome: OnSiteOutcome) =>
  observeReport(aboutIt('ON_SITE', ON_SITE), {
    ...{ orderId: `o${order}`, inspectedOn: DAY, signedAt: AT, digest: `o${order}-${outcome}` },
    questions: [{ code: 'Q', text: '是否', field: 'STATEMENT' }],
    results: [{ question: 'Q', outcome, note: null }],
    documents: [{ name: 'n', digest: `d${order}`, bytes: 1 }],
    witnesses: [`b/inspector-${order}`, `b/inspector-${order + 10}`],
  });

function observedOf(before: readonly SourceObservation[], one: Happening): SourceObservation {
  switch (one.kind) {
    case 'REPLY':
      return reply(one.request, one.outcome);
    case 'SILENCE':
      return silence(one.request);
    case 'SEEN':
      return seen(one.order, one.outcome);
    case 'CANCELED':
      return observeOnSiteEnded(aboutIt('ON_SITE', ON_SITE), `o${one.order}`);
    case 'DECIDED': {
      const isOpen = ladderStandingOf(POLICY, before).toDecide.includes('insured');
      const unknown = judge(POLICY, before).requirements[0]?.belief === 'UNKNOWN';
      return observeDecision(aboutIt('DECISION', OFFICER), {
        ...{ id: 'd', decidedAt: AT, digest: 'd', witness: 'b/officer', documents: [] },
        outcome: isOpen && unknown ? one.outcome : 'LEAVE_OPEN',
        open: ['STATEMENT'],
      });
    }
  }
}

const climb = (happened: readonly Happening[]) =>
  happened.reduce<readonly SourceObservation[]>((observed, one) => {
    const isEarly =
      one.kind === 'DECIDED' && ladderStandingOf(POLICY, observed).rung !== 'DECISION';
    return isEarly ? observed : withObservation(observed, observedOf(observed, one));
  }, []);

const number = fc.integer({ min: 1, max: 2 });
const anyReply = fc
  .record({ request: number, outcome: fc.constantFrom(...ASSISTANCE_ANSWERS) })
  .map((one): Happening => ({ kind: 'REPLY', ...one }));
const anySeen = fc
  .record({ order: number, outcome: fc.constantFrom(...ON_SITE_OUTCOMES) })
  .map((one): Happening => ({ kind: 'SEEN', ...one }));
const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  anyReply,
  anySeen,
  number.map((request): Happening => ({ kind: 'SILENCE', request })),
  number.map((order): Happening => ({ kind: 'CANCELED', order })),
  fc
    .constantFrom('CONFIRM' as const, 'LEAVE_OPEN' as const)
    .map((outcome): Happening => ({ kind: 'DECIDED', outcome })),
);

test('no path up the ladder ends in a refutation without an answer that refutes', () => {
  fc.assert(
    fc.property(fc.array(anyHappening, { maxLength: 8 }), (happened) => {
      const observed = climb(happened);
      const { code } = judge(POLICY, observed);

      const refuting = observed.filter(
        ({ transport, method, fields }) =>
          transport === 'ANSWERED' &&
          method !== 'DECISION' &&
          fields.some(({ outcome }) => outcome === 'MISMATCH'),
      );
      if (code === 'REFUTED') expect(refuting.length).toBeGreaterThan(0);
      if (refuting.length === 0) expect(code).not.toBe('REFUTED');
    }),
    RUNS,
  );
});

test('silence, refusal, a canceled order and an officer together never speak against anybody', () => {
  const harmless = anyHappening.filter(
    (one) =>
      !(one.kind === 'REPLY' && one.outcome === 'DENIED') &&
      !(one.kind === 'SEEN' && one.outcome === 'REFUTED'),
  );
  fc.assert(
    fc.property(fc.array(harmless, { maxLength: 8 }), (happened) => {
      expect(['REFUTED', 'CONFLICTING']).not.toContain(judge(POLICY, climb(happened)).code);
    }),
    RUNS,
  );
});

test('a late reply overrules the presumption, also after the on-site rung', () => {
  const open = fc.constantFrom('NOT_FOUND' as const, 'CANNOT_DETERMINE' as const);
  fc.assert(
    fc.property(
      open,
      fc.boolean(),
      fc.constantFrom('CONFIRMED', 'DENIED'),
      (outcome, ends, late) => {
        const looked: Happening = ends
          ? { kind: 'CANCELED', order: 1 }
          : { kind: 'SEEN', order: 1, outcome };
        const before = climb([{ kind: 'SILENCE', request: 1 }, looked]);

        const after = withObservation(before, reply(1, late));

        expect(ladderStandingOf(POLICY, before).rung).toBe('DECISION');
        expect(['INCONCLUSIVE', 'UNAVAILABLE']).toContain(judge(POLICY, before).code);
        expect(judge(POLICY, after).code).toBe(late === 'DENIED' ? 'REFUTED' : 'CONFIRMED');
      },
    ),
    RUNS,
  );
});

test('a presumption overrules no answer, whenever it comes', () => {
  const before = climb([{ kind: 'REPLY', request: 1, outcome: 'CONFIRMED' }]);

  expect(withObservation(before, silence(1))).toEqual(before);
});

test('a late reply against an officer who confirmed goes to a person, and refutes nobody', () => {
  const before = climb([
    { kind: 'SILENCE', request: 1 },
    { kind: 'CANCELED', order: 1 },
    { kind: 'DECIDED', outcome: 'CONFIRM' },
  ]);

  expect(judge(POLICY, before).code).toBe('CONFIRMED');
  expect(judge(POLICY, withObservation(before, reply(1, 'DENIED'))).code).toBe('CONFLICTING');
});

test('the order in which people answer does not matter', () => {
  const anyAnswers = fc.uniqueArray(fc.oneof(anyReply, anySeen), {
    maxLength: 4,
    selector: (one) =>
      one.kind === 'REPLY' ? `r${one.request}` : one.kind === 'SEEN' ? `o${one.order}` : '',
  });
  fc.assert(
    fc.property(
      anyAnswers.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        ),
      ),
      ([one, other]) => {
        expect(judge(POLICY, climb(one))).toEqual(judge(POLICY, climb(other)));
        expect(ladderStandingOf(POLICY, climb(one))).toEqual(
          ladderStandingOf(POLICY, climb(other)),
        );
      },
    ),
    RUNS,
  );
});

test('two refutations are independent only with other people, documents and evidence', () => {
  const first = reply(1, 'DENIED');
  const looked = seen(1, 'REFUTED');
  const rests = (observations: readonly SourceObservation[]) =>
    isRefutedTwice({ ...judge(POLICY, observations), observations });

  expect(rests([first])).toBe(false);
  expect(rests([first, looked])).toBe(true);
  expect(rests([first, reply(2, 'DENIED')])).toBe(true);
  expect(rests([first, reply(2, 'CONFIRMED')])).toBe(false);
  const second = reply(2, 'DENIED');
  expect(areIndependent(first, { ...second, witnesses: first.witnesses ?? [] })).toBe(false);
  expect(rests([first, { ...second, witnesses: first.witnesses ?? [] }])).toBe(false);
  const shared = { documents: ['same'] };
  expect(
    rests([
      { ...first, ...shared },
      { ...second, ...shared },
    ]),
  ).toBe(false);
});

test('each rung is reached by what the one before left open, and by nothing else', () => {
  const rungAfter = (...happened: readonly Happening[]) =>
    ladderStandingOf(POLICY, climb(happened)).rung;
  const silent: Happening = { kind: 'SILENCE', request: 1 };
  const looked: Happening = { kind: 'SEEN', order: 1, outcome: 'CANNOT_DETERMINE' };

  expect(rungAfter()).toBe('ASSISTANCE');
  expect(rungAfter(silent)).toBe('ON_SITE');
  expect(rungAfter({ kind: 'REPLY', request: 1, outcome: 'CANNOT_DETERMINE' })).toBe('ON_SITE');
  expect(rungAfter({ kind: 'REPLY', request: 1, outcome: 'CONFIRMED' })).toBe('CONCLUDED');
  expect(rungAfter({ kind: 'REPLY', request: 1, outcome: 'DENIED' })).toBe('CONCLUDED');
  expect(rungAfter(silent, looked)).toBe('DECISION');
  expect(rungAfter(silent, looked, { kind: 'DECIDED', outcome: 'LEAVE_OPEN' })).toBe('CONCLUDED');
  const without = { workingDays: 10, onSite: null, decision: { workingDays: 2 } };
  expect(ladderStandingOf({ ...POLICY, terms: without }, climb([silent])).rung).toBe('DECISION');
});
