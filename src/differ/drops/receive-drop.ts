import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';

import type { DigestAlgorithm } from '../../connector-kit/files/file-inspection.ts';
import {
  judgeDrop,
  type DropManifest,
  type DropRefusal,
  type LastDrop,
} from '../../model/drop-manifest.ts';
import { dropFault } from './record-scan.ts';

/** A drop that arrived whole, as far as its manifest can tell; its rows were not looked at. */
export interface ReceivedDrop {
  readonly state: 'RECEIVED';
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hex, by the agreed algorithm. */
  readonly digest: string;
  readonly manifest: DropManifest;
}

/** A drop of which nothing is kept and nothing concluded. */
export interface RefusedDrop {
  readonly state: 'REFUSED';
  readonly refusal: DropRefusal;
}

const LINE_FEED = 0x0a;

/**
 * Copies a drop to a file of the hub's own, and judges it by its manifest: what is judged is what
 * is compared later, whatever the source does with its file meanwhile.
 *
 * @throws {HubError} SOURCE_MALFORMED, reason TOO_LARGE; whatever `chunks` throws. Nothing is left
 * of the file then, nor where the drop is refused.
 */
export async function receiveDrop(drop: {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Where the copy goes. */
  readonly path: string;
  /** Null where none came with it. */
  readonly manifest: DropManifest | null;
  readonly last: LastDrop | null;
  readonly charset: string;
  readonly algorithm: DigestAlgorithm;
  readonly bytesMax: number;
}): Promise<ReceivedDrop | RefusedDrop> {
  const { path, manifest, last, charset } = drop;
  try {
    const found = await copy(drop);
    const refusal = judgeDrop({ manifest, found, last, charset });
    if (refusal === null && manifest !== null)
      return { state: 'RECEIVED', path, bytes: found.bytes, digest: found.digest, manifest };
    await rm(path, { force: true });
    return { state: 'REFUSED', refusal: refusal ?? 'MANIFEST_MISSING' };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function copy(drop: {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly path: string;
  readonly algorithm: DigestAlgorithm;
  readonly bytesMax: number;
}) {
  const hash = createHash(drop.algorithm.toLowerCase());
  const file = await open(drop.path, 'w', 0o600);
  let bytes = 0;
  let last = 0;
  try {
    for await (const chunk of drop.chunks) {
      bytes += chunk.length;
      if (bytes > drop.bytesMax) throw dropFault('TOO_LARGE');
      hash.update(chunk);
      await file.writeFile(chunk);
      last = chunk.at(-1) ?? last;
    }
  } finally {
    await file.close();
  }
  return { bytes, digest: hash.digest('hex'), isEnded: last === LINE_FEED, rows: null };
}
