import type { BusinessDate } from './business-date.ts';
import type { EligibilityFinding, EligibilityOutcome } from './eligibility.ts';

/** Whether an applicant may use commitment, and on what that rests. */
export interface EligibilityCheck {
  readonly id: string;
  readonly agencyCode: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly idempotencyKey: string;
  readonly outcome: EligibilityOutcome;
  readonly findings: readonly EligibilityFinding[];
  /** Datasets that had to be asked and did not answer. */
  readonly unanswered: readonly string[];
  readonly rulesVersion: number;
  readonly checkedOn: BusinessDate;
  readonly checkedAt: Date;
  readonly checkedBy: string;
  /** Null while no officer has let the applicant commit all the same. */
  readonly decision: EligibilityDecision | null;
}

/** An officer lets an applicant commit although the check warned or could not be completed. */
export interface EligibilityDecision {
  readonly reason: string;
  readonly decidedAt: Date;
  readonly decidedBy: string;
}

/** Whether the applicant may commit by this check. A block is never overridden. */
export function mayCommit({ outcome, decision }: EligibilityCheck): boolean {
  return outcome === 'ELIGIBLE' || (outcome !== 'BLOCKED' && decision !== null);
}
