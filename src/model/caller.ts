/** Roles of accounts. See enum Role of the schema. */
export const ROLES = [
  'COUNTER',
  'REGULATOR',
  'JUSTICE',
  'OPERATOR',
  'CREDIT',
  'MARKET',
  'ASSIST_UNIT',
  'AUDITOR',
] as const;
export type Role = (typeof ROLES)[number];

/** On whose behalf a request runs, as its token names them. */
export interface Caller {
  readonly account: string;
  /** Unified social credit code of the agency. */
  readonly agencyCode: string;
  readonly roles: readonly Role[];
  /** Finer permissions, e.g. `evidence:read`: see source values of persons unmasked. */
  readonly scopes: readonly string[];
  /** Names this request in logs, journal and answer. */
  readonly requestId: string;
}
