import { CsvError, parse } from 'csv-parse/sync';

import type { Line, LineFault } from './lines.ts';

/** One record of a CSV file, at the line where it starts, or why that line is none. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly fault: RecordFault };

/** Why a line is no record. */
export type RecordFault = LineFault | 'BLANK_LINE' | 'WRONG_COLUMN_COUNT' | 'BAD_QUOTES';

/** A quoted field may contain line feeds, in a record of at most this many lines. */
const RECORD_LINES_MAX = 8;
const BATCH_LINES_MAX = 500;

/**
 * The records of a CSV file (RFC 4180) in order; the first decides how many columns there are.
 * No line is lost: a quote that is never closed costs its own line and not the lines after it,
 * which is why lines are told apart here and csv-parse is given whole records only.
 */
export async function* readRecords(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  let columnCount: number | null = null;
  let waiting: Line[] = [];

  for await (const line of lines) {
    waiting.push(line);
    if (waiting.length < BATCH_LINES_MAX && columnCount !== null) continue;
    const { records, rest } = recordsOf(waiting, { columnCount, isEnd: false });
    waiting = rest;
    columnCount ??= countOf(records[0]);
    yield* records;
  }
  yield* recordsOf(waiting, { columnCount, isEnd: true }).records;
}

function countOf(record: CsvRecord | undefined): number | null {
  return record !== undefined && 'fields' in record ? record.fields.length : null;
}

interface Position {
  /** Null before the first record, which may have any number. */
  readonly columnCount: number | null;
  /** Whether no further lines will come. */
  readonly isEnd: boolean;
}

/** Reads whole records; lines that may belong to a record not yet complete are left as `rest`. */
function recordsOf(
  lines: readonly Line[],
  position: Position,
): { records: readonly CsvRecord[]; rest: Line[] } {
  const records: CsvRecord[] = [];
  let simple: { number: number; text: string }[] = [];
  const flush = (): void => {
    records.push(...parseLines(simple, position.columnCount));
    simple = [];
  };

  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (line === undefined) break;
    if ('text' in line && line.text !== '' && isBalanced(line.text)) {
      simple.push(line);
      at += 1;
      continue;
    }
    flush();
    if ('fault' in line || line.text === '') {
      records.push({ line: line.number, fault: 'fault' in line ? line.fault : 'BLANK_LINE' });
      at += 1;
      continue;
    }
    const isCut = lines.length - at < RECORD_LINES_MAX && !position.isEnd;
    const open = openRecord(lines.slice(at, at + RECORD_LINES_MAX), position.columnCount);
    if (open === null && isCut) return { records, rest: lines.slice(at) };
    records.push(open?.record ?? { line: line.number, fault: 'BAD_QUOTES' });
    at += open?.lineCount ?? 1;
  }
  flush();
  return { records, rest: [] };
}

/** The record that starts with an open quote. Null when no further line closes it properly. */
function openRecord(
  lines: readonly Line[],
  columnCount: number | null,
): { record: CsvRecord; lineCount: number } | null {
  let text = '';
  for (const [index, line] of lines.entries()) {
    if ('fault' in line) return null;
    text += index === 0 ? line.text : `\n${line.text}`;
    if (index === 0 || !isBalanced(text)) continue;
    const rows = parseText(text);
    const [fields] = rows ?? [];
    const fits = fields !== undefined && (columnCount ?? fields.length) === fields.length;
    if (rows?.length !== 1 || !fits) return null;
    return { record: { line: lines[0]?.number ?? 0, fields }, lineCount: index + 1 };
  }
  return null;
}

function isBalanced(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 0;
}

/** Lines that are one record each: together, because that is fast; alone where one is bad. */
function parseLines(
  lines: readonly { number: number; text: string }[],
  columnCount: number | null,
): readonly CsvRecord[] {
  if (lines.length === 0) return [];
  const rows = parseText(lines.map(({ text }) => text).join('\n'));
  if (rows?.length === lines.length) {
    return lines.map(({ number }, index) =>
      checked(number, { fields: rows[index] ?? [], columnCount }),
    );
  }
  return lines.map(({ number, text }) => {
    const [fields, ...others] = parseText(text) ?? [];
    return fields === undefined || others.length > 0
      ? { line: number, fault: 'BAD_QUOTES' }
      : checked(number, { fields, columnCount });
  });
}

function checked(
  line: number,
  { fields, columnCount }: { fields: readonly string[]; columnCount: number | null },
): CsvRecord {
  const fits = columnCount === null || fields.length === columnCount;
  return fits ? { line, fields } : { line, fault: 'WRONG_COLUMN_COUNT' };
}

/** Null when the quotes are not those of RFC 4180. */
function parseText(text: string): string[][] | null {
  try {
    return parse(text, { record_delimiter: '\n', relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}
