import type { BusinessDate } from './business-date.ts';

/** 信用承诺信息: one commitment as the public credit platform takes it (18 elements). */
export interface CommitmentRecord {
  /** 承诺编码: 6-digit region, yyyymmdd of the commitment, 6-digit serial. */
  readonly code: string;
  readonly subjectName: string;
  /** 承诺人类别. */
  readonly subjectCategory: 'ORGANIZATION' | 'PERSON' | 'INDIVIDUAL_BUSINESS';
  /** 承诺人代码: unified social credit code, or resident id. */
  readonly subjectCode: string;
  /** 承诺类型. */
  readonly type: CommitmentType;
  /** 承诺事由, at most 512 characters. */
  readonly reason: string;
  /** 承诺内容, at most 4000 characters. */
  readonly content: string;
  /** 违诺责任, at most 4000 characters. */
  readonly liability: string;
  readonly madeOn: BusinessDate;
  /** 承诺有效期. Null for none. */
  readonly validUntil: BusinessDate | null;
  /** 承诺受理单位 and its unified social credit code. */
  readonly acceptedBy: { readonly name: string; readonly code: string };
  /** 公开类型. */
  readonly publicity: 'PUBLIC' | 'LIMITED' | 'NOT_PUBLIC';
  /** 履约践诺. Null until it has been established. */
  readonly fulfillment: Fulfillment | null;
  readonly remarks: string | null;
}

/** 证明事项型 is the one of this regime. */
export type CommitmentType =
  | 'APPROVAL_SUBSTITUTION'
  | 'DEFERRED_DOCUMENTS'
  | 'CERTIFICATION'
  | 'CREDIT_REPAIR'
  | 'INDUSTRY_SELF_REGULATION'
  | 'VOLUNTARY';

/** 承诺履行状态, and by whom it was established. */
export interface Fulfillment {
  readonly status: 'FULFILLED' | 'PARTLY_FULFILLED' | 'NOT_FULFILLED';
  /** 未履行的承诺内容; required unless fulfilled. */
  readonly unperformed: string | null;
  /** 违诺责任追究内容; required unless fulfilled. */
  readonly sanction: string | null;
  readonly establishedOn: BusinessDate;
  readonly establishedBy: { readonly name: string; readonly code: string };
}
