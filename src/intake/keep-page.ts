import { randomUUID } from 'node:crypto';

import type { ScanPage } from '../connector-kit/scan.ts';
import { HubError } from '../errors.ts';
import { isShrunk, QUARANTINED, SHRUNK } from '../model/intake.ts';
import type { PassPolicy } from '../model/pass-policy.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  addHolding,
  clearOpenPass,
  extendLease,
  setCompletePass,
  setOpenPass,
  type Lease,
} from './collection-queries.ts';
import { readPageRows } from './page-rows.ts';
import {
  addPage,
  clearResume,
  endPass,
  insertPass,
  insertRejects,
  reopenPass,
  type PassRow,
} from './pass-queries.ts';
import { countUnseen, keepChanges, sweepRows } from './row-queries.ts';

/** What is known of the collection when a page of it arrives. */
export interface PagePlace {
  readonly lease: Lease;
  /** The pass that the page may go on with. Null where it begins one. */
  readonly open: { readonly number: number; readonly name: string } | null;
  /** Whether this run has not kept a page of the open pass yet. */
  readonly isNewAttempt: boolean;
  /** When this run asked the source for what the page is part of. */
  readonly startedAt: Date;
  readonly now: Date;
  readonly policy: PassPolicy;
}

/** What the pass of a page is, now that the page is kept. */
export interface KeptPage {
  readonly pass: { readonly number: number; readonly id: string; readonly name: string };
  readonly result: 'OPEN' | 'COMPLETE' | 'SHRUNK';
}

/** A pass in whose place the source began another. */
export const REPLACED = 'REPLACED';

/**
 * Keeps all of a page and where to go on after it, or nothing. Null when another run has taken
 * the collection over: then nothing was kept.
 *
 * @throws {HubError} SOURCE_MALFORMED, reason TOO_MANY_ROWS or TOO_LARGE, for a page with which
 * the collection would be more than its policy allows; nothing was kept.
 */
export async function keepPage(
  db: Database,
  page: ScanPage,
  place: PagePlace,
): Promise<KeptPage | null> {
  return db.transaction(async (trx) => {
    // Also locks the row, so that pages of one collection are kept one after the other.
    if (!(await extendLease(trx, place.lease))) return null;
    const pass = await findPass(trx, page, place);
    const notTaken = await keepRows(trx, page, { pass, place });
    const { number, id, name } = pass;
    const kept = { pass: { number, id, name } };
    if (!page.complete) return { ...kept, result: 'OPEN' };
    // What was not taken was shown; it must not be taken for gone.
    const vouches = page.full && pass.shows_all && pass.whole && pass.not_taken + notTaken === 0;
    return { ...kept, result: await complete(trx, { pass, page, place, vouches }) };
  });
}

/** The open pass where the page belongs to it, else a new one in its place. */
async function findPass(
  trx: Transaction,
  page: ScanPage,
  { lease, open, isNewAttempt, startedAt, now }: PagePlace,
): Promise<PassRow> {
  const { collectionId } = lease;
  if (open?.name === page.pass) {
    return reopenPass(trx, { number: open.number, isNewAttempt });
  }
  if (open !== null) {
    const { number } = open;
    await endPass(trx, { number, at: now }, { state: 'FAILED', reason: REPLACED, removed: 0 });
    await clearResume(trx, number);
  }
  const pass = await insertPass(trx, {
    id: randomUUID(),
    collection_id: collectionId,
    name: page.pass,
    started_at: startedAt,
    whole: open === null,
    shows_all: page.full,
  });
  await setOpenPass(trx, { collectionId, number: pass.number });
  return pass;
}

/** The rows, the rejects and the counts of a page. How many changes were not taken. */
async function keepRows(
  trx: Transaction,
  page: ScanPage,
  { pass, place }: { readonly pass: PassRow; readonly place: PagePlace },
): Promise<number> {
  const { number } = pass;
  const { collectionId } = place.lease;
  const { changes, taken, rejects } = readPageRows(page, pass.read);
  const { kept, deleted, ...grown } = await keepChanges(trx, changes, {
    collectionId,
    pass: number,
    showsAll: pass.shows_all,
    at: place.now,
  });
  const held = await addHolding(trx, { collectionId, ...grown });
  if (held.rows > place.policy.rowsMax) throw tooMuch('TOO_MANY_ROWS', 'rowsMax');
  if (held.bytes > place.policy.bytesMax) throw tooMuch('TOO_LARGE', 'bytesMax');
  await insertRejects(trx, rejects, { pass: number, before: pass.not_taken });
  const quarantined = rejects.filter(({ reason }) => reason === QUARANTINED).length;
  await addPage(trx, {
    number,
    ...{ kept, deleted, quarantined },
    unchanged: taken - kept - deleted,
    rejected: rejects.length - quarantined,
    resume: page.complete ? null : page.resume,
    watermark: page.watermark,
    asOf: instantOf(page.asOf),
  });
  return rejects.length;
}

function tooMuch(reason: string, limit: string): HubError {
  return new HubError('SOURCE_MALFORMED', { details: { hop: 'HUB', reason, limit } });
}

/** The end of a pass: it moves the watermark, unless it would remove too much. */
async function complete(
  trx: Transaction,
  ended: {
    readonly pass: PassRow;
    readonly page: ScanPage;
    readonly place: PagePlace;
    readonly vouches: boolean;
  },
): Promise<'COMPLETE' | 'SHRUNK'> {
  const { pass, page, place, vouches } = ended;
  const { now, policy } = place;
  const { collectionId } = place.lease;
  const { number } = pass;
  const at = { number, at: now };
  const unseen = vouches ? await countUnseen(trx, { collectionId, pass: number }) : 0;
  if (isShrunk({ liveBefore: pass.live_before, removed: unseen }, policy.shrinkMax)) {
    await endPass(trx, at, { state: 'FAILED', reason: SHRUNK, removed: unseen });
    await clearOpenPass(trx, collectionId);
    return 'SHRUNK';
  }
  const kept = { collectionId, pass: number, at: now };
  const removed = unseen === 0 ? 0 : await removeUnseen(trx, kept);
  await endPass(trx, at, { state: 'COMPLETE', full: vouches, removed });
  const { watermark } = page;
  await setCompletePass(trx, { collectionId, number, watermark, isSettled: vouches });
  return 'COMPLETE';
}

/** Takes for gone what a pass that showed everything did not show. How many rows. */
export async function removeUnseen(
  trx: Transaction,
  kept: { readonly collectionId: number; readonly pass: number; readonly at: Date },
): Promise<number> {
  const { removed, bytes } = await sweepRows(trx, kept);
  const { collectionId } = kept;
  await addHolding(trx, { collectionId, rows: 0, live: -removed, bytes: -bytes });
  return removed;
}

function instantOf(asOf: Date | null): Date | null {
  return asOf === null || Number.isNaN(asOf.getTime()) ? null : asOf;
}
