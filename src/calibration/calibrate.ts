import { COLUMNS } from './columns.ts';
import { readLines, type LineOptions } from './lines.ts';
import { readRecords, type CsvRecord } from './records.ts';
import type { Calibration, CalibrationReport, ColumnCounts } from './report.ts';
import { createTally } from './tally.ts';

/** How a file is read, and how much of it is remembered. */
export interface CalibrationOptions extends LineOptions {
  /** Rows explained that are kept as examples; the counts are exact in any case. */
  readonly examplesMax: number;
}

/** UTF-8, lines of at most 1 MB, at most 1,000 examples. */
export const CALIBRATION_DEFAULTS: CalibrationOptions = {
  encoding: 'utf-8',
  lineBytesMax: 1_000_000,
  examplesMax: 1_000,
};

/**
 * Runs the hub's readers over every row of a public register, to see how well they understand it
 * before anybody depends on them. Every row is parsed, or explained by line, column and reason;
 * none is dropped. Columns are found by their names, in any order, and others are ignored.
 *
 * Rejects only when the stream itself fails.
 */
export async function calibrate(
  input: AsyncIterable<Uint8Array | string>,
  options: CalibrationOptions = CALIBRATION_DEFAULTS,
): Promise<Calibration> {
  const records = readRecords(readLines(input, options));
  const first = await records.next();
  if (first.done === true) return { ok: false, problem: 'the file is empty.' };
  const header = readHeader(first.value);
  if (!header.ok) return header;

  const tally = createTally(header.positions, options.examplesMax);
  for await (const record of records) tally.add(record);
  return { ok: true, report: tally.report() };
}

type Header =
  | { readonly ok: true; readonly positions: ReadonlyMap<string, number> }
  | { readonly ok: false; readonly problem: string };

function readHeader(record: CsvRecord): Header {
  if ('fault' in record) {
    return { ok: false, problem: `the header is unreadable: ${record.fault}.` };
  }
  const names = record.fields.map((name) => name.trim());
  const missing = [...COLUMNS.keys()].filter((column) => !names.includes(column));
  if (missing.length > 0) {
    const isOne = missing.length === 1;
    const problem = `the header lacks the column${isOne ? '' : 's'} ${missing.join(', ')}.`;
    return { ok: false, problem };
  }
  return {
    ok: true,
    positions: new Map([...COLUMNS.keys()].map((column) => [column, names.indexOf(column)])),
  };
}

const EXAMPLES_SHOWN_MAX = 20;

/** The report as lines for a terminal, without a line feed at the end. */
export function formatCalibrationReport(report: CalibrationReport): string {
  const lines = [
    `rows read       ${report.rowsRead}`,
    `rows parsed     ${report.rowsParsed}, of which ${report.rowsWithFindings} with findings`,
    `rows explained  ${report.rowsExplained}`,
    ...report.faults.map(({ code, count }) => `  ${code} ${count}`),
    ...report.columns.flatMap(linesOfColumn),
    ...linesOfExamples(report),
  ];
  return lines.join('\n');
}

function linesOfColumn(counts: ColumnCounts): readonly string[] {
  return [
    '',
    `${counts.column}: ${counts.read} read, ${counts.absent} absent, ${counts.refused} refused`,
    ...counts.findings.map(({ code, count }) => `  found    ${code} ${count}`),
    ...counts.reasons.map(({ code, count }) => `  refused  ${code} ${count}`),
  ];
}

function linesOfExamples(report: CalibrationReport): readonly string[] {
  if (report.examples.length === 0) return [];
  const shown = report.examples.slice(0, EXAMPLES_SHOWN_MAX);
  const hidden = report.examples.length - shown.length + report.examplesOmitted;
  return [
    '',
    'explained:',
    ...shown.map(({ line, column, reason }) => `  line ${line}  ${column ?? 'row'}  ${reason}`),
    ...(hidden === 0 ? [] : [`  and ${hidden} more`]),
  ];
}
