import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openWindow } from './file-window.ts';
import { endOfRecord } from './record-reader.ts';
import { createRecordScan, dropFault, splitRecord, type DropFormat } from './record-scan.ts';
import { createTextReader } from '../../connector-kit/files/text-lines.ts';

/** A drop that was taken: its rows in the order of their keys, and what was said of it. */
export interface KeptDrop {
  /** The hub's own; nobody else writes into it. */
  readonly folder: string;
  /** Of the file as it was received, lower-case hex. */
  readonly digest: string;
  readonly sequence: number | null;
  /** Rows with a key. */
  readonly rows: number;
  /** Rows that could not be kept, since a part of their key was missing. */
  readonly unkeyed: number;
  readonly columns: readonly string[];
  /** Where the first row begins. */
  readonly body: number;
}

const ROWS = 'rows';
const POINTS = 'points';
const SAID = 'drop.json';

/** Where the parts of a kept drop are. */
export function placesOf(folder: string) {
  return { rows: join(folder, ROWS), points: join(folder, POINTS), said: join(folder, SAID) };
}

/** The drop that is kept in a folder. @throws {Error} where there is none. */
export function readKeptDrop(folder: string): KeptDrop {
  const said = JSON.parse(readFileSync(placesOf(folder).said, 'utf8')) as Omit<KeptDrop, 'folder'>;
  return { ...said, folder };
}

/** Said last, so that a folder without it is none. */
export function saveKeptDrop({ folder, ...said }: KeptDrop): void {
  mkdirSync(folder, { recursive: true });
  const { said: place } = placesOf(folder);
  writeFileSync(`${place}.part`, JSON.stringify(said), { mode: 0o600 });
  renameSync(`${place}.part`, place);
}

/**
 * The columns of a drop, and where its first row begins: behind the byte order mark, and behind
 * the heading where it has one.
 *
 * @throws {HubError} SOURCE_MALFORMED, reason HEADING or CHARSET.
 */
export function readHeading(
  path: string,
  format: DropFormat,
): { readonly columns: readonly string[]; readonly body: number } {
  const window = openWindow(path, 64 * 1024);
  try {
    const from = window.hold(0, 3);
    const isMarked = window.bytes.subarray(from, from + 3).equals(Buffer.from('\ufeff'));
    const start = isMarked ? 3 : 0;
    if (format.columns !== null) return { columns: format.columns, body: start };
    // Where a heading ends does not depend on its columns.
    const scan = createRecordScan(
      format,
      format.key.map(({ column }) => column),
    );
    const body = endOfRecord(window, scan, start);
    const place = window.hold(start, body - start);
    const text = createTextReader(format.charset)(
      window.bytes.subarray(place, place + body - start),
    );
    if (text === null) throw dropFault('CHARSET');
    const columns = splitRecord(text.replace(/\r?\n$/u, ''), format).map((name) => name ?? '');
    const isSound = columns.every((name, at) => name !== '' && columns.indexOf(name) === at);
    if (!isSound) throw dropFault('HEADING');
    return { columns, body };
  } finally {
    window.close();
  }
}
