import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { startSchedules, type Schedules, type ScheduledJob } from '../../src/jobs/schedule.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const EVERY_SECOND = '* * * * * *';

let database: TestDatabase;
let started: Schedules[];
let logged: { readonly facts: object; readonly message: string }[];

beforeEach(async () => {
  database = await createTestDatabase();
  started = [];
  logged = [];
});

afterEach(async () => {
  await Promise.all(started.map((schedules) => schedules.stop()));
  await database.drop();
});

function start(replica: string, ...jobs: readonly ScheduledJob[]): Schedules {
  const record = (facts: object, message: string): void => void logged.push({ facts, message });
  const schedules = startSchedules({
    db: database.db,
    clock: { now: () => new Date() },
    log: { warn: record, info: record },
    replica,
    jobs,
  });
  started.push(schedules);
  return schedules;
}

function slots(): Promise<{ job: string; slot: Date; replica: string }[]> {
  return database.db('job_slot').orderBy('slot');
}

test('of two replicas that tick, one runs each occurrence', async () => {
  const runs: string[] = [];
  const jobOf = (replica: string): ScheduledJob => ({
    name: 'count',
    cron: EVERY_SECOND,
    run: async () => void runs.push(replica),
  });

  start('a', jobOf('a'));
  start('b', jobOf('b'));
  await pause(3_200);
  await Promise.all(started.map((schedules) => schedules.stop()));

  const rows = await slots();
  expect(rows.length).toBeGreaterThanOrEqual(2);
  expect(runs).toEqual(rows.map(({ replica }) => replica));
  expect(rows.every(({ slot }) => slot.getMilliseconds() === 0)).toBe(true);
});

test('a job that throws is logged and ticks on', async () => {
  const failing = async (): Promise<void> => {
    throw new Error('张三 370800199001010015');
  };

  start('a', { name: 'failing', cron: EVERY_SECOND, run: failing });
  await pause(2_200);

  const failures = logged.filter(({ message }) => message === 'job failed');
  expect(failures.length).toBeGreaterThanOrEqual(2);
  expect(failures[0]?.facts).toMatchObject({ job: 'failing', error: 'Error' });
  expect(JSON.stringify(logged)).not.toContain('3708');
});

test('a database that cannot be reached does not end the process, and nothing runs', async () => {
  let runs = 0;
  await database.db.raw('drop table job_slot');

  start('a', { name: 'count', cron: EVERY_SECOND, run: async () => void (runs += 1) });
  await pause(1_200);

  expect(runs).toBe(0);
  expect(logged).toContainEqual({
    facts: expect.objectContaining({ job: 'count', code: '42P01' }),
    message: 'job failed',
  });
});

test('a job never overlaps itself in one process, and leaves the slot to another', async () => {
  let inside = 0;
  let most = 0;
  const slow = async (signal: AbortSignal): Promise<void> => {
    most = Math.max(most, (inside += 1));
    await pause(5_000, undefined, { signal }).catch(() => undefined);
    inside -= 1;
  };

  start('a', { name: 'slow', cron: EVERY_SECOND, run: slow });
  await pause(2_300);

  expect(most).toBe(1);
  expect(await slots()).toHaveLength(1);
});

test('two stops wait for the same running job, which is told to end', async () => {
  const events: string[] = [];
  const running = async (signal: AbortSignal): Promise<void> => {
    events.push('started');
    await pause(10_000, undefined, { signal }).catch(() => undefined);
    await pause(100);
    events.push(signal.aborted ? 'told to end' : 'not told');
  };
  const schedules = start('a', { name: 'long', cron: EVERY_SECOND, run: running });
  while (events.length === 0) await pause(20);

  await Promise.race([schedules.stop(), schedules.stop()]);

  expect(events).toEqual(['started', 'told to end']);
});

test('an unreadable cron expression is refused at the start', () => {
  const nothing = async (): Promise<void> => undefined;

  expect(() => start('a', { name: 'never', cron: 'at tea time', run: nothing })).toThrow();
});

test('a slot is the instant that Asia/Shanghai names, whatever the zone of the process', async () => {
  const soon = new Date(Date.now() + 2_000);
  const inShanghai = new Date(soon.getTime() + 8 * 3_600_000);
  const [second, minute, hour] = [
    inShanghai.getUTCSeconds(),
    inShanghai.getUTCMinutes(),
    inShanghai.getUTCHours(),
  ];

  start('a', {
    name: 'once',
    cron: `${second} ${minute} ${hour} * * *`,
    run: async () => undefined,
  });
  await pause(3_000);

  soon.setMilliseconds(0);
  expect((await slots()).map(({ slot }) => slot)).toEqual([soon]);
});
