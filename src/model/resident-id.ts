import { parseCalendarDay, type BusinessDate } from './business-date.ts';
import { finding, parsed, refused, type Finding, type Parsed } from './finding.ts';
import { regionFindings } from './region.ts';
import { readSpelling, refuseForeign } from './spelling.ts';

/** Resident identity number (公民身份号码), GB 11643-1999, 18 characters, `X` in upper case. */
export type ResidentId = string & { readonly __brand: 'ResidentId' };

/** The id, canonical, and what its positions say. */
export interface ResidentIdParts {
  readonly code: ResidentId;
  /** Six digits as of the day of issue. Null for foreign permanent residents, who have none. */
  readonly regionCode: string | null;
  readonly bornOn: BusinessDate;
  readonly sex: 'MALE' | 'FEMALE';
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/** Sequence numbers that 15-digit ids kept for people born in the century before. */
const CENTENARIANS = ['996', '997', '998', '999'];
const CONFUSABLE = 'OILSZ';

/**
 * Reads 18 characters, or 15 digits (the first generation), which it completes to 18. A wrong
 * check character is a finding, for registers hold such numbers; a birthday that does not exist
 * is refused. Regions are not checked against today's list, and neither are centuries.
 */
export function parseResidentId(text: string): Parsed<ResidentIdParts> {
  const spelling = readSpelling(text);
  if (!spelling.ok) return spelling;

  const given = spelling.value;
  const length = [...given].length;
  if (length !== 15 && length !== 18) return refused('WRONG_LENGTH');
  const digits = length === 18 ? given.slice(0, 17) : given;
  const foreign =
    refuseForeign(digits, { alphabet: '0123456789', confusable: CONFUSABLE }) ??
    refuseCheckCharacter(given.slice(17));
  if (foreign !== null) return foreign;
  if (hasLostDigits(given)) return refused('UNRECOVERABLE');

  const code = length === 18 ? given : toEighteenCharacters(given);
  const bornOn = parseCalendarDay(code.slice(6, 10), code.slice(10, 12), code.slice(12, 14));
  if (bornOn === null) return refused('BAD_DATE');

  const isForeign = code.startsWith('9');
  const value: ResidentIdParts = {
    code: code as ResidentId,
    regionCode: isForeign ? null : code.slice(0, 6),
    bornOn,
    sex: Number(code.charAt(16)) % 2 === 1 ? 'MALE' : 'FEMALE',
  };
  return parsed(value, [
    ...spelling.findings,
    ...(length === 15 ? [finding('FIFTEEN_DIGITS')] : []),
    ...(isSound(code) ? [] : [finding('INVALID_CHECK_CHARACTER')]),
    ...(isForeign ? FOREIGN_RESIDENT : regionFindings(code.slice(0, 6))),
  ]);
}

const FOREIGN_RESIDENT: readonly Finding[] = [finding('FOREIGN_RESIDENT')];

/** Whether a canonical id has the right check character and a possible birthday. */
export function isValidResidentId(code: string): boolean {
  return (
    /^\d{17}[\dX]$/u.test(code) &&
    isSound(code) &&
    parseCalendarDay(code.slice(6, 10), code.slice(10, 12), code.slice(12, 14)) !== null
  );
}

/**
 * The 15 digits that a first-generation card of this person bears, as old registers know them.
 * Null where there is no such card: born in 2000 or later, or a wrong check character.
 */
export function toFifteenDigits(code: string): string | null {
  if (!isValidResidentId(code)) return null;
  const century = code.slice(6, 8);
  const isCentenarian = CENTENARIANS.includes(code.slice(14, 17));
  const hasCard = isCentenarian ? century === '18' : century === '19';
  return hasCard ? code.slice(0, 6) + code.slice(8, 17) : null;
}

function toEighteenCharacters(fifteen: string): string {
  const century = CENTENARIANS.includes(fifteen.slice(12)) ? '18' : '19';
  const body = fifteen.slice(0, 6) + century + fifteen.slice(6);
  return body + checkCharacterOf(body);
}

function refuseCheckCharacter(character: string): Parsed<never> | null {
  return refuseForeign(character, { alphabet: '0123456789X', confusable: CONFUSABLE });
}

/** Spreadsheets keep 15 digits of a number and write zeros for the rest. */
function hasLostDigits(code: string): boolean {
  return code.length === 18 && code.endsWith('000') && !isSound(code);
}

function isSound(code: string): boolean {
  return code.charAt(17) === checkCharacterOf(code);
}

/** ISO/IEC 7064 MOD 11-2 over the first 17 digits. */
function checkCharacterOf(code: string): string {
  const sum = WEIGHTS.reduce(
    (total, weight, index) => total + weight * Number(code.charAt(index)),
    0,
  );
  return '10X98765432'.charAt(sum % 11);
}
