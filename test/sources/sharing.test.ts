import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import {
  CASE,
  fakeSource,
  found,
  identifiers,
  licenseOf,
  openWorld,
  OTHER_CASE,
  purposeOf,
  type World,
} from './world.ts';

let world: World;

afterEach(() => world.close());

test('fifty askers of one question make one call and fifty intents', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);

  const observations = await Promise.all(Array.from({ length: 50 }, () => world.ask('L-1')));

  expect(source.received).toHaveLength(1);
  expect(observations.every(({ transport }) => transport === 'ANSWERED')).toBe(true);
  expect(new Set(observations.map(({ intentId }) => intentId)).size).toBe(50);
  expect(await world.rows('source_intent')).toHaveLength(50);
  expect(await world.rows('source_outcome')).toHaveLength(50);
  expect(await world.rows('source_call')).toHaveLength(1);
});

test('a question that comes after the answer is asked anew', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);

  await world.ask('L-1');
  await world.ask('L-1');

  expect(source.received).toHaveLength(2);
});

test('keys that differ only in the order of their fields are one question', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  const key = { identifier: 'L-1', extra: { a: 1, b: 2 } };
  const turned = { extra: { b: 2, a: 1 }, identifier: 'L-1' };

  await Promise.all([world.ask('L-1', { key }), world.ask('L-1', { key: turned })]);

  expect(source.received).toHaveLength(1);
});

test('a fault shared by many is a fault for each of them, and they all stay on record', async () => {
  const source = fakeSource('library', {
    lookup: async () => {
      throw new HubError('SOURCE_UNAUTHORIZED', { details: { hop: 'SOURCE' } });
    },
  });
  world = await openWorld(source);

  const observations = await Promise.all(Array.from({ length: 10 }, () => world.ask('L-1')));

  expect(source.received).toHaveLength(1);
  expect(observations.map(({ transport }) => transport)).toEqual(Array(10).fill('UNAUTHORIZED'));
  expect(await world.rows('source_outcome')).toHaveLength(10);
});

test.each([
  { unique: 60, batchMax: 20, calls: 3 },
  { unique: 61, batchMax: 20, calls: 4 },
  { unique: 7, batchMax: 50, calls: 1 },
  { unique: 200, batchMax: 50, calls: 4 },
])('$unique keys in calls of $batchMax make $calls calls', async (rule) => {
  const { unique, batchMax, calls } = rule;
  const source = fakeSource('library', { capability: { batchMax } });
  world = await openWorld(source);
  const twice = [...identifiers(unique), ...identifiers(unique)];

  const observations = await Promise.all(twice.map((identifier) => world.ask(identifier)));

  expect(source.received).toHaveLength(calls);
  expect(observations.map((one) => 'records' in one && one.records)).toEqual(
    twice.map((identifier) => [licenseOf(identifier)]),
  );
  expect(await world.rows('source_intent')).toHaveLength(2 * unique);
  expect(await world.rows('source_call')).toHaveLength(calls);
});

test('keys of requests that start a few milliseconds apart still share calls', async () => {
  const source = fakeSource('library', { capability: { batchMax: 20 } });
  world = await openWorld(source);
  await world.ask('warm');

  await Promise.all(
    identifiers(40).map(async (identifier, index) => {
      await pause(index % 4);
      await world.ask(identifier);
    }),
  );

  expect(source.received.length - 1).toBeLessThanOrEqual(4);
});

test('a fault of one key does not touch the keys it shared a call with', async () => {
  const source = fakeSource('library', {
    capability: { batchMax: 10 },
    lookup: async (keys) =>
      keys.map((key) =>
        key.identifier === 'L-3'
          ? { ok: false, fault: new HubError('SOURCE_NEEDS_CONSENT') }
          : found(key),
      ),
  });
  world = await openWorld(source);

  const observations = await Promise.all(identifiers(10).map((one) => world.ask(one)));

  expect(observations.map(({ transport }) => transport)).toEqual(
    identifiers(10).map((one) => (one === 'L-3' ? 'NEEDS_CONSENT' : 'ANSWERED')),
  );
});

test.each([-1, 1])('a call that returns %d results too many answers nobody', async (surplus) => {
  const source = fakeSource('library', {
    capability: { batchMax: 5 },
    lookup: async (keys) =>
      surplus < 0 ? keys.slice(1).map(found) : [...keys, { identifier: 'x' }].map(found),
  });
  world = await openWorld(source);

  const observations = await Promise.all(identifiers(5).map((one) => world.ask(one)));

  expect(observations).toEqual(
    Array(5).fill(
      expect.objectContaining({
        transport: 'SCHEMA_DRIFT',
        hop: 'CONNECTOR',
        reason: 'SOURCE_SCHEMA_DRIFT:RESULT_COUNT',
      }),
    ),
  );
});

test('an asker whose intent fails does not keep the others waiting or fail them', async () => {
  const source = fakeSource('library', { capability: { batchMax: 10 } });
  world = await openWorld(source);

  const asked = await Promise.allSettled(
    identifiers(10).map((identifier, index) =>
      world.ask(identifier, { purpose: purposeOf(index === 0 ? 'no uuid' : CASE) }),
    ),
  );

  expect(asked.map(({ status }) => status)).toEqual([
    'rejected',
    ...Array<string>(9).fill('fulfilled'),
  ]);
  expect(source.received.flatMap(({ keys }) => keys)).toHaveLength(9);
});

test('where the source is told the purpose, askers of two cases never share a call', async () => {
  const source = fakeSource('library', { capability: { carriesPurpose: true, batchMax: 10 } });
  world = await openWorld(source);

  await Promise.all([
    world.ask('L-1'),
    world.ask('L-1'),
    world.ask('L-2'),
    world.ask('L-1', { purpose: purposeOf(OTHER_CASE) }),
    world.ask('L-1', { purpose: purposeOf(CASE, { matterCode: 'M2' }) }),
  ]);

  const told = source.received.map(({ keys, call }) => ({
    keys: keys.map(({ identifier }) => identifier),
    caseId: call.purpose.caseId,
    matter: call.purpose.matterCode,
  }));
  expect(told).toHaveLength(3);
  expect(told).toContainEqual({ keys: ['L-1', 'L-2'], caseId: CASE, matter: 'M1' });
  expect(told).toContainEqual({ keys: ['L-1'], caseId: OTHER_CASE, matter: 'M1' });
  expect(told).toContainEqual({ keys: ['L-1'], caseId: CASE, matter: 'M2' });
});

test('keys answered from different replies each refer to the bytes of their own', async () => {
  const source = fakeSource('library', {
    capability: { batchMax: 3 },
    lookup: async (keys) => keys.map(found),
  });
  world = await openWorld(source);

  await Promise.all(identifiers(3).map((one) => world.ask(one)));

  const { rows } = await world.database.db.raw<{ rows: { records: unknown; raw: unknown }[] }>(`
    select evidence.records, convert_from(source_call.raw, 'UTF8')::jsonb as raw
    from evidence join source_call on source_call.id = evidence.call_id
  `);
  expect(rows).toHaveLength(3);
  for (const { records, raw } of rows) expect(raw).toEqual(records);
});
