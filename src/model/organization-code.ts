import { finding, parsed, refused, type Parsed } from './finding.ts';
import { readSpelling, refuseForeign } from './spelling.ts';

/** Organization code (组织机构代码), GB 11714: nine characters without the hyphen. */
export type OrganizationCode = string & { readonly __brand: 'OrganizationCode' };

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** GB 11714: weights of the eight characters before the check character. */
const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/**
 * Reads `D2143569-X` or `D2143569X`. A wrong check character is a finding: old records carry such
 * codes, and they are still what the records are found by.
 */
export function parseOrganizationCode(text: string): Parsed<{ readonly code: OrganizationCode }> {
  const spelling = readSpelling(text);
  if (!spelling.ok) return spelling;

  const code = spelling.value.replace(/^(.{8})[-\u2010-\u2015](.)$/u, '$1$2');
  if ([...code].length !== 9) return refused('WRONG_LENGTH');
  const foreign = refuseForeign(code, { alphabet: ALPHABET, confusable: '' });
  if (foreign !== null) return foreign;

  return parsed({ code: code as OrganizationCode }, [
    ...spelling.findings,
    ...(isSound(code) ? [] : [finding('INVALID_CHECK_CHARACTER')]),
  ]);
}

/** Whether nine characters are an organization code with the right check character. */
export function isValidOrganizationCode(code: string): boolean {
  return /^[0-9A-Z]{8}[0-9X]$/u.test(code) && isSound(code);
}

/** The printed form, with the hyphen before the check character. */
export function formatOrganizationCode(code: OrganizationCode): string {
  return `${code.slice(0, 8)}-${code.slice(8)}`;
}

function isSound(code: string): boolean {
  const sum = WEIGHTS.reduce(
    (total, weight, index) => total + weight * ALPHABET.indexOf(code.charAt(index)),
    0,
  );
  return code.charAt(8) === '0X987654321'.charAt(sum % 11);
}
