import type { BusinessDate } from './business-date.ts';
import type { VerificationPolicy } from './policy.ts';

/** A certification matter (证明事项) as the list of its day had it. */
export interface Matter {
  /** 实施编码, GB/T 39554.1-2020. */
  readonly code: string;
  /** Counts from 1 within the matter. */
  readonly version: number;
  readonly name: string;
  readonly priorityField: PriorityField;
  readonly itemType: 'LICENSE' | 'CONFIRMATION' | 'BENEFIT';
  /** 索要单位: the agency that demands the certificate. */
  readonly agencyCode: string;
  readonly agencyName: string;
  /** The certificate a commitment replaces. */
  readonly certificate: string;
  /** 设定依据. */
  readonly legalBasis: string;
  /** Why commitments are shown to the public (公开承诺书). Null where they are not. */
  readonly publicity: PublicityGround | null;
  readonly effectiveFrom: BusinessDate;
  /** Last day in force, inclusive. Null while open-ended. */
  readonly effectiveUntil: BusinessDate | null;
  readonly policy: VerificationPolicy;
}

/** 涉及社会公共利益, 涉及第三人利益, 核查难度较大: the plan's section 7. */
export type PublicityGround = 'PUBLIC_INTEREST' | 'THIRD_PARTY_INTEREST' | 'HARD_TO_VERIFY';

/** The fields in which the city's plan wants the regime first (section 2). */
export type PriorityField =
  | 'HOUSEHOLD_REGISTRATION'
  | 'MARKET_ACCESS'
  | 'QUALIFICATION_EXAM'
  | 'SOCIAL_INSURANCE'
  | 'SOCIAL_ASSISTANCE'
  | 'HEALTH_EXAMINATION'
  | 'LEGAL_SERVICE';

/** Names the policy that was applied, as verdicts store it. */
export function policyVersionOf(matter: Matter): string {
  return `${matter.code}@${matter.version}`;
}
