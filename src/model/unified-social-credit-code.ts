import { finding, parsed, refused, type Finding, type Parsed } from './finding.ts';
import { isValidOrganizationCode } from './organization-code.ts';
import { regionFindings } from './region.ts';
import { readSpelling, refuseForeign } from './spelling.ts';

/** Unified social credit code (统一社会信用代码), GB 32100-2015, 18 characters, upper case. */
export type UnifiedSocialCreditCode = string & { readonly __brand: 'UnifiedSocialCreditCode' };

/** The code, canonical, and what its positions say. */
export interface UnifiedSocialCreditCodeParts {
  readonly code: UnifiedSocialCreditCode;
  /** 登记管理部门: 9 is market regulation, 1 public institutions, 5 civil affairs. */
  readonly registrar: string;
  /** 机构类别 within the registrar: 91 enterprise, 92 individual business. */
  readonly entityClass: string;
  /** 登记管理机关行政区划, six characters, as of the day of issue. */
  readonly regionCode: string;
  /** 主体标识码: the organization code of GB 11714 by which older records know the subject. */
  readonly organizationCode: string;
}

/** GB 32100-2015 table 3: digits and capitals without I, O, S, V, Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const CONFUSABLE = 'IOSVZ';
/** GB 32100-2015: the weight of position i is 3 to the power of i-1, modulo 31. */
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/**
 * A wrong check character is a finding, not a refusal: registers hold such codes, and they are
 * what the records are found by. Masked codes and letters outside the alphabet are refused.
 */
export function parseUnifiedSocialCreditCode(text: string): Parsed<UnifiedSocialCreditCodeParts> {
  const spelling = readSpelling(text);
  if (!spelling.ok) return spelling;

  const code = spelling.value;
  if ([...code].length !== 18) return refused('WRONG_LENGTH');
  const foreign = refuseForeign(code, { alphabet: ALPHABET, confusable: CONFUSABLE });
  if (foreign !== null) return foreign;

  const value = {
    code: code as UnifiedSocialCreditCode,
    registrar: code.slice(0, 1),
    entityClass: code.slice(1, 2),
    regionCode: code.slice(2, 8),
    organizationCode: code.slice(8, 17),
  };
  return parsed(value, [...spelling.findings, ...findingsOf(value)]);
}

/** Whether a canonical code has the right check character. False for any other text. */
export function isValidUnifiedSocialCreditCode(code: string): boolean {
  const values = [...code].map((character) => ALPHABET.indexOf(character));
  if (values.length !== 18 || values.includes(-1)) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * (values[index] ?? 0), 0);
  return values[17] === (31 - (sum % 31)) % 31;
}

function findingsOf(parts: UnifiedSocialCreditCodeParts): readonly Finding[] {
  return [
    ...(isValidUnifiedSocialCreditCode(parts.code) ? [] : [finding('INVALID_CHECK_CHARACTER')]),
    ...(isValidOrganizationCode(parts.organizationCode) ? [] : [finding('BAD_ORGANIZATION_CODE')]),
    ...regionFindings(parts.regionCode),
  ];
}
