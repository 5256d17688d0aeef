import { csvField } from '../../model/csv-field.ts';
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
    .map(({ place, field, reason }) =>
      [String(place), field ?? '', reason].map(csvField).join(','),
    );
  return `${BYTE_ORDER_MARK}${['line,field,reason', ...lines].join('\r\n')}\r\n`;
}
