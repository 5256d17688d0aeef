import { afterEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import { fakeSource, findAll, identifiers, openWorld, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

test('states tell of every source in the order of ids, and what became of its calls', async () => {
  const zoo = fakeSource('zoo');
  const library = fakeSource('library', { capability: { batchMax: 10 } });
  world = await openWorld(zoo, library);
  await Promise.all(identifiers(10).map((one) => world.ask(one, { source: 'library' })));
  library.behave(async () => {
    throw new HubError('SOURCE_UNAUTHORIZED');
  });
  await world.ask('L-1', { source: 'library' });

  const [first, second] = world.sources.states();

  expect(first).toEqual({
    id: 'library',
    title: '测试来源',
    connector: 'fake@1.0.0',
    capabilities: [{ name: 'license.byIdentifier', batchMax: 10, canary: null }],
    breaker: 'CLOSED',
    inFlight: 0,
    waiting: 0,
    calls: [
      { transport: 'ANSWERED', count: 1 },
      { transport: 'UNAUTHORIZED', count: 1 },
    ],
    medianMs: expect.any(Number),
    p95Ms: expect.any(Number),
    health: expect.any(Object),
  });
  expect(second).toMatchObject({ id: 'zoo', calls: [], medianMs: null, p95Ms: null });
});

test('a plan tells what asking would involve and asks nothing', async () => {
  const source = fakeSource('library', { capability: { batchMax: 10, carriesPurpose: true } });
  world = await openWorld(source);

  const plan = world.sources.plan('library', 'license.byIdentifier');

  expect(plan).toEqual({ batchMax: 10, deadlineMs: 3_000, medianMs: null, carriesPurpose: true });
  expect(source.received).toEqual([]);
  expect(world.sources.plan('library', 'credit.profile')).toBeNull();
  expect(world.sources.plan('elsewhere', 'license.byIdentifier')).toBeNull();
});

test('every call is told for metrics, without its keys', async () => {
  const source = fakeSource('library', { capability: { batchMax: 10 }, lookup: findAll });
  world = await openWorld(source);

  await Promise.all(identifiers(7).map((one) => world.ask(one)));

  expect(world.events).toEqual([
    {
      source: 'library',
      capability: 'license.byIdentifier',
      transport: 'ANSWERED',
      keys: 7,
      attempts: 1,
      tookMs: expect.any(Number),
    },
  ]);
});

test('a check is handed to the connector of the source, and only of a registered one', async () => {
  const line = { probe: 'tls', result: 'PASS', code: 'OK', advice: null, tookMs: 1 } as const;
  const source = fakeSource('library');
  const connector = { ...source.connector, check: async () => [line] };
  world = await openWorld({ ...source, connector });
  const { signal } = new AbortController();

  const lines = await world.sources.check('library', signal);

  expect(lines).toEqual([line]);
  await expect(world.sources.check('elsewhere', signal)).rejects.toMatchObject({
    code: 'SOURCE_NOT_REGISTERED',
  });
});
