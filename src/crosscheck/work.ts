import { isWithin } from '../model/cross-check.ts';
import { IN_FLIGHT, inconclusive, type Settled } from '../model/cross-check-compare.ts';
import { keepLease } from '../store/lease-keeper.ts';
import { askAbout } from './ask.ts';
import { dayOf, type Asked, type AskDependencies } from './asking.ts';
import {
  insertObservations,
  listUnread,
  type Observed,
  type UnreadSubject,
} from './observation-queries.ts';
import { findRun, shareRunState } from './run-queries.ts';
import { workOnRecords, type Work, type WorkDependencies } from './record-work.ts';
import { extendTask, finishTask, releaseTask } from './task-queries.ts';

/** Subjects asked about side by side, and recorded in one transaction. */
const TOGETHER_MAX = 100;
const TOGETHER_MIN = 5;
const TOGETHER = 60;
/** A pause takes effect between transactions: those of slow sources hold fewer. */
const CHUNK_MS_MAX = 10_000;
/** Times that asking may fail for what may be the subject's own reason. */
const TRIES_MAX = 3;
const WAIT_MS = 2_000;
const WAIT_MS_MAX = 600_000;
const MINUTE_MS = 60_000;

/**
 * Works on a page until every subject of it has its observation, or something is to be waited for.
 * An observation is the effect and the checkpoint at once: what has one is never read again, what
 * has none is, whoever takes the page next. Never rejects because of a source.
 *
 * @throws what the database throws; what was recorded before stands.
 */
export async function workOnTask(deps: WorkDependencies, work: Work): Promise<void> {
  const { db } = deps;
  const { task } = work;
  const keeper = keepLease({ leaseMs: task.leaseMs, extend: () => extendTask(db, task) });
  const signal = AbortSignal.any([work.signal, keeper.lost]);
  try {
    const isOfRecords = work.check.strategy === 'WHOLE_COLLECTIONS';
    await (isOfRecords ? workOnRecords : workThrough)(deps, { ...work, signal });
  } finally {
    await keeper.stop();
    // Without a database the lease ends by itself. One that is done or lost is not touched.
    if (!keeper.lost.aborted) await letGo(deps, work).catch(() => undefined);
  }
}

/** A page that was let go of for a reason has no holder any more. */
async function letGo({ db }: AskDependencies, { task }: Work): Promise<void> {
  if (await extendTask(db, task)) await releaseTask(db, task, { waitMs: null, tries: task.tries });
}

async function workThrough(deps: AskDependencies, work: Work): Promise<void> {
  const { task, run, check, signal } = work;
  let together = TOGETHER;
  let tries = task.tries;
  while (!signal.aborted) {
    const now = await findRun(deps.db, { id: run.id });
    const isOver = deps.clock.now() >= run.endsAt;
    if (now?.state !== 'RUNNING') return;
    if (!isOver && !isWithin(check.window, deps.clock.now())) return;
    const unread = await listUnread(deps.db, {
      ...{ runId: run.id, checkId: check.id, first: task.first, last: task.last },
      ...{ on: dayOf(run), rows: together },
    });
    if (unread.length === 0) {
      await deps.db.transaction((trx) => finishTask(trx, task));
      return;
    }
    const began = performance.now();
    const read = await unlessAborted(readSubjects(deps, work, { unread, isOver }), signal);
    if (read === null) return;
    const next = await record(deps, work, { ...read, tries });
    if (next === null) return;
    tries = next;
    together = sizeAfter(together, performance.now() - began);
  }
}

interface Read {
  readonly settled: readonly Observed[];
  readonly waits: readonly { readonly subject: UnreadSubject; readonly asked: Asked }[];
}

/** Asks about those of whom there is something to ask. */
async function readSubjects(
  deps: AskDependencies,
  { run, check }: Work,
  { unread, isOver }: { readonly unread: readonly UnreadSubject[]; readonly isOver: boolean },
): Promise<Read> {
  const unasked = new Map<UnreadSubject, Settled>();
  for (const subject of unread) {
    const settled = isOver ? inconclusive('TIME_IS_UP') : withoutAsking(subject, { run, check });
    if (settled !== null) unasked.set(subject, settled);
  }
  const subjects = unread.filter((one) => !unasked.has(one));
  const asked = subjects.length === 0 ? [] : await askAbout(deps, { check, run, subjects });
  const settled = [...unasked].map(([subject, one]): Observed => observed(subject, one, null));
  const waits: { subject: UnreadSubject; asked: Asked }[] = [];
  subjects.forEach((subject, at) => {
    const one = asked[at];
    if (one === undefined) throw new Error('a subject was not asked about');
    const { decision } = one;
    if (decision.what === 'SETTLE') settled.push(observed(subject, decision, one));
    // Asked once more, a source that still does not say is silent.
    else waits.push({ subject, asked: one });
  });
  return { settled, waits };
}

/** What is known without asking: it is changed at the moment, or has ended since. */
function withoutAsking(
  { changedAt, isLive }: UnreadSubject,
  { run, check }: Pick<Work, 'run' | 'check'>,
): Settled | null {
  if (!isLive) return inconclusive('COMMITMENT_ENDED');
  const isSettled = changedAt.getTime() <= run.openedAt.getTime() - check.settleMinutes * MINUTE_MS;
  // What has just been signed is on its way to the recipient: its own time says when it is late.
  const hasOwnTime = check.right === 'CREDIT_ACKNOWLEDGMENTS';
  return isSettled || hasOwnTime ? null : IN_FLIGHT;
}

/** The tries of the page from now on; null where it is left to a later time, or another worker. */
async function record(
  deps: AskDependencies,
  work: Work,
  read: Read & { readonly tries: number },
): Promise<number | null> {
  const { db, clock } = deps;
  const { task } = work;
  const isBlamed = read.waits.some(({ asked }) => isOfSubject(asked));
  const tries = isBlamed ? read.tries + 1 : read.tries;
  const givenUp = read.waits.filter(({ asked }) => isOfSubject(asked) && tries >= TRIES_MAX);
  const silent = givenUp.map(({ subject, asked }) =>
    observed(subject, inconclusive(causeOf(asked)), asked),
  );
  const all = [...read.settled, ...silent];
  return db.transaction(async (trx) => {
    // What is under way when a run is paused is recorded; when it is canceled, it is not.
    if (!(await extendTask(trx, task))) return null;
    if ((await shareRunState(trx, work.run.id)) === 'CANCELED') return null;
    const at = {
      runId: work.run.id,
      checkId: work.check.id,
      now: clock.now(),
      on: dayOf(work.run),
    };
    if (all.length > 0) await insertObservations(trx, at, all);
    if (read.waits.length === givenUp.length) return givenUp.length > 0 ? 0 : read.tries;
    const waitMs = waitOf(read.waits, clock.now());
    await releaseTask(trx, task, { waitMs, tries: givenUp.length > 0 ? 0 : tries });
    return null;
  });
}

function observed(subject: UnreadSubject, settled: Settled, asked: Asked | null): Observed {
  const { outcome, cause, status, differences } = settled;
  return {
    ...{ subject, outcome, cause, status, differences },
    ...{ told: asked?.told ?? [], recordKey: asked?.recordKey ?? null },
  };
}

function isOfSubject({ decision }: Asked): boolean {
  return decision.what === 'CONFIRM' || (decision.what === 'WAIT' && decision.isOfSubject);
}

function causeOf({ decision }: Asked): string {
  return decision.what === 'WAIT' ? decision.cause : 'ABSENCE_NOT_CONFIRMED';
}

/** Until the latest of the sources may be asked again, within reason. */
function waitOf(waits: Read['waits'], now: Date): number {
  const wanted = waits.map(({ asked: { decision } }) =>
    decision.what === 'WAIT' && decision.retryAt !== null
      ? decision.retryAt.getTime() - now.getTime()
      : WAIT_MS,
  );
  return Math.min(WAIT_MS_MAX, Math.max(WAIT_MS / 2, ...wanted));
}

function sizeAfter(together: number, tookMs: number): number {
  if (tookMs > CHUNK_MS_MAX) return Math.max(TOGETHER_MIN, Math.floor(together / 3));
  return tookMs < CHUNK_MS_MAX / 4 ? Math.min(TOGETHER_MAX, together * 2) : together;
}

/** Null as soon as the worker is to stop: what is under way is recorded by nobody then. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve(null);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
