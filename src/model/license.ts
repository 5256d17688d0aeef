import type { BusinessDate } from './business-date.ts';
import type { Finding } from './finding.ts';
import type { RecordStatus } from './outcome.ts';

/** 证照类型代码 of the business license (营业执照). */
export const BUSINESS_LICENSE_TYPE = '11100000MB0143028R001';

/** An electronic license (电子证照) as one library holds it, in the hub's vocabulary. */
export interface License {
  /** 电子证照标识, GB/T 36904-2018, canonical. Null where the library tells none. */
  readonly identifier: string | null;
  /** 证照类型代码, 21 characters. */
  readonly typeCode: string;
  readonly typeName: string | null;
  /** 证照编号, as printed. */
  readonly number: string | null;
  /** 持证主体. Null when the library withholds it, as it does for licenses no longer in force. */
  readonly holderName: string | null;
  /** 持证主体代码, canonical: unified social credit code or 18-digit resident id. */
  readonly holderCode: string | null;
  /** The holder's code as the library spells it. */
  readonly holderCodeAsHeld: string | null;
  readonly legalRepresentative: string | null;
  readonly address: string | null;
  /** 颁发机构. */
  readonly issuer: string | null;
  readonly issuedOn: BusinessDate | null;
  readonly validFrom: BusinessDate | null;
  /** Last valid day, inclusive, Asia/Shanghai. Null when long-term, or when not told. */
  readonly validUntil: BusinessDate | null;
  /** True exactly when the library says that the license does not expire (长期). */
  readonly longTerm: boolean;
  /** What the library's flag says; expiry on the date that counts is computed besides. */
  readonly flaggedStatus: RecordStatus;
  /** The library's own status code or word, for the officer. */
  readonly statusAsHeld: string | null;
  /** 关联证照标识: the license that this one replaces. Null when it replaces none. */
  readonly replaces: string | null;
  /** True when only the status was told and the fields were kept back. */
  readonly withheld: boolean;
  readonly findings: readonly Finding[];
}
