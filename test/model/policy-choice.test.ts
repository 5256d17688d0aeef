import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { BusinessDate } from '../../src/model/business-date.ts';
import { addDays } from '../../src/model/clock.ts';
import { judge } from '../../src/model/judge.ts';
import {
  appliedVersionOf,
  choosePolicy,
  matterUnder,
  strictnessOf,
  type ToldGrade,
} from '../../src/model/policy-choice.ts';
import {
  gradedPolicyOf,
  POLICY_GRADES,
  type GradePolicy,
  type KindPolicy,
  type PolicyExemption,
  type PolicyGrade,
  type PolicyVersion,
} from '../../src/model/policy-version.ts';
import { SUBJECT_KINDS, type SubjectKind } from '../../src/model/subject-code.ts';
import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import { policyOf, requirementOf } from './observations.ts';

const TODAY = '2026-11-23' as BusinessDate;
const MATTER = STARTER_MATTERS[0]!;
const EXEMPTION: PolicyExemption = {
  ...{ opinion: '信用优良，免予核查', regulatorCode: MATTER.agencyCode },
  ...{ recordedOn: '2026-11-01' as BusinessDate, document: '监管函〔2026〕1号' },
};
const DEFAULT = policyOf([requirementOf('one', ['STATUS'])]);

function graded(grade: PolicyGrade, more: Partial<GradePolicy> = {}): GradePolicy {
  return {
    ...{ grade, timing: 'BEFORE_DECISION', withinWorkingDays: null, ladders: [] },
    ...{ exemption: null, ...more },
  };
}

const EXEMPT_A = graded('A', { exemption: EXEMPTION });
const SAMPLED_B = graded('B', { timing: 'BY_SAMPLING' });
const LATER_C = graded('C', { timing: 'AFTER_DECISION', withinWorkingDays: 10 });
const FIRST_D = graded('D');
const ALL = [EXEMPT_A, SAMPLED_B, LATER_C, FIRST_D];

function kindPolicy(kinds: readonly SubjectKind[], byGrade: readonly GradePolicy[]): KindPolicy {
  const policy = { ...DEFAULT, subjectKinds: kinds, timing: 'AFTER_DECISION' as const };
  return { policy, withinWorkingDays: 5, byGrade };
}

function versionOf(policies: readonly KindPolicy[], gradeAgeDaysMax = 365): PolicyVersion {
  return {
    ...{ id: 'v', matterCode: MATTER.code, version: 3, matterVersion: 1, reason: '分级核查' },
    ...{ effectiveFrom: TODAY, gradeAgeDaysMax, policies, agencyCode: MATTER.agencyCode },
    ...{ publishedAt: new Date('2026-11-23T01:00:00Z'), publishedBy: 'justice-1' },
  };
}

const VERSION = versionOf([kindPolicy(SUBJECT_KINDS, ALL)]);

function told(grade: PolicyGrade | null, more: Partial<ToldGrade> = {}): ToldGrade {
  return {
    ...{ source: 'credit-platform', grade, gradedOn: addDays(TODAY, -30) },
    ...{ observedAt: new Date('2026-11-23T02:00:00Z'), evidenceId: 'e', ...more },
  };
}

interface ChoiceOptions {
  readonly version?: PolicyVersion;
  readonly kind?: SubjectKind;
}

function choose(opinions: readonly ToldGrade[], options: ChoiceOptions = {}) {
  const { version = VERSION, kind = 'ENTERPRISE' } = options;
  return choosePolicy({ matter: MATTER, version, kind, told: opinions, askedOn: TODAY });
}

describe('the policy of a kind of subject and a grade', () => {
  const rows = SUBJECT_KINDS.flatMap((kind) => [
    { kind, grade: 'A', timing: 'BEFORE_DECISION', exempt: true, why: 'BY_GRADE' },
    { kind, grade: 'B', timing: 'BY_SAMPLING', exempt: false, why: 'BY_GRADE' },
    { kind, grade: 'C', timing: 'AFTER_DECISION', exempt: false, why: 'BY_GRADE' },
    { kind, grade: 'D', timing: 'BEFORE_DECISION', exempt: false, why: 'BY_GRADE' },
    { kind, grade: null, timing: 'AFTER_DECISION', exempt: false, why: 'GRADE_UNREADABLE' },
  ]) as readonly {
    kind: SubjectKind;
    grade: PolicyGrade | null;
    timing: string;
    exempt: boolean;
    why: string;
  }[];

  test.each(rows)('$kind, graded $grade: $timing, exempt $exempt', (row) => {
    const chosen = choose([told(row.grade)], { kind: row.kind });

    expect(chosen).toMatchObject({
      ...{ version: 3, subjectKind: row.kind, grade: row.grade, why: row.why },
      policy: { timing: row.timing, exemption: row.exempt ? EXEMPTION.opinion : null },
    });
    const code = judge(matterUnder(MATTER, chosen).policy, []).code;
    expect(code === 'EXEMPT').toBe(row.exempt);
    expect(appliedVersionOf(MATTER, chosen)).toBe(`${MATTER.code}@1+p3`);
  });

  test.each(SUBJECT_KINDS)('%s of whom no grade is known: the policy of no grade', (kind) => {
    expect(choose([], { kind })).toMatchObject({
      ...{ grade: null, why: 'NO_GRADE_KNOWN', exemption: null, withinWorkingDays: 5 },
      policy: { timing: 'AFTER_DECISION', exemption: null },
    });
  });

  test('each kind of subject has its own, and none is that of another', () => {
    const version = versionOf([
      kindPolicy(['ENTERPRISE'], [EXEMPT_A]),
      kindPolicy(['PERSON', 'INDIVIDUAL_BUSINESS'], []),
    ]);

    expect(choose([told('A')], { version }).exemption).toEqual(EXEMPTION);
    const person = choose([told('A')], { version, kind: 'PERSON' });
    expect(person).toMatchObject({ why: 'GRADE_DOES_NOT_MATTER', exemption: null, grade: null });
  });

  test('without a version in force the policy of the list counts', () => {
    const chosen = choosePolicy({
      ...{ matter: MATTER, version: null, kind: 'PERSON', told: [told('D')], askedOn: TODAY },
    });

    expect(chosen).toMatchObject({ version: null, why: 'NO_VERSION_IN_FORCE', policy: null });
    expect(matterUnder(MATTER, chosen)).toBe(MATTER);
    expect(appliedVersionOf(MATTER, chosen)).toBe(`${MATTER.code}@1`);
  });

  test('a grade changes when and how, and never the standard', () => {
    const ladder = [{ method: 'ONLINE', consult: [] }] as const;
    const other = graded('B', { ladders: [{ requirement: 'one', ladder }] });
    const chosen = choose([told('B')], {
      version: versionOf([kindPolicy(SUBJECT_KINDS, [other])]),
    });

    const [requirement] = chosen.policy!.requirements;
    expect(requirement).toEqual({ ...DEFAULT.requirements[0], ladder });
    expect(chosen.policy!.dateThatCounts).toBe(DEFAULT.dateThatCounts);
  });
});

describe('a grade is an opinion of a source at a time', () => {
  test('it counts to the last day of the limit, and not a day longer', () => {
    const version = versionOf([kindPolicy(SUBJECT_KINDS, ALL)], 30);

    expect(choose([told('A', { gradedOn: addDays(TODAY, -30) })], { version }).grade).toBe('A');
    const late = choose([told('A', { gradedOn: addDays(TODAY, -31) })], { version });
    expect(late).toMatchObject({ grade: null, why: 'GRADE_TOO_OLD', exemption: null });
    expect(late.opinions).toMatchObject([{ grade: 'A', standing: 'TOO_OLD' }]);
  });

  test('where the source does not tell when it graded, the day of its answer counts', () => {
    const observedAt = new Date('2026-11-01T16:30:00Z');

    const [opinion] = choose([told('B', { gradedOn: null, observedAt })]).opinions;

    expect(opinion).toMatchObject({ on: '2026-11-02', standing: 'APPLIED' });
  });

  test('a day that is yet to come makes a grade unreadable', () => {
    const chosen = choose([told('A', { gradedOn: addDays(TODAY, 1) })]);

    expect(chosen).toMatchObject({ grade: null, why: 'GRADE_UNREADABLE', exemption: null });
  });

  test('where two disagree the stricter verification is chosen, and both are named', () => {
    const chosen = choose([told('A', { source: 'x' }), told('C', { source: 'y' })]);

    expect(chosen).toMatchObject({ grade: 'C', why: 'STRICTEST_OF_SEVERAL', exemption: null });
    expect(chosen.opinions).toMatchObject([
      { source: 'x', grade: 'A', standing: 'OUTWEIGHED' },
      { source: 'y', grade: 'C', standing: 'APPLIED' },
    ]);
  });

  test('one that cannot be read keeps another one from exempting', () => {
    const chosen = choose([told('A', { source: 'x' }), told(null, { source: 'y' })]);

    expect(chosen).toMatchObject({ grade: null, why: 'STRICTEST_OF_SEVERAL', exemption: null });
  });

  test('a known grade without a policy of its own has the policy of no grade', () => {
    const version = versionOf([kindPolicy(SUBJECT_KINDS, [EXEMPT_A])]);

    expect(choose([told('D')], { version })).toMatchObject({
      ...{ grade: null, why: 'GRADE_HAS_NO_POLICY', exemption: null },
    });
  });
});

describe('laws', () => {
  const gradePolicies = fc
    .uniqueArray(fc.constantFrom(...POLICY_GRADES), { maxLength: 4 })
    .chain((grades) =>
      fc.tuple(
        ...grades.map((grade) =>
          fc
            .record({
              timing: fc.constantFrom('BEFORE_DECISION', 'AFTER_DECISION', 'BY_SAMPLING'),
              withinWorkingDays: fc.constantFrom(null, 1, 10),
              // D and even the data may claim it: the model has the last word.
              exemption: fc.constantFrom(null, EXEMPTION),
            })
            .map((more) => graded(grade, more as Partial<GradePolicy>)),
        ),
      ),
    );
  const opinions = fc.uniqueArray(
    fc.record({
      source: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      grade: fc.constantFrom(null, ...POLICY_GRADES),
      gradedOn: fc.constantFrom(null, 1, -1, -364, -365, -366, -900),
    }),
    { selector: ({ source }) => source, maxLength: 5 },
  );
  const asTold = (one: { source: string; grade: PolicyGrade | null; gradedOn: number | null }) =>
    told(one.grade, {
      source: one.source,
      gradedOn: one.gradedOn === null ? null : addDays(TODAY, one.gradedOn),
    });

  test('no grade never exempts, and D never does', () => {
    fc.assert(
      fc.property(gradePolicies, opinions, (byGrade, given) => {
        const version = versionOf([kindPolicy(SUBJECT_KINDS, byGrade)]);
        const chosen = choose(given.map(asTold), { version });
        const isExempt = chosen.exemption !== null || chosen.policy!.exemption !== null;
        if (chosen.grade === null || chosen.grade === 'D') expect(isExempt).toBe(false);
        for (const grade of [null, 'D'] as const) {
          const { policy, exemption } = gradedPolicyOf(kindPolicy(SUBJECT_KINDS, byGrade), grade);
          expect([policy.exemption, exemption]).toEqual([null, null]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the order of opinions does not matter', () => {
    fc.assert(
      fc.property(
        gradePolicies,
        opinions.chain((given) =>
          fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })),
        ),
        (byGrade, [given, shuffled]) => {
          const version = versionOf([kindPolicy(SUBJECT_KINDS, byGrade)]);
          const chosen = choose(given.map(asTold), { version });
          expect(choose(shuffled.map(asTold), { version })).toEqual(chosen);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a further opinion never makes verification less strict than the opinions before did', () => {
    fc.assert(
      fc.property(gradePolicies, opinions, (byGrade, given) => {
        const policies = kindPolicy(SUBJECT_KINDS, byGrade);
        const version = versionOf([policies]);
        const fresh = given.map(asTold).filter((one) => one.gradedOn === addDays(TODAY, -1));
        const strict = (some: readonly ToldGrade[]) =>
          strictnessOf(gradedPolicyOf(policies, choose(some, { version }).grade));
        const [all, fewer] = [strict(fresh), strict(fresh.slice(1))];
        if (fresh.length < 2) return;
        const at = all.findIndex((value, index) => value !== fewer[index]);
        expect(at < 0 || all[at]! > fewer[at]!).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
