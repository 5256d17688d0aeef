import { isUtf8 } from 'node:buffer';

import { codeOfError } from '../error-code.ts';
import type { Charset } from '../decode.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A line of a file, as bytes. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end. Null where it is longer than allowed. */
  readonly bytes: Uint8Array | null;
  /** False for a last line that nothing ends. */
  readonly isEnded: boolean;
}

/**
 * The lines of a file, a batch for each chunk. A line feed ends a line in UTF-8 and in GB18030
 * alike: no other character contains that byte. Keeps one line of at most that many bytes.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  lineBytesMax: number,
): AsyncGenerator<readonly Line[]> {
  let number = 1;
  let isDropped = false;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const keep = (part: Uint8Array): void => {
    if (isDropped || part.length === 0) return;
    heldBytes += part.length;
    // The carriage return of a line end is not yet known from here.
    isDropped = heldBytes > lineBytesMax + 1;
    if (isDropped) held = [];
    else held.push(part);
  };
  const take = (isEnded: boolean): Line => {
    const whole = isDropped ? null : withoutReturn(held.length === 1 ? held[0] : joinParts(held));
    const bytes = whole !== null && whole.length > lineBytesMax ? null : whole;
    [held, heldBytes, isDropped] = [[], 0, false];
    return { number: number++, bytes, isEnded };
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      keep(chunk.subarray(from, end));
      lines.push(take(true));
      from = end + 1;
    }
    keep(chunk.subarray(from));
    if (lines.length > 0) yield lines;
  }
  if (heldBytes > 0) yield [take(false)];
}

function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}

function withoutReturn(line: Uint8Array | undefined): Uint8Array {
  if (line === undefined) return new Uint8Array();
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

/** Text of bytes in that charset. Null where they are none. A byte order mark is kept. */
export function createTextReader(charset: Charset): (bytes: Uint8Array) => string | null {
  if (charset === 'utf-8') {
    return (bytes) => (isUtf8(bytes) ? toBuffer(bytes).toString('utf8') : null);
  }
  const decoder = new TextDecoder(charset, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch (error) {
      if (codeOfError(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
      return null;
    }
  };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
