import type { Collection } from '../../src/connector-kit/connector.ts';
import type { DropPlace } from '../../src/connector-kit/files/drop-place.ts';
import { HubError } from '../../src/errors.ts';
import { findNewest } from './check.ts';
import type { FileCollection } from './collection.ts';
import { openInspected, type FileDeps } from './dropped-pass.ts';
import { readFirst } from './records.ts';
import type { ScanDeps } from './scan.ts';

/** Kinds of files named in a discovery, besides those of the settings. */
const OTHERS_MAX = 200;
/** Directories a discovery looks into, at most, and how deep they may be. */
const DIRECTORIES_MAX = 100;
const DEPTH_MAX = 4;

/**
 * The collections of the settings with the columns of their newest file, then every other kind of
 * file there is, without columns. Of a file that cannot be read the columns are unknown, too.
 */
export async function discoverFiles(
  { openPlace, settings, collections }: ScanDeps,
  signal: AbortSignal,
): Promise<readonly Collection[]> {
  const place = await openPlace(signal);
  try {
    const { readiness, limits } = settings;
    const known: Collection[] = [];
    const taken = new Set<string>();
    for (const collection of collections) {
      for (const { path } of await collection.pattern.find(place)) taken.add(path);
      const columns = await readColumns({ place, collection, readiness, limits, signal });
      known.push(describe(collection, columns));
    }
    const others = (await listPaths(place)).filter((path) => !taken.has(path));
    const kinds = [...new Set(others.map(toKind))].slice(0, OTHERS_MAX);
    return [...known, ...kinds.map((name) => ({ name, fields: [] }))];
  } finally {
    await place.close();
  }
}

async function readColumns(deps: FileDeps): Promise<readonly string[]> {
  const newest = await findNewest(deps);
  if (newest === null) return [];
  try {
    // The columns are wanted as they are, whatever the settings expect.
    const collection: FileCollection = { ...deps.collection, required: [] };
    const held = await openInspected({ ...deps, collection }, newest);
    try {
      return (await readFirst(held, { ...deps, collection })).columns;
    } finally {
      await held.open.close();
    }
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return [];
  }
}

function describe({ settings }: FileCollection, columns: readonly string[]): Collection {
  return {
    name: settings.name,
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
