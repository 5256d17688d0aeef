import { finding, parsed, refused, type Parsed } from './finding.ts';
import { regionFindings } from './region.ts';
import { readSpelling, refuseForeign } from './spelling.ts';

/** Registration number of a market entity (工商注册号), GS 15-2006, 15 digits. */
export type RegistrationNumber = string & { readonly __brand: 'RegistrationNumber' };

/** The number, canonical, and what its positions say. */
export interface RegistrationNumberParts {
  readonly code: RegistrationNumber;
  /** 首次登记机关代码, six digits. */
  readonly regionCode: string;
  readonly sequence: string;
}

/** The number enterprises had before 2015. A wrong check digit is a finding. */
export function parseRegistrationNumber(text: string): Parsed<RegistrationNumberParts> {
  const spelling = readSpelling(text);
  if (!spelling.ok) return spelling;

  const code = spelling.value;
  if ([...code].length !== 15) return refused('WRONG_LENGTH');
  const foreign = refuseForeign(code, { alphabet: '0123456789', confusable: 'OISZ' });
  if (foreign !== null) return foreign;

  const value = {
    code: code as RegistrationNumber,
    regionCode: code.slice(0, 6),
    sequence: code.slice(6, 14),
  };
  return parsed(value, [
    ...spelling.findings,
    ...(code.slice(14) === checkDigitOf(code) ? [] : [finding('INVALID_CHECK_CHARACTER')]),
    ...regionFindings(value.regionCode),
  ]);
}

/** ISO/IEC 7064 MOD 11,10 over the first 14 digits. */
function checkDigitOf(code: string): string {
  const product = [...code.slice(0, 14)].reduce(
    (carry, digit) => (((carry + Number(digit)) % 10 || 10) * 2) % 11,
    10,
  );
  return String((11 - product) % 10);
}
