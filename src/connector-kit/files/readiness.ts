import { setTimeout as sleep } from 'node:timers/promises';

import { integrityFault } from '../fault.ts';
import { timeoutFault } from '../network-fault.ts';
import { limitFault, type DropPlace } from './drop-place.ts';
import type { DigestAlgorithm, Inspection } from './file-inspection.ts';
import type { DroppedFile } from './file-pattern.ts';
import { joinPath, splitPath } from './file-path.ts';

/** How it is known that a file is whole: a second file beside it, or that it stopped changing. */
export type Readiness =
  | {
      readonly type: 'MARKER';
      /** Of the marker's name, e.g. `.ok`. */
      readonly suffix: string;
      /** True for `x.ok` in place of the file's own ending, false for `x.csv.ok` behind it. */
      readonly replacesExtension: boolean;
    }
  | {
      readonly type: 'MANIFEST';
      readonly suffix: string;
      readonly replacesExtension: boolean;
      readonly algorithm: DigestAlgorithm;
    }
  | { readonly type: 'STABLE'; readonly seconds: number };

/** What a manifest tells of a file. */
export interface Manifest {
  /** Lower-case hex. */
  readonly digest: string;
  /** Records of the file without its header. Null where it does not tell. */
  readonly rows: number | null;
}

const MANIFEST_BYTES_MAX = 64 * 1024;
const DIGEST_DIGITS: Readonly<Record<DigestAlgorithm, number>> = { MD5: 32, SHA256: 64, SM3: 64 };

/**
 * Those of the files that are whole, in the same order; the others are not touched. Waits, where
 * only time can tell.
 *
 * @throws {HubError} SOURCE_TIMEOUT where the deadline of the call does not leave that time.
 */
export async function listReady(
  place: DropPlace,
  files: readonly DroppedFile[],
  {
    readiness,
    find,
    signal,
  }: {
    readonly readiness: Readiness;
    /** Lists the files again. */
    readonly find: () => Promise<readonly DroppedFile[]>;
    readonly signal: AbortSignal;
  },
): Promise<readonly DroppedFile[]> {
  if (files.length === 0) return [];
  if (readiness.type === 'STABLE') {
    await wait(readiness.seconds * 1_000, signal);
    const now = new Map((await find()).map((file) => [file.path, file]));
    return files.filter((file) => isSame(file, now.get(file.path)));
  }
  const names = new Map<string, ReadonlySet<string>>();
  for (const { directory } of files.map(({ path }) => splitPath(path))) {
    if (names.has(directory)) continue;
    const listed = (await place.list(directory)).filter(({ type }) => type === 'FILE');
    names.set(directory, new Set(listed.map(({ name }) => name)));
  }
  return files.filter(({ path }) => {
    const beside = splitPath(besideOf(path, readiness));
    return names.get(beside.directory)?.has(beside.name) === true;
  });
}

/**
 * The manifest of a file. Null where its readiness is another.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason MANIFEST_FORM for one that cannot be read.
 */
export async function readManifest(
  place: DropPlace,
  path: string,
  readiness: Readiness,
): Promise<Manifest | null> {
  if (readiness.type !== 'MANIFEST') return null;
  const text = await readSmall(place, besideOf(path, readiness));
  const manifest = parseManifest(text, {
    name: splitPath(path).name,
    digits: DIGEST_DIGITS[readiness.algorithm],
  });
  if (manifest === null) throw integrityFault('MANIFEST_FORM');
  return manifest;
}

/** @throws {HubError} SOURCE_INTEGRITY_FAILED reason MANIFEST_DIGEST where the content differs. */
export function requireDigest(manifest: Manifest | null, inspection: Inspection): void {
  if (manifest !== null && manifest.digest !== inspection.digest) {
    throw integrityFault('MANIFEST_DIGEST');
  }
}

/**
 * A manifest as sources write them: the digest and, in any order and divided by white space,
 * commas, `|` or `;`, the name of the file (`*` before it means nothing) and the number of
 * records, bare or as `rows=9998`. Of several lines the one that names the file counts. Null for
 * anything else.
 */
export function parseManifest(
  text: string,
  { name, digits }: { readonly name: string; readonly digits: number },
): Manifest | null {
  const lines = text
    .replace(/^\uFEFF/u, '')
    .split(/[\r\n]+/u)
    .filter((line) => line.trim() !== '');
  const own = lines.length > 1 ? lines.filter((line) => wordsOf(line).includes(name)) : lines;
  const [line] = own;
  if (line === undefined || own.length > 1) return null;
  const words = wordsOf(line);
  const found = words.filter((word) => word.length === digits && /^[0-9a-f]+$/iu.test(word));
  const others = words.filter((word) => !found.includes(word) && word !== name);
  const counts = others.map((word) => /^(?:(?:rows|count|records)[=:])?(\d{1,12})$/iu.exec(word));
  // A word that is none of the three might be the name of another file.
  if (found.length !== 1 || counts.length > 1 || counts.includes(null)) return null;
  const [digest = ''] = found;
  const rows = counts[0]?.[1];
  return { digest: digest.toLowerCase(), rows: rows === undefined ? null : Number(rows) };
}

function wordsOf(line: string): readonly string[] {
  return line
    .split(/[\s,|;]+/u)
    .filter((word) => word !== '')
    .map((word) => word.replace(/^\*/u, ''));
}

function besideOf(
  path: string,
  { suffix, replacesExtension }: { readonly suffix: string; readonly replacesExtension: boolean },
): string {
  const { directory, name } = splitPath(path);
  const stem = replacesExtension ? name.replace(/\.[^.]*$/u, '') : name;
  return joinPath(directory, `${stem}${suffix}`);
}

async function readSmall(place: DropPlace, path: string): Promise<string> {
  const file = await place.open(path);
  try {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const part of file.read()) {
      bytes += part.length;
      if (bytes > MANIFEST_BYTES_MAX) throw limitFault('MANIFEST_TOO_LARGE', 'manifestBytesMax');
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    await file.close();
  }
}

function isSame(file: DroppedFile, now: DroppedFile | undefined): boolean {
  return now?.size === file.size && now.modifiedMs === file.modifiedMs;
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // Only the deadline ends the wait before its time.
    throw timeoutFault();
  }
}
