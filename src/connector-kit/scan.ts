import type { Capabilities, CallContext, CapabilityName } from './connector.ts';

/**
 * A source that hands over rows in passes (tables, nightly files) instead of being asked one key
 * at a time. The hub keeps the rows and answers from them; the connector keeps nothing.
 */
export interface Holdings {
  /** Names of what is scanned, in the order in which a pass must read them. */
  readonly collections: readonly string[];
  /**
   * The rows since a watermark, page by page. The same request gives the same rows, whatever
   * pages it was cut into. A page is yielded only whole.
   *
   * @throws {HubError} a `SOURCE_…` fault. Pages that were yielded before stand; the pass is then
   * not complete, and nothing may be concluded from what it did not show.
   */
  scan(request: ScanRequest, call: CallContext): AsyncIterable<ScanPage>;
  /** What can be answered from the rows. Absent means unsupported. */
  readonly answers: { readonly [N in CapabilityName]?: HeldAnswers<N> };
}

/** Where to begin. */
export interface ScanRequest {
  readonly collection: string;
  /** `watermark` of the last complete pass. Null to read from the beginning. */
  readonly since: string | null;
  /** `resume` of the last page that was kept of a pass that was cut off. Null to begin one. */
  readonly resume: string | null;
  /** Whether a pass of this name (a file's digest) was completed before: not to be repeated. */
  isDone(pass: string): Promise<boolean>;
}

/** A part of a pass, small enough to be kept in one transaction. */
export interface ScanPage {
  /** Names the pass: digest of the file, or the watermark it began at. */
  readonly pass: string;
  readonly rows: readonly ScannedRow[];
  readonly rejects: readonly ScanReject[];
  /** Continues after this page. Null exactly when there is nothing after it. */
  readonly resume: string | null;
  /** Where the next pass begins. Null until `complete`. */
  readonly watermark: string | null;
  /** True only at the real end of one consistent pass. */
  readonly complete: boolean;
  /** True where a complete pass shows everything there is: what it did not show is gone. */
  readonly full: boolean;
  /** How fresh the rows are by the source's word. Null when it does not say. */
  readonly asOf: Date | null;
}

/** One row, or the news that it is gone. */
export interface ScannedRow {
  /** Identity of the row within its collection. */
  readonly id: string;
  /** What rows of several collections about one subject share, e.g. 主体身份代码 (PRIPID). */
  readonly about: string;
  /** What a question finds the row by; see `HeldAnswers.keyOf`. May be empty. */
  readonly keys: readonly string[];
  readonly change: 'PUT' | 'DELETE';
  /** Compared as text, by code unit: of two changes to one id the greater one stands. */
  readonly order: string;
  /** By column or pointer; text as held, trimmed of padding only. */
  readonly values: Readonly<Record<string, string | null>>;
}

/** A row that was not taken. */
export interface ScanReject {
  /** Line, row number or position, from 1. */
  readonly place: number;
  /** Of the source's own wording: the column. Null for the whole row. */
  readonly field: string | null;
  /** Fixed word, e.g. `COLUMN_COUNT`, `FUTURE_CHANGE`. */
  readonly reason: string;
}

/** A row as the hub kept it. */
export interface HeldRow {
  readonly collection: string;
  readonly id: string;
  readonly values: Readonly<Record<string, string | null>>;
}

/** How one capability is answered from kept rows. Pure. */
export interface HeldAnswers<N extends CapabilityName> {
  /** The text among a row's `keys` that this question looks for. Null: it cannot be asked so. */
  keyOf(key: Capabilities[N]['key']): string | null;
  /**
   * Records from all rows about whatever the key found, in the order of collection and id, those
   * it leads to by `follow` included. `unsettled` names collections whose last pass leaves open
   * what else there is: a list that is read from one of them is not told.
   *
   * @throws {HubError} SOURCE_SCHEMA_DRIFT, as a lookup would.
   */
  assemble(
    rows: readonly HeldRow[],
    key: Capabilities[N]['key'],
    unsettled: readonly string[],
  ): readonly Capabilities[N]['record'][];
  /** Rows that lead to others: those that are about what this column holds. One step only. */
  readonly follow: readonly { readonly from: string; readonly column: string }[];
  /** Whether everything there is of this kind is among the rows of a full or unbroken history. */
  readonly absence: 'COVERED' | 'UNCOVERED';
}
