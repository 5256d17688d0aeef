import { randomUUID } from 'node:crypto';

import {
  BULK_LIFE,
  goOnAt,
  type Bulk,
  type BulkStep,
  type BulkWaiting,
  type Isolation,
} from '../model/bulk.ts';
import type { Transaction } from '../store/database.ts';
import { keepLease } from '../store/lease-keeper.ts';
import { askAboutRows, type ChunkDependencies, type RowEnd } from './chunk.ts';
import {
  changeBulk,
  extendLease,
  lockBulk,
  releaseLease,
  takeLease,
  type BulkLease,
} from './queries.ts';
import {
  claimRows,
  freeRows,
  hasWaiting,
  takeOverRows,
  type ClaimedRow,
  type FreedRow,
} from './row-queries.ts';

/** What runs work with. */
export interface RunDependencies extends ChunkDependencies {
  /** How long a list stays with a run of which nothing is heard. */
  readonly leaseMs: number;
  /** Whether a source answers at all: then a failure is that of the row. */
  isWell(source: string): Promise<boolean>;
}

/** Rows asked about side by side, and after an interruption. */
const MANY = 200;
const FEW = 20;
const MANY_MIN = 20;
/** A pause takes effect between chunks: those of slow sources become smaller. */
const CHUNK_MS_MAX = 15_000;
/** After this another list may have its turn. */
const SLICE_MS = 30_000;
const ACTOR = 'job:bulk';
const AT_ONCE = /^SOURCE_(?:RESTING|BUSY)/u;

/**
 * Works on a list for a while, if no other run does: a lease in its row decides. False where
 * another one does.
 *
 * @throws what the database throws; what was recorded before stands.
 */
export async function runBulk(
  deps: RunDependencies,
  { bulkId, signal }: { readonly bulkId: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const { db, leaseMs } = deps;
  const lease: BulkLease = { bulkId, holder: randomUUID(), leaseMs };
  if (!(await takeLease(db, lease))) return false;
  const keeper = keepLease({ leaseMs, extend: () => extendLease(db, lease) });
  const stopping = AbortSignal.any([signal, keeper.lost]);
  const held = new Map<number, ClaimedRow>();
  try {
    await db.transaction((trx) => takeOver(deps, trx, lease));
    await workThrough(deps, { lease, stopping, held });
    return true;
  } finally {
    await keeper.stop();
    // Without a database the lease ends by itself, and the rows count as interrupted.
    await db
      .transaction((trx) => letGo(deps, trx, { lease, rows: [...held.values()] }))
      .catch(() => undefined);
  }
}

async function workThrough(
  deps: RunDependencies,
  run: {
    readonly lease: BulkLease;
    readonly stopping: AbortSignal;
    /** Rows that are claimed and not ended. */
    readonly held: Map<number, ClaimedRow>;
  },
): Promise<void> {
  const { db } = deps;
  const { lease, stopping, held } = run;
  const began = performance.now();
  let many = MANY;
  while (!stopping.aborted && performance.now() - began < SLICE_MS) {
    const claimed = await db.transaction((trx) => claimNext(deps, trx, { lease, many }));
    if (claimed === null) return;
    for (const row of claimed.rows) held.set(row.line, row);
    const chunkBegan = performance.now();
    const ends = await unlessAborted(askAboutRows(deps, { ...claimed, lease }), stopping);
    if (ends === null) return;
    await settle(deps, { lease, rows: claimed.rows, ends });
    held.clear();
    many = sizeAfter(many, performance.now() - chunkBegan);
  }
}

async function takeOver(
  deps: RunDependencies,
  trx: Transaction,
  { bulkId }: BulkLease,
): Promise<void> {
  const bulk = await lockBulk(trx, bulkId);
  await takeOverRows(trx, { bulkId, at: deps.clock.now() });
  if (bulk.waiting !== null && bulk.waiting.retryAt <= deps.clock.now())
    await step(deps, trx, { bulk, step: 'RESUME', waiting: null });
}

/** Null where there is nothing to do: it is paused, canceled, waits, is done, or another's. */
async function claimNext(
  deps: RunDependencies,
  trx: Transaction,
  { lease, many }: { readonly lease: BulkLease; readonly many: number },
): Promise<{ readonly bulk: Bulk; readonly rows: readonly ClaimedRow[] } | null> {
  const { bulkId, holder } = lease;
  if (!(await extendLease(trx, lease))) return null;
  const bulk = await lockBulk(trx, bulkId);
  if (bulk.state !== 'RUNNING') return null;
  const rows = await claimRows(trx, { bulkId, holder, many, few: FEW });
  if (rows.length > 0) return { bulk, rows };
  if (!(await hasWaiting(trx, bulkId)))
    await step(deps, trx, { bulk, step: 'FINISH', waiting: null });
  return null;
}

/** What could not be settled is asked about again: later, or alone. */
async function settle(
  deps: RunDependencies,
  {
    lease,
    rows,
    ends,
  }: {
    readonly lease: BulkLease;
    readonly rows: readonly ClaimedRow[];
    readonly ends: readonly RowEnd[];
  },
): Promise<void> {
  const { db, clock } = deps;
  const { freed, waiting } = await judgeEnds(deps, rows, ends);
  if (freed.length === 0) return;
  const { bulkId, holder } = lease;
  await db.transaction(async (trx) => {
    if (!(await extendLease(trx, lease))) return;
    await freeRows(trx, { bulkId, holder, at: clock.now() }, freed);
    const bulk = await lockBulk(trx, bulkId);
    // An officer may have paused or canceled it meanwhile, which stands.
    if (waiting !== null && bulk.state === 'RUNNING')
      await step(deps, trx, { bulk, step: 'WAIT', waiting });
  });
}

/** Whose failure it was: that of the row only where its source is well. */
async function judgeEnds(
  deps: RunDependencies,
  rows: readonly ClaimedRow[],
  ends: readonly RowEnd[],
): Promise<{ readonly freed: readonly FreedRow[]; readonly waiting: BulkWaiting | null }> {
  const now = deps.clock.now();
  const waits: BulkWaiting[] = [];
  const ill = new Set<string>();
  const isAnswering = ends.some(({ what }) => what === 'CONCLUDE');
  for (const end of ends)
    if (end.what === 'HOLD') {
      if (end.source !== null) ill.add(end.source);
      // The first call to a source that has rested was answered, and the others came too soon.
      if (isAnswering && AT_ONCE.test(end.reason)) continue;
      waits.push({ source: end.source, reason: end.reason, retryAt: goOnAt(end.retryAt, now) });
    }
  const blamed = new Set(
    ends.flatMap((end) => (end.what === 'BLAME' && end.source !== null ? [end.source] : [])),
  );
  for (const source of blamed)
    if (!ill.has(source) && !(await deps.isWell(source))) ill.add(source);
  const freed = rows.flatMap((row, at): readonly FreedRow[] => {
    const end = ends[at];
    if (end === undefined || end.what === 'CONCLUDE' || end.what === 'LOST') return [];
    if (end.what === 'HOLD') return [asBefore(row, end.reason)];
    const { source, reason } = end;
    if (source === null || !ill.has(source)) return [suspected(row, reason)];
    waits.push({ source, reason, retryAt: goOnAt(null, now) });
    return [asBefore(row, reason)];
  });
  // With two sources to wait for, the later one decides.
  const [waiting = null] = waits.toSorted((a, b) => b.retryAt.getTime() - a.retryAt.getTime());
  return { freed, waiting };
}

function asBefore({ line, isolation, tries }: ClaimedRow, fault: string | null): FreedRow {
  return { line, isolation, tries: isolation === 2 ? tries - 1 : tries, fault };
}

function suspected({ line, tries }: ClaimedRow, fault: string): FreedRow {
  const alone: Isolation = 2;
  return { line, isolation: alone, tries, fault };
}

async function step(
  { clock }: RunDependencies,
  trx: Transaction,
  taken: { readonly bulk: Bulk; readonly step: BulkStep; readonly waiting: BulkWaiting | null },
): Promise<void> {
  const state = BULK_LIFE.after(taken.bulk.state, taken.step);
  if (state === null) throw new Error(`${taken.bulk.state} does not allow ${taken.step}`);
  const { waiting } = taken;
  const change = { step: taken.step, state, at: clock.now(), by: ACTOR, file: null, waiting };
  await changeBulk(trx, taken.bulk, change);
}

async function letGo(
  { clock }: RunDependencies,
  trx: Transaction,
  { lease, rows }: { readonly lease: BulkLease; readonly rows: readonly ClaimedRow[] },
): Promise<void> {
  const { bulkId, holder } = lease;
  if (!(await extendLease(trx, lease))) return;
  const freed = rows.map((row) => asBefore(row, null));
  await freeRows(trx, { bulkId, holder, at: clock.now() }, freed);
  await releaseLease(trx, lease);
}

/** Null as soon as the run is to stop: what is under way is recorded by nobody then. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve(null);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

function sizeAfter(many: number, tookMs: number): number {
  if (tookMs > CHUNK_MS_MAX) return Math.max(MANY_MIN, Math.ceil(many / 40) * 20);
  return tookMs < CHUNK_MS_MAX / 4 ? MANY : many;
}
