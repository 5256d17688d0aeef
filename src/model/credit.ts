import type { BusinessDate } from './business-date.ts';
import type { Penalty } from './enterprise.ts';
import type { Finding } from './finding.ts';

/** What a source of credit profiles may know nothing of. */
export type CreditPart = 'GRADE' | 'LISTINGS' | 'PENALTIES' | 'COMMITMENTS';

/** What the public credit platform (公共信用信息平台) holds of a subject. */
export interface CreditProfile {
  /** Canonical code of the subject. */
  readonly code: string;
  /** The code as the platform holds it, e.g. a 15-digit resident id. */
  readonly codeAsHeld: string;
  readonly name: string | null;
  /** 承诺人类别. */
  readonly category: CreditCategory;
  /** 公共信用综合评价: an opinion of the platform at a time, GB/T 45255-2025. Null when ungraded. */
  readonly grade: CreditGrade | null;
  readonly listings: readonly CreditListing[];
  readonly penalties: readonly Penalty[];
  readonly commitments: readonly CreditCommitment[];
  /** Parts that the source does not tell: that one of these is empty says nothing. */
  readonly notTold: readonly CreditPart[];
  readonly findings: readonly Finding[];
}

/** 法人及非法人组织, 自然人, 个体工商户. */
export type CreditCategory = 'ORGANIZATION' | 'PERSON' | 'INDIVIDUAL_BUSINESS' | 'UNKNOWN';

/** An opinion of the platform at a time, not a fact about the subject. */
export interface CreditGrade {
  /** A 优良, B 基本, C 观察, D 严重; UNKNOWN for any other word. */
  readonly value: 'A' | 'B' | 'C' | 'D' | 'UNKNOWN';
  readonly gradedOn: BusinessDate | null;
}

/** An entry in a list, standing or removed. */
export interface CreditListing {
  /** 严重失信主体名单, 守信激励 (red) list, 经营异常; UNKNOWN for any other. */
  readonly list: 'SERIOUSLY_DISHONEST' | 'TRUSTWORTHY' | 'ABNORMAL_OPERATION' | 'UNKNOWN';
  readonly listAsHeld: string;
  readonly reason: string | null;
  readonly authority: string | null;
  readonly since: BusinessDate | null;
  /** Day of removal or repair. Null while the entry stands. */
  readonly removedOn: BusinessDate | null;
}

/** A commitment (信用承诺) recorded at the platform. */
export interface CreditCommitment {
  /** 承诺编码: 6-digit region, yyyymmdd, 6-digit serial. */
  readonly code: string;
  readonly type: string;
  readonly reason: string | null;
  readonly madeOn: BusinessDate | null;
  /** 承诺履行状态; null while it is not yet established. */
  readonly fulfillment: 'FULFILLED' | 'PARTLY_FULFILLED' | 'NOT_FULFILLED' | 'UNKNOWN' | null;
}
