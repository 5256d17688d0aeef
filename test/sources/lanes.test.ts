import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import {
  budgetOf,
  fakeSource,
  findAll,
  found,
  identifiers,
  licenseOf,
  openWorld,
  type Lookup,
  type World,
} from './world.ts';

let world: World;

afterEach(() => world.close());

/** Answers after a while, and remembers who was inside. */
function slow(tookMs: number): { lookup: Lookup; mostOf(prefix: string): number } {
  const inside = new Map<string, number>();
  const most = new Map<string, number>();
  const lookup: Lookup = async (keys, call) => {
    const prefix = keys[0]?.identifier[0] ?? '';
    const now = (inside.get(prefix) ?? 0) + 1;
    inside.set(prefix, now);
    most.set(prefix, Math.max(now, most.get(prefix) ?? 0));
    await pause(tookMs);
    inside.set(prefix, (inside.get(prefix) ?? 0) - 1);
    return findAll(keys, call);
  };
  return { lookup, mostOf: (prefix) => most.get(prefix) ?? 0 };
}

test('batches leave some of the places to the interactive, who do not queue behind them', async () => {
  const { lookup, mostOf } = slow(100);
  const source = fakeSource('library', {
    policy: { concurrencyMax: 10, deadlineMs: 10_000 },
    lookup,
  });
  world = await openWorld(source);
  const batch = identifiers(60).map((one) => world.ask(`B${one}`, { urgency: 'BATCH' }));
  while (source.received.length < 7) await pause(5);

  const began = performance.now();
  await Promise.all(identifiers(3).map((one) => world.ask(`I${one}`)));
  const tookMs = performance.now() - began;
  await Promise.all(batch);

  expect(mostOf('B')).toBe(7);
  expect(tookMs).toBeLessThan(300);
});

test('the share that is kept is the one of the budget', async () => {
  const { lookup, mostOf } = slow(20);
  const policy = { concurrencyMax: 10, budget: budgetOf({ reserveShare: 0.8 }) };
  world = await openWorld(fakeSource('library', { policy, lookup }));

  await Promise.all(identifiers(12).map((one) => world.ask(`B${one}`, { urgency: 'BATCH' })));

  expect(mostOf('B')).toBe(2);
});

test('where there is one place batches get it too', async () => {
  const source = fakeSource('library', { policy: { concurrencyMax: 1 } });
  world = await openWorld(source);

  const observation = await world.ask('B-1', { urgency: 'BATCH' });

  expect(observation.transport).toBe('ANSWERED');
});

test('a job and a counter do not share a call, so that neither ends with the other', async () => {
  const source = fakeSource('library', { capability: { batchMax: 10 } });
  world = await openWorld(source);

  await Promise.all([world.ask('L-1'), world.ask('L-1', { urgency: 'BATCH' }), world.ask('L-2')]);

  expect(source.received.map(({ keys }) => keys.length).toSorted()).toEqual([1, 2]);
});

test('fifty askers at once make as many calls as their keys fill, and a bad key fails alone', async () => {
  const source = fakeSource('library', {
    capability: { batchMax: 8 },
    policy: { concurrencyMax: 50, budget: budgetOf({ perDay: 1_000 }) },
    lookup: async (keys) =>
      keys.map((key) =>
        key.identifier === 'L-17'
          ? { ok: false, fault: new HubError('SOURCE_MALFORMED', { details: { hop: 'SOURCE' } }) }
          : found(key),
      ),
  });
  world = await openWorld(source);
  const unique = identifiers(30);
  const asked = identifiers(50).map((_, index) => unique[index % unique.length] ?? '');

  const observations = await Promise.all(asked.map((identifier) => world.ask(identifier)));

  expect(source.received).toHaveLength(Math.ceil(30 / 8));
  expect(observations.map((one) => ('records' in one ? one.records : one.transport))).toEqual(
    asked.map((one) => (one === 'L-17' ? 'MALFORMED' : [licenseOf(one)])),
  );
  expect(await world.rows('source_budget')).toMatchObject([{ used: Math.ceil(30 / 8) }]);
});

test('a source half of whose calls fail is left alone within twenty calls', async () => {
  let calls = 0;
  const source = fakeSource('library', {
    policy: { failuresMax: 5, attemptsMax: 1, restMs: 60_000 },
    lookup: async (keys, call) => {
      if ((calls += 1) % 2 === 0)
        throw new HubError('SOURCE_UNREACHABLE', { details: { hop: 'NETWORK' } });
      return findAll(keys, call);
    },
  });
  world = await openWorld(source);

  for (const one of identifiers(40)) await world.ask(one);

  expect(source.received.length).toBeLessThanOrEqual(20);
  expect(world.sources.states()[0]?.breaker).toBe('OPEN');
  expect(world.sources.states()[0]?.health).toMatchObject({
    availability: { fiveMinutes: 0.5, hour: 0.5 },
    errors: [
      { reason: 'SOURCE_RESTING', count: 30 },
      { reason: 'SOURCE_UNREACHABLE', count: 5 },
    ],
  });
});

test('what the breaker or a pause refuses is not taken from the budget', async () => {
  const policy = { failuresMax: 2, attemptsMax: 1, budget: budgetOf({ perDay: 100 }) };
  const source = fakeSource('library', {
    policy,
    lookup: async () => {
      throw new HubError('SOURCE_UNREACHABLE', { details: { hop: 'NETWORK' } });
    },
  });
  world = await openWorld(source);

  for (const one of identifiers(10)) await world.ask(one);
  world.sources.pause('library', { reason: '维护', until: null });
  await world.ask('L-1');

  expect(source.received).toHaveLength(2);
  expect(await world.rows('source_budget')).toMatchObject([{ used: 2 }]);
});

test('what was bought for a question that a pause then stops is given back', async () => {
  const source = fakeSource('library', {
    policy: { budget: budgetOf({ perSecond: 1 }), attemptMs: 1_000 },
  });
  world = await openWorld(source);
  await world.ask('L-1');
  const waiting = world.ask('L-2');
  await pause(300);

  world.sources.pause('library', { reason: '维护', until: null });
  const observation = await waiting;
  await world.sources.close();

  expect(observation).toMatchObject({ reason: 'SOURCE_SCHEDULED_OUTAGE:PAUSED' });
  expect(source.received).toHaveLength(1);
  expect(await world.rows('source_budget')).toMatchObject([{ used: 1 }]);
});
