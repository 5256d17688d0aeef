import type { BusinessDate } from './business-date.ts';
import type {
  Comparison,
  FieldOutcome,
  Hop,
  RecordOutcome,
  RecordStatus,
  TransportOutcome,
} from './outcome.ts';
import type { ClaimField, Dataset } from './policy.ts';
import type { PolicyChoice } from './policy-choice.ts';

/** Something the applicant states. */
export interface Claim {
  readonly requirement: string;
  readonly field: ClaimField;
  readonly value: string;
}

/** One question: is what this subject claims true at the sources? */
export interface Verification {
  readonly id: string;
  readonly agencyCode: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly claims: readonly Claim[];
  readonly askedAt: Date;
  readonly askedBy: string;
}

export type VerdictCode =
  'CONFIRMED' | 'REFUTED' | 'CONFLICTING' | 'INCONCLUSIVE' | 'PENDING' | 'UNAVAILABLE' | 'EXEMPT';

export type Refutation = 'NO_SUCH_RECORD' | 'FIELD_MISMATCH' | 'STATUS_NOT_VALID';

/** Belnap's four values: ⊥, T, F, ⊤. */
export type Belief = 'UNKNOWN' | 'TRUE' | 'FALSE' | 'CONTRADICTORY';

/**
 * What one source contributed to one requirement, reduced to outcomes. The only input of
 * `judge`, stored with the verdict, so that the verdict can be recomputed from it.
 */
export interface SourceObservation {
  readonly requirement: string;
  readonly source: string;
  readonly dataset: ObservedDataset;
  readonly method: ObservedMethod;
  readonly rank: number;
  readonly transport: TransportOutcome;
  /** Null exactly when answered. */
  readonly hop: Hop | null;
  /** Fault code with finer reason. Null exactly when answered. */
  readonly fault: string | null;
  /** ISO 8601, UTC. When asking again makes sense. Null when unknown. */
  readonly retryAt: string | null;
  /** Null exactly when not answered. */
  readonly recordOutcome: RecordOutcome | null;
  /** On the date that counts. Null when there is no single record, or it has no status. */
  readonly status: RecordStatus | null;
  readonly fields: readonly ObservedField[];
  /** Facts met on the way that a reader of the verdict needs. */
  readonly notes: readonly ObservationNote[];
  /** ISO 8601, UTC. */
  readonly asOf: string | null;
  readonly observedAt: string | null;
  readonly evidenceId: string | null;
  readonly evidenceDigest: string | null;
  /** Which request or order it belongs to. Absent for sources that answer by themselves. */
  readonly reference?: string;
  /** Who looked, each with their agency, where people did. */
  readonly witnesses?: readonly string[];
  /** SHA-256 of the documents it rests on, where people looked. */
  readonly documents?: readonly string[];
}

/** How something was observed; the last two by people of the asking agency. */
export type ObservedMethod = 'ONLINE' | 'ASSISTANCE' | 'ON_SITE' | 'DECISION';

/** What was looked at. */
export type ObservedDataset = Dataset | 'ON_SITE' | 'DECISION';

/** How one field compares with what one source holds. */
export interface ObservedField {
  readonly field: ClaimField;
  readonly outcome: FieldOutcome;
  /** Authority of the source for this field; a definite value of a higher rank wins. */
  readonly rank: number;
  readonly rules: Comparison['rules'];
}

/** A fact met on the way, told with the verdict as a reason. */
export interface ObservationNote {
  readonly code:
    | 'FORMER_NAME'
    | 'SUCCESSOR_EXISTS'
    | 'SUCCESSOR_FOLLOWED'
    | 'STANDING_LISTING'
    | 'ASSISTANCE_PENDING'
    | 'ASSISTANCE_UNDELIVERED'
    | 'ASSISTANCE_OVERDUE'
    | 'ASSISTANCE_ENDED'
    | 'ASSISTANCE_NOT_ASKED'
    | 'ASSISTANCE_UNDETERMINED'
    | 'ON_SITE_ENDED'
    | 'ON_SITE_UNDETERMINED'
    | 'OFFICER_DECIDED'
    | 'OFFICER_LEFT_OPEN'
    | 'ANOMALY_HOLD';
  readonly field: ClaimField | null;
  /** Fixed words, codes, dates, license identifiers. Never a personal value. */
  readonly detail: string | null;
}

export type ReasonCode =
  | 'SOURCE_DID_NOT_ANSWER'
  | 'ABSENCE_MEANS_NOTHING'
  | 'SEVERAL_RECORDS'
  | 'FIELD_NOT_HELD'
  | 'FIELD_WITHHELD'
  | 'NOT_COMPARABLE'
  | 'APPROXIMATE_MATCH'
  | 'STATUS_UNKNOWN'
  | 'VALUE_DIFFERS'
  | 'RECORD_NOT_VALID'
  | 'NO_SUCH_RECORD'
  | 'SOURCES_CONTRADICT'
  | 'LOWER_RANK_DISSENTS'
  | ObservationNote['code'];

/** Why a verdict is what it is: which requirement, field, source and hop; null where none. */
export interface Reason {
  readonly code: ReasonCode;
  readonly requirement: string | null;
  readonly field: ClaimField | null;
  readonly source: string | null;
  readonly hop: Hop | null;
  readonly detail: string | null;
}

/** One source's word on a field. */
export interface FieldBySource {
  readonly source: string;
  readonly rank: number;
  readonly outcome: FieldOutcome;
  readonly belief: Belief;
  readonly rules: readonly string[];
}

/** What the sources together say about one field. */
export interface FieldVerdict {
  readonly field: ClaimField;
  readonly decisive: boolean;
  readonly belief: Belief;
  readonly bySource: readonly FieldBySource[];
  /** Sources whose definite value lost against a higher rank. */
  readonly dissent: readonly string[];
}

/** What the sources together say about one requirement. */
export interface RequirementVerdict {
  readonly id: string;
  readonly label: string;
  readonly belief: Belief;
  readonly fields: readonly FieldVerdict[];
  /** Identifier of the license that replaced the claimed one. Null when none is known. */
  readonly successor: string | null;
}

/** What `judge` says: pure, the same observations under the same policy give the same judgement. */
export interface Judgement {
  readonly code: VerdictCode;
  readonly refutation: Refutation | null;
  readonly reasons: readonly Reason[];
  readonly requirements: readonly RequirementVerdict[];
  /** ISO 8601, UTC: the earliest moment at which asking again makes sense. Null when unknown. */
  readonly retryAt: string | null;
}

/** A recorded judgement. Immutable; a correction is a new one with the next number. */
export interface Verdict extends Judgement {
  readonly id: string;
  readonly verificationId: string;
  readonly number: number;
  readonly observations: readonly SourceObservation[];
  readonly relevantOn: BusinessDate;
  readonly dueOn: BusinessDate | null;
  readonly dueIsProvisional: boolean;
  readonly policyVersion: string;
  /** Which policy was applied and why. Null for verdicts from before policies were chosen. */
  readonly policyChoice: PolicyChoice | null;
  readonly normalizerVersion: string;
  readonly decidedAt: Date;
  readonly cause: VerdictCause;
  readonly supersedes: string | null;
}

/** What led to a verdict. */
export type VerdictCause =
  | 'ASKED'
  | 'ASSISTANCE_REPLIED'
  | 'ASSISTANCE_UNANSWERED'
  | 'ANSWER_CAME_LATE'
  | 'ON_SITE_REPORTED'
  | 'ON_SITE_ENDED'
  | 'OFFICER_DECIDED';

/** Sources of equal rank contradict each other on a field. */
export interface Discrepancy {
  readonly id: string;
  readonly verificationId: string;
  readonly requirement: string;
  readonly field: ClaimField;
  readonly sources: readonly string[];
  readonly openedAt: Date;
}

/** What the agency still has to do because a verification did not settle the question. */
export interface FollowUp {
  readonly id: string;
  readonly verificationId: string;
  readonly kind: 'VERIFY_AGAIN' | 'DECIDE_BY_PERSON';
  readonly dueOn: BusinessDate;
  readonly dueIsProvisional: boolean;
  readonly createdAt: Date;
}

/** What `verify` would do, without asking anybody. */
export interface VerificationPlan {
  readonly policyVersion: string;
  readonly choice: PolicyChoice;
  readonly legalBasis: string;
  readonly timing: 'BEFORE_DECISION' | 'AFTER_DECISION' | 'BY_SAMPLING';
  readonly relevantOn: BusinessDate;
  readonly exemption: string | null;
  readonly steps: readonly PlanStep[];
}

/** One source that would be consulted, or people who would be asked, look or decide. */
export interface PlanStep {
  readonly requirement: string;
  readonly rung: number;
  readonly method: 'ONLINE' | 'ASSISTANCE' | 'ON_SITE' | 'DECISION';
  readonly dataset: ObservedDataset;
  /** Asked first. Empty where none is registered for it. */
  readonly source: string;
  readonly rank: number;
  readonly questions: number;
  readonly expectedMs: number | null;
  readonly workingDays: number | null;
  readonly fields: readonly ClaimField[];
}
