import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { BusinessDate } from '../model/business-date.ts';
import type { Clock } from '../model/clock.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import { CROSS_CHECK_RUN_LIFE, dueSlot, type CrossCheckRun } from '../model/cross-check-run.ts';
import { parseCron } from '../model/cron-slots.ts';
import { planDay } from '../model/freshness-plan.ts';
import { nightSeedOf, nightSteps } from '../model/night-sample.ts';
import type { Database, Transaction } from '../store/database.ts';
import { ACTOR, dayOf } from './asking.ts';
import { findDiffering, type CollectionDependencies, type Differing } from './collections.ts';
import {
  insertAllSubjects,
  insertChosenSubjects,
  holdCollections,
  insertRecords,
  insertTasks,
  listCandidates,
  type Candidate,
  type Population,
  type Recipient,
} from './cut-queries.ts';
import { listCrossChecks, listVersions } from './definition-queries.ts';
import { insertSample } from './sample-queries.ts';
import {
  changeRun,
  findLastSlot,
  findRun,
  insertRun,
  listNewestRuns,
  lockRun,
  lockRunIfFree,
} from './run-queries.ts';

/** What opening works with. */
export interface OpeningDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly collections: CollectionDependencies;
  /** Sources that take records of commitments now. */
  recipients(): readonly Recipient[];
}

/** Definitions looked at in one turn. */
export const CHECKS_MAX = 50;
/** Held runs of one check that a later one ends: there is hardly more than one. */
const HELD_MAX = 10;
const PAGE_ROWS = 200;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Opens the runs whose slot is due. Every replica may do so at the same time, by clocks that
 * differ: the row of (check, slot) decides.
 */
export async function openDue(deps: OpeningDependencies, signal: AbortSignal): Promise<void> {
  const { db, clock } = deps;
  for (const check of await listCrossChecks(db, { key: null, rows: CHECKS_MAX })) {
    const schedule = parseCron(check.cron);
    if (signal.aborted || !check.isEnabled || schedule === null) continue;
    const decided = await findLastSlot(db, check.id);
    const about = { now: clock.now(), decided, definedAt: check.publishedAt };
    const slot = dueSlot(schedule, about);
    if (slot !== null) await openRun(deps, { check, slot, key: null, by: ACTOR });
  }
}

/** Null where the slot or key is taken, or another run of the check goes on. */
export async function openRun(
  { db, clock }: OpeningDependencies,
  wanted: {
    readonly check: CrossCheck;
    readonly slot: Date;
    /** Null for a scheduled run. */
    readonly key: string | null;
    readonly by: string;
  },
): Promise<CrossCheckRun | null> {
  const { check, slot, key, by } = wanted;
  const now = clock.now();
  const run = {
    ...{ id: randomUUID(), checkId: check.id, checkVersion: check.version, slot },
    ...{ state: 'OPENED' as const, version: 1, openedAt: now, openedBy: by, idempotencyKey: key },
    // One that runs late has its time all the same.
    endsAt: new Date(now.getTime() + check.hoursMax * HOUR_MS),
    ...{ subjects: null, result: null, rootDigest: null, endedAt: null },
  };
  return db.transaction(async (trx) => {
    if (!(await insertRun(trx, run))) return null;
    await endHeld(trx, check.id, now);
    return lockRun(trx, run.id);
  });
}

/** What a held run found is overtaken: it is not published after what a later one finds. */
async function endHeld(trx: Transaction, checkId: string, at: Date): Promise<void> {
  const wanted = { checkId, states: ['HELD'], before: null, rows: HELD_MAX } as const;
  for (const held of await listNewestRuns(trx, wanted)) {
    const locked = await lockRun(trx, held.id);
    const state = CROSS_CHECK_RUN_LIFE.after(locked.state, 'CANCEL');
    if (state === null) continue;
    const reason = '后一次核对已开始，未发布的结果作废';
    await changeRun(trx, locked, { step: 'CANCEL', state, at, by: ACTOR, reason });
  }
}

/**
 * Freezes what a run reads and cuts it into pages, in one transaction, by one worker. Returns
 * whether there is something to do for somebody: false where it has to wait for a source.
 */
export async function cutRun(
  deps: OpeningDependencies,
  runId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { db } = deps;
  const run = await findRun(db, { id: runId });
  if (run?.state !== 'OPENED') return true;
  const [check = null] = await listVersions(db, [{ id: run.checkId, version: run.checkVersion }]);
  if (check === null) throw new Error('a run has no definition');
  if (check.strategy === 'WHOLE_COLLECTIONS') return cutRecords(deps, { run, check, signal });
  await cutInto(deps, run, async (trx) => {
    const subjects = await freeze(trx, {
      ...{ run, check, at: deps.clock.now() },
      population: populationOf(deps, check, run),
    });
    return { subjects, rows: subjects, alike: 0 };
  });
  return true;
}

/** Compares two collections; what may differ is what the run reads. */
async function cutRecords(
  deps: OpeningDependencies,
  { run, check, signal }: { run: CrossCheckRun; check: CrossCheck; signal: AbortSignal },
): Promise<boolean> {
  const compared = await compareAlone(deps, check, signal);
  if (compared === null) return false;
  if (compared.what === 'COMPARED') {
    const { keys, alike } = compared;
    await cutInto(deps, run, async (trx) => {
      await insertRecords(trx, { runId: run.id, keys });
      return { subjects: keys.length + alike, rows: keys.length, alike };
    });
    return true;
  }
  if (compared.what === 'NOT_YET' && deps.clock.now() < run.endsAt) return false;
  await giveUp(deps, run.id, compared.reason);
  return true;
}

/** Null where another worker compares collections: their copies are written by one at a time. */
function compareAlone(
  { db, collections }: OpeningDependencies,
  check: CrossCheck,
  signal: AbortSignal,
): Promise<Differing | null> {
  return db.transaction(async (trx) =>
    (await holdCollections(trx)) ? findDiffering(collections, check, signal) : null,
  );
}

async function cutInto(
  { db, clock }: OpeningDependencies,
  { id: runId }: CrossCheckRun,
  freezeIn: (trx: Transaction) => Promise<{ subjects: number; rows: number; alike: number }>,
): Promise<void> {
  await db.transaction(async (trx) => {
    const run = await lockRunIfFree(trx, runId);
    if (run?.state !== 'OPENED') return;
    const state = CROSS_CHECK_RUN_LIFE.after(run.state, 'CUT');
    if (state === null) throw new Error('a run cannot be cut');
    const { subjects, rows, alike } = await freezeIn(trx);
    await insertTasks(trx, { runId, subjects: rows, pageRows: PAGE_ROWS });
    const change = { step: 'CUT', state, at: clock.now(), by: ACTOR, reason: null } as const;
    await changeRun(trx, run, { ...change, subjects, alike });
  });
}

/** Ends a run that can compare nothing: what was not read says nothing. */
async function giveUp(
  { db, clock }: OpeningDependencies,
  runId: string,
  reason: string,
): Promise<void> {
  await db.transaction(async (trx) => {
    const run = await lockRunIfFree(trx, runId);
    if (run?.state !== 'OPENED') return;
    const change = { step: 'CANCEL', state: 'CANCELED', at: clock.now(), by: ACTOR } as const;
    await changeRun(trx, run, { ...change, reason });
  });
}

async function freeze(
  trx: Transaction,
  about: {
    readonly run: CrossCheckRun;
    readonly check: CrossCheck;
    readonly population: Population;
    readonly at: Date;
  },
): Promise<number> {
  const { run, check, population } = about;
  const { planning, weights } = check;
  if (planning === null) return insertAllSubjects(trx, run.id, population);
  const all = await listCandidates(trx, population, capabilitiesOf(check));
  const drawn = await drawSample(trx, all, { ...about, wanted: planning.samplePerNight });
  // What the sample asks need not be planned: it is asked tonight.
  const candidates = all.filter((one) => !drawn.has(one));
  const weightOf = new Map(weights.map((one) => [one.matterCode, one.hazard * one.consequence]));
  const records = candidates.map((one) => ({
    id: one,
    seenDay: dayNumber(one.seen_on),
    weight: weightOf.get(one.matter_code) ?? 1,
  }));
  const { asked } = planDay<Candidate>(records, { today: dayNumber(dayOf(run)), terms: planning });
  const chosen = [...drawn, ...asked];
  return insertChosenSubjects(
    trx,
    run.id,
    chosen.map((one) => ({ ...one, isSampled: drawn.has(one) })),
  );
}

/** Of all there is, whatever the plan would ask: only that says anything of the others. */
async function drawSample(
  trx: Transaction,
  candidates: readonly Candidate[],
  about: { readonly run: CrossCheckRun; readonly wanted: number; readonly at: Date },
): Promise<ReadonlySet<Candidate>> {
  const { run, wanted, at } = about;
  if (wanted === 0) return new Set();
  const members = candidates.map((candidate) => ({
    candidate,
    id: `${candidate.commitment_id}/${candidate.part}`,
    stratum: candidate.matter_code,
  }));
  const steps = nightSteps(members, { seed: nightSeedOf(run), wanted });
  let step = steps.next();
  while (step.done !== true) {
    // Hundreds of thousands take seconds: callers of this process, and leases, do not wait for it.
    await nextTurn();
    step = steps.next();
  }
  const sample = step.value;
  await insertSample(trx, { runId: run.id, sample, at });
  return new Set(sample.drawn.map(({ candidate }) => candidate));
}

/** Which commitments a definition is about. */
export function populationOf(
  { recipients }: Pick<OpeningDependencies, 'recipients'>,
  check: Pick<CrossCheck, 'id' | 'left' | 'right'>,
  run: Pick<CrossCheckRun, 'slot'>,
): Population {
  const { id: checkId, left, right } = check;
  const onlyBusinesses = left === 'ENTERPRISE_REGISTER' || right === 'PUBLICITY_SYSTEM';
  return { checkId, right, onlyBusinesses, recipients: recipients(), on: dayOf(run) };
}

/** What officers ask by, too: their answers count as observations. */
function capabilitiesOf({ left, right }: CrossCheck): readonly string[] {
  if (left === 'ENTERPRISE_REGISTER') return ['enterprise.registration'];
  if (right === 'LICENSE_LIBRARY') return ['license.byIdentifier', 'license.byHolder'];
  return right === 'PUBLICITY_SYSTEM' ? ['enterprise.registration'] : ['credit.profile'];
}

function dayNumber(day: BusinessDate): number {
  return Date.parse(`${day}T00:00:00Z`) / DAY_MS;
}
