import { randomUUID } from 'node:crypto';

import { isCandidate } from '../model/source-life.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import type { Database } from '../store/database.ts';
import {
  addHolding,
  claimCollection,
  deleteCollection,
  extendLease,
  forgetPasses,
  releaseCollection,
  type CollectionName,
} from './collection-queries.ts';
import { editionOf } from './held-source.ts';
import { deleteOldPasses, deleteOldRejects, listNames } from './retention-queries.ts';
import { deleteRows } from './row-queries.ts';

/** How much of the past is kept. */
export interface Retention {
  /** Passes of one collection. */
  readonly passesMax: number;
  /** Passes of one collection whose rejects are kept. */
  readonly rejectedPassesMax: number;
}

/** More than a year of a pass an hour; rejects of about a quarter of a year of nightly ones. */
export const DEFAULT_RETENTION: Retention = { passesMax: 10_000, rejectedPassesMax: 100 };

/** Rows that one statement deletes. */
const DELETED_MAX = 10_000;

/** What is needed to forget. */
export interface RetentionDeps {
  readonly db: Database;
  /** How long a collection stays with a deletion of which nothing is heard. */
  readonly leaseMs: number;
  readonly retention: Retention;
}

/**
 * Deletes passes and rejects beyond the limits, and everything of editions that no revision in
 * use, on its way or to be rolled back to reads by. What a source last said stays.
 *
 * @throws what the database throws; what was deleted before stays deleted.
 */
export async function sweepPast(
  deps: RetentionDeps,
  revisions: readonly SourceRevision[],
  signal: AbortSignal,
): Promise<void> {
  const { db, retention } = deps;
  const { passesMax, rejectedPassesMax } = retention;
  const rowsMax = DELETED_MAX;
  const steps = [
    () => deleteOldRejects(db, { passesMax: rejectedPassesMax, rowsMax }),
    () => deleteOldPasses(db, { passesMax, rowsMax }),
  ];
  for (const step of steps) await repeat(step, signal);
  const inUse = listUsedEditions(revisions);
  for (const name of await listNames(db)) {
    if (!inUse.has(`${name.source} ${name.edition}`)) await forget(deps, name, signal);
  }
}

async function repeat(step: () => Promise<number>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await step()) === DELETED_MAX);
}

/** Nothing is answered from what is half gone, however this ends. */
async function forget(
  { db, leaseMs }: RetentionDeps,
  name: CollectionName,
  signal: AbortSignal,
): Promise<void> {
  const holder = randomUUID();
  const claimed = signal.aborted
    ? null
    : await claimCollection(db, { ...name, holder, leaseMs, runAt: null });
  if (claimed === null) return;
  const { id: collectionId } = claimed;
  const lease = { collectionId, holder, leaseMs };
  try {
    let isOurs = true;
    let isEmpty = false;
    while (isOurs && !isEmpty && !signal.aborted) {
      [isOurs, isEmpty] = await db.transaction(async (trx) => {
        if (!(await extendLease(trx, lease))) return [false, false];
        await forgetPasses(trx, collectionId);
        const gone = await deleteRows(trx, { collectionId, rowsMax: DELETED_MAX });
        const { rows, live, bytes } = gone;
        await addHolding(trx, { collectionId, rows: -rows, live: -live, bytes: -bytes });
        if (rows > 0) return [true, false];
        await deleteCollection(trx, collectionId);
        return [true, true];
      });
    }
  } finally {
    await releaseCollection(db, lease).catch(() => undefined);
  }
}

/** A source can be rolled back to the revision it used before, whose rows must still be there. */
function listUsedEditions(revisions: readonly SourceRevision[]): ReadonlySet<string> {
  const replaced = new Map<string, number>();
  for (const { source, number, state } of revisions) {
    if (state !== 'REPLACED') continue;
    replaced.set(source, Math.max(number, replaced.get(source) ?? 0));
  }
  const used = revisions.filter(
    ({ source, number, state }) =>
      isCandidate(state) ||
      state === 'ACTIVE' ||
      state === 'PAUSED' ||
      state === 'DRAINING' ||
      replaced.get(source) === number,
  );
  return new Set(used.map((revision) => `${revision.source} ${editionOf(revision)}`));
}
