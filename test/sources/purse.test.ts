import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import type { Grant, Purse } from '../../src/sources/purse.ts';
import { createPurse } from '../../src/sources/shared-purse.ts';
import type { Budget } from '../../src/sources/policy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { budgetOf, fakeSource, findAll, openReplica, type World } from './world.ts';

let database: TestDatabase;
let opened: { close(): Promise<void> }[];

beforeEach(async () => {
  database = await createTestDatabase();
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await database.drop();
});

function openPurse(limits: Partial<Budget>): Purse {
  const budget = budgetOf(limits);
  const log = { warn: () => undefined };
  const purse = createPurse({ source: 'library', budget, db: database.db, log });
  opened.push(purse);
  return purse;
}

const wish = (withinMs = 2_000) =>
  ({ urgency: 'INTERACTIVE', lastsMs: 1_000, giveUpAt: performance.now() + withinMs }) as const;

/** How many purchases have been tried from now on. */
function countLocks(): () => number {
  let locks = 0;
  database.db.on('query', ({ sql }: { sql: string }) => {
    if (sql.includes('pg_advisory_xact_lock')) locks += 1;
  });
  return () => locks;
}

async function usedToday(): Promise<number> {
  const [row] = await database.db('source_budget').select<{ used: number }[]>('used');
  return row?.used ?? 0;
}

function openSources(count: number, limits: Partial<Budget>) {
  const sources = Array.from({ length: count }, () =>
    fakeSource('library', { policy: { budget: budgetOf(limits) } }),
  );
  const worlds = sources.map((source) => openReplica({ database }, source));
  opened.push(...worlds);
  return { sources, worlds };
}

const complain = (retryAfterMs: number | null) => async (): Promise<never> => {
  const later = retryAfterMs === null ? {} : { retryAfterMs };
  throw new HubError('SOURCE_QUOTA_EXHAUSTED', { details: { hop: 'SOURCE', ...later } });
};

const rateOf = async (world: World | undefined) =>
  (await world?.sources.readStates())?.[0]?.health.budget?.rate;

test('a complaint to one replica halves the rate of all of them', async () => {
  const { sources, worlds } = openSources(2, { perSecond: 20 });
  sources[0]?.behave(complain(null));

  const observation = await worlds[0]?.ask('L-1');
  sources[0]?.behave(findAll);
  await worlds[0]?.ask('L-2');

  expect(observation).toMatchObject({ transport: 'QUOTA_EXHAUSTED', hop: 'SOURCE' });
  expect(await rateOf(worlds[1])).toMatchObject({ perSecond: 20, now: 10, slowed: true });
});

test('a complaint about single keys of a call counts as well', async () => {
  const { sources, worlds } = openSources(1, { perSecond: 20 });
  const fault = new HubError('SOURCE_QUOTA_EXHAUSTED', { details: { hop: 'SOURCE' } });
  sources[0]?.behave(async (keys) => keys.map(() => ({ ok: false, fault })));

  await worlds[0]?.ask('L-1');
  sources[0]?.behave(findAll);
  await worlds[0]?.ask('L-2');

  expect(await rateOf(worlds[0])).toMatchObject({ now: 10, slowed: true });
});

test('no replica asks before the instant that a complaint named', async () => {
  const { sources, worlds } = openSources(2, {});
  sources[0]?.behave(complain(60_000));
  await worlds[0]?.ask('L-1');
  while ((await rateOf(worlds[1]))?.heldUntil === null) await pause(5);

  const observation = await worlds[1]?.ask('L-1');

  expect(sources[1]?.received).toEqual([]);
  expect(observation).toMatchObject({
    transport: 'QUOTA_EXHAUSTED',
    hop: 'HUB',
    reason: 'SOURCE_QUOTA_EXHAUSTED:SLOWED',
  });
  const { retryAt } = observation as { retryAt: Date };
  const now = worlds[1]?.clock.now().getTime() ?? 0;
  expect(retryAt.getTime() - now).toBeGreaterThan(50_000);
  expect(retryAt.getTime() - now).toBeLessThanOrEqual(60_000);
});

test('a question waits for an instant that comes within its deadline', async () => {
  const { sources, worlds } = openSources(1, {});
  sources[0]?.behave(complain(600));
  await worlds[0]?.ask('L-1');
  sources[0]?.behave(findAll);

  const began = performance.now();
  const observation = await worlds[0]?.ask('L-2');

  expect(observation?.transport).toBe('ANSWERED');
  expect(performance.now() - began).toBeGreaterThan(500);
});

test('what was bought and not used is given back', async () => {
  const purse = openPurse({ perDay: 10, inFlightMax: 10 });
  const grants = await Promise.all([1, 2, 3].map(() => purse.take(wish())));
  const bought = await usedToday();

  grants[0]?.giveBack();
  grants[1]?.release();
  await purse.close();

  expect(bought).toBe(3);
  expect(await usedToday()).toBe(2);
  expect(await database.db('source_lease')).toEqual([]);
});

test('what is bought for someone who has given up meanwhile is given back', async () => {
  const purse = openPurse({ perDay: 10, inFlightMax: 10 });
  const holding = await database.db.transaction();
  await holding.raw('lock table source_budget in exclusive mode');

  const taken = Promise.allSettled([purse.take(wish(50)), purse.take(wish())]);
  await pause(200);
  await holding.commit();
  const [late, inTime] = await taken;

  expect(late.status).toBe('rejected');
  expect(inTime.status).toBe('fulfilled');
  (inTime as PromiseFulfilledResult<Grant>).value.release();
  await purse.close();
  expect(await usedToday()).toBe(1);
  expect(await database.db('source_lease')).toEqual([]);
});

test('what arrives too late to be used within its slack is bought again', async () => {
  const purse = openPurse({ perSecond: 100, perDay: 100 });
  const locks = countLocks();
  const holding = await database.db.transaction();
  await holding.raw('lock table source_budget in exclusive mode');

  const taking = purse.take(wish());
  await pause(150);
  await holding.commit();
  const grant = await taking;
  grant.release();
  await purse.close();

  const [row] = await database.db('source_budget').select<{ recent: [number, number][] }[]>();
  expect(locks()).toBe(2);
  expect(row?.recent.reduce((sum, [, calls]) => sum + calls, 0)).toBe(1);
  expect(await usedToday()).toBe(1);
});

test('closing refuses whoever waits', async () => {
  const purse = openPurse({ perDay: 10, inFlightMax: 1 });
  const grant = await purse.take(wish());
  const waiting = purse.take(wish());
  await pause(30);

  const closed = purse.close();

  await expect(waiting).rejects.toMatchObject({
    code: 'SOURCE_RESTING',
    details: { reason: 'HUB_STOPPING' },
  });
  await closed;
  await expect(purse.take(wish())).rejects.toMatchObject({ code: 'SOURCE_RESTING' });
  grant.release();
});

test('someone whose turn does not come in time is told when it would', async () => {
  const purse = openPurse({ perSecond: 1 });
  await purse.take(wish());

  const began = performance.now();
  const refused = purse.take(wish(500));

  await expect(refused).rejects.toMatchObject({
    code: 'SOURCE_QUOTA_EXHAUSTED',
    details: { reason: 'BUDGET', limit: 'RATE', retryAfterMs: expect.any(Number) },
  });
  expect(performance.now() - began).toBeLessThan(300);
});

test('a place that becomes free is taken at once, not when it is looked for again', async () => {
  const purse = openPurse({ inFlightMax: 1 });
  let held = await purse.take(wish());

  const began = performance.now();
  for (let turn = 0; turn < 20; turn += 1) {
    const next = purse.take(wish());
    await pause(5);
    held.release();
    held = await next;
  }
  const tookMs = performance.now() - began;
  held.release();

  expect(tookMs / 20).toBeLessThan(45);
});
