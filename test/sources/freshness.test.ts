import { afterEach, expect, test } from '@jest/globals';

import type { KeyResult } from '../../src/connector-kit/connector.ts';
import type { License } from '../../src/model/license.ts';
import {
  answerOf,
  CASE,
  fakeSource,
  findAll,
  identifiers,
  licenseOf,
  openWorld,
  OTHER_CASE,
  purposeOf,
  type World,
} from './world.ts';

let world: World;

afterEach(() => world.close());

const MINUTE = 60_000;
const ABSENT: KeyResult<License> = { ok: true, answer: answerOf([], 'COVERED') };

test('fresh evidence of the same case is reused, and the question is still on record', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  const first = await world.ask('L-1');
  world.clock.advance(MINUTE);

  const again = await world.ask('L-1', { maxAgeMs: MINUTE });

  expect(again).toEqual({ ...first, intentId: again.intentId, reused: true });
  expect(again.intentId).not.toBe(first.intentId);
  expect(source.received).toHaveLength(1);
  expect(await world.rows('source_intent')).toHaveLength(2);
  const outcomes = await world.rows('source_outcome');
  expect(outcomes).toContainEqual(
    expect.objectContaining({ intent_id: again.intentId, reused: true, call_id: null }),
  );
});

test.each([
  ['older than the asker allows', MINUTE, MINUTE + 1],
  ['reused although the asker wants to ask anew', 0, 0],
  ['from the future', MINUTE, -1],
])('evidence is never %s', async (_, maxAgeMs, laterMs) => {
  const source = fakeSource('library');
  world = await openWorld(source);
  await world.ask('L-1');
  world.clock.advance(laterMs);

  const again = await world.ask('L-1', { maxAgeMs });

  expect(again).toMatchObject({ reused: false });
  expect(source.received).toHaveLength(2);
});

test('evidence of another case is not reused', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  await world.ask('L-1');

  const other = { maxAgeMs: MINUTE, purpose: purposeOf(OTHER_CASE) };
  const observation = await world.ask('L-1', other);

  expect(observation).toMatchObject({ reused: false });
  expect(source.received).toHaveLength(2);
});

test('evidence of another key or another source is not reused', async () => {
  const [library, registry] = [fakeSource('library'), fakeSource('registry')];
  world = await openWorld(library, registry);
  await world.ask('L-1');

  const otherKey = await world.ask('L-2', { maxAgeMs: MINUTE });
  const otherSource = await world.ask('L-1', { maxAgeMs: MINUTE, source: 'registry' });

  expect(otherKey).toMatchObject({ reused: false, records: [licenseOf('L-2')] });
  expect(otherSource).toMatchObject({ reused: false });
});

test('absence is never reused', async () => {
  const source = fakeSource('library', { lookup: async () => [ABSENT] });
  world = await openWorld(source);
  await world.ask('L-1');

  await world.ask('L-1', { maxAgeMs: MINUTE });

  expect(source.received).toHaveLength(2);
});

test('older evidence does not stand in for a newer absence', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  await world.ask('L-1');
  world.clock.advance(1_000);
  source.behave(async () => [ABSENT]);
  await world.ask('L-1');
  world.clock.advance(1_000);
  source.behave(findAll);

  const observation = await world.ask('L-1', { maxAgeMs: MINUTE });

  expect(observation).toMatchObject({ reused: false });
  expect(source.received).toHaveLength(3);
});

test('the look-ups of many askers share a statement', async () => {
  const source = fakeSource('library', { policy: { concurrencyMax: 60 } });
  world = await openWorld(source);
  await Promise.all(identifiers(60).map((one) => world.ask(one)));
  const statements: string[] = [];
  world.database.db.on('query', ({ sql }: { sql: string }) => statements.push(sql));

  const again = await Promise.all(
    identifiers(60).map((one) => world.ask(one, { maxAgeMs: MINUTE })),
  );

  expect(again.every((one) => 'reused' in one && one.reused)).toBe(true);
  expect(again.map((one) => 'records' in one && one.records)).toEqual(
    identifiers(60).map((one) => [licenseOf(one)]),
  );
  expect(statements.length).toBeLessThanOrEqual(6);
});

test('when evidence cannot be looked up the source is asked', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  await world.ask('L-1');
  await world.database.db.raw('alter table evidence rename column as_of to elsewhere');
  source.behave(async (keys, call) => {
    await world.database.db.raw('alter table evidence rename column elsewhere to as_of');
    return findAll(keys, call);
  });

  const observation = await world.ask('L-1', { maxAgeMs: MINUTE });

  expect(observation).toMatchObject({ transport: 'ANSWERED', reused: false });
  expect(world.logged).toHaveLength(1);
});

test('where nothing is reused nothing is looked up', async () => {
  world = await openWorld(fakeSource('library'));
  const statements: string[] = [];
  world.database.db.on('query', ({ sql }: { sql: string }) => statements.push(sql));

  await world.ask('L-1', { purpose: purposeOf(CASE) });

  expect(statements.filter((sql) => sql.includes('lateral'))).toEqual([]);
});
