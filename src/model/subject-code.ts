import { hasFinding, parsed, refused, type Parsed } from './finding.ts';
import { parseResidentId, type ResidentId } from './resident-id.ts';
import {
  parseUnifiedSocialCreditCode,
  type UnifiedSocialCreditCode,
} from './unified-social-credit-code.ts';

/** What a subject is: 企业 and other organizations, 个体工商户, 自然人. */
export const SUBJECT_KINDS = ['ENTERPRISE', 'INDIVIDUAL_BUSINESS', 'PERSON'] as const;
/** A member of `SUBJECT_KINDS`. */
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** The code a subject is known by, fitting its kind. */
export interface SubjectCode {
  readonly kind: SubjectKind;
  /** Canonical. */
  readonly code: UnifiedSocialCreditCode | ResidentId;
  /** Six digits, possibly of an abolished region. Null when the code has none. */
  readonly regionCode: string | null;
}

/** Registrar 9 (market regulation), class 2 (个体工商户). */
const INDIVIDUAL_BUSINESS_PREFIX = '92';

/**
 * Reads the code of a subject as a caller states it. Unlike the codes that sources hold, a wrong
 * check character is refused here, since the caller can correct it; a sound code of another kind
 * of subject is refused as WRONG_KIND.
 */
export function parseSubjectCode(kind: SubjectKind, text: string): Parsed<SubjectCode> {
  const asOrganization = sound(parseUnifiedSocialCreditCode(text));
  const asPerson = sound(parseResidentId(text));
  const [own, other] = kind === 'PERSON' ? [asPerson, asOrganization] : [asOrganization, asPerson];
  if (!own.ok) return other.ok ? refused('WRONG_KIND') : own;

  const { code, regionCode } = own.value;
  const isIndividual = code.startsWith(INDIVIDUAL_BUSINESS_PREFIX);
  if (kind !== 'PERSON' && isIndividual !== (kind === 'INDIVIDUAL_BUSINESS')) {
    return refused('WRONG_KIND');
  }
  return parsed({ kind, code, regionCode }, own.findings);
}

function sound<T>(result: Parsed<T>): Parsed<T> {
  return result.ok && hasFinding(result.findings, 'INVALID_CHECK_CHARACTER')
    ? refused('INVALID_CHECK_CHARACTER', result.findings)
    : result;
}
