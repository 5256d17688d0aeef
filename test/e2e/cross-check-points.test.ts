import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import {
  CrossCheckRunDocument,
  DefineCrossCheckDocument,
  StartCrossCheckDocument,
} from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import { definition, seedCommitments, type RunSeen } from '../support/cross-check.ts';
import { MATTERS } from '../support/journey.ts';
import { startServedWorld, type ServedHub, type ServedWorld } from '../support/served-hub.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const ROWS = 450;
const RANDOM_KILLS = process.env['LONG'] === '1' ? 100 : 4;
const KEY = 'register';
const LONG_MS = 1_200_000;

/** Where a worker is when it dies, by the table that it was about to write to. */
const POINTS = [
  ['cross_check_subject', 'while it freezes what is read'],
  ['cross_check_run_event', 'before the run has begun'],
  ['cross_check_task', 'before it has a page'],
  ['cross_check_observation', 'when sources have answered and nothing is recorded'],
  ['cross_check_difference', 'between an observation and what differs'],
  ['cross_check_latest', 'before the last status is known'],
  ['cross_check_finding', 'before findings are published'],
  ['cross_check_finding_event', 'while findings are published'],
  ['verification_task', 'before commitments are to be verified again'],
] as const;

const enterprises = makeEnterprises(ROWS).map((one, at) => ({
  ...one,
  ...(at % 9 === 4
    ? { stateCode: '2', stateText: '吊销，未注销' }
    : { stateCode: '1', stateText: '存续（在营、开业、在册）', canceledOn: null }),
}));
const DIFFERING = enterprises.filter(({ stateCode }) => stateCode === '2').length;

let world: ServedWorld;
beforeAll(async () => {
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  // Slow enough to be killed in the middle of it.
  const budget = { perSecond: 20, perDay: null, inFlightMax: null, reserveShare: 0.2 };
  world = await startServedWorld({ population, policies: { 'publicity-system': { budget } } });
  await seedCommitments(world.db, enterprises, { matter: MATTERS.registration });
}, 120_000);
afterAll(() => world.stop());

async function ask<T, V>(hub: ServedHub, document: TypedDocumentNode<T, V>, variables: V) {
  const headers = authorized();
  const response = await fetch(`${hub.url}/graphql`, {
    ...{ method: 'POST', headers: { ...headers, 'content-type': 'application/json' } },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

const authorized = () => ({ authorization: `Bearer ${world.operatorToken}` });

/** Opens a run by a hub that dies before it has done anything else. */
async function openRun(): Promise<string> {
  const hub = await world.serve();
  const blocked = await block('cross_check_subject');
  const input = { key: KEY, idempotencyKey: randomUUID() };
  const { startCrossCheck } = await ask(hub, StartCrossCheckDocument, { input });
  await hub.kill();
  await blocked.rollback();
  return startCrossCheck.run!.id;
}

/** Nobody writes to the table until the transaction ends. */
async function block(table: string) {
  const trx = await world.db.transaction();
  await trx.raw('lock table ?? in exclusive mode', [table]);
  return trx;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Whether some process waits for the table. */
async function isAwaited(table: string): Promise<boolean> {
  const { rows } = await world.db.raw<{ rows: unknown[] }>(
    'select from pg_locks where relation = ?::regclass and not granted',
    [table],
  );
  return rows.length > 0;
}

async function readOf(id: string): Promise<number> {
  const row = await world
    .db('cross_check_observation')
    .where({ run_id: id })
    .count('* as n')
    .first();
  return Number(row?.['n']);
}

const stateOf = async (id: string) =>
  (await world.db('cross_check_run').where({ id }).first<{ state: string }>('state')).state;

/** The run as its operator sees it, and its report as it is downloaded. */
async function endOf(id: string): Promise<{ run: RunSeen; report: string }> {
  const hub = await world.serve();
  await until(async () => (await stateOf(id)) === 'COMPLETE');
  const { crossCheckRun } = await ask(hub, CrossCheckRunDocument, { id });
  const reply = await fetch(`${hub.url}${crossCheckRun!.reportPath}`, { headers: authorized() });
  const report = await reply.text();
  await hub.kill();
  return { run: crossCheckRun!, report };
}

async function countFindings(runId: string) {
  const { rows } = await world.db.raw<{ rows: Record<string, unknown>[] }>(
    `select event.state, step, nights, count(*)::integer as findings,
       count(distinct (commitment_id, class))::integer as different
     from cross_check_finding as finding
     join cross_check_finding_event as event on finding_id = finding.id and run_id = :runId
     group by 1, 2, 3`,
    { runId },
  );
  return rows;
}

async function countTasks(): Promise<number> {
  const row = await world.db('verification_task').count('* as n').first();
  return Number(row?.['n']);
}

let killed: { run: RunSeen; report: string };

test(
  'killed at every point, and in between, a run ends as one that nobody disturbed, byte by byte',
  async () => {
    const hub = await world.serve();
    const input = definition({
      ...{ key: KEY, left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
      ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'STATUS', rule: 'IN_FORCE' }] },
    });
    await ask(hub, DefineCrossCheckDocument, { input });
    await hub.kill();
    const id = await openRun();
    const died: string[] = [];
    for (const [table, where] of POINTS) {
      const blocked = await block(table);
      const worker = await world.work();
      await until(() => isAwaited(table));
      await worker.kill();
      await blocked.rollback();
      died.push(`${where}: ${await readOf(id)} read`);
      if (table === 'cross_check_latest') died.push(`at random: ${await killAtRandom(id)} times`);
    }
    killed = await endOf(id);
    console.log(died.join('\n'));
    const whole = await endOf(await openRun());

    expect(killed.run).toMatchObject({
      ...{ state: 'COMPLETE', causes: [] },
      progress: { subjects: ROWS, read: ROWS, differing: DIFFERING, inconclusive: 0 },
    });
    expect(killed.report).toBe(whole.report);
    expect(killed.run.rootDigest).toBe(whole.run.rootDigest);
    expect(createHash('sha256').update(killed.report).digest('hex')).toBe(killed.run.rootDigest);
    expect(await countTasks()).toBe(DIFFERING);
  },
  LONG_MS,
);

/** As far as it comes in a moment, again and again. */
async function killAtRandom(id: string): Promise<number> {
  for (let kill = 0; kill < RANDOM_KILLS; kill += 1) {
    const worker = await world.work();
    const read = await readOf(id);
    const patienceMs = (kill * 37) % 150;
    await until(async () => (await readOf(id)) > read || (await stateOf(id)) !== 'RUNNING');
    await new Promise((resolve) => setTimeout(resolve, patienceMs));
    await worker.kill();
    if ((await readOf(id)) > ROWS * 0.7) return kill + 1;
  }
  return RANDOM_KILLS;
}

test(
  'what a run had read before it was killed is met, not gone: no finding is resolved by that',
  async () => {
    const id = await openRun();
    const worker = await world.work();
    await until(async () => (await readOf(id)) >= ROWS * 0.4);
    await worker.kill();
    const before = await readOf(id);
    const { run } = await endOf(id);

    expect(before).toBeLessThan(ROWS);
    expect(run.differences).toEqual([
      {
        ...{ class: 'STATUS_CHANGED', field: 'STATUS', from: 'VALID', to: 'WITHDRAWN' },
        subjects: DIFFERING,
      },
    ]);
    expect(await countFindings(run.id)).toEqual([
      ...[
        { state: 'PERSISTING', step: 'SEE', nights: 3, findings: DIFFERING, different: DIFFERING },
      ],
    ]);
    expect(await countTasks()).toBe(DIFFERING);
  },
  LONG_MS,
);

/** What a command printed, and its exit code. Its output is piped. */
async function command(hub: ServedHub, ...args: readonly string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'hecha.js'), ...args], {
    env: {
      ...{ PATH: process.env['PATH'], HECHA_URL: `${hub.url}/graphql` },
      HECHA_TOKEN: world.operatorToken,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pieces: Buffer[] = [];
  const told: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  child.stderr.on('data', (piece: Buffer) => told.push(piece));
  const [code] = (await once(child, 'close')) as [number];
  return { code, bytes: Buffer.concat(pieces), told: Buffer.concat(told).toString() };
}

test(
  'the command line runs, follows, reports and cancels; piped, every line is JSON',
  async () => {
    const hub = await world.serve();

    const ran = await command(hub, 'reconcile', 'run', KEY);
    const lines = ran.bytes.toString().trim().split('\n');
    const seen = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const last = seen.at(-1) as unknown as RunSeen;
    const report = await command(hub, 'reconcile', 'report', last.id);
    const csv = await command(hub, 'reconcile', 'report', last.id, '--format', 'csv');
    const status = await command(hub, 'reconcile', 'status');
    const canceled = await command(hub, 'reconcile', 'cancel', last.id, '--reason', '误开');
    const unknown = await command(hub, 'reconcile', 'run', 'nothing');
    const misused = await command(hub, 'reconcile', 'report', last.id, '--format', 'xls');
    await hub.kill();

    expect(ran.code).toBe(0);
    expect(last).toMatchObject({ state: 'COMPLETE', progress: { read: ROWS } });
    expect(createHash('sha256').update(report.bytes).digest('hex')).toBe(last.rootDigest);
    expect(report.bytes.toString()).toBe(killed.report);
    expect(csv.bytes.toString().split('\r\n')).toHaveLength(DIFFERING + 2);
    expect(status.bytes.toString().trim().split('\n').length).toBeGreaterThan(3);
    expect([canceled.code, canceled.told]).toEqual([
      ...[1, 'STEP_NOT_ALLOWED id: COMPLETE is final: nothing follows it.\n'],
    ]);
    expect([unknown.code, unknown.told]).toEqual([
      ...[1, 'UNKNOWN_CROSS_CHECK key: There is none of this key.\n'],
    ]);
    expect(misused.code).toBe(2);
  },
  LONG_MS,
);
