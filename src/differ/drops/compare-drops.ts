import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';

import { judgeDrop, type DropRefusal } from '../../model/drop-manifest.ts';
import type { Difference } from '../../model/difference.ts';
import { createDifferenceSpool, type DifferenceSpool } from './difference-spool.ts';
import { openWindow } from './file-window.ts';
import { placesOf, readHeading, saveKeptDrop, type KeptDrop } from './kept-drop.ts';
import { walkInLockstep, type LockstepCounts } from './lockstep.ts';
import { NotSorted } from './record-reader.ts';
import { createRecordScan, dropFault, type DropFormat } from './record-scan.ts';
import type { ReceivedDrop } from './receive-drop.ts';
import { sortDrop } from './sort-drop.ts';
import { createSyncPointWriter, readSyncPoints } from './sync-points.ts';

/** Today's drop, and yesterday's that was kept. */
export interface DropComparison {
  readonly given: ReceivedDrop;
  /** Null for the first drop there ever was, which differs from nothing. */
  readonly kept: KeptDrop | null;
  readonly format: DropFormat;
  /** Where today's drop is kept from now on. Must not be that of another. */
  readonly folder: string;
  readonly memory: DropMemory;
  readonly differencesMax: number;
  readonly signal: AbortSignal;
}

/** How much is held at once. */
export interface DropMemory {
  /** Bytes of rows where the drop has to be sorted. */
  readonly sortBytes: number;
  /** Bytes of each file while it is walked through. */
  readonly windowBytes: number;
  /** Bytes from one place that is remembered as the beginning of a row to the next. */
  readonly pointBytes: number;
}

/** A quarter of a megabyte of each file stays in the cache of a core while it is compared. */
export const DEFAULT_DROP_MEMORY: DropMemory = {
  sortBytes: 64 * 1024 * 1024,
  windowBytes: 256 * 1024,
  pointBytes: 4 * 1024,
};

/** What today's drop says that yesterday's did not. */
export type DropOutcome =
  | {
      readonly state: 'COMPARED';
      /** To be kept for tomorrow: `kept` of the next comparison. */
      readonly drop: KeptDrop;
      readonly counts: LockstepCounts;
      /** Whether the rows had to be put in order. */
      readonly wasSorted: boolean;
      readonly differences: number;
      /** LEFT_ONLY is new today, RIGHT_ONLY was there yesterday and is gone. */
      readDifferences(): AsyncGenerator<Difference>;
      /** Removes what differences are read from. The drop itself stays. */
      forgetDifferences(): void;
    }
  | { readonly state: 'REFUSED'; readonly refusal: DropRefusal };

/** Others get a turn after so long. */
const TURN_MS = 20;
/** Steps of a walk after which the clock is looked at: each takes some microseconds. */
const WALK_STEPS = 16;

/**
 * Compares a drop with the one before, both in the order of their keys; one that is not is sorted
 * first. Differences can be read only after the drop has been walked through to its last row and
 * has as many as its manifest says: of one that breaks off nothing is known, least of all what is
 * gone.
 *
 * @throws {HubError} SOURCE_MALFORMED for a drop of which a row cannot be read,
 * reason HEADING_CHANGED where its columns are others than yesterday's. The reason of the signal
 * where it was aborted. Nothing of the drop is kept then.
 */
export async function compareDrops(comparison: DropComparison): Promise<DropOutcome> {
  const { folder, given, format } = comparison;
  mkdirSync(folder, { recursive: true });
  const spool = createDifferenceSpool(join(folder, 'differences'), comparison.differencesMax);
  try {
    const heading = readHeading(given.path, format);
    const walked = await walk(comparison, heading, spool);
    spool.finish();
    const found = {
      bytes: given.bytes,
      digest: given.digest,
      isEnded: null,
      rows: walked.counts.given + walked.unkeyed,
    };
    const { manifest } = given;
    const refusal = judgeDrop({ manifest, found, last: null, charset: format.charset });
    if (refusal !== null) {
      forget(comparison);
      return { state: 'REFUSED', refusal };
    }
    const { counts, unkeyed, wasSorted, path } = walked;
    renameSync(path, placesOf(folder).rows);
    const { digest } = given;
    const { sequence } = manifest;
    const drop = { folder, digest, sequence, rows: counts.given, unkeyed, ...heading };
    saveKeptDrop(drop);
    return {
      state: 'COMPARED',
      drop,
      counts,
      wasSorted,
      differences: spool.count,
      readDifferences: () => spool.read(),
      forgetDifferences: () => spool.remove(),
    };
  } catch (error) {
    spool.finish();
    forget(comparison);
    throw error;
  }
}

/** Nothing of a drop stays that nothing may be concluded from. */
function forget({ folder, given }: DropComparison): void {
  rmSync(folder, { recursive: true, force: true });
  rmSync(given.path, { force: true });
}

interface Heading {
  readonly columns: readonly string[];
  readonly body: number;
}

interface Walked {
  readonly counts: LockstepCounts;
  readonly unkeyed: number;
  readonly wasSorted: boolean;
  /** The file whose rows are in order. */
  readonly path: string;
}

/** As the drop is, which costs least where it is sorted already; else once more, in order. */
async function walk(
  comparison: DropComparison,
  heading: Heading,
  spool: DifferenceSpool,
): Promise<Walked> {
  const { given, folder } = comparison;
  try {
    const counts = await walkFile(comparison, { ...heading, path: given.path, spool });
    return { counts, unkeyed: 0, wasSorted: false, path: given.path };
  } catch (error) {
    if (!(error instanceof NotSorted)) throw error;
    spool.clear();
  }
  const sorted = join(folder, 'sorted');
  const { unkeyed } = await sortDrop({
    path: given.path,
    body: heading.body,
    scan: createRecordScan(comparison.format, heading.columns),
    folder,
    target: sorted,
    memoryBytesMax: comparison.memory.sortBytes,
    onStep: stepper(comparison.signal, 1),
  });
  const counts = await walkFile(comparison, { ...heading, path: sorted, spool });
  rmSync(given.path, { force: true });
  return { counts, unkeyed, wasSorted: true, path: sorted };
}

async function walkFile(
  { kept, format, folder, memory, signal }: DropComparison,
  file: Heading & { readonly path: string; readonly spool: DifferenceSpool },
): Promise<LockstepCounts> {
  const { columns, body, path, spool } = file;
  if (kept !== null && kept.columns.join('\n') !== columns.join('\n'))
    throw dropFault('HEADING_CHANGED');
  const points = createSyncPointWriter(memory.pointBytes);
  const given = openWindow(path, memory.windowBytes);
  const old = openWindow(kept === null ? path : placesOf(kept.folder).rows, memory.windowBytes);
  const noPoints = {
    count: 0,
    pairs: new Float64Array(),
    offsetAt: () => Infinity,
    rowsAt: () => 0,
    indexBefore: () => -1,
  };
  try {
    const counts = await walkInLockstep({
      kept: {
        window: kept === null ? { ...old, size: 0 } : old,
        body: kept?.body ?? 0,
        points: kept === null ? noPoints : readSyncPoints(placesOf(kept.folder).points),
      },
      given: { window: given, body },
      scan: createRecordScan(format, columns),
      columns,
      take: kept === null ? null : spool.take,
      points,
      onStep: stepper(signal, WALK_STEPS),
    });
    points.save(placesOf(folder).points);
    return counts;
  } finally {
    given.close();
    old.close();
  }
}

/** Lets others have their turn now and then, and ends the work where it is no longer wanted. */
function stepper(signal: AbortSignal, every: number): () => Promise<void> | undefined {
  let turnAt = performance.now() + TURN_MS;
  let steps = 0;
  return () => {
    steps += 1;
    if (steps % every !== 0) return undefined;
    signal.throwIfAborted();
    const now = performance.now();
    if (now < turnAt) return undefined;
    turnAt = now + TURN_MS;
    return yieldToOthers();
  };
}
