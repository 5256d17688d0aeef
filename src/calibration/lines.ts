/** One line of a file, counted from 1, or why it could not be read. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: LineFault };

/** Why a line has no text. */
export type LineFault = 'LINE_TOO_LONG' | 'NOT_DECODABLE';

/** How bytes become lines. */
export interface LineOptions {
  readonly encoding: 'utf-8' | 'gb18030';
  /** A longer line is a fault; what is kept of it in memory is bounded. */
  readonly lineBytesMax: number;
}

const LINE_FEED = 0x0a;

/**
 * The lines of a stream in order, without their ends (LF or CRLF). The last line needs no end. In
 * neither encoding can a line feed be part of another character. Chunks of text are taken as
 * UTF-8, whatever the encoding. Memory is bounded by one line and one chunk.
 */
export async function* readLines(
  input: AsyncIterable<Uint8Array | string>,
  options: LineOptions,
): AsyncGenerator<Line> {
  let number = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  const take = (piece: Uint8Array): void => {
    heldBytes += piece.length;
    // Beyond the limit only the length counts.
    if (heldBytes > options.lineBytesMax) held = [];
    else held.push(piece);
  };
  const finish = (): Line => {
    number += 1;
    const line = toLine({ number, pieces: held, bytes: heldBytes }, options);
    held = [];
    heldBytes = 0;
    return line;
  };

  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    let start = 0;
    for (
      let end = bytes.indexOf(LINE_FEED);
      end !== -1;
      start = end + 1, end = bytes.indexOf(LINE_FEED, start)
    ) {
      take(bytes.subarray(start, end));
      yield finish();
    }
    if (start < bytes.length) take(bytes.subarray(start));
  }
  if (heldBytes > 0) yield finish();
}

function toLine(
  raw: { number: number; pieces: readonly Uint8Array[]; bytes: number },
  { encoding, lineBytesMax }: LineOptions,
): Line {
  const { number } = raw;
  if (raw.bytes > lineBytesMax) return { number, fault: 'LINE_TOO_LONG' };
  const text = decode(Buffer.concat(raw.pieces), encoding);
  return text === null
    ? { number, fault: 'NOT_DECODABLE' }
    : { number, text: text.replace(/\r$/u, '') };
}

/** Without a byte order mark. Null for bytes that are no text in this encoding. */
function decode(bytes: Uint8Array, encoding: LineOptions['encoding']): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (codeOf(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return null;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
}
