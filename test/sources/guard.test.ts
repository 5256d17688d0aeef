import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, expect, test } from '@jest/globals';

import { HubError, type FaultCode } from '../../src/errors.ts';
import type { CallPolicy } from '../../src/sources/policy.ts';
import { fakeSource, findAll, identifiers, openWorld, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

/** Never answers; ends when it is told to. */
const hang = (_: unknown, { signal }: { signal: AbortSignal }): Promise<never> =>
  new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(new Error('aborted'))),
  );

const fail = (code: FaultCode) => async (): Promise<never> => {
  throw new HubError(code, { details: { hop: 'SOURCE' } });
};

const RESTING = 'SOURCE_RESTING';

const QUICK: Partial<CallPolicy> = {
  deadlineMs: 300,
  attemptMs: 150,
  attemptsMax: 1,
  failuresMax: 3,
  restMs: 400,
};

test.each([
  ['refuses', fail('SOURCE_UNREACHABLE')],
  ['hangs', hang],
])('a source that %s is left alone after few calls', async (_, lookup) => {
  const source = fakeSource('library', { policy: { ...QUICK, restMs: 60_000 }, lookup });
  world = await openWorld(source);

  await Promise.all(identifiers(60).map((one) => world.ask(one)));
  await Promise.all(identifiers(60).map((one) => world.ask(one)));

  const [failuresMax, concurrencyMax] = [3, 4];
  expect(source.received.length).toBeLessThanOrEqual(failuresMax + concurrencyMax - 1);
  expect(world.sources.states()[0]?.breaker).toBe('OPEN');
});

test('a resting source is answered for at once, with the time of the next try', async () => {
  const source = fakeSource('library', { policy: QUICK, lookup: fail('SOURCE_UNREACHABLE') });
  world = await openWorld(source);
  for (const one of identifiers(3)) await world.ask(one);

  const began = performance.now();
  const observation = await world.ask('L-1');
  const tookMs = performance.now() - began;

  expect(observation).toMatchObject({
    transport: 'UNREACHABLE',
    hop: 'HUB',
    reason: RESTING,
  });
  const { retryAt } = observation as { retryAt: Date };
  expect(retryAt.getTime() - world.clock.now().getTime()).toBeGreaterThan(150);
  expect(retryAt.getTime() - world.clock.now().getTime()).toBeLessThanOrEqual(400);
  expect(tookMs).toBeLessThan(50);
  expect(source.received).toHaveLength(3);
});

test('after its rest a source gets exactly one probe, and rests again when that fails', async () => {
  const source = fakeSource('library', { policy: QUICK, lookup: fail('SOURCE_UNREACHABLE') });
  world = await openWorld(source);
  for (const one of identifiers(3)) await world.ask(one);

  await pause(450);
  source.behave(hang);
  const observations = await Promise.all(identifiers(30).map((one) => world.ask(one)));

  const rested = observations.filter((one) => 'reason' in one && one.reason === RESTING);
  expect(source.received).toHaveLength(4);
  expect(observations.filter(({ transport }) => transport === 'TIMEOUT')).toHaveLength(1);
  expect(rested).toHaveLength(29);
  expect(world.sources.states()[0]?.breaker).toBe('OPEN');
});

test('while a probe is under way nobody waits for it', async () => {
  const policy = { ...QUICK, deadlineMs: 2_000, attemptMs: 2_000 };
  const source = fakeSource('library', { policy, lookup: fail('SOURCE_UNREACHABLE') });
  world = await openWorld(source);
  for (const one of identifiers(3)) await world.ask(one);
  await pause(450);
  source.behave(hang);
  const probe = world.ask('L-0');
  while (source.received.length < 4) await pause(5);

  const began = performance.now();
  const observation = await world.ask('L-1');
  const tookMs = performance.now() - began;

  expect(observation).toMatchObject({ reason: RESTING });
  expect(tookMs).toBeLessThan(200);
  expect(await probe).toMatchObject({ transport: 'TIMEOUT' });
});

test('a probe that is answered ends the rest', async () => {
  const source = fakeSource('library', { policy: QUICK, lookup: fail('SOURCE_UNREACHABLE') });
  world = await openWorld(source);
  for (const one of identifiers(3)) await world.ask(one);

  await pause(450);
  source.behave(findAll);
  await world.ask('L-1');
  const after = await Promise.all(identifiers(10).map((one) => world.ask(one)));

  expect(after.every(({ transport }) => transport === 'ANSWERED')).toBe(true);
  expect(world.sources.states()[0]?.breaker).toBe('CLOSED');
});

test.each<FaultCode>([
  'SOURCE_UNAUTHORIZED',
  'SOURCE_QUOTA_EXHAUSTED',
  'SOURCE_SCHEDULED_OUTAGE',
  'SOURCE_DEFERRED',
  'SOURCE_NEEDS_CONSENT',
  'SOURCE_INTEGRITY_FAILED',
  'SOURCE_SCHEMA_DRIFT',
])('%s does not make a source rest and is not retried', async (code) => {
  const source = fakeSource('library', { policy: { failuresMax: 3 }, lookup: fail(code) });
  world = await openWorld(source);

  for (const one of identifiers(6)) await world.ask(one);

  expect(source.received).toHaveLength(6);
  expect(world.sources.states()[0]?.breaker).toBe('CLOSED');
});

test.each<FaultCode>(['SOURCE_UNREACHABLE', 'SOURCE_TIMEOUT', 'SOURCE_MALFORMED'])(
  'a call whose keys all failed with %s counts as one failure',
  async (code) => {
    const fault = new HubError(code, { details: { hop: 'SOURCE' } });
    const source = fakeSource('library', {
      policy: { failuresMax: 3, attemptsMax: 1 },
      capability: { batchMax: 10 },
      lookup: async (keys) => keys.map(() => ({ ok: false, fault })),
    });
    world = await openWorld(source);

    await Promise.all(identifiers(10).map((one) => world.ask(one)));
    await Promise.all(identifiers(10).map((one) => world.ask(one)));
    const before = world.sources.states()[0]?.breaker;
    await Promise.all(identifiers(10).map((one) => world.ask(one)));

    expect(before).toBe('CLOSED');
    expect(world.sources.states()[0]?.breaker).toBe('OPEN');
  },
);

test('a single failure is retried once, where asking twice is the same as asking once', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  source.behave((keys, call) =>
    source.received.length === 1 ? fail('SOURCE_UNREACHABLE')() : findAll(keys, call),
  );

  const observation = await world.ask('L-1');

  expect(observation.transport).toBe('ANSWERED');
  expect(source.received).toHaveLength(2);
  expect(await world.rows('source_call')).toMatchObject([{ attempts: 2 }]);
});

test('what is not idempotent is never retried', async () => {
  const source = fakeSource('library', {
    capability: { idempotent: false },
    lookup: fail('SOURCE_UNREACHABLE'),
  });
  world = await openWorld(source);

  const observation = await world.ask('L-1');

  expect(observation.transport).toBe('UNREACHABLE');
  expect(source.received).toHaveLength(1);
});

test('retries stay within a tenth of the calls, and a few', async () => {
  let calls = 0;
  const source = fakeSource('library', {
    policy: { failuresMax: 1_000, concurrencyMax: 50, waitingMax: 1_000 },
    lookup: (keys, call) =>
      (calls += 1) % 2 === 0 ? fail('SOURCE_UNREACHABLE')() : findAll(keys, call),
  });
  world = await openWorld(source);

  await Promise.all(identifiers(400).map((one) => world.ask(one)));

  expect(source.received.length).toBeGreaterThan(400);
  expect(source.received.length).toBeLessThanOrEqual(440);
});

test('a source that hangs is given up at the deadline, waiting and retries included', async () => {
  const source = fakeSource('library', {
    policy: { ...QUICK, attemptsMax: 2, concurrencyMax: 1, failuresMax: 100 },
    lookup: hang,
  });
  world = await openWorld(source);
  const tookMs: number[] = [];

  const observations = await Promise.all(
    identifiers(8).map(async (one) => {
      const began = performance.now();
      const observation = await world.ask(one);
      tookMs.push(performance.now() - began);
      return observation;
    }),
  );

  expect(Math.max(...tookMs)).toBeLessThan(300 + 250);
  expect(observations.map(({ transport }) => transport)).toEqual(Array(8).fill('TIMEOUT'));
  expect(observations).toContainEqual(expect.objectContaining({ hop: 'HUB' }));
  expect(source.received.length).toBeLessThanOrEqual(3);
});

test('a retry that finds its place taken is given up at the deadline all the same', async () => {
  const policy = { deadlineMs: 1_200, attemptMs: 1_200, concurrencyMax: 1 };
  const source = fakeSource('library', { policy });
  world = await openWorld(source);
  source.behave(async (keys, call) => {
    if (source.received.length > 1) return hang(keys, call);
    await pause(300);
    return fail('SOURCE_UNREACHABLE')();
  });

  const began = performance.now();
  const retried = world.ask('L-1').then(() => performance.now() - began);
  await pause(250);
  const later = world.ask('L-2');

  expect(await retried).toBeLessThan(1_200 + 130);
  expect(await later).toMatchObject({ transport: 'TIMEOUT' });
  expect(source.received).toHaveLength(2);
});

test('a call that gave up waiting frees its place for those behind it', async () => {
  const source = fakeSource('library', {
    policy: { ...QUICK, deadlineMs: 200, attemptMs: 200, concurrencyMax: 1, failuresMax: 100 },
    lookup: hang,
  });
  world = await openWorld(source);
  await Promise.all(identifiers(5).map((one) => world.ask(one)));

  source.behave(findAll);
  const after = await Promise.all(identifiers(5).map((one) => world.ask(one)));

  expect(after.map(({ transport }) => transport)).toEqual(Array(5).fill('ANSWERED'));
  expect(world.sources.states()[0]).toMatchObject({ inFlight: 0, waiting: 0 });
});

test('never more calls are under way than the policy allows, and the rest are refused', async () => {
  let inside = 0;
  let most = 0;
  const source = fakeSource('library', {
    policy: { concurrencyMax: 4, waitingMax: 6 },
    lookup: async (keys, call) => {
      most = Math.max(most, (inside += 1));
      await pause(30);
      inside -= 1;
      return findAll(keys, call);
    },
  });
  world = await openWorld(source);

  const observations = await Promise.all(identifiers(30).map((one) => world.ask(one)));

  const refused = observations.filter((one) => 'reason' in one && one.reason === 'SOURCE_BUSY');
  expect(most).toBe(4);
  expect(source.received).toHaveLength(10);
  expect(refused).toHaveLength(20);
});

test('a connector that throws what it may not is our bug, and never an answer', async () => {
  const source = fakeSource('library', {
    lookup: async () => {
      throw new TypeError('cannot read 张三');
    },
  });
  world = await openWorld(source);

  const observations = [];
  for (const one of identifiers(8)) observations.push(await world.ask(one));

  expect(observations).toEqual(
    Array(8).fill(
      expect.objectContaining({
        transport: 'MALFORMED',
        hop: 'CONNECTOR',
        reason: 'SOURCE_MALFORMED:CONNECTOR_BUG',
      }),
    ),
  );
  expect(world.logged).toHaveLength(8);
  expect(world.logged[0]?.facts).toMatchObject({ source: 'library', error: 'TypeError' });
  expect(JSON.stringify(world.logged)).not.toContain('张三');
  expect(world.sources.states()[0]?.breaker).toBe('CLOSED');
});

test.each([
  ['no list of results', undefined],
  ['no result for the key', [undefined]],
  ['an answer without records', [{ ok: true, answer: { raw: Buffer.from('') } }]],
  ['a fault that is none', [{ ok: false, fault: new Error('secret') }]],
])('a connector that returns %s never crashes the hub', async (_, results) => {
  const source = fakeSource('library', { lookup: async () => results as never });
  world = await openWorld(source);

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ transport: 'MALFORMED', hop: 'CONNECTOR' });
});

test('closing waits for calls under way and then lets the connectors go', async () => {
  const events: string[] = [];
  const source = fakeSource('library', {
    lookup: async (keys, call) => {
      await pause(100);
      events.push('answered');
      return findAll(keys, call);
    },
  });
  const registered = {
    ...source,
    connector: { ...source.connector, close: async () => void events.push('closed') },
  };
  world = await openWorld(registered);
  const asked = world.ask('L-1');
  while (source.received.length === 0) await pause(5);

  await Promise.all([world.sources.close(), world.sources.close()]);

  expect(events).toEqual(['answered', 'closed']);
  expect((await asked).transport).toBe('ANSWERED');
  expect(await world.ask('L-2')).toMatchObject({ reason: 'SOURCE_RESTING:HUB_STOPPING' });
});
