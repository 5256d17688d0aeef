import yauzl from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';

import { HubError } from '../../errors.ts';
import { sourceFault } from '../fault.ts';
import { limitFault, requireTime } from './drop-place.ts';
import type { ReadPlan } from './file-record.ts';

/** The parts of an archive by name. */
export interface Archive {
  /** A part's bytes, unpacked as they are read. Null where there is none of that name. */
  open(name: string): AsyncIterable<Uint8Array> | null;
}

const STORED = 0;
const DEFLATED = 8;
/** Below this a part may be packed as tightly as it likes: a small table is mostly repetition. */
const RATIO_FREE_BYTES = 1024 * 1024;

/**
 * A ZIP archive that is held in memory. What it says of itself is not believed: bytes are counted
 * while they are unpacked.
 *
 * @throws {HubError} SOURCE_MALFORMED reason ZIP for what is none, is encrypted or names a part
 * twice; ZIP_ENTRIES, ZIP_SIZE and ZIP_RATIO for more than the limits allow. SOURCE_TIMEOUT.
 */
export async function openArchive(
  bytes: Buffer,
  { limits, signal }: Pick<ReadPlan, 'limits' | 'signal'>,
): Promise<Archive> {
  const zip = await attempt(() => openZip(bytes));
  const entries = await attempt(() => listEntries(zip, limits.entriesMax));
  const byName = new Map(entries.map((entry) => [entry.fileName, entry]));
  if (byName.size < entries.length) throw zipFault();
  return {
    open(name) {
      const entry = byName.get(name);
      return entry === undefined ? null : readEntry(zip, entry, { limits, signal });
    },
  };
}

function openZip(bytes: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(error);
    });
  });
}

function listEntries(zip: ZipFile, entriesMax: number): Promise<readonly Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > entriesMax) reject(limitFault('ZIP_ENTRIES', 'entriesMax'));
      else zip.readEntry();
    });
    zip.once('end', () => resolve(entries));
    zip.once('error', reject);
    zip.readEntry();
  });
}

async function* readEntry(
  zip: ZipFile,
  entry: Entry,
  { limits, signal }: Pick<ReadPlan, 'limits' | 'signal'>,
): AsyncGenerator<Uint8Array> {
  const { compressionMethod, compressedSize, uncompressedSize } = entry;
  const isReadable = [STORED, DEFLATED].includes(compressionMethod) && !entry.isEncrypted();
  if (!isReadable) throw zipFault();
  if (uncompressedSize > limits.unpackedBytesMax) throw limitFault('ZIP_SIZE', 'unpackedBytesMax');
  const parts = await attempt(() => openParts(zip, entry));
  let unpacked = 0;
  try {
    for await (const part of parts) {
      // The bytes are at hand, so that nothing but this stops a long book at its deadline.
      requireTime(signal);
      const chunk = part as Buffer;
      unpacked += chunk.length;
      if (unpacked > limits.unpackedBytesMax) throw limitFault('ZIP_SIZE', 'unpackedBytesMax');
      const isTight = unpacked > Math.max(compressedSize, 1) * limits.unpackedRatioMax;
      if (unpacked > RATIO_FREE_BYTES && isTight) throw limitFault('ZIP_RATIO', 'unpackedRatioMax');
      yield chunk;
    }
  } catch (error) {
    throw error instanceof HubError ? error : zipFault();
  }
}

function openParts(zip: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(error);
    });
  });
}

/** Errors of the archive reader and of zlib quote bytes of the file, so none is kept. */
async function attempt<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof HubError ? error : zipFault();
  }
}

function zipFault(): HubError {
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'ZIP' });
}
