import { driftFault } from '../../src/connector-kit/fault.ts';
import {
  rejected,
  type FileRecord,
  type RejectedRecord,
} from '../../src/connector-kit/files/file-record.ts';
import { parsePointer } from '../../src/connector-kit/mapping/pointer.ts';
import type { ScannedRow } from '../../src/connector-kit/scan.ts';
import type { HubError } from '../../src/errors.ts';
import type { FileCollection } from './collection.ts';

type RowRecord = Extract<FileRecord, { readonly type: 'ROW' }>;

/** What is known of a file when its rows are read. */
export interface RowContext {
  readonly collection: FileCollection;
  /** Begins the order of every row of the file. */
  readonly order: string;
  /** Columns of the file. Null where records may leave some out. */
  readonly columns: readonly string[] | null;
}

/** The row of a record, which is the `number`th of its file, or why it is not taken. */
export type RowRead =
  | { readonly ok: true; readonly row: ScannedRow }
  | { readonly ok: false; readonly reject: RejectedRecord };

/**
 * @throws {HubError} SOURCE_SCHEMA_DRIFT reason MISSING_COLUMN where the mapping needs a column
 * that the whole file lacks.
 */
export function readRow(record: RowRecord, number: number, context: RowContext): RowRead {
  const { settings, finders } = context.collection;
  const { place, values } = record;
  const missing = settings.id.find((column) => isNothing(values[column]));
  if (missing !== undefined) return { ok: false, reject: rejected(place, 'MISSING_ID', missing) };
  const change = readChange(values, context.collection);
  if (change === null) {
    const column = settings.operation?.column ?? null;
    return { ok: false, reject: rejected(place, 'UNKNOWN_OPERATION', column) };
  }
  const keys = new Set<string>();
  for (const finder of finders) {
    const found = finder.find(values);
    for (const key of found.keys) keys.add(key);
    if (change === 'PUT' && found.fault !== null) requireColumn(found.fault, context);
  }
  // Nobody could ever be told of it.
  if (change === 'PUT' && finders.some(({ mustFind }) => mustFind) && keys.size === 0) {
    const column = finders[0]?.columns[0] ?? null;
    return { ok: false, reject: rejected(place, 'MISSING_KEY', column) };
  }
  const id = idOf(settings.id.map((column) => values[column] ?? ''));
  return {
    ok: true,
    row: {
      id,
      about: (settings.about === null ? null : values[settings.about]) ?? id,
      keys: [...keys],
      change,
      order: `${context.order}.${String(number).padStart(10, '0')}`,
      values,
    },
  };
}

function readChange(
  values: RowRecord['values'],
  { settings: { operation } }: FileCollection,
): ScannedRow['change'] | null {
  if (operation === null) return 'PUT';
  const word = values[operation.column] ?? '';
  return Object.hasOwn(operation.words, word) ? (operation.words[word] ?? null) : null;
}

function isNothing(value: string | null | undefined): boolean {
  return value === null || value === undefined;
}

/** One column stands as it is; several as a list, so that no two lists give one text. */
function idOf(parts: readonly string[]): string {
  const [only = '', ...others] = parts;
  return others.length === 0 ? only : JSON.stringify(parts);
}

/** A mapping that misses a column misses it in every row: the file is another than agreed. */
function requireColumn(fault: HubError, { columns }: RowContext): void {
  const pointer = fault.details['pointer'];
  if (columns === null || typeof pointer !== 'string') return;
  const [column] = parsePointer(pointer) ?? [];
  if (column !== undefined && !columns.includes(column)) {
    throw driftFault(pointer, 'MISSING_COLUMN');
  }
}
