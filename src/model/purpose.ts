import type { Caller } from './caller.ts';
import type { CaseFile } from './case-file.ts';
import type { Matter } from './matter.ts';

/**
 * Why a source is asked. Every question carries one, every source may audit it, and without one
 * nothing is asked (purpose limitation).
 */
export interface Purpose {
  readonly caseId: string;
  /** 办件编号, the agency's own number of the case. */
  readonly caseNumber: string;
  readonly matterCode: string;
  readonly matterName: string;
  readonly legalBasis: string;
  /** Unified social credit code of the asking agency. */
  readonly agencyCode: string;
  /** The officer, as the identity provider names them; `job:<name>` for the hub itself. */
  readonly actor: string;
  /** The request in which the question was put, as in logs. */
  readonly requestId: string;
}

/** What is asked for a case, in the name of whoever asks. */
export function purposeOfCase(
  { account, requestId }: Pick<Caller, 'account' | 'requestId'>,
  { caseFile, matter }: { readonly caseFile: CaseFile; readonly matter: Matter },
): Purpose {
  return {
    caseId: caseFile.id,
    caseNumber: caseFile.caseNumber,
    matterCode: matter.code,
    matterName: matter.name,
    legalBasis: caseFile.legalBasis,
    agencyCode: caseFile.agencyCode,
    actor: account,
    requestId,
  };
}
