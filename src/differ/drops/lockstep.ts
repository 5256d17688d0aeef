import { compareRows, type ComparedRow, type Difference } from '../../model/difference.ts';
import { compareKeys, type RowKey } from '../../model/row-key.ts';
import { equalRun } from './equal-run.ts';
import type { FileWindow } from './file-window.ts';
import { endOfRecord, readGroup, readRecord, type RecordGroup } from './record-reader.ts';
import type { RecordScan } from './record-scan.ts';
import type { SyncPoints, SyncPointWriter } from './sync-points.ts';

/** Two files in the order of their keys. */
export interface Lockstep {
  /** The older one, whose order was proved when it was kept. */
  readonly kept: {
    readonly window: FileWindow;
    readonly body: number;
    readonly points: SyncPoints;
  };
  /** The newer one. */
  readonly given: { readonly window: FileWindow; readonly body: number };
  readonly scan: RecordScan;
  readonly columns: readonly string[];
  readonly take: (difference: Difference) => void;
  /** Gets the points of the newer file. */
  readonly points: SyncPointWriter;
  readonly onStep: () => Promise<void> | undefined;
}

/** Rows of the newer file and of the older one. */
export interface LockstepCounts {
  readonly given: number;
  readonly kept: number;
}

/** After so many equal keys it is worth comparing bytes again. */
const EQUAL_KEYS = 4;

interface Place {
  readonly kept: number;
  readonly given: number;
  readonly keptRows: number;
  readonly givenRows: number;
  /** Key of the last group before the place in the newer file, where one was read. */
  readonly last: RowKey | null;
}

/**
 * Walks both files at once. What is equal byte by byte is not looked at; what is not is compared
 * key by key. Only whole groups of records are taken, and a difference only once both files have
 * gone past its key.
 *
 * @throws {NotSorted} where the newer file is not in the order of its keys; what was taken by then
 * means nothing.
 */
export async function walkInLockstep(walk: Lockstep): Promise<LockstepCounts> {
  let place: Place = {
    kept: walk.kept.body,
    given: walk.given.body,
    keptRows: 0,
    givenRows: 0,
    last: null,
  };
  while (place.kept < walk.kept.window.size || place.given < walk.given.window.size) {
    const same = await equalRun(
      { window: walk.kept.window, at: place.kept },
      { window: walk.given.window, at: place.given },
      walk.onStep,
    );
    place = await walkGroups(walk, skipEqual(walk, place, same));
  }
  return { given: place.givenRows, kept: place.keptRows };
}

/**
 * As far into the equal bytes as a group is known to begin in both files: at the last record there
 * whose key is another than that of the record before it. From the nearest place at which a record
 * is known to begin, records are only counted; no more than two or three of them are read.
 */
function skipEqual(walk: Lockstep, place: Place, same: number): Place {
  const { points, window } = walk.kept;
  const end = place.kept + same;
  for (let at = points.indexBefore(end); at >= 0; at -= 1) {
    const offset = points.offsetAt(at);
    if (offset <= place.kept) return place;
    const starts = startsOf(walk, offset, end);
    const found = lastBoundary(walk, starts);
    if (found === null) continue;
    const kept = starts[found] ?? offset;
    const further = place.given - place.kept;
    const keptRows = points.rowsAt(at) + found;
    const rowsFurther = place.givenRows - place.keptRows;
    walk.points.copy(points, { from: place.kept, to: kept, bytesFurther: further, rowsFurther });
    const before = readRecord(window, walk.scan, starts[found - 1] ?? offset).record;
    const given = kept + further;
    const givenRows = keptRows + rowsFurther;
    return { kept, given, keptRows, givenRows, last: before?.key ?? null };
  }
  return place;
}

/** Where records begin between two places of the older file, as far as they end there too. */
function startsOf({ kept, scan }: Lockstep, from: number, end: number): readonly number[] {
  const starts: number[] = [];
  for (let at = from; at < end;) {
    const to = endOfRecord(kept.window, scan, at);
    if (to > end) break;
    starts.push(at);
    at = to;
  }
  return starts;
}

/** Which of them begins with another key than the record before it. Null where none does. */
function lastBoundary({ kept, scan }: Lockstep, starts: readonly number[]): number | null {
  const keyAt = (index: number): RowKey | null =>
    readRecord(kept.window, scan, starts[index] ?? 0).record?.key ?? null;
  for (let index = starts.length - 1; index > 0; index -= 1) {
    const [before, own] = [keyAt(index - 1), keyAt(index)];
    if (before !== null && own !== null && before !== own) return index;
  }
  return null;
}

/** Key by key, until some keys in a row were equal, or to the end. */
async function walkGroups(walk: Lockstep, from: Place): Promise<Place> {
  let place = from;
  let old = groupOf(walk, 'kept', { at: place.kept, after: null });
  let now = groupOf(walk, 'given', { at: place.given, after: place.last });
  let hasDiffered = false;
  for (let equal = 0; old !== null || now !== null;) {
    const order = old === null ? 1 : now === null ? -1 : compareKeys(old.key, now.key);
    const oldHere = order <= 0 ? old : null;
    const nowHere = order >= 0 ? now : null;
    const isEqual = takeGroups(walk, oldHere, nowHere);
    equal = isEqual ? equal + 1 : 0;
    hasDiffered ||= !isEqual;
    if (nowHere !== null) walk.points.note(nowHere.from, place.givenRows);
    place = {
      kept: oldHere?.to ?? place.kept,
      given: nowHere?.to ?? place.given,
      keptRows: place.keptRows + (oldHere?.records.length ?? 0),
      givenRows: place.givenRows + (nowHere?.records.length ?? 0),
      last: nowHere?.key ?? place.last,
    };
    // Before anything has differed, the bytes that brought us here have not been passed yet.
    if (hasDiffered && equal >= EQUAL_KEYS) return place;
    await walk.onStep();
    if (oldHere !== null) old = groupOf(walk, 'kept', { at: place.kept, after: null });
    if (nowHere !== null) now = groupOf(walk, 'given', { at: place.given, after: place.last });
  }
  // What is left are empty lines.
  return { ...place, kept: walk.kept.window.size, given: walk.given.window.size };
}

function groupOf(
  walk: Lockstep,
  side: 'kept' | 'given',
  from: { readonly at: number; readonly after: RowKey | null },
): RecordGroup | null {
  return readGroup(walk[side].window, walk.scan, from);
}

/** Whether both hold the same bytes under the key; a difference is taken where they do not. */
function takeGroups(walk: Lockstep, old: RecordGroup | null, now: RecordGroup | null): boolean {
  if (old !== null && now !== null && isSameBytes(old, now)) return true;
  const difference = compareRows(rowsOf(now), rowsOf(old), walk.columns);
  if (difference !== null) walk.take(difference);
  return false;
}

function isSameBytes(one: RecordGroup, other: RecordGroup): boolean {
  return (
    one.records.length === other.records.length &&
    one.records.every(({ raw }, at) => raw === other.records[at]?.raw)
  );
}

function rowsOf(group: RecordGroup | null): readonly ComparedRow[] {
  return (group?.records ?? []).map(({ key, values }) => ({ key, values, isYoung: false }));
}
