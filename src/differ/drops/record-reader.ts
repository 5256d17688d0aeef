import { compareKeys, type RowKey } from '../../model/row-key.ts';
import type { FileWindow } from './file-window.ts';
import { dropFault, RECORD_BYTES_MAX, type RecordScan } from './record-scan.ts';

/** A record as it stands in a file. */
export interface DropRecord {
  readonly key: RowKey;
  /** Without the end of its line. Most records are never taken apart any further. */
  readonly text: string;
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

/** A record, where there is one, and where it ends. */
export interface FoundRecord {
  readonly record: DropRecord | null;
  readonly to: number;
}

/** Records of one file. */
export interface RecordReader {
  readonly window: FileWindow;
  readonly scan: RecordScan;
  /** The record that begins at that place. Null at the end of the file, and for an empty line. */
  read(at: number): FoundRecord;
}

/** Where a group ends is told by the record behind it, which is asked for again at once. */
export function createRecordReader(window: FileWindow, scan: RecordScan): RecordReader {
  let lastAt = -1;
  let last: FoundRecord = { record: null, to: 0 };
  return {
    window,
    scan,
    read(at) {
      if (at !== lastAt) last = readRecord(window, scan, at);
      lastAt = at;
      return last;
    },
  };
}

function readRecord(window: FileWindow, scan: RecordScan, at: number): FoundRecord {
  const to = endOfRecord(window, scan, at);
  const from = window.hold(at, to - at);
  const bytes = window.bytes.subarray(from, from + to - at);
  const text = scan.textOf(bytes);
  if (text === '') return { record: null, to };
  const key = scan.keyOf(text);
  if (key === null) throw new NotSorted();
  return { record: { key, text }, to };
}

/** The group that begins at that place. Null at the end of the file. @throws {NotSorted} */
export function readGroup(
  reader: RecordReader,
  { at, after }: { readonly at: number; readonly after: RowKey | null },
): RecordGroup | null {
  const records: DropRecord[] = [];
  let place = at;
  let from = at;
  while (place < reader.window.size) {
    const { record, to } = reader.read(place);
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
