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
  /** How the ladder ends, and how long all of it may take. Default: `DEFAULT_TERMS`. */
  readonly terms?: LadderTerms;
}

/** The one clock of a ladder, and the rungs at its end, which no requirement lists. */
export interface LadderTerms {
  /** Working days of the whole ladder, from the question. */
  readonly workingDays: number;
  /** Least that an on-site check has. Null where nothing can be seen on the spot. */
  readonly onSite: { readonly workingDays: number } | null;
  /** Least that the officer's decision has. */
  readonly decision: { readonly workingDays: number };
}

/** Twenty working days are what the deciding agency has as a whole: 行政许可法 42. */
export const DEFAULT_TERMS: LadderTerms = {
  workingDays: 20,
  onSite: { workingDays: 5 },
  decision: { workingDays: 3 },
};

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

/** With which authority people look at a field: that of the highest source the ladder names. */
export function personRanks(requirement: Requirement): {
  readonly rank: number;
  readonly fieldRanks: readonly { readonly field: ClaimField; readonly rank: number }[];
} {
  const ranks = (field: ClaimField | null) =>
    requirement.ladder.flatMap((rung) =>
      rung.method === 'ASSISTANCE'
        ? [rung.rank]
        : rung.consult.map((one) => {
            const own = one.fieldRanks.find((ranked) => ranked.field === field);
            return own?.rank ?? one.rank;
          }),
    );
  return {
    rank: Math.max(0, ...ranks(null)),
    fieldRanks: requirement.fields.map(({ field }) => ({
      ...{ field, rank: Math.max(0, ...ranks(field)) },
    })),
  };
}

/** How a requirement consults a kind of source. Null where it does not, or there is neither. */
export function consultationOf(
  requirement: Requirement | undefined,
  dataset: string | null,
): Consultation | null {
  for (const rung of requirement?.ladder ?? []) {
    if (rung.method !== 'ONLINE') continue;
    const found = rung.consult.find((one) => one.dataset === dataset);
    if (found !== undefined) return found;
  }
  return null;
}
