import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, expect, test } from '@jest/globals';

import type { KeyResult, LicenseIdentifierKey } from '../../src/connector-kit/connector.ts';
import { HubError } from '../../src/errors.ts';
import type { License } from '../../src/model/license.ts';
import type { CallPolicy } from '../../src/sources/policy.ts';
import { answerOf, fakeSource, found, openWorld, type FakeSource, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

const CANARY = {
  capability: 'license.byIdentifier',
  present: { identifier: 'CANARY-PRESENT' },
  absent: { identifier: 'CANARY-ABSENT' },
} as const;

const COVERED: KeyResult<License> = { ok: true, answer: answerOf([], 'COVERED') };
const UNCOVERED: KeyResult<License> = { ok: true, answer: answerOf([], 'UNCOVERED') };
const DOWN: KeyResult<License> = { ok: false, fault: new HubError('SOURCE_UNREACHABLE') };

/** Answers the test records as told, and everything else with a covering absence. */
function watched(
  rule: {
    readonly present?: KeyResult<License>;
    readonly absent?: KeyResult<License>;
    readonly other?: KeyResult<License>;
  } = {},
  policy: Partial<CallPolicy> = {},
): FakeSource {
  const resultOf = (key: LicenseIdentifierKey): KeyResult<License> => {
    if (key.identifier === CANARY.present.identifier) return rule.present ?? found(key);
    if (key.identifier === CANARY.absent.identifier) return rule.absent ?? COVERED;
    return rule.other ?? COVERED;
  };
  return fakeSource('library', {
    canaries: [CANARY],
    policy: { attemptsMax: 1, ...policy },
    lookup: async (keys) => keys.map(resultOf),
  });
}

function readingsOf(source: FakeSource): number {
  return source.received.filter(({ keys }) => keys.some((key) => key === CANARY.present)).length;
}

test('absence counts when the source claims coverage and the canary is right', async () => {
  const source = watched();
  world = await openWorld(source);

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'ABSENT_COVERED', records: [] });
  expect(world.sources.states()[0]?.capabilities[0]?.canary).toEqual({
    readAt: world.clock.now(),
    right: true,
  });
});

test.each([
  ['its present record is not found', { present: COVERED }],
  ['its absent record is found', { absent: found({ identifier: 'CANARY-ABSENT' }) }],
  ['its present record gets no answer', { present: DOWN }],
  ['its absent record gets no answer', { absent: DOWN }],
])('absence means nothing when of the canary %s', async (_, rule) => {
  world = await openWorld(watched(rule));

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'ABSENT_UNCOVERED' });
  expect(world.sources.states()[0]?.capabilities[0]?.canary?.right).toBe(false);
});

test('absence means nothing where there is no canary', async () => {
  world = await openWorld(fakeSource('library', { lookup: async () => [COVERED] }));

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'ABSENT_UNCOVERED' });
});

test('absence means nothing where the source claims no coverage, whatever the canary', async () => {
  const source = watched({ other: UNCOVERED });
  world = await openWorld(source);

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'ABSENT_UNCOVERED' });
  expect(readingsOf(source)).toBe(0);
});

test('one reading serves all absences until it is too old', async () => {
  const source = watched({}, { canaryMaxAgeMs: 60_000 });
  world = await openWorld(source);

  await Promise.all(Array.from({ length: 20 }, (_, index) => world.ask(`L-${index}`)));
  world.clock.advance(60_000);
  await world.ask('L-1');
  const young = readingsOf(source);
  world.clock.advance(1);
  await world.ask('L-1');

  const intents = await world.rows('source_intent');
  expect(young).toBe(1);
  expect(intents.filter((row) => row['case_id'] === null)).toHaveLength(2 * 2);
  expect(readingsOf(source)).toBe(2);
});

test('a reading that has become wrong takes the meaning out of absence', async () => {
  const source = watched({}, { canaryMaxAgeMs: 60_000 });
  world = await openWorld(source);
  await world.ask('L-1');

  source.behave(async () => [COVERED]);
  world.clock.advance(60_001);
  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'ABSENT_UNCOVERED' });
});

test('a wrong reading is not repeated for every absence, but after a rest', async () => {
  const source = watched({ present: COVERED }, { restMs: 5_000 });
  world = await openWorld(source);

  for (let index = 0; index < 5; index += 1) await world.ask(`L-${index}`);
  const resting = readingsOf(source);
  world.clock.advance(5_001);
  await world.ask('L-1');

  expect(resting).toBe(1);
  expect(readingsOf(source)).toBe(2);
});

test('a reading from the future vouches for nothing', async () => {
  const source = watched();
  world = await openWorld(source);
  await world.ask('L-1');

  world.clock.advance(-1_000);
  await world.ask('L-1');

  expect(readingsOf(source)).toBe(2);
});

/** From now on test records get no answer, and everything else a covering absence. */
function hangCanary(source: FakeSource, answerAfterMs: number): void {
  source.behave(async ([key]) => {
    const isCanary = key?.identifier.startsWith('CANARY') === true;
    await pause(isCanary ? 60_000 : answerAfterMs, null, { ref: false });
    return [COVERED];
  });
}

test('a canary that hangs does not keep an absence beyond the deadline of the asker', async () => {
  const source = watched({}, { deadlineMs: 1_000, attemptMs: 900 });
  world = await openWorld(source);
  hangCanary(source, 600);

  const began = performance.now();
  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'ABSENT_UNCOVERED' });
  expect(performance.now() - began).toBeLessThan(1_000 + 250);
});

test('an old right reading does not stand in for one that hangs', async () => {
  const source = watched({}, { deadlineMs: 300, attemptMs: 900, canaryMaxAgeMs: 60_000 });
  world = await openWorld(source);
  await world.ask('L-1');
  world.clock.advance(60_001);
  hangCanary(source, 100);

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'ABSENT_UNCOVERED' });
});

test('canaries are on record like every question, without a case, and named as such', async () => {
  const source = watched();
  world = await openWorld(source);

  await world.sources.readCanaries();

  const intents = await world.rows('source_intent');
  const outcomes = await world.rows('source_outcome');
  expect(intents).toHaveLength(2);
  expect(outcomes).toHaveLength(2);
  for (const intent of intents)
    expect(intent).toMatchObject({ case_id: null, case_number: 'canary', agency_code: 'hub' });
  expect((await world.rows('evidence')).map((row) => row['record_outcome']).toSorted()).toEqual([
    'ABSENT_UNCOVERED',
    'FOUND_ONE',
  ]);
});

test('a canary whose question cannot be recorded is not read, and is not right', async () => {
  const source = watched();
  world = await openWorld(source);
  await world.database.db.raw('alter table source_intent rename to elsewhere');

  await world.sources.readCanaries();

  expect(source.received).toEqual([]);
  expect(world.sources.states()[0]?.capabilities[0]?.canary?.right).toBe(false);
});

test('what is not idempotent is not asked for test records', async () => {
  const source = fakeSource('library', {
    canaries: [CANARY],
    capability: { idempotent: false },
  });
  world = await openWorld(source);

  await world.sources.readCanaries();

  expect(source.received).toEqual([]);
});

test('several records are reported as several, and one as one', async () => {
  const { answer } = found({ identifier: 'L-1' }) as Extract<KeyResult<License>, { ok: true }>;
  const [license] = answer.records as [License];
  const two: KeyResult<License> = { ok: true, answer: answerOf([license, license]) };
  world = await openWorld(watched({ other: two }));

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ recordOutcome: 'FOUND_MANY' });
});
