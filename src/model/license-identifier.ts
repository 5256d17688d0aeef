import { finding, parsed, refused, type Finding, type Parsed } from './finding.ts';
import { readSpelling } from './spelling.ts';
import { isValidUnifiedSocialCreditCode } from './unified-social-credit-code.ts';

/** Identifier of an electronic license (电子证照标识), GB/T 36904-2018, upper case. */
export type LicenseIdentifier = string & { readonly __brand: 'LicenseIdentifier' };

/** The identifier, canonical with its root, and its segments. */
export interface LicenseIdentifierParts {
  readonly code: LicenseIdentifier;
  /** 证照类型代码: the code of the ministry that defines the type, and three digits. */
  readonly typeCode: string;
  /** 颁发机构代码: 18 characters, in old identifiers 9, or 6 digits of a region. */
  readonly issuerCode: string;
  /** 流水号. */
  readonly serial: string;
  /** 版本号, counting from 1. */
  readonly version: number;
  readonly checkCharacter: string;
  /** Equal for all versions of one license: type, issuer and serial. */
  readonly sameLicenseKey: string;
}

/** Object identifier under which electronic licenses are named. */
const ROOT = '1.2.156.3005.2.';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SEGMENT = /^[0-9A-Z]{1,64}$/u;
const FULL_STOPS = /[。｡]/gu;

/**
 * A wrong check character or a segment of unusual length is a finding: real libraries hold such
 * identifiers and answer to them. Refused is only what lacks the five segments after the root.
 */
export function parseLicenseIdentifier(text: string): Parsed<LicenseIdentifierParts> {
  const spelling = readSpelling(text);
  if (!spelling.ok) return spelling;

  const spelled = spelling.value.replace(FULL_STOPS, '.');
  const hasRoot = spelled.startsWith(ROOT);
  const segments = (hasRoot ? spelled.slice(ROOT.length) : spelled).split('.');
  const [typeCode, issuerCode, serial, version, checkCharacter] = segments;
  if (
    segments.length !== 5 ||
    typeCode === undefined ||
    issuerCode === undefined ||
    serial === undefined ||
    version === undefined ||
    checkCharacter === undefined
  ) {
    return refused('WRONG_STRUCTURE');
  }
  if (segments.some((segment) => segment === '')) return refused('WRONG_STRUCTURE');
  if (!segments.every((segment) => SEGMENT.test(segment))) return refused('FOREIGN_CHARACTER');
  if (!/^\d{1,4}$/u.test(version) || checkCharacter.length !== 1) {
    return refused('WRONG_STRUCTURE');
  }

  const value: LicenseIdentifierParts = {
    code: `${ROOT}${segments.join('.')}` as LicenseIdentifier,
    typeCode,
    issuerCode,
    serial,
    version: Number(version),
    checkCharacter,
    sameLicenseKey: `${typeCode}.${issuerCode}.${serial}`,
  };
  const isSound = checkCharacter === checkCharacterOf(segments.slice(0, 4).join(''));
  return parsed(value, [
    ...spelling.findings,
    ...(hasRoot ? [] : [finding('MISSING_PREFIX')]),
    ...(isSound ? [] : [finding('INVALID_CHECK_CHARACTER')]),
    ...segmentFindings(value, version),
  ]);
}

function segmentFindings(
  { typeCode, issuerCode }: LicenseIdentifierParts,
  version: string,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (typeCode.length !== 21) findings.push(finding('LEGACY_SEGMENT', 'typeCode'));
  else if (!isValidUnifiedSocialCreditCode(typeCode.slice(0, 18))) {
    findings.push(finding('BAD_TYPE_CODE'));
  }
  if (issuerCode.length !== 18) findings.push(finding('LEGACY_SEGMENT', 'issuerCode'));
  else if (!isValidUnifiedSocialCreditCode(issuerCode)) findings.push(finding('BAD_ISSUER_CODE'));
  if (!/^\d{3}$/u.test(version) || version === '000') {
    findings.push(finding('LEGACY_SEGMENT', 'version'));
  }
  return findings;
}

/** ISO/IEC 7064 MOD 37,36 over type, issuer, serial and version without the dots. */
function checkCharacterOf(body: string): string {
  const product = [...body].reduce(
    (carry, character) => (((carry + ALPHABET.indexOf(character)) % 36 || 36) * 2) % 37,
    36,
  );
  return ALPHABET.charAt((37 - product) % 36);
}
