import {
  limitFault,
  type DropPlace,
  type OpenFile,
} from '../../src/connector-kit/files/drop-place.ts';
import { inspectFile, type Inspection } from '../../src/connector-kit/files/file-inspection.ts';
import type { DroppedFile } from '../../src/connector-kit/files/file-pattern.ts';
import {
  readManifest,
  requireDigest,
  type Manifest,
  type Readiness,
} from '../../src/connector-kit/files/readiness.ts';
import { integrityFault, sourceFault } from '../../src/connector-kit/fault.ts';
import type { FileCollection } from './collection.ts';
import type { FileDropLimits } from './limits-settings.ts';
import { fingerprintOf, writePosition, type ResumePoint } from './position.ts';

/** A whole file that was read once, to know what it is, and can be read again. */
export interface InspectedFile {
  readonly file: DroppedFile;
  readonly open: OpenFile;
  readonly inspection: Inspection;
  readonly manifest: Manifest | null;
}

/** A file whose records are to be handed over. */
export interface DroppedPass extends InspectedFile {
  /** SHA-256 of the file; followed by `@` and its order where that content was read before. */
  readonly pass: string;
  /** Records that were handed over before the pass was cut off. */
  readonly skip: number;
  readonly watermark: string;
}

/** What files are looked at with. */
export interface FileDeps {
  readonly place: DropPlace;
  readonly collection: FileCollection;
  readonly readiness: Readiness;
  readonly limits: FileDropLimits;
  /** Aborted at the deadline of the call. */
  readonly signal: AbortSignal;
}

/**
 * Opens a file and reads it once. Whoever gets it closes it.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason CHANGED, MANIFEST_FORM or MANIFEST_DIGEST;
 * SOURCE_MALFORMED reason TOO_LARGE or CHARSET_AMBIGUOUS; what the place throws.
 */
export async function openInspected(
  { place, collection, readiness, limits }: FileDeps,
  file: DroppedFile,
): Promise<InspectedFile> {
  const { format } = collection.settings;
  const isArchive = format.type === 'XLSX';
  if (isArchive && file.size > limits.archiveBytesMax) {
    throw limitFault('TOO_LARGE', 'archiveBytesMax');
  }
  const manifest = await readManifest(place, file.path, readiness);
  const open = await place.open(file.path);
  try {
    const inspection = await inspectFile(open, {
      bytesMax: limits.fileBytesMax,
      algorithm: readiness.type === 'MANIFEST' ? readiness.algorithm : null,
      charset: isArchive ? null : format.charset,
    });
    requireDigest(manifest, inspection);
    // Read in the wrong charset, every name would be another.
    if (inspection.isAmbiguous) {
      throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'CHARSET_AMBIGUOUS' });
    }
    return { file, open, inspection, manifest };
  } catch (error) {
    await open.close();
    throw error;
  }
}

/**
 * The file in which a pass was cut off.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason CHANGED where it is gone or another.
 */
export async function reopen(
  deps: FileDeps,
  files: readonly DroppedFile[],
  point: ResumePoint,
): Promise<InspectedFile> {
  const file = files.find(({ path }) => path === point.path);
  if (file === undefined) throw integrityFault('CHANGED');
  const held = await openInspected(deps, file);
  return closingOnFault(held, () => {
    if (held.inspection.sha256 !== point.sha256) throw integrityFault('CHANGED');
    return Promise.resolve(held);
  });
}

/** What `judge` says of a file, which is closed where it throws. */
export async function closingOnFault<T>(
  { open }: InspectedFile,
  judge: () => Promise<T>,
): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    await open.close();
    throw error;
  }
}

/** As `openInspected`, for who wants to know the content and not to read it. */
export async function inspect(deps: FileDeps, file: DroppedFile): Promise<Inspection> {
  const { open, inspection } = await openInspected(deps, file);
  await open.close();
  return inspection;
}

/** The watermark behind a file. @param before the files up to it that need not be read again. */
export function watermarkBehind(
  { file, inspection }: InspectedFile,
  before: readonly DroppedFile[],
): string {
  return writePosition({
    slot: file.slot,
    path: file.path,
    modifiedMs: file.modifiedMs,
    sha256: inspection.sha256,
    seen: before.map(fingerprintOf),
  });
}
