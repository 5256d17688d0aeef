import { compareKeys, type RowKey } from '../../model/row-key.ts';
import type { FileWindow } from './file-window.ts';
import { dropFault, RECORD_BYTES_MAX, type RecordScan } from './record-scan.ts';

/** A record as it stands in a file. */
export interface DropRecord {
  readonly key: RowKey;
  readonly values: readonly (string | null)[];
  /** Its bytes with the end of its line, as text of bytes. */
  readonly raw: string;
}

/** Records of one key, which stand beside each other. */
export interface RecordGroup {
  readonly key: RowKey;
  readonly records: readonly DropRecord[];
  /** Where the group begins and ends in the file. */
  readonly from: number;
  readonly to: number;
}

/** Records under one key, of one file. */
const GROUP_RECORDS_MAX = 10_000;

/** The file is not in the order of its keys, or holds rows without one: it is to be sorted. */
export class NotSorted extends Error {
  override readonly name = 'NotSorted';
}

/** Where the record ends that begins at that place of the file. */
export function endOfRecord(window: FileWindow, scan: RecordScan, at: number): number {
  for (let length = 4_096; ; length *= 8) {
    const from = window.hold(at, length);
    const to = Math.min(window.end, from + Math.max(length, 0));
    const end = scan.endOf(window.bytes, from, to);
    if (end >= 0) return at + end - from;
    if (at + length >= window.size) return window.size;
    if (length > RECORD_BYTES_MAX) throw dropFault('UNCLOSED_QUOTE');
  }
}

/** The record that begins at that place. Null at the end of the file, and for an empty line. */
export function readRecord(
  window: FileWindow,
  scan: RecordScan,
  at: number,
): { readonly record: DropRecord | null; readonly to: number } {
  const to = endOfRecord(window, scan, at);
  const from = window.hold(at, to - at);
  const bytes = window.bytes.subarray(from, from + to - at);
  const raw = bytes.toString('latin1');
  if (raw === '\n' || raw === '\r\n' || raw === '') return { record: null, to };
  const values = scan.valuesOf(bytes);
  const key = scan.keyOf(values);
  if (key === null) throw new NotSorted();
  return { record: { key, values, raw }, to };
}

/** The group that begins at that place. Null at the end of the file. @throws {NotSorted} */
export function readGroup(
  window: FileWindow,
  scan: RecordScan,
  { at, after }: { readonly at: number; readonly after: RowKey | null },
): RecordGroup | null {
  const records: DropRecord[] = [];
  let place = at;
  let from = at;
  while (place < window.size) {
    const { record, to } = readRecord(window, scan, place);
    const first = records[0];
    if (record !== null) {
      if (first !== undefined && first.key !== record.key) break;
      if (first === undefined) {
        if (after !== null && compareKeys(after, record.key) >= 0) throw new NotSorted();
        from = place;
      }
      records.push(record);
      if (records.length > GROUP_RECORDS_MAX) throw dropFault('TOO_MANY_OF_ONE_KEY');
    }
    place = to;
  }
  const [first] = records;
  if (first === undefined) return null;
  return { key: first.key, records, from, to: place };
}
