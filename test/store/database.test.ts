import { createServer, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { openDatabase } from '../../src/store/database.ts';
import { isStoreUnavailable } from '../../src/store/faults.ts';
import { administer, createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const failureOf = (work: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(work).then(
    () => null,
    (error: unknown) => error,
  );

test('a session has the limits and the time zone of the hub', async () => {
  const { rows } = await database.db.raw(`
    select current_setting('statement_timeout') as statement,
           current_setting('lock_timeout') as lock,
           current_setting('idle_in_transaction_session_timeout') as idle,
           current_setting('timezone') as timezone,
           current_setting('application_name') as name`);

  expect(rows).toEqual([
    { statement: '5s', lock: '3s', idle: '10s', timezone: 'UTC', name: 'test' },
  ]);
});

test('a day comes back as its text and a count as a number, also inside arrays', async () => {
  const { rows } = await database.db.raw(`
    select date '2026-11-01' as day, array[date '2026-11-01', null] as days,
           9007199254740991::int8 as many, array[-1::int8, null] as counts, null::int8 as none`);

  expect(rows).toEqual([
    {
      day: '2026-11-01',
      days: ['2026-11-01', null],
      many: 9_007_199_254_740_991,
      counts: [-1, null],
      none: null,
    },
  ]);
});

test('an int8 that a number cannot hold is an error and not another number', async () => {
  const error = await failureOf(database.db.raw('select 9007199254740993::int8'));

  expect(error).toMatchObject({ name: 'RangeError' });
});

test('an error carries the statement and not the values bound to it', async () => {
  const error = await failureOf(database.db('evidence').where({ source: 'planted', nothing: 1 }));

  expect(error).toMatchObject({ code: '42703', message: expect.stringContaining('$1') });
  expect(JSON.stringify(error) + String(error)).not.toContain('planted');
});

test('a client that dies while it is checked out fails its transaction and nothing else', async () => {
  const error = await failureOf(
    database.db.transaction(async (trx) => {
      const { rows } = await trx.raw<{ rows: { pid: number }[] }>('select pg_backend_pid() as pid');
      await administer(`select pg_terminate_backend(${rows[0]?.pid})`);
      await sleep(100);
      await trx.raw('select 1');
    }),
  );
  const { rows } = await database.db.raw('select 1 as one');

  expect(isStoreUnavailable(error)).toBe(true);
  expect(rows).toEqual([{ one: 1 }]);
});

test('a statement that runs too long is ended by the server', async () => {
  const db = openDatabase(database.url, {
    connectionsMax: 1,
    applicationName: 'short',
    statementTimeoutMs: 100,
  });

  const error = await failureOf(db.raw('select pg_sleep(5)'));

  expect(error).toMatchObject({ code: '57014' });
  expect(isStoreUnavailable(error)).toBe(true);
  await db.destroy();
});

test('a silent network ends a query in time, and the next one has a connection of its own', async () => {
  const network = await openNetwork(Number(new URL(database.url).port));
  const url = new URL(database.url);
  url.port = String(network.port);
  const db = openDatabase(url.href, {
    connectionsMax: 1,
    applicationName: 'behind a network',
    statementTimeoutMs: 200,
  });
  await db.raw('select 1');

  network.isSilent = true;
  const began = performance.now();
  const error = await failureOf(db.transaction((trx) => trx.raw('select 2')));
  const waitedMs = performance.now() - began;
  network.isSilent = false;
  const { rows } = await db.raw('select 3 as three');

  expect(isStoreUnavailable(error)).toBe(true);
  // 200 ms, and 1 s more for the answer; the rollback does not wait as long again.
  expect(waitedMs).toBeGreaterThan(1_100);
  expect(waitedMs).toBeLessThan(2_200);
  expect(rows).toEqual([{ three: 3 }]);
  await db.destroy();
  network.close();
});

test('a pool whose connections are all taken says so within two seconds', async () => {
  const db = openDatabase(database.url, { connectionsMax: 1, applicationName: 'one' });

  const error = await db.transaction(async () => failureOf(db.raw('select 1')));

  expect(isStoreUnavailable(error)).toBe(true);
  await db.destroy();
});

test('a server that is not there is an unavailable store, at once', async () => {
  const network = await openNetwork(0);
  network.close();
  const db = openDatabase(`postgres://hecha@127.0.0.1:${network.port}/hecha`, {
    connectionsMax: 1,
    applicationName: 'nobody listens',
  });

  const error = await failureOf(db.raw('select 1'));

  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  expect(isStoreUnavailable(error)).toBe(true);
  await db.destroy();
});

test('a server that accepts and never speaks is an unavailable store', async () => {
  const network = await openNetwork(Number(new URL(database.url).port));
  network.isSilent = true;
  const db = openDatabase(`postgres://hecha@127.0.0.1:${network.port}/hecha`, {
    connectionsMax: 1,
    applicationName: 'nobody speaks',
  });

  const error = await failureOf(db.raw('select 1'));

  expect(isStoreUnavailable(error)).toBe(true);
  await db.destroy();
  network.close();
});

/** A way to a port of this machine on which, while it is silent, nothing comes through. */
async function openNetwork(
  port: number,
): Promise<{ readonly port: number; isSilent: boolean; close(): void }> {
  const sockets = new Set<Socket>();
  const state = { isSilent: false };
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => state.isSilent || to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as { port: number };
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return Object.assign(state, { port: own, close });
}
