import type { BusinessDate } from './business-date.ts';
import type { Finding } from './finding.ts';

/** Registration state (登记状态) of a market entity. Unknown text is `UNKNOWN`, never a guess. */
export const ENTERPRISE_STATUSES = [
  'ACTIVE',
  'DORMANT',
  'IMPAIRED',
  'LICENSE_WITHDRAWN',
  'DEREGISTERED',
  'ANNULLED',
  'MOVED_OUT',
  'UNKNOWN',
] as const;
export type EnterpriseStatus = (typeof ENTERPRISE_STATUSES)[number];

/** Lists about a market entity that a source may know nothing of. */
export type EnterpriseList =
  'FORMER_NAMES' | 'CHANGES' | 'ABNORMAL_OPERATIONS' | 'SERIOUS_VIOLATIONS' | 'PENALTIES';

/** What the publicity system (国家企业信用信息公示系统) holds of an enterprise or individual business. */
export interface Enterprise {
  /** Unified social credit code, canonical. */
  readonly code: string;
  /** 主体身份代码: survives renames and changes of code. */
  readonly entityId: string | null;
  /** 注册号, the code before 2015. */
  readonly registrationNumber: string | null;
  readonly kind: 'ENTERPRISE' | 'INDIVIDUAL_BUSINESS';
  readonly name: string;
  readonly formerNames: readonly FormerName[];
  readonly legalRepresentative: string | null;
  readonly type: string | null;
  /** 注册资本 as text with unit, e.g. `100.000000万元人民币`. */
  readonly capital: string | null;
  readonly establishedOn: BusinessDate | null;
  readonly validFrom: BusinessDate | null;
  readonly validUntil: BusinessDate | null;
  readonly longTerm: boolean;
  readonly address: string | null;
  readonly scope: string | null;
  readonly authority: string | null;
  readonly status: EnterpriseStatus;
  readonly statusAsHeld: string | null;
  readonly changes: readonly RegistrationChange[];
  readonly abnormalOperations: readonly AbnormalOperation[];
  readonly seriousViolations: readonly SeriousViolation[];
  readonly penalties: readonly Penalty[];
  /** Lists that the source does not tell: that one of these is empty says nothing. */
  readonly notTold: readonly EnterpriseList[];
  readonly findings: readonly Finding[];
}

/** 曾用名, as the change of the register tells it. */
export interface FormerName {
  readonly name: string;
  /** The day the name was changed. */
  readonly until: BusinessDate | null;
}

/** 变更记录: one item, before and after. */
export interface RegistrationChange {
  readonly item: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly changedOn: BusinessDate | null;
}

/** An entry in the list of abnormal operations (经营异常名录), or a mark on an individual business. */
export interface AbnormalOperation {
  /** Enterprises are listed (列入); individual businesses are marked (标记). */
  readonly mode: 'LISTED' | 'MARKED';
  readonly reason: string | null;
  readonly since: BusinessDate | null;
  readonly authority: string | null;
  /** Null while the entry stands. */
  readonly removedOn: BusinessDate | null;
}

/** An entry in the list of serious violations (严重违法失信名单). */
export interface SeriousViolation {
  readonly reason: string | null;
  readonly since: BusinessDate | null;
  readonly authority: string | null;
  readonly removedOn: BusinessDate | null;
}

/** An administrative penalty (行政处罚). */
export interface Penalty {
  readonly documentNumber: string | null;
  readonly act: string | null;
  readonly content: string | null;
  readonly authority: string | null;
  readonly decidedOn: BusinessDate | null;
  /** Last day of publicity (公示截止期). Null when the source does not tell. */
  readonly publicUntil: BusinessDate | null;
}
