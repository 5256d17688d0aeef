const CODE_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const ALPHABET_36 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ORGANIZATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/** Object identifier under which license identifiers are written, GB/T 36904-2018. */
const LICENSE_ROOT = '1.2.156.3005.2';

/**
 * A unified social credit code (统一社会信用代码, GB 32100-2015) from its first 8 characters and the
 * 8 of the organization code, with both check characters.
 */
export function mintCreditCode(prefix: string, organization: string): string {
  const body = `${prefix}${organization}${checkOfOrganization(organization)}`;
  const sum = [...body].reduce((total, character, index) => {
    const weight = 3 ** index % 31;
    return total + CODE_ALPHABET.indexOf(character) * weight;
  }, 0);
  return `${body}${CODE_ALPHABET[(31 - (sum % 31)) % 31] ?? ''}`;
}

/** A resident id number (公民身份号码, GB 11643-1999) from its first 17 digits. */
export function mintResidentId(first17: string): string {
  const sum = RESIDENT_WEIGHTS.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return `${first17}${'10X98765432'[sum % 11] ?? ''}`;
}

/** A registration number (注册号, GS15-2006) from its first 14 digits. */
export function mintRegistrationNumber(first14: string): string {
  const rest = [...first14].reduce((p, digit) => (((p + Number(digit)) % 10 || 10) * 2) % 11, 10);
  return `${first14}${(11 - rest) % 10}`;
}

/** A license identifier (电子证照标识, GB/T 36904-2018) with its ISO/IEC 7064 MOD 37,36 check. */
export function mintLicenseIdentifier(parts: {
  readonly typeCode: string;
  readonly issuerCode: string;
  readonly serial: string;
  readonly version: string;
}): string {
  const { typeCode, issuerCode, serial, version } = parts;
  let rest = 36;
  for (const character of `${typeCode}${issuerCode}${serial}${version}`) {
    rest = (rest + ALPHABET_36.indexOf(character)) % 36 || 36;
    rest = (rest * 2) % 37;
  }
  const check = ALPHABET_36[(37 - rest) % 36] ?? '';
  return [LICENSE_ROOT, typeCode, issuerCode, serial, version, check].join('.');
}

/** Check character of an organization code (组织机构代码, GB 11714). */
function checkOfOrganization(first8: string): string {
  const sum = ORGANIZATION_WEIGHTS.reduce(
    (total, weight, i) => total + weight * ALPHABET_36.indexOf(first8[i] ?? '0'),
    0,
  );
  const check = 11 - (sum % 11);
  return check === 10 ? 'X' : check === 11 ? '0' : String(check);
}
