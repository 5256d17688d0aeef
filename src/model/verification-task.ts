import type { BusinessDate } from './business-date.ts';

/** A commitment that is to be verified again, because a finding touches it. */
export interface VerificationTask {
  readonly id: string;
  readonly findingId: string;
  readonly commitmentId: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly openedAt: Date;
  readonly dueOn: BusinessDate;
  readonly dueIsProvisional: boolean;
  /** The first verification of the subject that was asked afterwards. Null while it is open. */
  readonly verificationId: string | null;
}
