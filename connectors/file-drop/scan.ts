import { integrityFault, sourceFault } from '../../src/connector-kit/fault.ts';
import { limitFault } from '../../src/connector-kit/files/drop-place.ts';
import { joinPath, splitPath } from '../../src/connector-kit/files/file-path.ts';
import type { PlaceOpener } from '../../src/connector-kit/files/place-settings.ts';
import { writeRejects } from '../../src/connector-kit/files/reject-file.ts';
import type { CallContext } from '../../src/connector-kit/connector.ts';
import { unsupported } from '../../src/connector-kit/lookup.ts';
import type {
  ScanPage,
  ScanReject,
  ScanRequest,
  ScannedRow,
} from '../../src/connector-kit/scan.ts';
import type { FileCollection } from './collection.ts';
import { listDeltaPasses } from './delta-passes.ts';
import type { DroppedPass, FileDeps } from './dropped-pass.ts';
import { listFullPasses } from './full-passes.ts';
import { writePosition } from './position.ts';
import { readDropped } from './records.ts';
import { readRow, type RowContext } from './row.ts';
import type { FileDropSettings } from './settings.ts';

/** What a scan works with. */
export interface ScanDeps {
  readonly openPlace: PlaceOpener;
  readonly settings: FileDropSettings;
  readonly collections: readonly FileCollection[];
}

/** The files that were not read yet, page by page; see `Holdings.scan`. */
export async function* scanFiles(
  { openPlace, settings, collections }: ScanDeps,
  request: ScanRequest,
  { signal }: CallContext,
): AsyncGenerator<ScanPage> {
  const collection = collections.find((each) => each.settings.name === request.collection);
  if (collection === undefined) throw unsupported('COLLECTION');
  const place = await openPlace(signal);
  try {
    const { readiness, limits, rejectPath } = settings;
    const deps: FileDeps = { place, collection, readiness, limits, signal };
    const list = collection.settings.mode === 'FULL' ? listFullPasses : listDeltaPasses;
    yield* joinPasses(list(deps, request), { deps, rejectPath });
  } finally {
    await place.close();
  }
}

interface PageDeps {
  readonly deps: FileDeps;
  readonly rejectPath: string | null;
}

async function* joinPasses(
  passes: AsyncGenerator<DroppedPass>,
  pageDeps: PageDeps,
): AsyncGenerator<ScanPage> {
  let opened: DroppedPass | null = null;
  try {
    let next = await passes.next();
    while (next.done !== true) {
      opened = next.value;
      let last: ScanPage | null = null;
      for await (const page of readPages(opened, pageDeps)) {
        if (page.complete) last = page;
        else yield page;
      }
      await opened.open.close();
      opened = null;
      // Whether anything comes after this file, be it a fault, is part of its last page.
      const behind = await settle(passes.next());
      if (behind.next !== null && behind.next.done !== true) opened = behind.next.value;
      const isEnd = behind.next?.done === true;
      if (last !== null) yield { ...last, resume: isEnd ? null : last.resume };
      if (behind.next === null) throw behind.fault;
      next = behind.next;
    }
  } finally {
    await opened?.open.close();
  }
}

async function settle<T>(
  promise: Promise<T>,
): Promise<
  { readonly next: T; readonly fault: null } | { readonly next: null; readonly fault: unknown }
> {
  try {
    return { next: await promise, fault: null };
  } catch (fault) {
    return { next: null, fault };
  }
}

/** The pages of one file; the last one is complete, even where nothing is left for it. */
async function* readPages(
  pass: DroppedPass,
  { deps, rejectPath }: PageDeps,
): AsyncGenerator<ScanPage> {
  const { collection, limits } = deps;
  const page = createPage(pass);
  const rejects: ScanReject[] = [];
  // A row that was rejected is not shown, and must not be taken for one that is gone.
  const isFull = () => collection.settings.mode === 'FULL' && rejects.length === 0;
  let columns: readonly string[] | null = null;
  const order = `${pass.file.slot}.${String(pass.file.modifiedMs).padStart(15, '0')}`;
  const isClosed = collection.settings.format.type !== 'XML';
  const batches = readDropped(pass, deps, (names) => (columns = isClosed ? names : null));
  let number = 0;
  for await (const batch of batches) {
    const context: RowContext = { collection, order, columns };
    for (const record of batch) {
      number += 1;
      if (number > limits.rowsMax) throw limitFault('TOO_MANY_ROWS', 'rowsMax');
      const read =
        record.type === 'ROW'
          ? readRow(record, number, context)
          : ({ ok: false, reject: record } as const);
      if (!read.ok) {
        const { place, field, reason } = read.reject;
        rejects.push({ place, field, reason });
        if (rejects.length > limits.rejectsMax) throw limitFault('TOO_MANY_REJECTS', 'rejectsMax');
      }
      if (number <= pass.skip) continue;
      if (read.ok) page.rows.push(read.row);
      else page.rejects.push(...rejects.slice(-1));
      if (page.size() === limits.pageRowsMax) yield page.cut(number, isFull());
    }
  }
  requireWhole(pass, { collection, records: number, rejected: rejects.length });
  if (rejectPath !== null && rejects.length > 0) {
    await deliverRejects({ pass, deps, rejectPath, rejects });
  }
  yield page.finish(isFull());
}

interface Page {
  readonly rows: ScannedRow[];
  readonly rejects: ScanReject[];
  size(): number;
  cut(records: number, full: boolean): ScanPage;
  finish(full: boolean): ScanPage;
}

function createPage({ file, inspection, pass, watermark }: DroppedPass): Page {
  const rows: ScannedRow[] = [];
  const rejects: ScanReject[] = [];
  const { sha256 } = inspection;
  // What a file of a day tells is at least as old as the beginning of that day.
  const asOf = new Date(file.day === null ? file.modifiedMs : `${file.day}T00:00:00+08:00`);
  const take = () => ({ rows: rows.splice(0), rejects: rejects.splice(0) });
  const resumeAt = (records: number | null): string =>
    writePosition({ path: file.path, sha256, pass, records });
  return {
    rows,
    rejects,
    size: () => rows.length + rejects.length,
    cut: (records, full) => ({
      ...{ pass, ...take(), resume: resumeAt(records) },
      ...{ watermark: null, complete: false, full, asOf },
    }),
    finish: (full) => ({
      ...{ pass, ...take(), resume: resumeAt(null) },
      ...{ watermark, complete: true, full, asOf },
    }),
  };
}

/**
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason MANIFEST_ROWS or TOO_FEW_ROWS;
 * SOURCE_MALFORMED reason ALL_REJECTED.
 */
function requireWhole(
  { manifest }: DroppedPass,
  counted: {
    readonly collection: FileCollection;
    readonly records: number;
    readonly rejected: number;
  },
): void {
  const { collection, records, rejected } = counted;
  const { mode, rowsMin } = collection.settings;
  const told = manifest?.rows ?? null;
  if (told !== null && told !== records) throw integrityFault('MANIFEST_ROWS');
  // A single bad row is one; where all of several are bad, the file is another than agreed.
  if (rejected === records && records > 1) {
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'ALL_REJECTED' });
  }
  const isTooFew = mode === 'FULL' && records - rejected < rowsMin;
  if (isTooFew) throw integrityFault('TOO_FEW_ROWS');
}

async function deliverRejects(delivered: {
  readonly pass: DroppedPass;
  readonly deps: FileDeps;
  readonly rejectPath: string;
  readonly rejects: readonly ScanReject[];
}): Promise<void> {
  const { pass, deps, rejectPath, rejects } = delivered;
  const { name } = splitPath(pass.file.path);
  const path = joinPath(rejectPath, `${name}.${pass.inspection.sha256.slice(0, 12)}.rejects.csv`);
  await deps.place.write(path, Buffer.from(writeRejects(rejects)));
}
