import type { Caller } from '../model/caller.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { Accepted } from '../model/user-error.ts';
import type {
  Claim,
  Discrepancy,
  FollowUp,
  Verdict,
  VerdictCode,
  Verification,
  VerificationPlan,
} from '../model/verification.ts';

/** Is what was claimed true at the sources? */
export interface Verifications {
  /** @throws {HubError} CONFLICT when the key belongs to another question; AUDIT_UNAVAILABLE. */
  verify(caller: Caller, input: Verify): Promise<Accepted<Verification>>;
  /** Null when the agency has no such case or subject. Asks no source. */
  explain(
    caller: Caller,
    input: { caseId: string; subjectId: string },
  ): Promise<VerificationPlan | null>;
  /** In the order of `ids`; null where the agency has no such verification. */
  listByIds(agencyCode: string, ids: readonly string[]): Promise<readonly (Verification | null)[]>;
  /** Newest first; only those whose current verdict is `verdict`, unless null. */
  pageOf(
    agencyCode: string,
    filter: { verdict: VerdictCode | null },
    page: PageRequest,
  ): Promise<Page<Verification>>;
  /** In the order of `caseIds`, each newest first, at most 50. */
  listOfCases(
    agencyCode: string,
    caseIds: readonly string[],
  ): Promise<readonly (readonly Verification[])[]>;
  /** In the order of `subjectIds`, each newest first, at most 20. */
  listOfSubjects(
    agencyCode: string,
    subjectIds: readonly string[],
  ): Promise<readonly (readonly Verification[])[]>;
  /** In the order of `verificationIds`, each oldest first; the last one counts. */
  listVerdicts(verificationIds: readonly string[]): Promise<readonly (readonly Verdict[])[]>;
  listDiscrepancies(
    verificationIds: readonly string[],
  ): Promise<readonly (readonly Discrepancy[])[]>;
  listFollowUps(verificationIds: readonly string[]): Promise<readonly (readonly FollowUp[])[]>;
  pageOfDiscrepancies(agencyCode: string, page: PageRequest): Promise<Page<Discrepancy>>;
  /** By due date. */
  pageOfFollowUps(agencyCode: string, page: PageRequest): Promise<Page<FollowUp>>;
}

export interface Verify {
  readonly caseId: string;
  readonly subjectId: string;
  readonly claims: readonly Claim[];
  readonly idempotencyKey: string;
}
