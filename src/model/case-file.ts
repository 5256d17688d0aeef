import type { BusinessDate } from './business-date.ts';
import type { Finding } from './finding.ts';
import type { Matter } from './matter.ts';
import type { SubjectKind } from './subject-code.ts';

/** A case (办件): why questions about its subjects may be asked. */
export interface CaseFile {
  readonly id: string;
  readonly agencyCode: string;
  /** 办件编号. */
  readonly caseNumber: string;
  readonly matterCode: string;
  readonly matterVersion: number;
  readonly legalBasis: string;
  readonly acceptedOn: BusinessDate;
  readonly openedAt: Date;
  readonly openedBy: string;
}

/** A subject, its case, and the matter in the version of the case. */
export interface SubjectInCase {
  readonly caseFile: CaseFile;
  readonly subject: CaseSubject;
  readonly matter: Matter;
}

/** A subject bound to a case. Its id means nothing outside it. */
export interface CaseSubject {
  readonly id: string;
  readonly caseId: string;
  readonly kind: SubjectKind;
  /** Canonical unified social credit code or 18-digit resident id. */
  readonly code: string;
  readonly codeAsGiven: string;
  /** As the applicant states it. */
  readonly name: string;
  readonly regionCode: string | null;
  readonly findings: readonly Finding[];
}

/**
 * What questions need to know of cases and matters, in the order they were named in. Null for
 * what the agency does not have.
 */
export interface CaseRecords {
  listCases(agencyCode: string, ids: readonly string[]): Promise<readonly (CaseFile | null)[]>;
  listSubjects(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (CaseSubject | null)[]>;
  listMatterVersions(
    keys: readonly { code: string; version: number }[],
  ): Promise<readonly (Matter | null)[]>;
}
