import type { Charset } from '../decode.ts';
import { driftFault, sourceFault } from '../fault.ts';
import { splitFields } from './delimited-fields.ts';
import {
  readCell,
  readHeader,
  rejected,
  type FileRecord,
  type ReadPlan,
  type RejectReason,
} from './file-record.ts';
import { createTextReader, readLines, type Line } from './text-lines.ts';

/** How a text file is divided. */
export interface DelimitedFormat {
  /** One to three characters. */
  readonly separator: string;
  /** The character around values that hold a separator or a line end. Null where there is none. */
  readonly quote: string | null;
  readonly charset: Charset;
  /** Whether a separator follows the last value of a line as well. */
  readonly trailingSeparator: boolean;
  /** Whether a last line without an end is a truncated one even when its columns are complete. */
  readonly finalNewline: 'REQUIRED' | 'OPTIONAL';
  /** The columns in order; null where the first line names them. */
  readonly columns: readonly string[] | null;
}

/** Lines one quoted record may go over; a quote that is never closed costs its own line only. */
const RECORD_LINES_MAX = 100;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The records of a CSV or TXT file. A line that cannot be read costs itself and no other.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT for a header that is not what was agreed;
 * SOURCE_MALFORMED reason CHARSET where the header is not in the charset, TRUNCATED where nothing
 * ends it.
 */
export async function* readDelimited(
  chunks: AsyncIterable<Uint8Array>,
  { format, plan }: { readonly format: DelimitedFormat; readonly plan: ReadPlan },
): AsyncGenerator<readonly FileRecord[]> {
  const taker = createTaker(format, plan);
  for await (const lines of readLines(chunks, plan.limits.lineBytesMax)) {
    const records = lines.flatMap((line) => taker.take(line));
    if (records.length > 0) yield records;
  }
  yield taker.finish();
}

interface TextLine {
  readonly number: number;
  readonly text: string | null;
  /** Why there is no text. */
  readonly reason: RejectReason;
  readonly isEnded: boolean;
}

interface Taker {
  take(line: Line): readonly FileRecord[];
  finish(): readonly FileRecord[];
}

/** Puts lines together to records; keeps the lines of one open quote. */
function createTaker(format: DelimitedFormat, plan: ReadPlan): Taker {
  const decode = createTextReader(format.charset);
  let columns = format.columns === null ? null : readHeader(format.columns, plan);
  let open: TextLine[] = [];

  const close = (fields: readonly string[], { first, last }: Span): readonly FileRecord[] => {
    const own = withoutLast(fields, format);
    if (own === null) return [rejected(first.number, last.isEnded ? 'COLUMN_COUNT' : 'TRUNCATED')];
    if (columns === null) {
      // Cut off in its heading, a file would look like one that holds nothing.
      if (!last.isEnded) throw headerFault('TRUNCATED');
      columns = readHeader(own, plan);
      return [];
    }
    return [toRecord({ columns, fields: own, first, last, format })];
  };
  const give = (line: TextLine, reason: RejectReason): readonly FileRecord[] => {
    if (columns === null) throw headerFault(reason);
    return [rejected(line.number, line.isEnded ? reason : 'TRUNCATED')];
  };
  /** The first open line is lost; those after it stand for themselves. */
  const reopen = (): readonly FileRecord[] => {
    const [first, ...others] = open;
    open = [];
    if (first === undefined) return [];
    return [give(first, 'UNCLOSED_QUOTE'), ...others.map(takeText)].flat();
  };
  const takeText = (line: TextLine): readonly FileRecord[] => {
    if (line.text === null) return [...settle(), ...give(line, line.reason)];
    if (open.length === 0 && line.text === '') return [];
    open.push(line);
    const [first = line] = open;
    const fields = splitFields(open.map(({ text }) => text ?? '').join('\n'), format);
    if (fields !== null) {
      open = [];
      return close(fields, { first, last: line });
    }
    const bytes = open.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
    const isTooMuch = open.length >= RECORD_LINES_MAX || bytes > plan.limits.lineBytesMax;
    return isTooMuch ? reopen() : [];
  };
  const settle = (): readonly FileRecord[] => {
    const records: FileRecord[] = [];
    while (open.length > 0) records.push(...reopen());
    return records;
  };
  return {
    take: (line) => takeText(toText(line, decode)),
    finish() {
      const records = settle();
      if (columns === null) throw driftFault('', 'NO_HEADER');
      return records;
    },
  };
}

interface Span {
  readonly first: TextLine;
  readonly last: TextLine;
}

function toText(line: Line, decode: (bytes: Uint8Array) => string | null): TextLine {
  const { number, bytes, isEnded } = line;
  const text = bytes === null ? null : decode(bytes);
  const reason = bytes === null ? 'LINE_TOO_LONG' : 'INVALID_BYTES';
  const isMarked = number === 1 && text !== null && text.startsWith(BYTE_ORDER_MARK);
  return { number, text: isMarked ? text.slice(1) : text, reason, isEnded };
}

function headerFault(reason: RejectReason): Error {
  const word = reason === 'INVALID_BYTES' ? 'CHARSET' : reason;
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: word });
}

/** The fields without the empty one behind a trailing separator. Null where it is not empty. */
function withoutLast(
  fields: readonly string[],
  { trailingSeparator }: DelimitedFormat,
): readonly string[] | null {
  if (!trailingSeparator) return fields;
  return fields.at(-1) === '' ? fields.slice(0, -1) : null;
}

function toRecord(read: {
  readonly columns: readonly string[];
  readonly fields: readonly string[];
  readonly first: TextLine;
  readonly last: TextLine;
  readonly format: DelimitedFormat;
}): FileRecord {
  const { columns, fields, first, last, format } = read;
  const place = first.number;
  const isCut = !last.isEnded && format.finalNewline === 'REQUIRED';
  if (fields.length !== columns.length || isCut) {
    return rejected(place, last.isEnded ? 'COLUMN_COUNT' : 'TRUNCATED');
  }
  // A database refuses this character, and no text of a person holds it.
  const broken = fields.findIndex((field) => field.includes('\0'));
  if (broken >= 0) return rejected(place, 'NUL_CHARACTER', columns[broken] ?? null);
  const values = Object.fromEntries(
    columns.map((column, index) => [column, readCell(fields[index] ?? '')] as const),
  );
  return { type: 'ROW', place, values };
}
