import { readRecords } from '../../src/connector-kit/files/file-format.ts';
import { readInspected } from '../../src/connector-kit/files/file-inspection.ts';
import type { FileRecord, ReadPlan } from '../../src/connector-kit/files/file-record.ts';
import type { FileDeps, InspectedFile } from './dropped-pass.ts';

type RecordDeps = Pick<FileDeps, 'collection' | 'limits' | 'signal'>;

/** The records of an inspected file, and its columns as soon as they are known. */
export function readDropped(
  { open, inspection }: InspectedFile,
  { collection, limits, signal }: RecordDeps,
  onColumns: ReadPlan['onColumns'],
): AsyncIterable<readonly FileRecord[]> {
  const { aliases, format } = collection.settings;
  const plan = { aliases, required: collection.required, limits, signal, onColumns };
  return readRecords(readInspected(open, inspection), { format, plan });
}

/** The first records of a file, rejected ones included; none where it has none. */
export async function readFirst(
  held: InspectedFile,
  deps: RecordDeps,
): Promise<{ readonly columns: readonly string[]; readonly records: readonly FileRecord[] }> {
  let columns: readonly string[] = [];
  for await (const records of readDropped(held, deps, (names) => (columns = names))) {
    if (records.length > 0) return { columns, records };
  }
  return { columns, records: [] };
}

/** Whether a file has any record at all. */
export async function hasRecords(held: InspectedFile, deps: FileDeps): Promise<boolean> {
  return (await readFirst(held, deps)).records.length > 0;
}
