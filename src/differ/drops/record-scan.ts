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
  /** Its text without the end of its line. @throws {HubError} SOURCE_MALFORMED, reason CHARSET. */
  textOf(record: Buffer): string;
  /** All values of a text. @throws {HubError} SOURCE_MALFORMED, reason COLUMN_COUNT. */
  valuesOf(text: string): readonly (string | null)[];
  /**
   * Null where a part of the key is missing. What stands behind the key is not looked at.
   *
   * @throws {HubError} SOURCE_MALFORMED, reason KEY_TYPE.
   */
  keyOf(text: string): RowKey | null;
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
  const marks = { quote, separator, charset: format.charset };
  const endOfQuoted = isPlain(marks) ? endByMarks : endByCharacters;
  const places = format.key.map(({ column }) => columns.indexOf(column));
  if (places.includes(-1)) throw dropFault('KEY_MISSING');
  const types = format.key.map(({ type }) => type);
  const keyColumns = Math.max(...places) + 1;
  return {
    endOf(bytes, from, to) {
      const part = bytes.subarray(from, to);
      const end = quote < 0 ? part.indexOf(LINE_FEED) + 1 : endOfQuoted(part, marks);
      return end <= 0 ? -1 : from + end;
    },
    textOf(record) {
      const text = decode(withoutEnd(record));
      if (text === null) throw dropFault('CHARSET');
      return text;
    },
    valuesOf(text) {
      const values = splitRecord(text, format);
      if (values.length !== columns.length) throw dropFault('COLUMN_COUNT');
      return values;
    },
    keyOf(text) {
      const values = splitRecord(text, format, keyColumns);
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

interface Marks {
  readonly quote: number;
  readonly separator: Buffer;
  readonly charset: Charset;
}

/** Whether a byte of the separator is the separator wherever it stands outside of quotes. */
function isPlain({ separator, charset }: Marks): boolean {
  const [byte = 0] = separator;
  // Bytes below are no part of any character of GB18030; those of UTF-8 never are.
  return separator.length === 1 && (charset === 'utf-8' || byte < 0x30);
}

/**
 * Where the record ends that the bytes begin with, -1 where they do not hold its end. A quote
 * counts only where a value begins with it, and two inside stand for one.
 */
function endByMarks(bytes: Buffer, { quote, separator }: Marks): number {
  let line = bytes.indexOf(LINE_FEED);
  for (let at = bytes.indexOf(quote); line >= 0;) {
    if (at < 0 || at > line) return line + 1;
    let next = at + 1;
    if (at === 0 || bytes[at - 1] === separator[0]) {
      const closing = closingQuote(bytes, { from: next, quote });
      if (closing < 0) return -1;
      next = closing + 1;
      if (closing > line) line = bytes.indexOf(LINE_FEED, next);
    }
    at = bytes.indexOf(quote, next);
  }
  return -1;
}

/** The same where separators have to be told from parts of characters and of each other. */
function endByCharacters(bytes: Buffer, { quote, separator, charset }: Marks): number {
  let isStart = true;
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    if (byte === quote && isStart) {
      const closing = closingQuote(bytes, { from: at + 1, quote });
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
  { from, quote }: { readonly from: number; readonly quote: number },
): number {
  for (let at = bytes.indexOf(quote, from); at >= 0; at = bytes.indexOf(quote, at)) {
    // Whether the next byte is a quote as well must be known.
    if (at + 1 >= bytes.length) return -1;
    if (bytes[at + 1] !== quote) return at;
    at += 2;
  }
  return -1;
}

function startsAt(bytes: Buffer, separator: Buffer, at: number): boolean {
  return bytes.subarray(at, at + separator.length).equals(separator);
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

/** The values of a record, the first of them where no more are wanted. */
export function splitRecord(
  text: string,
  { separator, quote, emptyIsNull }: Pick<DropFormat, 'separator' | 'quote' | 'emptyIsNull'>,
  valuesMax = Infinity,
): readonly (string | null)[] {
  const values: (string | null)[] = [];
  for (let at = 0; ;) {
    const isQuoted = quote !== null && text.startsWith(quote, at);
    const inside = isQuoted ? readQuoted(text, at, quote) : { value: '', end: at };
    const found = text.indexOf(separator, inside.end);
    const end = found < 0 ? text.length : found;
    const value = inside.value + text.slice(inside.end, end);
    values.push(value === '' && emptyIsNull && !isQuoted ? null : value);
    if (end >= text.length || values.length >= valuesMax) return values;
    at = end + separator.length;
  }
}

/** The text within quotes that begin there, and where it ends behind them. */
function readQuoted(text: string, at: number, quote: string) {
  let value = '';
  for (let from = at + 1; ;) {
    const closing = text.indexOf(quote, from);
    if (closing < 0) throw dropFault('UNCLOSED_QUOTE');
    value += text.slice(from, closing);
    from = closing + 1;
    if (!text.startsWith(quote, from)) return { value, end: from };
    value += quote;
    from += 1;
  }
}
