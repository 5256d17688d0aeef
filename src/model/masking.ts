import { REGION_NAMES } from './region-table.ts';
import { isValidResidentId } from './resident-id.ts';
import { foldSpelling } from './spelling.ts';
import type { SubjectKind } from './subject-code.ts';
import { INVISIBLE } from './text.ts';
import { isValidUnifiedSocialCreditCode } from './unified-social-credit-code.ts';

/**
 * How much of a person is shown: to an officer who handles the case, or to everybody. There is no
 * national formula; these are the usual ones. Mask at the exit, never before comparing.
 */
export type MaskingProfile = 'OFFICER' | 'PUBLIC';

/**
 * The first character of a name, and for officers the last of three or more: `张*`, `张*丰`,
 * `欧**锋`. Transcribed names keep their first character: `阿·*`. To the public always `张*`.
 */
export function maskPersonName(name: string, profile: MaskingProfile): string {
  const characters = [...name.replace(INVISIBLE, '')];
  const [first] = characters;
  if (first === undefined || characters.length === 1) return '*';
  if (characters.some((character) => INTERPUNCTS.includes(character))) return `${first}·*`;
  if (profile === 'PUBLIC' || characters.length === 2) return `${first}*`;
  return first + '*'.repeat(characters.length - 2) + (characters.at(-1) ?? '');
}

const INTERPUNCTS = '·•‧・･．.∙⋅';

/** 前6后4 for officers, 前1后1 for the public, 15 or 18 characters; nothing of any other text. */
export function maskResidentId(text: string, profile: MaskingProfile): string {
  const id = foldSpelling(text).text;
  if (!/^(?:\d{15}|\d{17}[\dX])$/u.test(id)) return HIDDEN;
  return profile === 'OFFICER' ? keepEnds(id, 6, 4) : keepEnds(id, 1, 1);
}

const HIDDEN = '****';

/** 前3后4 of a mobile number of eleven digits, `+86` left out; nothing of any other text. */
export function maskMobile(text: string): string {
  const number = foldSpelling(text)
    .text.replace(/-/gu, '')
    .replace(/^\+?86(?=1)/u, '');
  return /^1\d{10}$/u.test(number) ? keepEnds(number, 3, 4) : HIDDEN;
}

/** Down to the county; what cannot be recognized as province, city or county is hidden. */
export function maskAddress(text: string): string {
  return (REGIONS.exec(text.replace(INVISIBLE, ''))?.[0] ?? '') + HIDDEN;
}

const PROVINCE = String.raw`(?:[\p{Script=Han}]{2,8}?(?:省|自治区))?`;
const CITY = String.raw`(?:[^省市区县路街道号村镇乡]{2,8}?(?:自治州|地区|市|盟))?`;
/** Names of the city's own counties come first: some contain a sign at which others end. */
const OWN_COUNTIES = [...REGION_NAMES.values(), '市中区'].join('|');
const COUNTY = String.raw`(?:${OWN_COUNTIES}|(?:[^市区县旗路街道号村镇乡院\d]{1,6}?)[区县旗市])?`;
const REGIONS = new RegExp(`^${PROVINCE}${CITY}${COUNTY}`, 'u');

/** Names of enterprises and individual businesses are public; persons' are masked. */
export function maskSubjectName(
  subject: { readonly kind: SubjectKind; readonly name: string },
  profile: MaskingProfile,
): string {
  return subject.kind === 'PERSON' ? maskPersonName(subject.name, profile) : subject.name;
}

/**
 * Unified social credit codes are public, resident ids are masked, and of any other code nothing
 * is shown: a holder's code that cannot be read may be a damaged resident id.
 */
export function maskCode(text: string, profile: MaskingProfile): string {
  const code = foldSpelling(text).text;
  const isPublic = isValidUnifiedSocialCreditCode(code) && !isValidResidentId(code);
  return isPublic ? text : maskResidentId(code, profile);
}

function keepEnds(text: string, head: number, tail: number): string {
  return text.slice(0, head) + '*'.repeat(text.length - head - tail) + text.slice(-tail);
}
