import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { compareKeys, type RowKey } from '../../model/row-key.ts';
import { openWindow, type FileWindow } from './file-window.ts';
import { endOfRecord } from './record-reader.ts';
import { dropFault, type RecordScan } from './record-scan.ts';

/** What is sorted, and how much of it is held at once. */
export interface Sorting {
  readonly path: string;
  /** Where the first record begins; what stands before it comes first again. */
  readonly body: number;
  readonly scan: RecordScan;
  /** For runs, which are removed. */
  readonly folder: string;
  readonly target: string;
  readonly memoryBytesMax: number;
  readonly onStep: () => Promise<void> | undefined;
}

interface Keyed {
  readonly key: RowKey;
  readonly raw: Buffer;
}

/** Runs that are merged at once; more would need more open files than a process has. */
const RUNS_MAX = 512;
/** What a record costs beside its bytes. */
const OVERHEAD_BYTES = 200;
const WINDOW_BYTES = 256 * 1024;
const WRITE_BYTES = 1024 * 1024;
const LINE_FEED = Buffer.from('\n');

/**
 * Writes the records of a drop in the order of their keys, those of one key in the order of their
 * bytes: sorted in memory part by part, then merged. Rows without a key are left out.
 *
 * @returns how many rows had no key.
 * @throws {HubError} SOURCE_MALFORMED for a record that cannot be read, or TOO_LARGE.
 */
export async function sortDrop(sorting: Sorting): Promise<{ readonly unkeyed: number }> {
  const { folder, target, scan, path, body } = sorting;
  const runs: string[] = [];
  let unkeyed = 0;
  let held: Keyed[] = [];
  let heldBytes = 0;
  const flush = (): void => {
    const run = join(folder, `run-${runs.length}`);
    if (runs.length === RUNS_MAX) throw dropFault('TOO_LARGE');
    writeRecords(run, held.toSorted(compareRecords));
    runs.push(run);
    [held, heldBytes] = [[], 0];
  };
  const window = openWindow(path, 4 * WINDOW_BYTES);
  try {
    for (let at = body; at < window.size;) {
      const to = endOfRecord(window, scan, at);
      const raw = recordBytes(window, at, to);
      at = to;
      if (isEmptyLine(raw)) continue;
      const text = scan.textOf(raw);
      scan.valuesOf(text);
      const key = scan.keyOf(text);
      if (key === null) unkeyed += 1;
      else held.push({ key, raw });
      heldBytes += raw.length + OVERHEAD_BYTES;
      if (heldBytes > sorting.memoryBytesMax) {
        flush();
        await sorting.onStep();
      }
    }
    flush();
    const heading = recordBytes(window, 0, body);
    await merge(runs, { target, scan, heading, onStep: sorting.onStep });
  } finally {
    window.close();
    for (const run of runs) rmSync(run, { force: true });
  }
  return { unkeyed };
}

/** Every record ends with the end of a line, or the next would go on with it. */
function recordBytes(window: FileWindow, at: number, to: number): Buffer {
  const from = window.hold(at, to - at);
  const raw = Buffer.from(window.bytes.subarray(from, from + to - at));
  return raw.length === 0 || raw.at(-1) === 0x0a ? raw : Buffer.concat([raw, LINE_FEED]);
}

function isEmptyLine(raw: Buffer): boolean {
  return raw.length === 0 || raw.equals(LINE_FEED) || raw.toString('latin1') === '\r\n';
}

function compareRecords(one: Keyed, other: Keyed): number {
  return compareKeys(one.key, other.key) || one.raw.compare(other.raw);
}

function writeRecords(path: string, records: Iterable<Keyed>): void {
  const writer = openWriter(path);
  for (const { raw } of records) writer.write(raw);
  writer.close();
}

function openWriter(path: string) {
  const file = openSync(path, 'w', 0o600);
  let parts: Buffer[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (bytes > 0) writeAll(file, Buffer.concat(parts, bytes));
    [parts, bytes] = [[], 0];
  };
  return {
    write(part: Buffer): void {
      parts.push(part);
      bytes += part.length;
      if (bytes >= WRITE_BYTES) flush();
    },
    close(): void {
      flush();
      closeSync(file);
    },
  };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

interface Run {
  readonly window: FileWindow;
  at: number;
  head: Keyed;
}

async function merge(
  paths: readonly string[],
  to: {
    readonly target: string;
    readonly scan: RecordScan;
    readonly heading: Buffer;
    readonly onStep: () => Promise<void> | undefined;
  },
): Promise<void> {
  const windows = paths.map((path) => openWindow(path, WINDOW_BYTES));
  const writer = openWriter(to.target);
  try {
    writer.write(to.heading);
    const heap = windows.flatMap((window) => {
      const next = nextOf(window, to.scan, 0);
      return next === null ? [] : [{ window, at: next.to, head: next.record }];
    });
    heap.sort((one, other) => compareRecords(one.head, other.head));
    for (let count = 1; heap.length > 0; count += 1) {
      const [run] = heap as [Run];
      writer.write(run.head.raw);
      const next = nextOf(run.window, to.scan, run.at);
      if (next === null) heap.shift();
      else {
        [run.at, run.head] = [next.to, next.record];
        sink(heap);
      }
      if (count % 65_536 === 0) await to.onStep();
    }
  } finally {
    writer.close();
    for (const window of windows) window.close();
  }
}

/** The first run goes to where its next record belongs; as a rule that is not far. */
function sink(runs: Run[]): void {
  const [run] = runs as [Run];
  let low = 1;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = runs[middle];
    if (other !== undefined && compareRecords(other.head, run.head) < 0) low = middle + 1;
    else high = middle;
  }
  runs.copyWithin(0, 1, low);
  runs[low - 1] = run;
}

function nextOf(
  window: FileWindow,
  scan: RecordScan,
  at: number,
): { readonly record: Keyed; readonly to: number } | null {
  if (at >= window.size) return null;
  const to = endOfRecord(window, scan, at);
  const raw = recordBytes(window, at, to);
  const key = scan.keyOf(scan.textOf(raw));
  if (key === null) throw dropFault('RUN');
  return { record: { key, raw }, to };
}
