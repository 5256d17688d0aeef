import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of a file around a place, of which so many are held at once. */
export interface FileWindow {
  /** Bytes of the file. */
  readonly size: number;
  /**
   * Holds at least so many bytes from there on, as far as the file goes. Returns where in `bytes`
   * the place is; what was held before may move.
   */
  hold(at: number, length: number): number;
  /** What is held; valid up to `end`. */
  readonly bytes: Buffer;
  /** Where in `bytes` what is held ends. */
  readonly end: number;
  close(): void;
}

/** Share of what is held that stays behind a place: differences are read from a little before. */
const BEHIND = 8;
/** But no more than this: places of records are remembered at such distances. */
const BEHIND_BYTES_MAX = 4_096;
/** Whole pages are copied at once; windows that are smaller are not worth it. */
const PAGE_BYTES = 4_096;

/** @param capacity bytes that are held. Never written: the file is the hub's own. */
export function openWindow(path: string, capacity: number): FileWindow {
  const file = openSync(path, 'r');
  const { size } = fstatSync(file);
  let bytes = Buffer.allocUnsafe(Math.max(1, Math.min(capacity, size)));
  let start = 0;
  let end = 0;
  const fill = (place: number, wanted: number): void => {
    const spare = bytes.length - wanted;
    const share = Math.min(Math.floor(bytes.length / BEHIND), BEHIND_BYTES_MAX);
    const at = place - Math.min(place, spare, share);
    const page = at - (at % PAGE_BYTES);
    start = place - page <= spare ? page : at;
    end = 0;
    while (end < bytes.length && start + end < size) {
      const read = readSync(file, bytes, end, bytes.length - end, start + end);
      if (read === 0) break;
      end += read;
    }
  };
  return {
    size,
    get bytes() {
      return bytes;
    },
    get end() {
      return end;
    },
    hold(at, length) {
      const wanted = Math.min(length, size - at);
      if (at >= start && at + wanted <= start + end) return at - start;
      if (wanted > bytes.length) bytes = Buffer.allocUnsafe(wanted);
      fill(at, wanted);
      return at - start;
    },
    close: () => closeSync(file),
  };
}
