import type { BusinessDate } from './business-date.ts';
import { addDays, businessDate } from './clock.ts';
import { policyVersionOf, type Matter } from './matter.ts';
import type { Rung, VerificationPolicy } from './policy.ts';
import {
  gradedPolicyOf,
  hasPolicyOf,
  kindPolicyOf,
  POLICY_GRADES,
  type GradedPolicy,
  type KindPolicy,
  type PolicyExemption,
  type PolicyGrade,
  type PolicyVersion,
} from './policy-version.ts';
import type { SubjectKind } from './subject-code.ts';

/** What a source said of the subject's credit when it was last asked for this case. */
export interface ToldGrade {
  readonly source: string;
  /** Null where it cannot be read: a word that is no grade of the standard, or several records. */
  readonly grade: PolicyGrade | null;
  /** Day of the grading. Null where the source does not tell it. */
  readonly gradedOn: BusinessDate | null;
  readonly observedAt: Date;
  /** The answer it was read from. */
  readonly evidenceId: string;
}

/** The opinion of a source at a time, and what became of it. */
export interface GradeOpinion {
  readonly source: string;
  /** Null where it cannot be read. */
  readonly grade: PolicyGrade | null;
  /** Day of the grading where the source tells it, else of the answer. */
  readonly on: BusinessDate;
  /** ISO 8601, UTC. */
  readonly observedAt: string;
  readonly evidenceId: string;
  readonly standing: OpinionStanding;
}

/** See enum OpinionStanding of the schema. */
export type OpinionStanding = 'APPLIED' | 'OUTWEIGHED' | 'TOO_OLD' | 'UNREADABLE';

/** See enum PolicyChoiceReason of the schema. */
export type PolicyChoiceReason =
  | 'NO_VERSION_IN_FORCE'
  | 'GRADE_DOES_NOT_MATTER'
  | 'NO_GRADE_KNOWN'
  | 'GRADE_TOO_OLD'
  | 'GRADE_UNREADABLE'
  | 'BY_GRADE'
  | 'GRADE_HAS_NO_POLICY'
  | 'STRICTEST_OF_SEVERAL';

/** Which policy a question is judged by, and why. A verdict keeps it whole. */
export interface PolicyChoice {
  /** Version of the policies. Null where the policy of the list was applied. */
  readonly version: number | null;
  readonly matterVersion: number;
  readonly subjectKind: SubjectKind;
  /** The grade whose policy was applied. Null: the policy of no grade. */
  readonly grade: PolicyGrade | null;
  readonly why: PolicyChoiceReason;
  /** By source. */
  readonly opinions: readonly GradeOpinion[];
  readonly gradeAgeDaysMax: number | null;
  readonly withinWorkingDays: number | null;
  readonly exemption: PolicyExemption | null;
  /** What was applied. Null where it is the policy of the list. */
  readonly policy: VerificationPolicy | null;
}

/** What a policy is chosen by. */
export interface ChoiceFacts {
  readonly matter: Pick<Matter, 'version'>;
  /** Null where none is in force for the matter. */
  readonly version: PolicyVersion | null;
  readonly kind: SubjectKind;
  /** The last word of each source, in any order. */
  readonly told: readonly ToldGrade[];
  /** Day of the question. */
  readonly askedOn: BusinessDate;
}

/**
 * Chooses a policy. A grade is always an opinion of a source at a time: too old a one is none, an
 * unreadable one counts as no grade, and where opinions disagree the one that asks for the stricter
 * verification decides. Without any the policy of no grade counts, which is never exempt.
 */
export function choosePolicy({ matter, version, kind, told, askedOn }: ChoiceFacts): PolicyChoice {
  const base = { matterVersion: matter.version, subjectKind: kind };
  const kindPolicy = version === null ? null : kindPolicyOf(version, kind);
  if (version === null || kindPolicy === null)
    return { ...base, ...OF_THE_LIST, why: 'NO_VERSION_IN_FORCE' };

  const { gradeAgeDaysMax } = version;
  const chosenAs = (
    grade: PolicyGrade | null,
    why: PolicyChoiceReason,
    opinions: readonly GradeOpinion[],
  ): PolicyChoice => ({
    ...{ ...base, version: version.version, grade, why, opinions, gradeAgeDaysMax },
    ...gradedPolicyOf(kindPolicy, grade),
  });
  if (kindPolicy.byGrade.length === 0 || gradeAgeDaysMax === null)
    return chosenAs(null, 'GRADE_DOES_NOT_MATTER', []);

  const since = addDays(askedOn, -gradeAgeDaysMax);
  const opinions = told.map((one) => opinionOf(one, since)).toSorted(bySource);
  const fresh = opinions.filter(({ standing }) => standing !== 'TOO_OLD');
  const [strictest] = fresh
    .map(({ grade }) => grade)
    .toSorted((one, other) => compareStrictness(kindPolicy, one, other));
  if (strictest === undefined)
    return chosenAs(null, opinions.length === 0 ? 'NO_GRADE_KNOWN' : 'GRADE_TOO_OLD', opinions);
  const weighed = opinions.map((one) => outweighedUnless(strictest, one));
  const grade = hasPolicyOf(kindPolicy, strictest) ? strictest : null;
  return chosenAs(grade, reasonFor(kindPolicy, strictest, fresh), weighed);
}

const OF_THE_LIST = {
  ...{ version: null, grade: null, opinions: [], gradeAgeDaysMax: null, withinWorkingDays: null },
  ...{ exemption: null, policy: null },
} as const;

/** The matter with the policy that was chosen for a question about it. */
export function matterUnder(matter: Matter, choice: PolicyChoice | null): Matter {
  return choice === null || choice.policy === null ? matter : { ...matter, policy: choice.policy };
}

/** Names the policy that was applied, as verdicts store it: `code@2`, or `code@2+p3`. */
export function appliedVersionOf(matter: Matter, choice: PolicyChoice | null): string {
  const version = choice?.version ?? null;
  return version === null ? policyVersionOf(matter) : `${policyVersionOf(matter)}+p${version}`;
}

/** A day that is yet to come is none: nobody knows what such a grade is worth. */
function opinionOf(told: ToldGrade, since: BusinessDate): GradeOpinion {
  const observedOn = businessDate(told.observedAt);
  const { source, evidenceId, gradedOn } = told;
  const isYetToCome = gradedOn !== null && gradedOn > observedOn;
  const on = gradedOn === null || isYetToCome ? observedOn : gradedOn;
  const grade = isYetToCome ? null : told.grade;
  const readable = grade === null ? 'UNREADABLE' : 'APPLIED';
  return {
    ...{ source, evidenceId, grade, on, observedAt: told.observedAt.toISOString() },
    standing: on < since ? 'TOO_OLD' : readable,
  };
}

function outweighedUnless(strictest: PolicyGrade | null, opinion: GradeOpinion): GradeOpinion {
  const isOther = opinion.standing === 'APPLIED' && opinion.grade !== strictest;
  return isOther ? { ...opinion, standing: 'OUTWEIGHED' } : opinion;
}

function reasonFor(
  kindPolicy: KindPolicy,
  strictest: PolicyGrade | null,
  fresh: readonly GradeOpinion[],
): PolicyChoiceReason {
  if (new Set(fresh.map(({ grade }) => grade)).size > 1) return 'STRICTEST_OF_SEVERAL';
  if (strictest === null) return 'GRADE_UNREADABLE';
  return hasPolicyOf(kindPolicy, strictest) ? 'BY_GRADE' : 'GRADE_HAS_NO_POLICY';
}

/** The stricter verification first; among equals the worse grade: the order never matters. */
function compareStrictness(
  kindPolicy: KindPolicy,
  one: PolicyGrade | null,
  other: PolicyGrade | null,
): number {
  const [left, right] = [one, other].map((grade) => [
    ...strictnessOf(gradedPolicyOf(kindPolicy, grade)),
    severityOf(grade),
  ]) as [number[], number[]];
  for (const [at, value] of left.entries())
    if (value !== right[at]) return (right[at] ?? 0) - value;
  return 0;
}

const TIMINGS: readonly VerificationPolicy['timing'][] = [
  'BY_SAMPLING',
  'AFTER_DECISION',
  'BEFORE_DECISION',
];

/**
 * How strict a verification is, the weightiest first: whether there is any, how early, how soon
 * after the decision, and how many are asked.
 */
export function strictnessOf({ policy, withinWorkingDays }: GradedPolicy): readonly number[] {
  const asked = policy.requirements.flatMap(({ ladder }) => ladder.map(askedBy));
  return [
    policy.exemption === null ? 1 : 0,
    TIMINGS.indexOf(policy.timing),
    -(withinWorkingDays ?? 0),
    asked.reduce((sum, count) => sum + count, 0),
  ];
}

function askedBy(rung: Rung): number {
  return rung.method === 'ONLINE' ? rung.consult.length : 1;
}

/** 0 for no grade, then A to D. */
function severityOf(grade: PolicyGrade | null): number {
  return grade === null ? 0 : POLICY_GRADES.indexOf(grade) + 1;
}

function bySource({ source: one }: GradeOpinion, { source: other }: GradeOpinion): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
