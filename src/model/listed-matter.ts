import type { BusinessDate } from './business-date.ts';
import type { Matter, PriorityField, PublicityGround } from './matter.ts';
import type { VerificationPolicy } from './policy.ts';

/** Why a matter is not fit for commitments at all: section 2 of the plan names seven grounds. */
export const EXCLUSION_GROUNDS = [
  'NATIONAL_SECURITY',
  'STATE_SECRETS',
  'PUBLIC_SAFETY',
  'FINANCIAL_PRUDENCE',
  'ENVIRONMENT',
  'LIFE_HEALTH_PROPERTY',
  'FOREIGN_AFFAIRS',
] as const;
export type ExclusionGround = (typeof EXCLUSION_GROUNDS)[number];

/** How hard the certificate is to obtain for whoever needs it (获取难度). */
export const OBTAINING = ['EASY', 'MODERATE', 'HARD'] as const;
export type Obtaining = (typeof OBTAINING)[number];

/** Risks weighed (风险评估, section 14 of the plan), each 0 to 5. */
export interface MatterRisk {
  readonly legal: number;
  readonly security: number;
  readonly social: number;
  /** 涉及经济利益价值较高. */
  readonly isHighValue: boolean;
  /** 事中事后核查难度较大. */
  readonly isHardToVerify: boolean;
  /** Liability insurance (责任保险) that covers it. Null where there is none. */
  readonly insuranceReference: string | null;
}

/** 免予核查: only with the recorded opinion of the regulator (section 10 of the plan). */
export interface MatterExemption {
  readonly opinion: string;
  /** 统一社会信用代码 of the regulator (行业监管部门). */
  readonly regulatorCode: string;
  readonly recordedOn: BusinessDate;
}

/** A certification matter as one version of a list (清单) has it. */
export interface ListedMatter {
  /** 实施编码. */
  readonly code: string;
  readonly name: string;
  /** Null where it is in none of the seven fields of the plan. */
  readonly priorityField: PriorityField | null;
  readonly itemType: Matter['itemType'];
  /** 索要单位. */
  readonly agencyCode: string;
  readonly agencyName: string;
  readonly certificate: string;
  /** 设定依据. */
  readonly legalBasis: string;
  /** Times a year the certificate is demanded (使用频次). Null where nobody has counted. */
  readonly usesPerYear: number | null;
  readonly obtaining: Obtaining;
  /** 证照类型代码 where the certificate is a legal license (法定证照). Null where it is not. */
  readonly licenseTypeCode: string | null;
  /** By the word of whoever listed it: it can be checked online. */
  readonly onlineVerifiable: boolean;
  /** Why commitments are shown to the public (公开承诺书). Null where they are not. */
  readonly publicity: PublicityGround | null;
  readonly exemption: MatterExemption | null;
  /** Null where nobody has weighed it. */
  readonly risk: MatterRisk | null;
  readonly exclusions: readonly ExclusionGround[];
  readonly exclusionNote: string | null;
  /** Commitments are taken under it. Never true beside an exclusion ground. */
  readonly isActive: boolean;
  /** Agencies that have to take it over (承接单位). Empty on the list of the agency itself. */
  readonly adoptingAgencies: readonly string[];
  /** Its exemption follows from `exemption`. Null where the hub does not verify it yet. */
  readonly policy: VerificationPolicy | null;
}

/** What a version does to one matter. */
export type ListChangeKind = 'ADDED' | 'REMOVED' | 'CHANGED';

/** One change of a version against the one before. */
export interface ListChange {
  readonly code: string;
  readonly kind: ListChangeKind;
  /** From then on. Null exactly where it was removed. */
  readonly entry: ListedMatter | null;
}

/** Changes that lead from one content to another, in the order of codes. */
export function diffLists(
  before: ReadonlyMap<string, ListedMatter>,
  after: ReadonlyMap<string, ListedMatter>,
  isSame: (one: ListedMatter, other: ListedMatter) => boolean,
): readonly ListChange[] {
  const codes = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return codes.flatMap((code): readonly ListChange[] => {
    const [was, is] = [before.get(code), after.get(code)];
    if (is === undefined) return [{ code, kind: 'REMOVED', entry: null }];
    if (was === undefined) return [{ code, kind: 'ADDED', entry: is }];
    return isSame(was, is) ? [] : [{ code, kind: 'CHANGED', entry: is }];
  });
}

/** The risks added up, 0 to 15. Null where nobody has weighed them. */
export function riskScoreOf({ risk }: Pick<ListedMatter, 'risk'>): number | null {
  return risk === null ? null : risk.legal + risk.security + risk.social;
}

/** Whether liability insurance is advised, and there is none yet. */
export function lacksInsurance({ risk }: Pick<ListedMatter, 'risk'>): boolean {
  if (risk === null) return false;
  return (risk.isHighValue || risk.isHardToVerify) && risk.insuranceReference === null;
}
