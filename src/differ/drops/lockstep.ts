import { compareRows, type ComparedRow, type Difference } from '../../model/difference.ts';
import { compareKeys, type RowKey } from '../../model/row-key.ts';
import { equalRun } from './equal-run.ts';
import type { FileWindow } from './file-window.ts';
import {
  createRecordReader,
  endOfRecord,
  readGroup,
  type RecordGroup,
  type RecordReader,
} from './record-reader.ts';
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
  /** Null where nothing is to be compared: nothing was kept. */
  readonly take: ((difference: Difference) => void) | null;
  /** Gets the points of the newer file. */
  readonly points: SyncPointWriter;
  readonly onStep: () => Promise<void> | undefined;
}

/** Rows of the newer file and of the older one. */
export interface LockstepCounts {
  readonly given: number;
  readonly kept: number;
}

/**
 * After so many equal keys it is worth comparing bytes again: after one where that has just paid,
 * after more where differences stand close together.
 */
const EQUAL_KEYS = { far: 1, near: 4 };
/** Fewer bytes in common than this are near. */
const NEAR_BYTES = 4_096;

interface Walk extends Lockstep {
  readonly readers: { readonly kept: RecordReader; readonly given: RecordReader };
}

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
export async function walkInLockstep(lockstep: Lockstep): Promise<LockstepCounts> {
  const { kept, given, scan } = lockstep;
  const readers = {
    kept: createRecordReader(kept.window, scan),
    given: createRecordReader(given.window, scan),
  };
  const walk = { ...lockstep, readers };
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
    const patience = same < NEAR_BYTES ? EQUAL_KEYS.near : EQUAL_KEYS.far;
    place = await walkGroups(walk, skipEqual(walk, place, same), patience);
  }
  return { given: place.givenRows, kept: place.keptRows };
}

/**
 * As far into the equal bytes as a group is known to begin in both files: at the last record there
 * whose key is another than that of the record before it. From the nearest place at which a record
 * is known to begin, records are only counted; no more than two or three of them are read.
 */
function skipEqual(walk: Walk, place: Place, same: number): Place {
  const { points } = walk.kept;
  const end = place.kept + same;
  for (let at = points.indexBefore(end); at >= 0; at -= 1) {
    const offset = points.offsetAt(at);
    if (offset <= place.kept) return place;
    const starts = startsOf(walk, offset, end);
    const found = lastBoundary(walk, starts);
    if (found === null) continue;
    const kept = starts[found.index] ?? offset;
    const further = place.given - place.kept;
    const keptRows = points.rowsAt(at) + found.index;
    const rowsFurther = place.givenRows - place.keptRows;
    walk.points.copy(points, { from: place.kept, to: kept, bytesFurther: further, rowsFurther });
    const given = kept + further;
    const givenRows = keptRows + rowsFurther;
    return { kept, given, keptRows, givenRows, last: found.before };
  }
  return place;
}

/** Where records begin between two places of the older file, as far as they end there too. */
function startsOf({ kept, scan }: Walk, from: number, end: number): readonly number[] {
  const starts: number[] = [];
  for (let at = from; at < end;) {
    const to = endOfRecord(kept.window, scan, at);
    if (to > end) break;
    starts.push(at);
    at = to;
  }
  return starts;
}

interface Boundary {
  readonly index: number;
  /** Key of the record before it. */
  readonly before: RowKey;
}

/** Which of them begins with another key than the record before it. Null where none does. */
function lastBoundary(walk: Walk, starts: readonly number[]): Boundary | null {
  let own = starts.length < 2 ? null : keyAt(walk, starts.at(-1));
  for (let index = starts.length - 1; index > 0; index -= 1) {
    const before = keyAt(walk, starts[index - 1]);
    if (before !== null && own !== null && before !== own) return { index, before };
    own = before;
  }
  return null;
}

function keyAt({ readers }: Walk, at = 0): RowKey | null {
  return readers.kept.read(at).record?.key ?? null;
}

/** Key by key, until so many keys in a row were equal, or to the end. */
async function walkGroups(walk: Walk, from: Place, patience: number): Promise<Place> {
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
    if (hasDiffered && equal >= patience) return place;
    const turn = walk.onStep();
    if (turn !== undefined) await turn;
    if (oldHere !== null) old = groupOf(walk, 'kept', { at: place.kept, after: null });
    if (nowHere !== null) now = groupOf(walk, 'given', { at: place.given, after: place.last });
  }
  // What is left are empty lines.
  return { ...place, kept: walk.kept.window.size, given: walk.given.window.size };
}

function groupOf(
  walk: Walk,
  side: 'kept' | 'given',
  from: { readonly at: number; readonly after: RowKey | null },
): RecordGroup | null {
  return readGroup(walk.readers[side], from);
}

/** Whether both hold the same under the key; a difference is taken where they do not. */
function takeGroups(walk: Walk, old: RecordGroup | null, now: RecordGroup | null): boolean {
  if (old !== null && now !== null && isSameText(old, now)) return true;
  const [left, right] = [rowsOf(walk, now), rowsOf(walk, old)];
  if (walk.take === null) return false;
  const difference = compareRows(left, right, walk.columns);
  if (difference !== null) walk.take(difference);
  return false;
}

/** The lengths tell where only ends of lines differ, behind which bytes are to be compared anew. */
function isSameText(one: RecordGroup, other: RecordGroup): boolean {
  return (
    one.to - one.from === other.to - other.from &&
    one.records.length === other.records.length &&
    one.records.every(({ text }, at) => text === other.records[at]?.text)
  );
}

/** @throws {HubError} SOURCE_MALFORMED where one of them has more columns or fewer. */
function rowsOf({ scan }: Walk, group: RecordGroup | null): readonly ComparedRow[] {
  return (group?.records ?? []).map(({ key, text }) => ({
    key,
    values: scan.valuesOf(text),
    isYoung: false,
  }));
}
