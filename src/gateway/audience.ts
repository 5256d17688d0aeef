import type { Audience } from '../generated/graphql.ts';
import type { Role } from '../model/caller.ts';

const CASE_HANDLERS: readonly Role[] = ['COUNTER', 'REGULATOR'];
const CASE_READERS: readonly Role[] = [...CASE_HANDLERS, 'JUSTICE', 'CREDIT', 'MARKET'];

/**
 * Which roles belong to which audience of the schema's `@access`; null means whoever presents a
 * valid token, also without any role. docs/reference/access.md holds the same table.
 */
export const AUDIENCE_ROLES: Readonly<Record<Audience, readonly Role[] | null>> = {
  SIGNED_IN: null,
  CASE_HANDLERS,
  CASE_READERS,
  ASSISTANCE_PARTIES: [...CASE_READERS, 'ASSIST_UNIT'],
  ASSISTANTS: ['ASSIST_UNIT'],
  OPERATORS: ['OPERATOR'],
  AUDITORS: ['AUDITOR'],
  AGENCY_STAFF: [...CASE_READERS, 'ASSIST_UNIT'],
  JUSTICE_BUREAUS: ['JUSTICE'],
  CALENDAR_KEEPERS: ['JUSTICE', 'OPERATOR'],
  SUPERVISORS: ['REGULATOR', 'JUSTICE'],
  CREDIT_KEEPERS: ['CREDIT', 'MARKET'],
  CROSS_CHECK_PARTIES: ['OPERATOR', ...CASE_READERS],
};

/** Whether a caller with these roles belongs to an audience. */
export function isIn(audience: Audience, roles: readonly Role[]): boolean {
  const members = AUDIENCE_ROLES[audience];
  return members === null || members.some((role) => roles.includes(role));
}

/** Null for a text that names no audience. */
export function parseAudience(text: unknown): Audience | null {
  return AUDIENCES.find((audience) => audience === text) ?? null;
}

const AUDIENCES = Object.keys(AUDIENCE_ROLES) as readonly Audience[];
