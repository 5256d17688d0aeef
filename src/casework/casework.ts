import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { Accepted } from '../model/user-error.ts';

/** Cases and the subjects bound to them; the only room that takes raw identifiers. */
export interface Casework {
  /** @throws {HubError} CONFLICT when the number is taken by a case with other contents. */
  openCase(caller: Caller, input: OpenCase): Promise<Accepted<CaseFile>>;
  /** In the order of `ids`; null where the agency has no such case. */
  listCases(agencyCode: string, ids: readonly string[]): Promise<readonly (CaseFile | null)[]>;
  /** Newest first. */
  pageOfCases(agencyCode: string, page: PageRequest): Promise<Page<CaseFile>>;
  /** In the order of `ids`; null where the agency has no such subject. */
  listSubjects(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (CaseSubject | null)[]>;
  /** In the order of `caseIds`, each in the order given when the case was opened. */
  listSubjectsOfCases(
    agencyCode: string,
    caseIds: readonly string[],
  ): Promise<readonly (readonly CaseSubject[])[]>;
}

export interface OpenCase {
  readonly matterCode: string;
  readonly caseNumber: string;
  readonly legalBasis: string;
  /** Null means today. */
  readonly acceptedOn: BusinessDate | null;
  readonly subjects: readonly { kind: SubjectKind; code: string; name: string }[];
}
