import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import type { CallPolicy } from '../../src/sources/policy.ts';
import {
  fakeSource,
  findAll,
  openWorld,
  type FakeSource,
  type Lookup,
  type World,
} from './world.ts';

let world: World;

afterEach(() => world.close());

/** A source that works for a while, and says when it was closed while at work. */
function workingSource(label: string, policy: Partial<CallPolicy> = {}) {
  const events: string[] = [];
  let inside = 0;
  const lookup: Lookup = async (keys, call) => {
    if (events.includes('closed')) throw new HubError('SOURCE_UNREACHABLE');
    inside += 1;
    await pause(20);
    inside -= 1;
    return findAll(keys, call);
  };
  const source = fakeSource('library', {
    policy: { concurrencyMax: 50, ...policy },
    lookup,
    close: async () => void events.push(inside === 0 ? 'closed' : 'closed at work'),
  });
  return { source: { ...source, label } as FakeSource, events };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(5);
}

test('twenty replacements under 200 questions a second fail no question', async () => {
  const first = workingSource('fake@1.0.0+r0');
  const all = [first];
  world = await openWorld(first.source);
  const asked: ReturnType<World['ask']>[] = [];
  const began = performance.now();
  const asking = setInterval(() => {
    const due = (performance.now() - began) / 5;
    while (asked.length < due) asked.push(world.ask(`L-${asked.length}`));
  }, 5);

  for (let revision = 1; revision <= 20; revision += 1) {
    await pause(75);
    const next = workingSource(`fake@1.0.0+r${revision}`);
    all.push(next);
    await world.sources.install(next.source);
  }
  await pause(50);
  clearInterval(asking);
  const observations = await Promise.all(asked);
  await until(() => all.slice(0, -1).every(({ events }) => events.length > 0));

  expect(observations.length).toBeGreaterThan(200);
  expect(observations.filter(({ transport }) => transport !== 'ANSWERED')).toEqual([]);
  expect(all.flatMap(({ events }) => events)).toEqual(Array(20).fill('closed'));
  expect(all.every(({ source }) => source.received.length > 0)).toBe(true);
  const labels = (await world.rows('evidence')).map((row) => row['connector']);
  expect(new Set(labels).size).toBe(21);
  expect(world.sources.states().map(({ connector }) => connector)).toEqual(['fake@1.0.0+r20']);
});

test('a question that has begun is answered by the source it began at', async () => {
  const [before, after] = [workingSource('fake@1'), workingSource('fake@2')];
  world = await openWorld(before.source);

  const begun = world.ask('L-1');
  await world.sources.install(after.source);
  const later = world.ask('L-2');

  expect((await Promise.all([begun, later])).map(({ transport }) => transport)).toEqual([
    'ANSWERED',
    'ANSWERED',
  ]);
  expect(before.source.received.map(({ keys }) => keys)).toEqual([[{ identifier: 'L-1' }]]);
  expect(after.source.received.map(({ keys }) => keys)).toEqual([[{ identifier: 'L-2' }]]);
});

test('a removed source is not registered any more, and what it began still ends', async () => {
  const { source, events } = workingSource('fake@1');
  world = await openWorld(source);
  const begun = world.ask('L-1');
  await until(() => source.received.length > 0);

  await world.sources.remove('library');
  await world.sources.remove('library');

  await expect(world.ask('L-2')).rejects.toMatchObject({ code: 'SOURCE_NOT_REGISTERED' });
  expect(world.sources.states()).toEqual([]);
  expect((await begun).transport).toBe('ANSWERED');
  await until(() => events.length > 0);
  expect(events).toEqual(['closed']);
});

test('a call that never ends does not keep a replaced connector open for ever', async () => {
  const policy = { deadlineMs: 200, attemptMs: 200, attemptsMax: 1 };
  const before = workingSource('fake@1', policy);
  before.source.behave(() => new Promise(() => undefined));
  world = await openWorld(before.source);
  const begun = world.ask('L-1');
  await until(() => before.source.received.length > 0);

  await world.sources.install(workingSource('fake@2').source);

  expect((await begun).transport).toBe('TIMEOUT');
  await until(() => before.events.length > 0);
});

test('closing waits only so long for what never ends', async () => {
  const { source, events } = workingSource('fake@1', { deadlineMs: 200 });
  const check = (): Promise<never> => new Promise(() => undefined);
  world = await openWorld({ ...source, connector: { ...source.connector, check } });
  void world.sources.check('library', new AbortController().signal);

  const began = performance.now();
  await world.sources.close();

  expect(performance.now() - began).toBeLessThan(2_500);
  expect(events).toEqual(['closed']);
});

test('closing closes the connectors of replaced sources too, once', async () => {
  const [before, after] = [workingSource('fake@1'), workingSource('fake@2')];
  world = await openWorld(before.source);
  const begun = world.ask('L-1');
  await until(() => before.source.received.length > 0);
  await world.sources.install(after.source);

  await world.sources.close();

  expect((await begun).transport).toBe('ANSWERED');
  expect([before.events, after.events]).toEqual([['closed'], ['closed']]);
});

test('what is installed after closing is closed and never asked', async () => {
  const late = workingSource('fake@2');
  world = await openWorld();
  await world.sources.close();

  await world.sources.install(late.source);

  await until(() => late.events.length > 0);
  expect(world.sources.states()).toEqual([]);
});

test('a paused source is not asked, says until when, and goes on when resumed', async () => {
  const { source } = workingSource('fake@1');
  world = await openWorld(source);
  const reason = '系统升级';
  const end = new Date(world.clock.now().getTime() + 3_600_000);

  world.sources.pause('library', { reason, until: end });
  const observation = await world.ask('L-1');
  const state = world.sources.states()[0]?.health.paused;
  world.sources.resume('library');
  const after = await world.ask('L-1');

  expect(observation).toMatchObject({
    transport: 'SCHEDULED_OUTAGE',
    hop: 'HUB',
    reason: 'SOURCE_SCHEDULED_OUTAGE:PAUSED',
    retryAt: end,
  });
  expect(JSON.stringify(await world.rows('source_outcome'))).not.toContain(reason);
  expect(state).toEqual({ reason, until: end });
  expect(after.transport).toBe('ANSWERED');
  expect(source.received).toHaveLength(1);
});

test('a pause without an end names none, and one that is overdue goes on', async () => {
  const { source } = workingSource('fake@1');
  world = await openWorld(source);

  world.sources.pause('library', { reason: '维护', until: null });
  const endless = await world.ask('L-1');
  world.sources.pause('library', { reason: '维护', until: new Date(0) });
  const overdue = await world.ask('L-1');

  expect([endless, overdue]).toEqual(
    Array(2).fill(expect.objectContaining({ transport: 'SCHEDULED_OUTAGE', retryAt: null })),
  );
});

test('a pause stays when the source is replaced, and ends when it is removed', async () => {
  world = await openWorld(workingSource('fake@1').source);
  world.sources.pause('library', { reason: '维护', until: null });

  await world.sources.install(workingSource('fake@2').source);
  const replaced = await world.ask('L-1');
  await world.sources.remove('library');
  await world.sources.install(workingSource('fake@3').source);
  const anew = await world.ask('L-1');

  expect(replaced.transport).toBe('SCHEDULED_OUTAGE');
  expect(anew.transport).toBe('ANSWERED');
  expect(() => world.sources.pause('elsewhere', { reason: '维护', until: null })).toThrow(
    expect.objectContaining({ code: 'SOURCE_NOT_REGISTERED' }),
  );
});

test('a call under way when the pause begins is not disturbed', async () => {
  const { source } = workingSource('fake@1');
  world = await openWorld(source);
  const begun = world.ask('L-1');
  await until(() => source.received.length > 0);

  world.sources.pause('library', { reason: '维护', until: null });

  expect((await begun).transport).toBe('ANSWERED');
});

test('in announced maintenance nothing is asked, canaries included', async () => {
  const canary = {
    capability: 'license.byIdentifier',
    present: { identifier: 'P' },
    absent: { identifier: 'A' },
  } as const;
  const windows = [{ weekdays: null, from: '23:00', until: '01:00' }];
  const source = fakeSource('library', { policy: { windows }, canaries: [canary] });
  world = await openWorld(source);
  const night = new Date('2026-11-24T00:15:00+08:00');

  world.clock.set(night);
  await world.sources.readCanaries();
  const observation = await world.ask('L-1');
  world.clock.advance(45 * 60_000);
  const after = await world.ask('L-1');

  expect(observation).toMatchObject({
    transport: 'SCHEDULED_OUTAGE',
    hop: 'HUB',
    reason: 'SOURCE_SCHEDULED_OUTAGE:MAINTENANCE',
    retryAt: new Date('2026-11-24T01:00:00+08:00'),
  });
  expect(after.transport).toBe('ANSWERED');
  expect(source.received).toHaveLength(1);
  expect(await world.rows('source_outcome')).toHaveLength(2);
});
