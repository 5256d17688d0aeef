import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import type { CapabilityName } from '../../src/connector-kit/connector.ts';
import { HubError } from '../../src/errors.ts';
import type { SourcePolicy } from '../../src/sources/policy.ts';
import type { Observation, Question } from '../../src/sources/sources.ts';
import {
  fakeSource,
  findAll,
  licenseOf,
  openWorldWith,
  type FakeSource,
  type Lookup,
  type World,
} from './world.ts';

let world: World;
let told: { observation: Observation<CapabilityName>; question: Question<CapabilityName> }[];

beforeEach(() => void (told = []));

afterEach(() => world.close());

/** Attempts of others end after 100 ms, those of patient askers after a second. */
const POLICY: Partial<SourcePolicy> = {
  deadlineMs: 200,
  attemptMs: 100,
  attemptsMax: 1,
  lateMs: 1_000,
};

const answerAfter =
  (ms: number): Lookup =>
  async (keys, call) => {
    await pause(ms);
    return findAll(keys, call);
  };

async function openLate(lookup: Lookup, policy: Partial<SourcePolicy> = {}): Promise<FakeSource> {
  const source = fakeSource('library', { policy: { ...POLICY, ...policy }, lookup });
  const onLate = (
    observation: Observation<CapabilityName>,
    question: Question<CapabilityName>,
  ): void => void told.push({ observation, question });
  world = await openWorldWith({ onLate }, source);
  return source;
}

async function untilTold(): Promise<void> {
  while (told.length === 0) await pause(5);
}

test('an asker who runs out of patience is told to come back, and the answer comes late', async () => {
  const source = await openLate(answerAfter(400));

  const began = performance.now();
  const deferred = await world.ask('L-1', { patienceMs: 50 });
  const waitedMs = performance.now() - began;
  const outcomesBefore = await world.rows('source_outcome');
  await untilTold();

  expect(deferred).toMatchObject({
    transport: 'DEFERRED',
    hop: 'SOURCE',
    reason: 'SOURCE_DEFERRED:SLOW',
    fault: { code: 'SOURCE_DEFERRED' },
  });
  const { retryAt } = deferred as { retryAt: Date };
  expect(retryAt.getTime() - world.clock.now().getTime()).toBeGreaterThan(500);
  expect(waitedMs).toBeGreaterThanOrEqual(49);
  expect(waitedMs).toBeLessThan(350);
  expect(outcomesBefore).toEqual([]);
  expect(source.received).toHaveLength(1);
  expect(told).toEqual([
    {
      observation: expect.objectContaining({
        transport: 'ANSWERED',
        intentId: deferred.intentId,
        records: [licenseOf('L-1')],
      }),
      question: expect.objectContaining({ source: 'library', key: { identifier: 'L-1' } }),
    },
  ]);
  expect(await world.rows('source_intent')).toHaveLength(1);
  expect(await world.rows('source_outcome')).toMatchObject([
    { intent_id: deferred.intentId, transport: 'ANSWERED' },
  ]);
  expect(await world.rows('evidence')).toHaveLength(1);
});

test('a late call that fails is on record and told as well', async () => {
  await openLate(async () => {
    await pause(200);
    throw new HubError('SOURCE_UNREACHABLE');
  });

  const deferred = await world.ask('L-1', { patienceMs: 20 });
  await untilTold();

  expect(deferred.transport).toBe('DEFERRED');
  expect(told).toMatchObject([{ observation: { transport: 'UNREACHABLE' } }]);
  expect(await world.rows('source_outcome')).toMatchObject([{ transport: 'UNREACHABLE' }]);
});

test('a call that is never answered is late only for so long', async () => {
  await openLate(() => new Promise(() => undefined), { lateMs: 400 });

  await world.ask('L-1', { patienceMs: 20 });
  const began = performance.now();
  await untilTold();

  expect(performance.now() - began).toBeLessThan(900);
  expect(told).toMatchObject([{ observation: { transport: 'TIMEOUT' } }]);
});

test('an answer within the patience of the asker is not late', async () => {
  await openLate(answerAfter(150));

  const observation = await world.ask('L-1', { patienceMs: 5_000 });
  await pause(50);

  expect(observation.transport).toBe('ANSWERED');
  expect(told).toEqual([]);
});

test('nobody waits longer, or calls shorter, because someone else is patient', async () => {
  const source = await openLate(answerAfter(400));

  const [patient, prompt] = await Promise.all([
    world.ask('L-1', { patienceMs: 20 }),
    world.ask('L-1'),
  ]);
  await untilTold();

  expect([patient.transport, prompt.transport]).toEqual(['DEFERRED', 'TIMEOUT']);
  expect(told).toMatchObject([{ observation: { transport: 'ANSWERED' } }]);
  expect(source.received).toHaveLength(2);
});

test('patience asks nothing of a source whose calls may not be late', async () => {
  await openLate(answerAfter(60), { lateMs: 0, attemptMs: 200 });

  const observation = await world.ask('L-1', { patienceMs: 5 });

  expect(observation.transport).toBe('ANSWERED');
  expect(told).toEqual([]);
});

test('whoever asks again meanwhile shares the call, and each is told once', async () => {
  const source = await openLate(answerAfter(400));

  const first = await world.ask('L-1', { patienceMs: 20 });
  const second = await world.ask('L-1', { patienceMs: 20 });
  await world.sources.close();

  expect([first.transport, second.transport]).toEqual(['DEFERRED', 'DEFERRED']);
  expect(source.received).toHaveLength(1);
  expect(told.map(({ observation }) => observation.intentId).toSorted()).toEqual(
    [first.intentId, second.intentId].toSorted(),
  );
});

test('closing waits for what is late, and for whoever is told', async () => {
  const source = fakeSource('library', { policy: POLICY, lookup: answerAfter(300) });
  world = await openWorldWith(
    {
      onLate: async (observation, question) => {
        await pause(50);
        told.push({ observation, question });
      },
    },
    source,
  );
  await world.ask('L-1', { patienceMs: 20 });

  await world.sources.close();

  expect(told).toMatchObject([{ observation: { transport: 'ANSWERED' } }]);
});

test('a replaced source still tells what is late', async () => {
  const source = await openLate(answerAfter(300));
  await world.ask('L-1', { patienceMs: 20 });

  await world.sources.install({ ...source, label: 'fake@2' });
  await untilTold();

  expect(told).toMatchObject([{ observation: { transport: 'ANSWERED' } }]);
});

test('nothing is said of a slow source before the question is on its way to it', async () => {
  const source = await openLate(answerAfter(1));
  const holding = await world.database.db.transaction();
  await holding.raw('lock table source_intent in exclusive mode');

  const asking = world.ask('L-1', { patienceMs: 10 });
  const first = await Promise.race([asking, pause(150, 'still waiting')]);
  await holding.commit();

  expect(first).toBe('still waiting');
  expect(['ANSWERED', 'DEFERRED']).toContain((await asking).transport);
  expect(source.received).toHaveLength(1);
});

test('an intent that cannot be recorded is a rejection, however patient the asker', async () => {
  const source = await openLate(answerAfter(1));
  await world.database.db.raw('alter table source_intent rename to elsewhere');

  const asking = world.ask('L-1', { patienceMs: 10_000 });

  await expect(asking).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(source.received).toEqual([]);
});

test.each([
  ['an outcome that cannot be recorded', 'AUDIT_UNAVAILABLE', true],
  ['someone who cannot be told', 'BUG', false],
])('%s is logged, and ends nothing else', async (_, reason, isRecordBroken) => {
  const source = fakeSource('library', { policy: POLICY, lookup: answerAfter(200) });
  world = await openWorldWith(
    {
      onLate: () => {
        throw new TypeError('L-1');
      },
    },
    source,
  );
  await world.ask('L-1', { patienceMs: 20 });
  if (isRecordBroken) await world.database.db.raw('alter table source_outcome rename to elsewhere');

  await world.sources.close();

  expect(world.logged.at(-1)).toEqual({
    facts: { source: 'library', capability: 'license.byIdentifier', reason },
    message: 'late answer could not be passed on',
  });
});

test('an absence that comes late covers only while the canary is right', async () => {
  const canary = {
    capability: 'license.byIdentifier',
    present: { identifier: 'P' },
    absent: { identifier: 'A' },
  } as const;
  const lookup: Lookup = async (keys, call) => {
    const [key] = keys;
    if (key?.identifier === 'P') return findAll(keys, call);
    if (key?.identifier === 'L-1') await pause(300);
    const raw = Buffer.from('[]');
    return keys.map(() => ({
      ok: true,
      answer: { records: [], absence: 'COVERED', asOf: null, raw },
    }));
  };
  const source = fakeSource('library', { policy: POLICY, lookup, canaries: [canary] });
  world = await openWorldWith(
    { onLate: (observation, question) => void told.push({ observation, question }) },
    source,
  );

  await world.ask('L-1', { patienceMs: 20 });
  await untilTold();

  expect(told).toMatchObject([{ observation: { recordOutcome: 'ABSENT_COVERED' } }]);
});
