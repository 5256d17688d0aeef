import { COLUMNS, type FieldReading } from './columns.ts';
import type { CsvRecord } from './records.ts';
import type { CalibrationReport, ColumnCounts, Count, Explanation } from './report.ts';

/** Counts what the readers make of each row. */
export interface Tally {
  add(record: CsvRecord): void;
  report(): CalibrationReport;
}

interface ColumnTally {
  read: number;
  absent: number;
  refused: number;
  readonly findings: Map<string, number>;
  readonly reasons: Map<string, number>;
}

/** `positions` says where in a row each column of the layout is. */
export function createTally(positions: ReadonlyMap<string, number>, examplesMax: number): Tally {
  const columns = new Map<string, ColumnTally>(
    [...COLUMNS.keys()].map((column) => [column, emptyColumn()]),
  );
  const faults = new Map<string, number>();
  const examples: Explanation[] = [];
  const rows = { read: 0, parsed: 0, explained: 0, withFindings: 0, examplesOmitted: 0 };

  function explain(explanation: Explanation): void {
    if (examples.length < examplesMax) examples.push(explanation);
    else rows.examplesOmitted += 1;
  }

  function addFields(line: number, fields: readonly string[]): void {
    let isRefused = false;
    let hasFindings = false;
    for (const [column, read] of COLUMNS) {
      const reading = read(fields[positions.get(column) ?? -1] ?? '');
      countReading(columns.get(column) ?? emptyColumn(), reading);
      hasFindings ||= reading.kind === 'READ' && reading.findings.length > 0;
      if (reading.kind !== 'REFUSED') continue;
      isRefused = true;
      explain({ line, column, reason: reading.reason });
    }
    rows[isRefused ? 'explained' : 'parsed'] += 1;
    if (hasFindings && !isRefused) rows.withFindings += 1;
  }

  function add(record: CsvRecord): void {
    rows.read += 1;
    if ('fields' in record) {
      addFields(record.line, record.fields);
      return;
    }
    rows.explained += 1;
    increment(faults, record.fault);
    explain({ line: record.line, column: null, reason: record.fault });
  }

  return {
    add,
    report: () => ({
      rowsRead: rows.read,
      rowsParsed: rows.parsed,
      rowsExplained: rows.explained,
      rowsWithFindings: rows.withFindings,
      columns: [...columns].map(([column, tally]) => countsOf(column, tally)),
      faults: sorted(faults),
      examples,
      examplesOmitted: rows.examplesOmitted,
    }),
  };
}

function emptyColumn(): ColumnTally {
  return { read: 0, absent: 0, refused: 0, findings: new Map(), reasons: new Map() };
}

function countReading(tally: ColumnTally, reading: FieldReading): void {
  switch (reading.kind) {
    case 'READ':
      tally.read += 1;
      for (const code of reading.findings) increment(tally.findings, code);
      break;
    case 'ABSENT':
      tally.absent += 1;
      break;
    case 'REFUSED':
      tally.refused += 1;
      increment(tally.reasons, reading.reason);
      break;
    default:
      return reading satisfies never;
  }
}

function countsOf(column: string, tally: ColumnTally): ColumnCounts {
  return {
    column,
    read: tally.read,
    absent: tally.absent,
    refused: tally.refused,
    findings: sorted(tally.findings),
    reasons: sorted(tally.reasons),
  };
}

function increment(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}

/** Most frequent first; equally frequent ones by their codes. */
function sorted(counts: ReadonlyMap<string, number>): readonly Count[] {
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((left, right) => right.count - left.count || (left.code < right.code ? -1 : 1));
}
