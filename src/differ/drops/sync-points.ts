import { readFileSync, writeFileSync } from 'node:fs';

/** Places of a file where a record begins, and how many records stand before each. */
export interface SyncPoints {
  readonly count: number;
  /** Offset and rows of each point, one after the other. */
  readonly pairs: Float64Array;
  offsetAt(index: number): number;
  rowsAt(index: number): number;
  /** Of the last point that is not behind this place. -1 where there is none. */
  indexBefore(offset: number): number;
}

/** Collects points in the order of the file. */
export interface SyncPointWriter {
  /** A record begins there, of which so many stand before it. */
  note(offset: number, rows: number): void;
  /** All points of another file between two places, which stand here so much further on. */
  copy(from: SyncPoints, part: CopiedPart): void;
  /** Keeps them. */
  save(path: string): void;
}

/** A part of another file that stands in this one byte by byte. */
export interface CopiedPart {
  readonly from: number;
  readonly to: number;
  readonly bytesFurther: number;
  readonly rowsFurther: number;
}

const FIRST_CAPACITY = 4_096;

/** @param everyBytes about so far from each other. */
export function createSyncPointWriter(everyBytes: number): SyncPointWriter {
  let points = new Float64Array(FIRST_CAPACITY);
  let length = 0;
  let next = 0;
  const reserve = (more: number): void => {
    if (length + more <= points.length) return;
    const larger = new Float64Array(Math.max(points.length * 2, length + more));
    larger.set(points.subarray(0, length));
    points = larger;
  };
  return {
    note(offset, rows) {
      if (offset < next) return;
      reserve(2);
      points[length] = offset;
      points[length + 1] = rows;
      length += 2;
      next = offset + everyBytes;
    },
    copy({ pairs, indexBefore }, { from, to, bytesFurther, rowsFurther }) {
      // Those of the other file are as far from each other as they were.
      let first = Math.max(from, next - bytesFurther);
      first = indexBefore(first - 1) + 1;
      const end = indexBefore(to) + 1;
      if (first >= end) return;
      reserve(2 * (end - first));
      for (let at = 2 * first; at < 2 * end; at += 2) {
        points[length] = (pairs[at] ?? 0) + bytesFurther;
        points[length + 1] = (pairs[at + 1] ?? 0) + rowsFurther;
        length += 2;
      }
      next = (points[length - 2] ?? 0) + everyBytes;
    },
    save(path) {
      writeFileSync(path, Buffer.from(points.buffer, 0, length * Float64Array.BYTES_PER_ELEMENT));
    },
  };
}

/** Those that were kept. */
export function readSyncPoints(path: string): SyncPoints {
  const bytes = readFileSync(path);
  const pairs = new Float64Array(bytes.length >> 3);
  bytes.copy(Buffer.from(pairs.buffer));
  const count = pairs.length >> 1;
  const offsetAt = (index: number): number => pairs[index * 2] ?? Infinity;
  return {
    count,
    pairs,
    offsetAt,
    rowsAt: (index) => pairs[index * 2 + 1] ?? 0,
    indexBefore(offset) {
      let low = 0;
      let high = count;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (offsetAt(middle) <= offset) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    },
  };
}
