import { integrityFault, sourceFault } from '../../src/connector-kit/fault.ts';
import { readSlot, type DroppedFile } from '../../src/connector-kit/files/file-pattern.ts';
import { listReady } from '../../src/connector-kit/files/readiness.ts';
import type { ScanRequest } from '../../src/connector-kit/scan.ts';
import type { HubError } from '../../src/errors.ts';
import { addDays } from '../../src/model/clock.ts';
import {
  closingOnFault,
  inspect,
  openInspected,
  reopen,
  watermarkBehind,
  type DroppedPass,
  type FileDeps,
  type InspectedFile,
} from './dropped-pass.ts';
import { fingerprintOf, readResume, readWatermark, type Watermark } from './position.ts';
import { hasRecords } from './records.ts';

/** The file that was read last: what the next one must follow, and must not repeat. */
interface Previous {
  readonly slot: string;
  readonly sha256: string;
}

/**
 * The files of a collection whose files show changes (增量) that were not read yet, oldest first,
 * up to the first that is not whole. Those before the last one stand: changes are read once.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason OUT_OF_SEQUENCE for a file that is missing or
 * comes too late, AMBIGUOUS_ORDER for two of one order, REPEATED_CONTENT for changes that were
 * read before others, CHANGED where the file of a resumed pass is another.
 */
export async function* listDeltaPasses(
  deps: FileDeps,
  request: ScanRequest,
): AsyncGenerator<DroppedPass> {
  const since = readWatermark(request.since);
  const point = readResume(request.resume);
  const { readiness, signal } = deps;
  const { pattern } = deps.collection;
  const find = () => pattern.find(deps.place);
  const files = await find();
  requireOneOfEach(files);
  const isReady = async (some: readonly DroppedFile[]) =>
    new Set(await listReady(deps.place, some, { readiness, find, signal }));
  const waiting = since === null ? [] : await listWaiting({ deps, request, since, files, isReady });
  const behind = (held: InspectedFile): string => {
    const before = files.filter(({ slot }) => slot <= held.file.slot);
    return watermarkBehind(
      held,
      before.filter((file) => !waiting.includes(file)),
    );
  };

  let previous: Previous | null = since;
  let pending = files.filter(({ slot }) => since === null || slot > since.slot);
  let isAgain = since === null && point === null;
  if (point !== null) {
    const at = files.findIndex(({ path }) => path === point.path);
    const [file] = files.slice(at, at + 1);
    if (at < 0 || file === undefined) throw integrityFault('CHANGED');
    if (point.records !== null) {
      const held = await reopen(deps, files, point);
      yield { ...held, pass: point.pass, skip: point.records, watermark: behind(held) };
    }
    previous = { slot: file.slot, sha256: point.sha256 };
    pending = files.slice(at + 1);
  }
  const ready = await isReady(pending);
  for (const [index, file] of pending.entries()) {
    if (!ready.has(file)) {
      if (pending.slice(index).some((later) => ready.has(later))) throw gap(deps);
      return;
    }
    requireNext(deps, previous, file);
    const held = await openInspected(deps, file);
    const asked = { held, deps, request, previous: isAgain ? null : previous };
    const pass = await closingOnFault(held, () => nameOf(asked));
    const { sha256 } = held.inspection;
    previous = { slot: file.slot, sha256 };
    if (pass === null) await held.open.close();
    else {
      isAgain = false;
      yield { ...held, pass, skip: 0, watermark: behind(held) };
    }
  }
}

/**
 * The name of the pass. Null where there is nothing to read. Nothing tells the same changes under
 * a later day from an old file that was sent again by mistake, so a person has to.
 */
async function nameOf(asked: {
  readonly held: InspectedFile;
  readonly deps: FileDeps;
  readonly request: ScanRequest;
  /** Null while files are only skipped that were read by an earlier beginning. */
  readonly previous: Previous | null;
}): Promise<string | null> {
  const { held, deps, request, previous } = asked;
  const { sha256 } = held.inspection;
  const isRepeated = sha256 === previous?.sha256 || (await request.isDone(sha256));
  if (!isRepeated) return sha256;
  if (previous === null) return null;
  // Quiet days have equal files; the watermark goes on behind each of them.
  const isQuiet = !(await hasRecords(held, deps));
  if (isQuiet) return `${sha256}@${held.file.slot}`;
  if (sha256 === previous.sha256) return null;
  throw integrityFault('REPEATED_CONTENT');
}

function requireOneOfEach(files: readonly DroppedFile[]): void {
  const isTwice = files.some(({ slot }, index) => slot === files[index + 1]?.slot);
  if (isTwice) throw integrityFault('AMBIGUOUS_ORDER');
}

/**
 * Files up to the watermark that are still not whole. The others were there when it was set, or
 * have the content of one that was.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason OUT_OF_SEQUENCE for any other.
 */
async function listWaiting(looked: {
  readonly deps: FileDeps;
  readonly request: ScanRequest;
  readonly since: Watermark;
  readonly files: readonly DroppedFile[];
  readonly isReady: (some: readonly DroppedFile[]) => Promise<ReadonlySet<DroppedFile>>;
}): Promise<readonly DroppedFile[]> {
  const { deps, request, since, files, isReady } = looked;
  const seen = new Set(since.seen);
  const strange = files.filter((file) => file.slot <= since.slot && !seen.has(fingerprintOf(file)));
  const ready = await isReady(strange);
  for (const file of ready) {
    const { sha256 } = await inspect(deps, file);
    const isKnown = sha256 === since.sha256 || (await request.isDone(sha256));
    if (!isKnown) throw gap(deps);
  }
  return strange.filter((file) => !ready.has(file));
}

function requireNext(deps: FileDeps, previous: Previous | null, file: DroppedFile): void {
  if (previous === null || deps.collection.settings.sequence === 'NONE') return;
  const before = readSlot(previous.slot);
  const { sequence } = file;
  if (deps.collection.settings.sequence === 'NUMBERED') {
    if (sequence !== before.sequence + 1) throw gap(deps);
    return;
  }
  const { day } = file;
  const isSameDay = day === before.day;
  const isNextDay = before.day !== null && day === addDays(before.day, 1);
  if (!isSameDay && !isNextDay) throw gap(deps);
  if (sequence === null) return;
  // Within a day the numbers go on; on the next one they begin again, with 0 or 1.
  const isNext = isSameDay ? sequence === before.sequence + 1 : sequence <= 1;
  if (!isNext) throw gap(deps);
}

function gap({ collection }: FileDeps): HubError {
  return sourceFault('SOURCE_INTEGRITY_FAILED', {
    hop: 'SOURCE',
    reason: 'OUT_OF_SEQUENCE',
    collection: collection.settings.name,
  });
}
