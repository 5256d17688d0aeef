import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import type { Hub } from '../../src/hub.ts';
import { DefineCrossCheckDocument } from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import { AS_OPERATOR, definition, seedCommitments } from '../support/cross-check.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS } from '../support/journey.ts';

const ROWS = 12;
const SLOTS = 20;
const HOUR_MS = 3_600_000;
const FIRST = Date.parse('2026-11-23T14:00:00Z');
/** How far the clocks of the replicas are from the time. */
const SKEWS_MS = [0, 60_000, -60_000];
/** When replicas tick around a slot, by the time. */
const TICKS_MS = [-90_000, -60_000, -30_000, 0, 30_000, 60_000, 90_000];

const clocks = SKEWS_MS.map(() => createTestClock('2026-11-23T13:30:00Z'));
let hub: TestHub;
let replicas: readonly Hub[];
beforeAll(async () => {
  const enterprises = makeEnterprises(ROWS);
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  hub = await startTestHub({ sandbox: { population }, clock: clocks[0]! });
  replicas = [hub.hub, await hub.replicate(clocks[1]), await hub.replicate(clocks[2])];
  await seedCommitments(hub.database.db, enterprises, { matter: MATTERS.registration });
  const { defineCrossCheck } = await hub.get(
    DefineCrossCheckDocument,
    {
      input: definition({
        ...{ key: 'hourly', left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
        ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'STATUS', rule: 'IN_FORCE' }] },
        cron: '0 * * * *',
      }),
    },
    AS_OPERATOR,
  );
  expect(defineCrossCheck.userErrors).toEqual([]);
});
afterAll(() => hub.stop());

async function tick(atMs: number): Promise<void> {
  clocks.forEach((clock, at) => clock.set(new Date(atMs + SKEWS_MS[at]!).toISOString()));
  const signal = AbortSignal.timeout(60_000);
  await Promise.all(replicas.map((one) => one.openCrossChecks(signal)));
  await Promise.all(replicas.map((one) => one.runCrossChecks(signal)));
}

async function runsOf(key: string) {
  const { rows } = await hub.database.db.raw<{
    rows: { slot: Date; state: string; runs: number; observations: number; tasks: number }[];
  }>(
    `
    select slot, min(state) as state, count(*)::integer as runs,
      sum((select count(*) from cross_check_observation where run_id = run.id))::integer
        as observations,
      sum((select count(*) from cross_check_task where run_id = run.id))::integer as tasks
    from cross_check_run as run join cross_check on cross_check.id = check_id
    where key = :key group by slot order by slot
    `,
    { key },
  );
  return rows;
}

test(`three replicas whose clocks differ run each of ${SLOTS} slots exactly once`, async () => {
  for (let slot = 0; slot < SLOTS; slot += 1)
    for (const tickMs of TICKS_MS) await tick(FIRST + slot * HOUR_MS + tickMs);

  const runs = await runsOf('hourly');

  expect(runs).toHaveLength(SLOTS);
  for (const [at, run] of runs.entries())
    expect(run).toEqual({
      ...{ slot: new Date(FIRST + at * HOUR_MS), state: 'COMPLETE', runs: 1, tasks: 1 },
      observations: ROWS,
    });
}, 120_000);

test('of the slots that nobody was there for, the newest is run late, once', async () => {
  const later = FIRST + (SLOTS + 3) * HOUR_MS + 1_500_000;

  await tick(later);
  await tick(later + 60_000);

  const late = (await runsOf('hourly')).slice(SLOTS);
  expect(late.map(({ slot, runs }) => [slot.getTime(), runs])).toEqual([
    [FIRST + (SLOTS + 3) * HOUR_MS, 1],
  ]);
});
