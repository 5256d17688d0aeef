import { readFileSync, writeFileSync } from 'node:fs';

/** Places of a file where a record begins, and how many records stand before each. */
export interface SyncPoints {
  readonly count: number;
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
  const add = (offset: number, rows: number): void => {
    if (length + 2 > points.length) {
      const larger = new Float64Array(points.length * 2);
      larger.set(points);
      points = larger;
    }
    points[length] = offset;
    points[length + 1] = rows;
    length += 2;
    next = offset + everyBytes;
  };
  return {
    note(offset, rows) {
      if (offset >= next) add(offset, rows);
    },
    copy(from, { from: begin, to, bytesFurther, rowsFurther }) {
      const first = from.indexBefore(begin);
      for (let at = Math.max(first, 0); at < from.count; at += 1) {
        const offset = from.offsetAt(at);
        if (offset > to) break;
        if (offset < begin) continue;
        const place = offset + bytesFurther;
        if (place >= next) add(place, from.rowsAt(at) + rowsFurther);
      }
    },
    save(path) {
      writeFileSync(path, Buffer.from(points.buffer, 0, length * Float64Array.BYTES_PER_ELEMENT));
    },
  };
}

/** Those that were kept. */
export function readSyncPoints(path: string): SyncPoints {
  const bytes = readFileSync(path);
  const points = new Float64Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  );
  const count = points.length >> 1;
  const offsetAt = (index: number): number => points[index * 2] ?? Infinity;
  return {
    count,
    offsetAt,
    rowsAt: (index) => points[index * 2 + 1] ?? 0,
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
