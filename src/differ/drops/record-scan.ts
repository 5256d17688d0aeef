import type { Charset } from '../../connector-kit/decode.ts';
import { sourceFault } from '../../connector-kit/fault.ts';
import { createTextReader } from '../../connector-kit/files/text-lines.ts';
import type { HubError } from '../../errors.ts';
import { encodeKey, type KeyType, type RowKey } from '../../model/row-key.ts';

/** How the records of a drop are written. */
export interface DropFormat {
  /** One to three ASCII characters. */
  readonly separator: string;
  /** Character around values that hold a separator or the end of a line: `"` or `'`. */
  readonly quote: '"' | "'" | null;
  readonly charset: Charset;
  /** The columns in order; null where the first record names them. */
  readonly columns: readonly string[] | null;
  /** Columns that rows are matched by. */
  readonly key: readonly { readonly column: string; readonly type: KeyType }[];
  /** Whether an empty value without quotes is no value at all, while `""` is an empty text. */
  readonly emptyIsNull: boolean;
}

/** Takes records apart, in the charset they are in. */
export interface RecordScan {
  /**
   * Where the record ends that begins there: behind the end of its line. -1 where that is not
   * among the bytes up to `to`.
   */
  endOf(bytes: Buffer, from: number, to: number): number;
  /** @throws {HubError} SOURCE_MALFORMED, reason CHARSET or COLUMN_COUNT. */
  valuesOf(record: Buffer): readonly (string | null)[];
  /** Null where a part of the key is missing. @throws {HubError} as above, or KEY_TYPE. */
  keyOf(values: readonly (string | null)[]): RowKey | null;
}

/** A record longer than this is a quote that nobody closed. */
export const RECORD_BYTES_MAX = 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** @param columns of the drop, as its heading names them. */
export function createRecordScan(format: DropFormat, columns: readonly string[]): RecordScan {
  const decode = createTextReader(format.charset);
  const quote = format.quote === null ? -1 : format.quote.charCodeAt(0);
  const separator = Buffer.from(format.separator, 'latin1');
  const places = format.key.map(({ column }) => columns.indexOf(column));
  if (places.includes(-1)) throw dropFault('KEY_MISSING');
  const types = format.key.map(({ type }) => type);
  return {
    endOf(bytes, from, to) {
      const end = bytes.indexOf(LINE_FEED, from);
      if (end >= 0 && end < to && (quote < 0 || !holds(bytes, quote, { from, to: end })))
        return end + 1;
      if (quote < 0) return -1;
      return endOfQuoted(bytes, { from, to, quote, separator, charset: format.charset });
    },
    valuesOf(record) {
      const text = decode(withoutEnd(record));
      if (text === null) throw dropFault('CHARSET');
      const values = splitRecord(text, format);
      if (values.length !== columns.length) throw dropFault('COLUMN_COUNT');
      return values;
    },
    keyOf(values) {
      const parts = places.map((place) => values[place] ?? null);
      try {
        return encodeKey(parts, types);
      } catch (error) {
        if (error instanceof RangeError) throw dropFault('KEY_TYPE');
        throw error;
      }
    },
  };
}

/** Nothing can be concluded from a drop that holds such a record. */
export function dropFault(reason: string): HubError {
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason });
}

function holds(bytes: Buffer, quote: number, { from, to }: { from: number; to: number }): boolean {
  const at = bytes.indexOf(quote, from);
  return at >= 0 && at < to;
}

interface Scanned {
  readonly from: number;
  readonly to: number;
  readonly quote: number;
  readonly separator: Buffer;
  readonly charset: Charset;
}

/** A quote counts only where a value begins with it, and two inside stand for one. */
function endOfQuoted(bytes: Buffer, { from, to, quote, separator, charset }: Scanned): number {
  let isStart = true;
  for (let at = from; at < to;) {
    const byte = bytes[at] ?? 0;
    if (byte === quote && isStart) {
      const closing = closingQuote(bytes, { from: at + 1, to, quote });
      if (closing < 0) return -1;
      at = closing + 1;
      isStart = false;
    } else if (byte === LINE_FEED) {
      return at + 1;
    } else {
      const isSeparator = byte === separator[0] && startsAt(bytes, separator, at);
      isStart = isSeparator;
      at += isSeparator ? separator.length : widthOf(bytes, at, charset);
    }
  }
  return -1;
}

function closingQuote(
  bytes: Buffer,
  { from, to, quote }: { readonly from: number; readonly to: number; readonly quote: number },
): number {
  for (let at = bytes.indexOf(quote, from); at >= 0 && at < to; at = bytes.indexOf(quote, at)) {
    // Whether the next byte is a quote as well must be known.
    if (at + 1 >= to) return -1;
    if (bytes[at + 1] !== quote) return at;
    at += 2;
  }
  return -1;
}

function startsAt(bytes: Buffer, separator: Buffer, at: number): boolean {
  return bytes.compare(separator, 0, separator.length, at, at + separator.length) === 0;
}

/** In GB18030 the second byte of a character may be a separator such as `|`. */
function widthOf(bytes: Buffer, at: number, charset: Charset): number {
  if (charset === 'utf-8' || (bytes[at] ?? 0) < 0x81) return 1;
  const second = bytes[at + 1] ?? 0;
  return second >= 0x30 && second <= 0x39 ? 4 : 2;
}

function withoutEnd(record: Buffer): Buffer {
  let end = record.length;
  if (record[end - 1] === LINE_FEED) end -= 1;
  if (record[end - 1] === CARRIAGE_RETURN) end -= 1;
  return record.subarray(0, end);
}

/** The values of a record. */
export function splitRecord(
  text: string,
  { separator, quote, emptyIsNull }: Pick<DropFormat, 'separator' | 'quote' | 'emptyIsNull'>,
): readonly (string | null)[] {
  const plain = (value: string): string | null => (emptyIsNull && value === '' ? null : value);
  if (quote === null || !text.includes(quote)) return text.split(separator).map(plain);
  const values: (string | null)[] = [];
  for (let at = 0; ;) {
    const isQuoted = text.startsWith(quote, at);
    const { value, end } = isQuoted
      ? readQuoted(text, { at, separator, quote })
      : readPlain(text, { at, separator });
    values.push(isQuoted ? value : plain(value));
    if (end >= text.length) return values;
    at = end + separator.length;
  }
}

function readPlain(text: string, { at, separator }: { at: number; separator: string }) {
  const found = text.indexOf(separator, at);
  const end = found < 0 ? text.length : found;
  return { value: text.slice(at, end), end };
}

function readQuoted(
  text: string,
  { at, separator, quote }: { at: number; separator: string; quote: string },
) {
  const parts: string[] = [];
  for (let from = at + 1; ;) {
    const closing = text.indexOf(quote, from);
    if (closing < 0) throw dropFault('UNCLOSED_QUOTE');
    parts.push(text.slice(from, closing));
    from = closing + 1;
    if (!text.startsWith(quote, from)) {
      const { value, end } = readPlain(text, { at: from, separator });
      return { value: parts.join('') + value, end };
    }
    parts.push(quote);
    from += 1;
  }
}
