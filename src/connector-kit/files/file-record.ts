import { driftFault } from '../fault.ts';

/** One record of a file: taken apart, or why it could not be. */
export type FileRecord =
  | {
      readonly type: 'ROW';
      /** Line or row number from 1, as an editor shows it; where the record begins. */
      readonly place: number;
      /** By column; text as held, without the spaces around it. Null for nothing. */
      readonly values: Readonly<Record<string, string | null>>;
    }
  | RejectedRecord;

/** A record that is not taken, while those around it are. Never holds a value. */
export interface RejectedRecord {
  readonly type: 'REJECT';
  readonly place: number;
  /** The column to blame. Null for the whole record. */
  readonly field: string | null;
  readonly reason: RejectReason;
}

/** Why a record is not taken. Every word is explained in docs/sources/file-drop.md. */
export const REJECT_REASONS = [
  'COLUMN_COUNT',
  'INVALID_BYTES',
  'NUL_CHARACTER',
  'TRUNCATED',
  'LINE_TOO_LONG',
  'UNCLOSED_QUOTE',
  'MISSING_ID',
  'MISSING_KEY',
  'UNKNOWN_OPERATION',
  'NUMBER_ROUNDED',
  'ERROR_VALUE',
  'BAD_DATE',
  'DUPLICATE_FIELD',
  'NESTED_FIELD',
] as const;

export type RejectReason = (typeof REJECT_REASONS)[number];

/** What the reading of one file is told. */
export interface ReadPlan {
  /** Other names of columns, by the name a file may use. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Columns without which the file is not what was agreed. */
  readonly required: readonly string[];
  readonly limits: ReadLimits;
  /** Aborted at the deadline of the call. */
  readonly signal: AbortSignal;
  /** Told once, before the first record, what the columns are; for XML, those seen first. */
  onColumns(columns: readonly string[]): void;
}

/** What one file may cost. */
export interface ReadLimits {
  /** Bytes of one line, or of one record of XML. */
  readonly lineBytesMax: number;
  /** Bytes of an XLSX file, which is kept in memory while it is read. */
  readonly archiveBytesMax: number;
  /** Bytes that one part of an archive may become. */
  readonly unpackedBytesMax: number;
  /** How many times its packed size a part of an archive may become. */
  readonly unpackedRatioMax: number;
  readonly entriesMax: number;
  /** How deep the records of an XML file, with all they hold, may be. */
  readonly xmlDepthMax: number;
}

/** Columns of one row at most, as in the largest spreadsheets. */
export const COLUMNS_MAX = 16_384;

/** A rejected record. */
export function rejected(
  place: number,
  reason: RejectReason,
  field: string | null = null,
): RejectedRecord {
  return { type: 'REJECT', place, field, reason };
}

/** A text as a value: without the spaces a fixed width is filled up with; null for nothing. */
export function readCell(text: string): string | null {
  const isPadded = /^[ \t\r\n]|[ \t\r\n]$/u.test(text);
  const plain = isPadded ? text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/gu, '') : text;
  return plain === '' ? null : plain;
}

/**
 * The columns a header names, under the names of the settings.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT, reason MISSING_COLUMN, DUPLICATE_COLUMN, BLANK_COLUMN or
 * TOO_MANY_COLUMNS; the pointer names a column of the settings, never what the file holds.
 */
export function readHeader(names: readonly string[], plan: ReadPlan): readonly string[] {
  if (names.length > COLUMNS_MAX) throw driftFault('', 'TOO_MANY_COLUMNS');
  const columns = names.map((name) => {
    const plain = name.trim();
    if (plain === '' || plain.includes('\0')) throw driftFault('', 'BLANK_COLUMN');
    return Object.hasOwn(plan.aliases, plain) ? (plan.aliases[plain] ?? plain) : plain;
  });
  const missing = plan.required.find((name) => !columns.includes(name));
  if (missing !== undefined) throw driftFault(`/${missing}`, 'MISSING_COLUMN');
  if (new Set(columns).size < columns.length) throw driftFault('', 'DUPLICATE_COLUMN');
  plan.onColumns(columns);
  return columns;
}
