import type { XmlElement } from '../xml.ts';
import { COLUMNS_MAX, readCell, type RejectReason } from './file-record.ts';
import { readSerial, type DateForm } from './xlsx-style.ts';

/** What the cells of a sheet refer to. */
export interface Workbook {
  readonly texts: readonly string[];
  readonly forms: readonly DateForm[];
  readonly is1904: boolean;
}

/** What a cell holds, or why it cannot be taken. */
export type CellValue =
  | { readonly ok: true; readonly value: string | null }
  | { readonly ok: false; readonly reason: RejectReason };

/** The column of a cell reference such as `AB12`, from 0. Null for what is none. */
export function columnOf(reference: string): number | null {
  const letters = /^([A-Z]{1,3})\d+$/u.exec(reference)?.[1];
  if (letters === undefined) return null;
  const number = [...letters].reduce((sum, each) => sum * 26 + each.charCodeAt(0) - 64, 0);
  return number <= COLUMNS_MAX ? number - 1 : null;
}

/**
 * The text of a cell. Numbers stand as the file writes them, with an exponent written out;
 * a number of more than 15 digits is refused, because a spreadsheet has rounded it: an ID number
 * that was typed as a number has lost its end.
 */
export function readXlsxCell(cell: XmlElement, workbook: Workbook): CellValue {
  const held = textOf(cell.children.find(({ name }) => name === 'v'));
  switch (cell.attributes['t'] ?? 'n') {
    case 's': {
      const text = /^\d+$/u.test(held) ? workbook.texts[Number(held)] : undefined;
      return text === undefined ? refuse('ERROR_VALUE') : take(text);
    }
    case 'inlineStr': {
      const inline = cell.children.find(({ name }) => name === 'is');
      return take(inline === undefined ? '' : readRichText(inline));
    }
    case 'str':
    case 'd':
      return take(held);
    case 'b':
      return take(held === '' ? '' : held === '1' ? 'TRUE' : 'FALSE');
    case 'n':
      return readNumber(held, { cell, workbook });
    default:
      return refuse('ERROR_VALUE');
  }
}

/** The text of a shared or inline string: its runs, without the pronunciation above them. */
export function readRichText(element: XmlElement): string {
  return element.children
    .map((child) => {
      if (child.name === 't') return unescape(child.text);
      return child.name === 'r' ? readRichText(child) : '';
    })
    .join('');
}

/** Characters that XML cannot hold are written `_x000D_` (ISO/IEC 29500-1, 22.4.2.4). */
function unescape(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/gu, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function readNumber(
  held: string,
  { cell, workbook }: { readonly cell: XmlElement; readonly workbook: Workbook },
): CellValue {
  const written = held.trim();
  if (written === '') return take('');
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[Ee]([+-]?\d{1,3}))?$/u.exec(written);
  if (parts === null) return refuse('ERROR_VALUE');
  const form = workbook.forms[Number(cell.attributes['s'] ?? 0)] ?? null;
  if (form !== null) {
    const date = readSerial(Number(written), { form, is1904: workbook.is1904 });
    return date === null ? refuse('BAD_DATE') : take(date);
  }
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const plain = shift({ whole, fraction, by: Number(exponent) });
  const isRounded = (plain.split('.')[0]?.replace(/^0+/u, '').length ?? 0) > 15;
  return isRounded ? refuse('NUMBER_ROUNDED') : take(`${sign}${plain}`);
}

/** Moves the decimal point without counting: what is written is what is read. */
function shift(number: {
  readonly whole: string;
  readonly fraction: string;
  readonly by: number;
}): string {
  const { whole, fraction, by } = number;
  if (by === 0) return fraction === '' ? whole : `${whole}.${fraction}`;
  const digits = `${whole}${fraction}`;
  const point = whole.length + by;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  const left = digits
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/u, '');
  const right = digits.slice(point).replace(/0+$/u, '');
  return right === '' ? left : `${left}.${right}`;
}

function textOf(element: XmlElement | undefined): string {
  return element?.text ?? '';
}

function take(text: string): CellValue {
  if (text.includes('\0')) return refuse('NUL_CHARACTER');
  // Half of a character, written as an escape: no database keeps it.
  if (/\p{Cs}/u.test(text)) return refuse('INVALID_BYTES');
  return { ok: true, value: readCell(text) };
}

function refuse(reason: RejectReason): CellValue {
  return { ok: false, reason };
}
