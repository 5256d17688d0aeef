import type { AssistanceQuestion } from './assistance.ts';
import type { SubjectKind } from './subject-code.ts';

/** What is compared. See enum ClaimField of the schema. */
export const CLAIM_FIELDS = [
  'STATUS',
  'HOLDER_NAME',
  'HOLDER_CODE',
  'LICENSE_IDENTIFIER',
  'LICENSE_NUMBER',
  'VALID_UNTIL',
  'LEGAL_REPRESENTATIVE',
  'ADDRESS',
  'CAPITAL',
  'ESTABLISHED_ON',
  'CREDIT_STANDING',
  'STATEMENT',
] as const;
export type ClaimField = (typeof CLAIM_FIELDS)[number];

/** Fields the caller never states: they follow from the case, or are no matter of stating. */
export const UNSTATED_FIELDS: readonly ClaimField[] = [
  'STATUS',
  'HOLDER_CODE',
  'CREDIT_STANDING',
  'STATEMENT',
];

/** A kind of source. Which registered source answers it is the business of the composition. */
export type Dataset = 'LICENSE' | 'REGISTRATION' | 'CREDIT' | 'ASSISTANCE';

/** How claims of a matter are verified (核查办法): when, how, by which standard. Data. */
export interface VerificationPolicy {
  readonly subjectKinds: readonly SubjectKind[];
  readonly timing: 'BEFORE_DECISION' | 'AFTER_DECISION' | 'BY_SAMPLING';
  readonly followUpWorkingDays: number;
  readonly dateThatCounts: 'ACCEPTED_ON' | 'ASKED_ON';
  /** 免予核查: the regulator's recorded opinion. Null where verification is needed. */
  readonly exemption: string | null;
  readonly requirements: readonly Requirement[];
}

/** One fact the certificate would have shown. */
export interface Requirement {
  /** Stable within the matter. */
  readonly id: string;
  readonly label: string;
  readonly fields: readonly RequiredField[];
  readonly ladder: readonly Rung[];
  /** A successor of the claimed license counts as well. */
  readonly acceptsSuccessor: boolean;
}

/** A field of a requirement, and what its comparison is for. */
export interface RequiredField {
  readonly field: ClaimField;
  readonly decisive: boolean;
  readonly mustBeClaimed: boolean;
}

/**
 * One step of the fallback ladder; climbed only while an earlier one left a decisive field open.
 */
export type Rung = OnlineRung | AssistanceRung;

/** Sources that are consulted together, online (在线核查). */
export interface OnlineRung {
  readonly method: 'ONLINE';
  readonly consult: readonly Consultation[];
}

/** One source that is consulted, and what its word is worth. */
export interface Consultation {
  readonly dataset: Exclude<Dataset, 'ASSISTANCE'>;
  /** Authority for this requirement; a definite value of a higher rank wins. */
  readonly rank: number;
  /** Fields for which this source has another authority, e.g. names at the register. */
  readonly fieldRanks: readonly { readonly field: ClaimField; readonly rank: number }[];
  /** 证照类型代码. Null unless the dataset is LICENSE. */
  readonly licenseTypeCode: string | null;
  /** Evidence of the same case not older than this is used instead of asking anew. */
  readonly maxAgeSeconds: number;
}

/** Another agency that is asked, by a question set (行政协助). */
export interface AssistanceRung {
  readonly method: 'ASSISTANCE';
  readonly assistingAgency: string;
  readonly rank: number;
  readonly workingDays: number;
  readonly questions: readonly AssistanceQuestion[];
}

/** How a requirement consults a kind of source. Null where it does not, or there is neither. */
export function consultationOf(
  requirement: Requirement | undefined,
  dataset: Dataset | null,
): Consultation | null {
  for (const rung of requirement?.ladder ?? []) {
    if (rung.method !== 'ONLINE') continue;
    const found = rung.consult.find((one) => one.dataset === dataset);
    if (found !== undefined) return found;
  }
  return null;
}
