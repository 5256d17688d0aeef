import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';

import type { Charset } from '../decode.ts';
import { integrityFault } from '../fault.ts';
import { limitFault, type OpenFile } from './drop-place.ts';

/** Algorithms of digests that sources name their files' contents by. */
export const DIGEST_ALGORITHMS = ['MD5', 'SHA256', 'SM3'] as const;

export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/** What one reading of a whole file shows. */
export interface Inspection {
  /** SHA-256, hex: names the content wherever it stands. */
  readonly sha256: string;
  /** In the algorithm that was asked for, hex. */
  readonly digest: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** True where it is said to be GB18030, but all of it is UTF-8 and some of it is not ASCII. */
  readonly isAmbiguous: boolean;
}

/**
 * Reads a file once from beginning to end.
 *
 * @throws {HubError} SOURCE_MALFORMED reason TOO_LARGE; SOURCE_INTEGRITY_FAILED reason CHANGED
 * where it grew or was written while it was read.
 */
export async function inspectFile(
  file: OpenFile,
  {
    bytesMax,
    algorithm,
    charset,
  }: {
    readonly bytesMax: number;
    readonly algorithm: DigestAlgorithm | null;
    /** Null where the file is not plain text. */
    readonly charset: Charset | null;
  },
): Promise<Inspection> {
  const before = await file.stat();
  if (before.size > bytesMax) throw limitFault('TOO_LARGE', 'fileBytesMax');
  const sha256 = createHash('sha256');
  const other = algorithm === null ? null : createHash(algorithm.toLowerCase());
  const watch = charset === 'gb18030' ? createUtf8Watch() : null;
  let size = 0;
  for await (const chunk of file.read()) {
    size += chunk.length;
    if (size > bytesMax) throw limitFault('TOO_LARGE', 'fileBytesMax');
    sha256.update(chunk);
    other?.update(chunk);
    watch?.take(chunk);
  }
  const after = await file.stat();
  const isStill = before.size === after.size && before.modifiedMs === after.modifiedMs;
  if (!isStill || size !== after.size) throw integrityFault('CHANGED');
  const digest = sha256.digest('hex');
  return {
    sha256: digest,
    digest: other?.digest('hex') ?? digest,
    size,
    modifiedMs: after.modifiedMs,
    isAmbiguous: watch?.isUtf8() ?? false,
  };
}

/**
 * The bytes of a file that was inspected. After the last one the content is compared with what
 * was inspected.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason CHANGED where they differ.
 */
export async function* readInspected(
  file: OpenFile,
  inspection: Inspection,
): AsyncGenerator<Uint8Array> {
  const sha256 = createHash('sha256');
  let size = 0;
  for await (const chunk of file.read()) {
    size += chunk.length;
    if (size > inspection.size) throw integrityFault('CHANGED');
    sha256.update(chunk);
    yield chunk;
  }
  if (sha256.digest('hex') !== inspection.sha256) throw integrityFault('CHANGED');
}

function createUtf8Watch(): { take(chunk: Uint8Array): void; isUtf8(): boolean } {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isSound = true;
  let hasOther = false;
  const decode = (run: () => string): void => {
    if (!isSound) return;
    try {
      run();
    } catch {
      // The only thing that can fail here is the decoding, and that is the answer.
      isSound = false;
    }
  };
  return {
    take(chunk) {
      hasOther ||= !isAscii(chunk);
      decode(() => decoder.decode(chunk, { stream: true }));
    },
    isUtf8() {
      decode(() => decoder.decode());
      return isSound && hasOther;
    },
  };
}
