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
