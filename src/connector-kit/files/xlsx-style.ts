import type { XmlElement } from '../xml.ts';

/** Whether a number is a day, a moment or a time by the style of its cell. Null for a number. */
export type DateForm = 'DAY' | 'MOMENT' | 'TIME' | null;

/** Number formats that every spreadsheet knows without saying them (ISO/IEC 29500-1, 18.8.30). */
const BUILT_IN: ReadonlyMap<number, DateForm> = new Map([
  ...[14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map(
    (id) => [id, 'DAY'] as const,
  ),
  [22, 'MOMENT'],
  ...[18, 19, 20, 21, 32, 33, 34, 35, 45, 47, 55, 56].map((id) => [id, 'TIME'] as const),
]);

/** The form of each cell style of a workbook, by its index; `styles` is the root of its part. */
export function readDateForms(styles: XmlElement): readonly DateForm[] {
  const custom = new Map(
    childrenOf(styles, 'numFmts').map(
      ({ attributes }) => [Number(attributes['numFmtId']), attributes['formatCode'] ?? ''] as const,
    ),
  );
  return childrenOf(styles, 'cellXfs').map(({ attributes }) => {
    const id = Number(attributes['numFmtId'] ?? 0);
    const code = custom.get(id);
    return code === undefined ? (BUILT_IN.get(id) ?? null) : readFormatCode(code);
  });
}

/** What a format code such as `yyyy"年"m"月"d"日"` shows. An elapsed time (`[h]`) is a number. */
export function readFormatCode(code: string): DateForm {
  const [first = ''] = code
    .replace(/"[^"]*"|\\.|_.|\*./gu, '')
    .split(';')
    .map((section) => section.toLowerCase());
  if (/\[(?:h+|m+|s+)\]/u.test(first)) return null;
  const bare = first.replace(/\[[^\]]*\]/gu, '').replace(/general|am\/pm|a\/p|上午\/下午/gu, '');
  const hasTime = /[hs]/u.test(bare);
  if (/[yd]/u.test(bare) || (bare.includes('m') && !hasTime)) return hasTime ? 'MOMENT' : 'DAY';
  return hasTime ? 'TIME' : null;
}

const DAY_MS = 86_400_000;
const DAY_0_OF_1900 = Date.UTC(1899, 11, 30);
const DAY_0_OF_1904 = Date.UTC(1904, 0, 1);
/** 9999-12-31. */
const SERIAL_MAX = 2_958_465;
/** The day that 1900 did not have; the numbers below it are one off. */
const FEBRUARY_29 = 60;

/**
 * The day or moment that a serial number stands for, as `2026-09-18` or `2026-09-18 08:30:00`;
 * a time as `08:30:00`. Null for a number that is none, such as 29 February 1900.
 */
export function readSerial(
  serial: number,
  { form, is1904 }: { readonly form: Exclude<DateForm, null>; readonly is1904: boolean },
): string | null {
  if (!(serial >= 0 && serial < SERIAL_MAX + 1)) return null;
  const day = Math.floor(serial);
  const isShifted = !is1904 && day < FEBRUARY_29;
  if (!is1904 && day === FEBRUARY_29) return null;
  const seconds = Math.round((serial - day) * 86_400);
  const midnight = (is1904 ? DAY_0_OF_1904 : DAY_0_OF_1900) + (day + (isShifted ? 1 : 0)) * DAY_MS;
  const instant = new Date(midnight + seconds * 1_000);
  if (Number.isNaN(instant.getTime())) return null;
  const text = instant.toISOString();
  const [date, time] = [text.slice(0, 10), text.slice(11, 19)];
  if (form === 'TIME' && day === 0) return time;
  return form === 'DAY' && seconds === 0 ? date : `${date} ${time}`;
}

function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.find((child) => child.name === name)?.children ?? [];
}
