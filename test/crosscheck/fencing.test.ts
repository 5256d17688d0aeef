import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { createRefusals } from '../../src/audit/refusals.ts';
import { createCasework } from '../../src/casework/casework.ts';
import { createCatalog } from '../../src/catalog/catalog.ts';
import type { Consult } from '../../src/crosscheck/asking.ts';
import { listVersions } from '../../src/crosscheck/definition-queries.ts';
import { finishRun } from '../../src/crosscheck/finish.ts';
import { cutRun } from '../../src/crosscheck/opening.ts';
import { findRun } from '../../src/crosscheck/run-queries.ts';
import { claimTask, type HeldTask } from '../../src/crosscheck/task-queries.ts';
import type { Work, WorkDependencies } from '../../src/crosscheck/record-work.ts';
import { workOnTask } from '../../src/crosscheck/work.ts';
import { createMirrors } from '../../src/differ/mirrors.ts';
import { systemClock } from '../../src/model/clock.ts';
import type { SourceObservation } from '../../src/model/verification.ts';
import type { Database } from '../../src/store/database.ts';
import { DefineCrossCheckDocument } from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import { AS_OPERATOR, definition, seedCommitments, startCheck } from '../support/cross-check.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS } from '../support/journey.ts';

const ROWS = 30;
const LEASE_MS = 60_000;
const NEVER = new AbortController().signal;

let hub: TestHub;
let db: Database;
let work: Omit<Work, 'task'>;
let asked: string[] = [];

beforeAll(async () => {
  hub = await startTestHub();
  db = hub.database.db;
  await seedCommitments(db, makeEnterprises(ROWS), { matter: MATTERS.registration });
  const input = definition({
    ...{ key: 'register', left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
    ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'STATUS', rule: 'IN_FORCE' }] },
  });
  await hub.get(DefineCrossCheckDocument, { input }, AS_OPERATOR);
});
afterAll(() => hub.stop());

beforeEach(async () => {
  await db('cross_check_run')
    .whereNot({ state: 'COMPLETE' })
    .update({ state: 'CANCELED', ended_at: db.fn.now() });
  const { id } = await startCheck(hub, 'register');
  const cutting = { db, clock: systemClock, collections: collections(), recipients: () => [] };
  await cutRun(cutting, id, NEVER);
  const run = (await findRun(db, { id }))!;
  const [check] = await listVersions(db, [{ id: run.checkId, version: run.checkVersion }]);
  work = { run, check: check!, signal: NEVER };
  asked = [];
});

/** Nothing is handed over here. */
function collections(): WorkDependencies['collections'] {
  const useRecords = async () => null;
  return { db, clock: systemClock, mirrors: createMirrors({ db }), digestKey: String, useRecords };
}

/** A worker that hears the same of everybody. */
function deps(consult: Consult): WorkDependencies {
  const refusals = createRefusals({ db, clock: systemClock });
  const catalog = createCatalog({ db });
  const casework = createCasework({ db, clock: systemClock, catalog, refusals });
  const { listCases, listSubjects } = casework;
  return {
    ...{ db, clock: systemClock, log: { warn: () => undefined }, consult },
    collections: collections(),
    records: { listCases, listSubjects, listMatterVersions: catalog.listVersions },
    handovers: { batchMaxOf: () => null, acknowledgements: async () => [] },
    calendar: hub.hub.calendar,
    weigh: async (_requirement, observations) => observations,
  };
}

const hears: Consult = async ({ subject }) => {
  asked.push(subject.code);
  return said();
};

function said(): SourceObservation {
  return {
    ...{ requirement: 'register', source: 'publicity-system', dataset: 'REGISTRATION' },
    ...{ method: 'ONLINE', rank: 1, transport: 'ANSWERED', hop: null, fault: null, retryAt: null },
    ...{ recordOutcome: 'FOUND_ONE', status: 'VALID', notes: [], asOf: null, observedAt: null },
    ...{ evidenceId: null, evidenceDigest: null },
    fields: [{ field: 'STATUS', outcome: 'MATCH_EXACT', rank: 1, rules: [] }],
  };
}

const claim = (holder: string): Promise<HeldTask | null> =>
  claimTask(db, { runIds: [work.run.id], holder, leaseMs: LEASE_MS });

/** As if nothing had been heard of its worker for a lease. */
async function expire(): Promise<void> {
  await db.raw(`update cross_check_task set held_until = now() - interval '1 second'
    where held_until is not null`);
}

async function rowOf() {
  const [row] = await db('cross_check_task')
    .where({ run_id: work.run.id })
    .select<Record<string, unknown>[]>('state', 'holder', 'fence');
  return row;
}

async function countObservations(): Promise<number> {
  const row = await db('cross_check_observation')
    .where({ run_id: work.run.id })
    .count<{ n: string }>('* as n')
    .first();
  return Number(row?.n);
}

test('a page is with one worker at a time', async () => {
  const first = await claim('one');
  const second = await claim('two');

  expect(first).toMatchObject({ number: 1, first: 1, last: ROWS, fence: 1 });
  expect(second).toBeNull();
});

test('a worker whose page was taken over records nothing, whatever it has heard', async () => {
  const stale = (await claim('one'))!;
  await expire();
  const current = (await claim('two'))!;

  await workOnTask(deps(hears), { ...work, task: stale });
  const afterStale = [await countObservations(), asked.length, await rowOf()];
  await workOnTask(deps(hears), { ...work, task: current });
  await workOnTask(deps(hears), { ...work, task: stale });

  expect(afterStale).toEqual([0, ROWS, { state: 'WAITING', holder: 'two', fence: 2 }]);
  expect([await countObservations(), await rowOf()]).toEqual([
    ...[ROWS, { state: 'DONE', holder: null, fence: 2 }],
  ]);
});

test('a worker that loses its page while it asks lets go of it at once', async () => {
  const stale = (await claim('one'))!;
  const worker = workOnTask(
    deps(async (inquiry) => {
      await expire();
      await claim('two');
      return hears(inquiry, {} as never, {} as never);
    }),
    { ...work, task: stale },
  );

  await worker;

  expect(await countObservations()).toBe(0);
  expect(await rowOf()).toMatchObject({ state: 'WAITING', holder: 'two' });
});

test('what was recorded before is not asked for again by whoever takes the page next', async () => {
  const first = (await claim('one'))!;
  const part = await db('cross_check_subject')
    .where({ run_id: work.run.id })
    .orderBy('number')
    .limit(10)
    .select<{ number: number }[]>('number');
  await db('cross_check_observation').insert(
    part.map(({ number }) => ({
      ...{ run_id: work.run.id, number, outcome: 'MATCHED', evidence: [], observed_at: new Date() },
    })),
  );

  await workOnTask(deps(hears), { ...work, task: first });

  expect(asked).toHaveLength(ROWS - part.length);
  expect(await countObservations()).toBe(ROWS);
});

test('a subject that fails alone is tried three times, and is then inconclusive', async () => {
  const fails: Consult = async (inquiry, requirement, consultation) => {
    const heard = await hears(inquiry, requirement, consultation);
    if (!inquiry.subject.code.endsWith(lastOfFirst())) return heard;
    return { ...heard, transport: 'TIMEOUT', hop: 'SOURCE', fault: 'SOURCE_TIMEOUT', fields: [] };
  };
  const failing = makeEnterprises(ROWS).filter(({ code }) => code.endsWith(lastOfFirst())).length;
  let tries = 0;
  for (;;) {
    await db.raw('update cross_check_task set not_before = null');
    const task = await claim('one');
    if (task === null) break;
    tries += 1;
    await workOnTask(deps(fails), { ...work, task });
  }

  expect(tries).toBe(3);
  expect(await countObservations()).toBe(ROWS);
  const causes = await db('cross_check_observation')
    .where({ run_id: work.run.id, outcome: 'INCONCLUSIVE' })
    .pluck<string[]>('cause');
  expect(causes).toEqual(Array.from({ length: failing }, () => 'SOURCE_TIMEOUT'));
  expect(asked).toHaveLength(ROWS + 2 * failing);
});

test('a run whose counts do not add up is never complete', async () => {
  const task = (await claim('one'))!;
  await workOnTask(deps(hears), { ...work, task });
  await db('cross_check_run')
    .where({ id: work.run.id })
    .update({ subjects: ROWS + 1 });
  const { calendar } = hub.hub;
  const finishing = {
    ...{ db, clock: systemClock, calendar, screen: async (_trx: unknown, told: never) => told },
    signer: { hubId: 'test', keys: [] },
    log: { warn: () => undefined, info: () => undefined },
  };

  const hasFinished = await finishRun(finishing, work.run.id);

  expect(hasFinished).toBe(false);
  expect((await findRun(db, { id: work.run.id }))?.state).toBe('RUNNING');
});

/** Character by which some subjects are told from the others. */
function lastOfFirst(): string {
  return makeEnterprises(1)[0]!.code.slice(-1);
}
