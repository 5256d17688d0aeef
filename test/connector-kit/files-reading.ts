import type {
  FileRecord,
  ReadLimits,
  ReadPlan,
} from '../../src/connector-kit/files/file-record.ts';
import type { HubError } from '../../src/errors.ts';

const MIB = 1024 * 1024;
const LIMITS: ReadLimits = {
  lineBytesMax: 1_000,
  archiveBytesMax: 16 * MIB,
  unpackedBytesMax: 64 * MIB,
  unpackedRatioMax: 200,
  entriesMax: 100,
  xmlDepthMax: 8,
};
/** What the files of these tests are read with. */
export const PLAN: ReadPlan = {
  aliases: {},
  required: ['A'],
  limits: LIMITS,
  signal: new AbortController().signal,
  onColumns: () => undefined,
};
/** A file in chunks of that many bytes. */
export async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Place and values of each row, place, field and reason of each reject; or code and reason. */
export async function collect(
  records: AsyncIterable<readonly FileRecord[]>,
): Promise<readonly (readonly unknown[])[]> {
  const found: FileRecord[] = [];
  try {
    for await (const batch of records) found.push(...batch);
  } catch (error) {
    const { code, details } = error as HubError;
    return [[code, details['reason']]];
  }
  return found.map((each) =>
    each.type === 'ROW'
      ? [each.place, ...Object.values(each.values)]
      : [each.place, each.field, each.reason],
  );
}
