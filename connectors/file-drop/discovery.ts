import type { Collection } from '../../src/connector-kit/connector.ts';
import type { DropPlace } from '../../src/connector-kit/files/drop-place.ts';
import { readRecords, type FileFormat } from '../../src/connector-kit/files/file-format.ts';
import { HubError } from '../../src/errors.ts';
import { findNewest } from './check.ts';
import type { FileDeps } from './dropped-pass.ts';
import type { ScanDeps } from './scan.ts';

/** Kinds of files a discovery opens, besides those of the settings. */
const OTHERS_MAX = 40;
/** Directories a discovery looks into, at most, and how deep they may be. */
const DIRECTORIES_MAX = 100;
const DEPTH_MAX = 4;

/**
 * The collections of the settings with the columns of their newest file, then every other kind of
 * file whose columns show in one of the formats of the settings. What has no heading is left out:
 * its first row is not for showing.
 */
export async function discoverFiles(
  { openPlace, settings, collections }: ScanDeps,
  signal: AbortSignal,
): Promise<readonly Collection[]> {
  const place = await openPlace(signal);
  try {
    const { readiness, limits } = settings;
    const found: Collection[] = [];
    const taken = new Set<string>();
    for (const collection of collections) {
      const deps: FileDeps = { place, collection, readiness, limits, signal };
      for (const { path } of await collection.pattern.find(place)) taken.add(path);
      const newest = await findNewest(deps);
      const columns = newest === null ? [] : await readColumns(deps, newest.path);
      if (columns.length > 0) found.push(describe(collection.settings.name, columns));
    }
    const others = new Map(
      (await listPaths(place)).flatMap((path) => (taken.has(path) ? [] : [[toKind(path), path]])),
    );
    for (const [name, path] of [...others].slice(0, OTHERS_MAX)) {
      for (const collection of collections) {
        const columns = await readColumns({ place, collection, limits, signal }, path);
        if (columns.length < 2) continue;
        found.push(describe(name, columns));
        break;
      }
    }
    return found;
  } finally {
    await place.close();
  }
}

/** The columns a file names in that format. None where it is no such file, or names none. */
async function readColumns(
  { place, collection, limits, signal }: Omit<FileDeps, 'readiness'>,
  path: string,
): Promise<readonly string[]> {
  const { aliases, format } = collection.settings;
  let columns: readonly string[] = [];
  const onColumns = (names: readonly string[]) => (columns = names);
  try {
    const open = await place.open(path);
    try {
      const plan = { aliases, required: [], limits, signal, onColumns };
      for await (const records of readRecords(open.read(), { format, plan })) {
        if (records.length > 0) break;
      }
    } finally {
      await open.close();
    }
  } catch (error) {
    if (!(error instanceof HubError) || error.code === 'SOURCE_TIMEOUT') throw error;
    return [];
  }
  return isHeading(columns, format) ? columns : [];
}

/** Rows of registers hold codes and days; headings do not. Columns of the settings are neither. */
function isHeading(columns: readonly string[], format: FileFormat): boolean {
  const isTold = format.type !== 'XML' && format.columns !== null;
  return isTold || columns.every((column) => column.length <= 64 && !/\d{4}/u.test(column));
}

function describe(name: string, columns: readonly string[]): Collection {
  return {
    name,
    fields: columns.map((column) => ({
      pointer: `/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      type: 'TEXT',
      title: null,
    })),
  };
}

/** Every file down to some depth; a place with more directories is shown in part. */
async function listPaths(place: DropPlace): Promise<readonly string[]> {
  const paths: string[] = [];
  const waiting = [''];
  for (let seen = 0; seen < DIRECTORIES_MAX; seen += 1) {
    const directory = waiting.shift();
    if (directory === undefined) break;
    for (const { name, type } of await place.list(directory)) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (type === 'FILE') paths.push(path);
      else if (path.split('/').length < DEPTH_MAX) waiting.push(path);
    }
  }
  return paths;
}

/** Files of one kind differ in their days only. */
function toKind(path: string): string {
  return path.replaceAll(/(?<!\d)\d{8}(?!\d)/gu, '{yyyymmdd}');
}
