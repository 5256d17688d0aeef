import type { Caller } from '../model/caller.ts';
import type { CaseSubject } from '../model/case-file.ts';
import type { CreditProfile } from '../model/credit.ts';
import type { Enterprise } from '../model/enterprise.ts';
import type { License } from '../model/license.ts';
import type { RecordOutcome, RecordStatus } from '../model/outcome.ts';

/** What the sources say of one subject, side by side, with provenance. */
export interface Subjects {
  /**
   * Each asks one source for the purpose of the subject's case.
   *
   * @throws {HubError} SOURCE_… when the source gave no usable answer; AUDIT_UNAVAILABLE.
   */
  askLicenses(caller: Caller, question: LicensesQuestion): Promise<Sourced<LicenseNow>>;
  askRegistration(caller: Caller, question: SubjectQuestion): Promise<Sourced<Enterprise>>;
  askCreditProfile(caller: Caller, question: SubjectQuestion): Promise<Sourced<CreditProfile>>;
}

export interface SubjectQuestion {
  readonly subject: CaseSubject;
  readonly maxAgeSeconds: number;
}

export interface LicensesQuestion extends SubjectQuestion {
  readonly typeCode: string;
}

/** A license and its status on the business day of the question. */
export interface LicenseNow {
  readonly license: License;
  readonly status: RecordStatus;
}

export interface Sourced<R> {
  readonly records: readonly R[];
  readonly provenance: Provenance;
}

export interface Provenance {
  readonly source: string;
  readonly asOf: Date | null;
  readonly observedAt: Date;
  readonly recordOutcome: RecordOutcome;
  readonly reused: boolean;
  readonly evidenceDigest: string;
}
