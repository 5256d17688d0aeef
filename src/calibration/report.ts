/** What came of a calibration: how well the file is understood, or why nothing was read of it. */
export type Calibration =
  | { readonly ok: true; readonly report: CalibrationReport }
  /** What is wrong with the file, in one sentence that names the column. */
  | { readonly ok: false; readonly problem: string };

/** How well the readers of the hub understand a file, in exact counts. Holds no value of it. */
export interface CalibrationReport {
  /** Rows after the header; always `rowsParsed` and `rowsExplained` together. */
  readonly rowsRead: number;
  /** Rows whose every field was read, or is allowed to be blank. */
  readonly rowsParsed: number;
  /** Rows that are no record, or of which a field was refused. */
  readonly rowsExplained: number;
  /** Of the rows parsed, those with a finding in any field. */
  readonly rowsWithFindings: number;
  /** In the order of the layout. */
  readonly columns: readonly ColumnCounts[];
  /** Why rows are no records, most frequent first. */
  readonly faults: readonly Count[];
  /** The first of the rows explained, in order; a row has one for each field refused. */
  readonly examples: readonly Explanation[];
  /** Explanations beyond `examples`, counted only. */
  readonly examplesOmitted: number;
}

/** What became of the fields of one column; the first three add up to the records. */
export interface ColumnCounts {
  readonly column: string;
  readonly read: number;
  readonly absent: number;
  readonly refused: number;
  /** Codes of findings and ids of text rules, most frequent first. */
  readonly findings: readonly Count[];
  /** Why fields were refused, most frequent first. */
  readonly reasons: readonly Count[];
}

/** How often a code occurred. */
export interface Count {
  readonly code: string;
  readonly count: number;
}

/** Why a row, or one field of it, was not parsed. */
export interface Explanation {
  /** Where the row starts, counted from 1 with the header. */
  readonly line: number;
  /** Null when the row as a whole is no record. */
  readonly column: string | null;
  readonly reason: string;
}
