import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import type { Budget, SourcePolicy } from '../../src/sources/policy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  budgetOf,
  fakeSource,
  findAll,
  identifiers,
  openReplica,
  type FakeSource,
  type Lookup,
  type World,
} from './world.ts';

let database: TestDatabase;
let replicas: World[];

beforeEach(async () => {
  database = await createTestDatabase();
  replicas = [];
});

afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.close()));
  await database.drop();
});

/** What the source sees of all replicas. */
interface Seen {
  /** When each call came, by `performance.now()`. */
  readonly at: number[];
  most: number;
}

/** Replicas with a source each that is one source. */
function openReplicas(
  count: number,
  budget: Budget,
  more: { tookMs?: number; policy?: Partial<SourcePolicy>; lookup?: Lookup } = {},
): { replicas: readonly World[]; sources: readonly FakeSource[]; seen: Seen } {
  const seen: Seen = { at: [], most: 0 };
  let inside = 0;
  const lookup: Lookup = async (keys, call) => {
    seen.at.push(performance.now());
    seen.most = Math.max(seen.most, (inside += 1));
    try {
      if (more.tookMs !== undefined) await pause(more.tookMs);
      return await (more.lookup ?? findAll)(keys, call);
    } finally {
      inside -= 1;
    }
  };
  const policy = { concurrencyMax: 50, waitingMax: 5_000, budget, ...more.policy };
  const sources = Array.from({ length: count }, () => fakeSource('library', { policy, lookup }));
  replicas = sources.map((source) => openReplica({ database }, source));
  return { replicas, sources, seen };
}

/** Most calls that one second holds, wherever it begins. */
function mostInASecond(at: readonly number[]): number {
  return Math.max(
    ...at.map((from) => at.filter((one) => one >= from && one < from + 1_000).length),
  );
}

/** So many callers of each replica, who all ask at once and on. */
async function askAll(each: number, rounds: number) {
  const asked = replicas.flatMap((replica, number) =>
    identifiers(each).map(async (one) => {
      const observations = [];
      for (let round = 0; round < rounds; round += 1)
        observations.push(await replica.ask(`${one}-${number}-${round}`));
      return observations;
    }),
  );
  return (await Promise.all(asked)).flat();
}

const isSpent = (one: object) =>
  'reason' in one &&
  one.reason === 'SOURCE_QUOTA_EXHAUSTED:BUDGET' &&
  'hop' in one &&
  one.hop === 'HUB';

test('three replicas together begin no more calls in any second than allowed', async () => {
  const { seen } = openReplicas(3, budgetOf({ perSecond: 15 }));

  const observations = await askAll(17, 2);

  expect(mostInASecond(seen.at)).toBeLessThanOrEqual(15);
  expect(seen.at.length).toBeGreaterThan(30);
  expect(observations.filter(({ transport }) => transport === 'ANSWERED')).toHaveLength(
    seen.at.length,
  );
  const others = observations.filter(({ transport }) => transport !== 'ANSWERED');
  expect(others.every(isSpent)).toBe(true);
});

test('three replicas together have no more calls under way than allowed', async () => {
  const { seen } = openReplicas(3, budgetOf({ inFlightMax: 5 }), { tookMs: 30 });

  const observations = await askAll(17, 1);

  expect(seen.most).toBeLessThanOrEqual(5);
  expect(observations.every(({ transport }) => transport === 'ANSWERED')).toBe(true);
  await Promise.all(replicas.map((replica) => replica.close()));
  expect(await database.db('source_lease')).toEqual([]);
});

test('three replicas together make no more calls on a day than allowed', async () => {
  const { seen } = openReplicas(3, budgetOf({ perDay: 70 }));

  const observations = await askAll(17, 2);

  expect(seen.at).toHaveLength(70);
  expect(observations.filter(isSpent)).toHaveLength(3 * 17 * 2 - 70);
  expect(await database.db('source_budget')).toMatchObject([{ source: 'library', used: 70 }]);
});

test('a spent day says when the next one begins, and is shown in the state', async () => {
  const { replicas: opened } = openReplicas(2, budgetOf({ perDay: 1 }));
  const [first, second] = opened as [World, World];
  await first.ask('L-1');

  const observation = await second.ask('L-1');

  const { retryAt } = observation as { retryAt: Date };
  const leftMs = retryAt.getTime() - second.clock.now().getTime();
  const midnight = (Math.floor((Date.now() + 8 * 3_600_000) / 86_400_000) + 1) * 86_400_000;
  expect(observation).toMatchObject({ transport: 'QUOTA_EXHAUSTED', hop: 'HUB' });
  expect(Math.abs(Date.now() + leftMs - (midnight - 8 * 3_600_000))).toBeLessThan(5_000);
  expect((await first.sources.readStates())[0]?.health.budget).toMatchObject({
    quota: { perDay: 1, usedToday: 1, left: 0, resetAt: expect.any(Date) },
    rate: { perSecond: null, now: null, slowed: false, heldUntil: null },
  });
});

test('batches yield at 1400 of 2000 calls, the interactive go on to 2000, then nobody', async () => {
  const { replicas: opened, seen } = openReplicas(2, budgetOf({ perDay: 2_000 }), {
    policy: { deadlineMs: 20_000 },
  });
  const [counter, job] = opened as [World, World];

  const batch = await Promise.all(
    identifiers(1_500).map((one) => job.ask(one, { urgency: 'BATCH' })),
  );
  const afterBatch = seen.at.length;
  const interactive = await Promise.all(identifiers(650).map((one) => counter.ask(one)));

  expect(afterBatch).toBe(1_400);
  expect(batch.filter(isSpent)).toHaveLength(100);
  expect(seen.at).toHaveLength(2_000);
  expect(interactive.filter(isSpent)).toHaveLength(50);
  expect(interactive.filter(isSpent).every((one) => 'retryAt' in one && one.retryAt !== null)).toBe(
    true,
  );
});

test('calls are counted, not keys, and every retry is a call', async () => {
  const { sources } = openReplicas(1, budgetOf({ perDay: 100 }));
  const [source] = sources as [FakeSource];
  const batching = fakeSource('batching', {
    capability: { batchMax: 10 },
    policy: source.policy,
  });
  batching.behave((keys, call) => {
    if (batching.received.length === 1) throw new HubError('SOURCE_UNREACHABLE');
    return findAll(keys, call);
  });
  const world = openReplica({ database }, batching);
  replicas.push(world);

  const observations = await Promise.all(identifiers(10).map((one) => world.ask(one)));

  expect(observations.every(({ transport }) => transport === 'ANSWERED')).toBe(true);
  expect(batching.received).toHaveLength(2);
  expect(await database.db('source_budget').where({ source: 'batching' })).toMatchObject([
    { used: 2 },
  ]);
});

test('one round trip buys for everyone who waits', async () => {
  openReplicas(1, budgetOf({ perDay: 1_000 }));
  const locks: string[] = [];
  database.db.on('query', ({ sql }: { sql: string }) => {
    if (sql.includes('pg_advisory_xact_lock')) locks.push(sql);
  });

  await askAll(50, 1);

  expect(locks.length).toBeGreaterThan(0);
  expect(locks.length).toBeLessThanOrEqual(10);
});

test('a source without a budget costs no round trip', async () => {
  const world = openReplica({ database }, fakeSource('free'));
  replicas.push(world);
  const statements: string[] = [];
  database.db.on('query', ({ sql }: { sql: string }) => statements.push(sql));

  await world.ask('L-1');
  await world.sources.readStates();

  expect(statements.filter((sql) => /budget|lease/u.test(sql))).toEqual([]);
  expect(world.sources.states()[0]?.health.budget).toBeNull();
});

test.each(['source_budget', 'source_lease'])(
  'nothing is asked while %s cannot be read, and everything again afterwards',
  async (table) => {
    const { replicas: opened, seen } = openReplicas(1, budgetOf({ inFlightMax: 5 }));
    const [world] = opened as [World];
    await database.db.raw(`alter table ${table} rename to elsewhere`);

    await expect(world.ask('L-1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { source: 'library', hop: 'HUB', stage: 'BUDGET' },
    });
    const state = (await world.sources.readStates())[0]?.health.budget;
    const during = seen.at.length;
    await database.db.raw(`alter table elsewhere rename to ${table}`);
    const after = await world.ask('L-1');

    expect(during).toBe(0);
    expect(state?.quota.usedToday).toBeNull();
    expect(after.transport).toBe('ANSWERED');
  },
);

test('places of a replica that is gone are free when its leases have expired', async () => {
  const { replicas: opened } = openReplicas(1, budgetOf({ inFlightMax: 1 }), {
    policy: { deadlineMs: 3_000, attemptMs: 500 },
  });
  const [world] = opened as [World];
  await database.db.raw(`
    insert into source_lease (id, source, expires_at)
    values (gen_random_uuid(), 'library', clock_timestamp() + interval '700 milliseconds')`);

  const began = performance.now();
  const observation = await world.ask('L-1');

  expect(observation.transport).toBe('ANSWERED');
  expect(performance.now() - began).toBeGreaterThan(600);
});

test('a lease lasts no longer than the attempt and a grace', async () => {
  const leases: { seconds: number }[] = [];
  const { replicas: opened } = openReplicas(1, budgetOf({ inFlightMax: 1 }), {
    policy: { attemptMs: 1_500 },
    lookup: async (keys, call) => {
      const { rows } = await database.db.raw<{ rows: { seconds: number }[] }>(`
        select cast(extract(epoch from expires_at - clock_timestamp()) as double precision) as seconds
        from source_lease`);
      leases.push(...rows);
      return findAll(keys, call);
    },
  });

  await opened[0]?.ask('L-1');

  expect(leases).toHaveLength(1);
  expect(leases[0]?.seconds).toBeGreaterThan(6);
  expect(leases[0]?.seconds).toBeLessThanOrEqual(6.5);
});
