import type { ScanReject } from '../scan.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * A reject file (拒收清单) for the operator of the source: CSV (RFC 4180) in UTF-8 with a byte
 * order mark, as spreadsheets want it; line, field and reason of every record that was not taken,
 * in the order of lines. The field is blank for a whole line. No value of any record is in it.
 */
export function writeRejects(rejects: readonly ScanReject[]): string {
  const lines = rejects
    .toSorted((left, right) => left.place - right.place)
    .map(({ place, field, reason }) => [String(place), field ?? '', reason].map(quote).join(','));
  return `${BYTE_ORDER_MARK}${['line,field,reason', ...lines].join('\r\n')}\r\n`;
}

/** A spreadsheet would run a column name that begins like a formula. */
function quote(text: string): string {
  const plain = /^[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
