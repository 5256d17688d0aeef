import type { BusinessDate } from './business-date.ts';
import type { Rung, VerificationPolicy } from './policy.ts';
import type { SubjectKind } from './subject-code.ts';

/** 公共信用综合评价, GB/T 45255-2025, the best first: A 优良, B 基本, C 观察, D 严重. */
export const POLICY_GRADES = ['A', 'B', 'C', 'D'] as const;
/** A member of `POLICY_GRADES`. */
export type PolicyGrade = (typeof POLICY_GRADES)[number];

/** Verification policies of a matter in one of their versions. Immutable. */
export interface PolicyVersion {
  readonly id: string;
  /** 实施编码. */
  readonly matterCode: string;
  /** Counts from 1 within the matter. */
  readonly version: number;
  /** The version of the matter it was written for; it counts for no other. */
  readonly matterVersion: number;
  /** Counts for applications accepted on this day or later. */
  readonly effectiveFrom: BusinessDate;
  readonly reason: string;
  /** A credit grade that is older than this is none. Null where no grade has a policy. */
  readonly gradeAgeDaysMax: number | null;
  /** Together one for each kind of subject that may apply. */
  readonly policies: readonly KindPolicy[];
  readonly agencyCode: string;
  readonly publishedAt: Date;
  readonly publishedBy: string;
}

/** How claims of some kinds of subject are verified. */
export interface KindPolicy {
  /** Where no grade is known. Never exempt. */
  readonly policy: VerificationPolicy;
  /** Working days from the decision. Null unless the timing is AFTER_DECISION. */
  readonly withinWorkingDays: number | null;
  /** From A to D, at most one for a grade. */
  readonly byGrade: readonly GradePolicy[];
}

/** What is different for one credit grade: when, how, or exempt, and nothing else. */
export interface GradePolicy {
  readonly grade: PolicyGrade;
  readonly timing: VerificationPolicy['timing'];
  readonly withinWorkingDays: number | null;
  /** Requirements with another ladder, each once. */
  readonly ladders: readonly GradeLadder[];
  /** Never for D. Null where verification is needed. */
  readonly exemption: PolicyExemption | null;
}

/** Another ladder for one requirement. */
export interface GradeLadder {
  readonly requirement: string;
  readonly ladder: readonly Rung[];
}

/** 免予核查: the recorded opinion of the regulator (行业监管部门): who, when, and where it stands. */
export interface PolicyExemption {
  readonly opinion: string;
  /** 统一社会信用代码 of the regulator. */
  readonly regulatorCode: string;
  readonly recordedOn: BusinessDate;
  /** Number of the document (文号). */
  readonly document: string;
}

/** When and how claims are verified under one grade, or under none. */
export interface GradedPolicy {
  /** With the opinion as its exemption, where there is one. */
  readonly policy: VerificationPolicy;
  readonly withinWorkingDays: number | null;
  readonly exemption: PolicyExemption | null;
}

/** The policies for one kind of subject. Null where the version has none. */
export function kindPolicyOf(
  { policies }: Pick<PolicyVersion, 'policies'>,
  kind: SubjectKind,
): KindPolicy | null {
  return policies.find(({ policy }) => policy.subjectKinds.includes(kind)) ?? null;
}

/** Whether a grade has a policy of its own. */
export function hasPolicyOf({ byGrade }: KindPolicy, grade: PolicyGrade | null): boolean {
  return byGrade.some((one) => one.grade === grade);
}

/**
 * The policy of a grade: that of no grade, with another when, how or exemption. No grade, and D,
 * are never exempt, whatever is written.
 */
export function gradedPolicyOf(kindPolicy: KindPolicy, grade: PolicyGrade | null): GradedPolicy {
  const { policy, withinWorkingDays, byGrade } = kindPolicy;
  const own = byGrade.find((one) => one.grade === grade);
  const plain = { ...policy, exemption: null };
  if (own === undefined) return { policy: plain, withinWorkingDays, exemption: null };
  const exemption = own.grade === 'D' ? null : own.exemption;
  const ladders = new Map(own.ladders.map(({ requirement, ladder }) => [requirement, ladder]));
  return {
    policy: {
      ...plain,
      timing: own.timing,
      exemption: exemption?.opinion ?? null,
      requirements: policy.requirements.map((requirement) => ({
        ...requirement,
        ladder: ladders.get(requirement.id) ?? requirement.ladder,
      })),
    },
    withinWorkingDays: own.withinWorkingDays,
    exemption,
  };
}
