import { integrityFault } from '../../src/connector-kit/fault.ts';
import { listReady } from '../../src/connector-kit/files/readiness.ts';
import type { ScanRequest } from '../../src/connector-kit/scan.ts';
import type { DroppedFile } from '../../src/connector-kit/files/file-pattern.ts';
import {
  closingOnFault,
  openInspected,
  reopen,
  watermarkBehind,
  type DroppedPass,
  type FileDeps,
  type InspectedFile,
} from './dropped-pass.ts';
import { fingerprintOf, readResume, readWatermark, type Watermark } from './position.ts';

/**
 * The newest whole file of a collection whose files show everything (全量), unless it was read
 * before. At most one; older files show nothing that it does not.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED reason REPLACED for another content under the name
 * and day that were read, with no later time; CHANGED where the file of a resumed pass is another.
 */
export async function* listFullPasses(
  deps: FileDeps,
  request: ScanRequest,
): AsyncGenerator<DroppedPass> {
  const since = readWatermark(request.since);
  const point = readResume(request.resume);
  const { pattern } = deps.collection;
  const find = () => pattern.find(deps.place);
  const files = await find();
  if (point !== null) {
    const held = await reopen(deps, files, point);
    yield { ...held, pass: point.pass, skip: point.records ?? 0, watermark: behind(held) };
    return;
  }
  const news = files.filter((file) => since === null || isNews(file, since));
  const { readiness, signal } = deps;
  const newest = (await listReady(deps.place, news, { readiness, find, signal })).at(-1);
  if (newest === undefined) return;
  const held = await openInspected(deps, newest);
  const pass = await closingOnFault(held, () => nameOf(held, since, request));
  if (pass === null) await held.open.close();
  else yield { ...held, pass, skip: 0, watermark: behind(held) };
}

function behind(held: InspectedFile): string {
  return watermarkBehind(held, [held.file]);
}

function isNews(file: DroppedFile, since: Watermark): boolean {
  const isSeen = since.seen.includes(fingerprintOf(file));
  return file.slot > since.slot || (file.slot === since.slot && !isSeen);
}

/**
 * The name of the pass. Null where there is nothing to read: this content stands already.
 *
 * Content that was read before, and after which another was, counts again: a list that is empty,
 * then is not, then is empty again has to become empty.
 */
async function nameOf(
  { file, inspection: { sha256 } }: InspectedFile,
  since: Watermark | null,
  { isDone }: ScanRequest,
): Promise<string | null> {
  if (sha256 === since?.sha256) return null;
  const isReplaced = since !== null && file.slot === since.slot;
  // By day and time the rows would be as old as those that they replace.
  if (isReplaced && file.modifiedMs <= since.modifiedMs) throw integrityFault('REPLACED');
  if (!(await isDone(sha256))) return sha256;
  const again = `${sha256}@${file.slot}.${file.modifiedMs}`;
  return since === null || (await isDone(again)) ? null : again;
}
