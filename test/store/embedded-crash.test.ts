import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from '@jest/globals';
import pg from 'pg';

import { findBinaries } from '../../src/store/embedded-binaries.ts';
import { findPlace } from '../../src/store/embedded-account.ts';
import { findFreePort, probe } from '../../src/store/embedded-probe.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { identifyProcess } from '../../src/store/process-identity.ts';
import {
  ask,
  createFolder,
  killPostmaster,
  postmasterOf,
  startFast,
  startInChild,
} from '../support/embedded.ts';

const isLinux = process.platform === 'linux';

test('a killed server starts again with every row it acknowledged', async () => {
  const { folder, remove } = createFolder();
  const log = () => undefined;
  const first = await startEmbeddedPostgres({ folder, log });
  await ask(first.url, 'create table row (number int primary key)');
  const writer = new pg.Client({ connectionString: first.url });
  writer.on('error', () => undefined);
  await writer.connect();
  let acknowledged = 0;
  const writing = (async () => {
    for (;;) {
      await writer.query('insert into row values ($1)', [acknowledged + 1]);
      acknowledged += 1;
    }
  })().catch(() => 'cut off');
  while (acknowledged < 50) await sleep(5);

  await killPostmaster(folder);
  const second = await startEmbeddedPostgres({ folder, log });
  await writing;
  const [found] = await ask(
    second.url,
    `select count(*)::int as rows from row where number <= ${acknowledged}`,
  );

  expect(found).toEqual({ rows: acknowledged });
  expect(second.adopted).toBe(false);
  await first.stop();
  await second.stop();
  remove();
});

test('children of a killed server that still hold its memory are waited for', async () => {
  const { folder, remove } = createFolder();
  const first = await startFast(folder);
  const client = new pg.Client({ connectionString: first.url });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const child = rows[0]?.pid ?? -1;
  process.kill(child, 'SIGSTOP');
  await killPostmaster(folder);
  setTimeout(() => process.kill(child, 'SIGCONT'), 1_000);

  const messages: string[] = [];
  const second = await startFast(folder, messages);
  const answer = await ask(second.url, 'select 1 as one');

  expect(messages).toContainEqual(expect.stringContaining('trying again'));
  expect(answer).toEqual([{ one: 1 }]);
  await first.stop();
  await second.stop();
  remove();
});

test('a server goes down with its killed process, and starts again with its rows', async () => {
  const { folder, remove } = createFolder();
  const child = await startInChild(folder);
  await ask(child.report.url, 'create table kept as select 7 as number');

  await child.kill();
  const server = await startFast(folder);
  const rows = await ask(server.url, 'select number from kept');

  expect(rows).toEqual([{ number: 7 }]);
  expect(server.adopted).toBe(!isLinux);
  await server.stop();
  remove();
});

test('both killed at once, the next start recovers', async () => {
  const { folder, remove } = createFolder();
  const child = await startInChild(folder);
  await ask(child.report.url, 'create table kept as select 7 as number');
  await ask(child.report.url, 'checkpoint');

  process.kill(postmasterOf(folder), 'SIGKILL');
  await child.kill();
  const server = await startFast(folder);
  const rows = await ask(server.url, 'select number from kept');

  expect(rows).toEqual([{ number: 7 }]);
  await server.stop();
  remove();
});

test('a server that outlived its process is adopted, and then stopped by its new owner', async () => {
  const { folder, remove } = createFolder();
  const first = await startFast(folder);
  await first.stop();
  const pid = await spawnUntied(folder);
  writeOwner(folder, 'free', pid);

  const server = await startFast(folder);
  const rows = await ask(server.url, 'select 1 as one');
  await server.stop();

  expect(server.adopted).toBe(true);
  expect(rows).toEqual([{ one: 1 }]);
  expect(identifyProcess(pid)).toBeNull();
  remove();
});

test('a server that still answers after its process was killed is given time to follow', async () => {
  const { folder, remove } = createFolder();
  const first = await startFast(folder);
  await first.stop();
  const pid = await spawnUntied(folder);
  writeOwner(folder, 'tied', pid);
  setTimeout(() => process.kill(pid, 'SIGINT'), 1_000);

  const server = await startFast(folder);
  const rows = await ask(server.url, 'select 1 as one');

  expect(server.adopted).toBe(false);
  expect(rows).toEqual([{ one: 1 }]);
  await server.stop();
  remove();
});

test('a process that has the id of a server that is gone does not keep the next from starting', async () => {
  const { folder, remove } = createFolder();
  const first = await startFast(folder);
  const { uid, gid } = statSync(join(folder, 'pgdata'));
  const stranger = spawn('sleep', ['60'], { uid, gid });
  await killPostmaster(folder);
  const file = join(folder, 'pgdata', 'postmaster.pid');
  const lines = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [String(stranger.pid), ...lines.slice(1)].join('\n'));

  const server = await startFast(folder);

  expect(server.adopted).toBe(false);
  expect(stranger.exitCode).toBeNull();
  await first.stop();
  await server.stop();
  stranger.kill();
  remove();
});

test('a lock that a killed start left is taken over, though its process id is in use again', async () => {
  const { folder, remove } = createFolder();
  writeFileSync(join(folder, 'start.lock'), `${process.pid} 1 an-earlier-boot`);

  const server = await startFast(folder);

  expect(server.adopted).toBe(false);
  await server.stop();
  remove();
});

test('a first start that was interrupted at any step is begun anew', async () => {
  const { folder, remove } = createFolder();
  mkdirSync(join(folder, 'pgdata.new', 'base'), { recursive: true });
  writeFileSync(join(folder, 'pgdata.new', 'PG_VERSION'), '18\n');
  writeFileSync(join(folder, 'pg.secret.new'), 'half');
  writeFileSync(join(folder, 'pg.secret'), 'of a making that did not come to its end');
  mkdirSync(join(folder, 'pgdata'));

  const server = await startFast(folder);
  const rows = await ask(server.url, 'select 1 as one');

  expect(rows).toEqual([{ one: 1 }]);
  await server.stop();
  remove();
});

test('a lost password is said and costs no file', async () => {
  const { folder, remove } = createFolder();
  const server = await startFast(folder);
  await server.stop();
  const secret = join(folder, 'pg.secret');
  const password = readFileSync(secret, 'utf8');
  rmSync(secret);

  await expect(startFast(folder)).rejects.toThrow(secret);
  writeFileSync(secret, password);
  const again = await startFast(folder);

  expect(again.url).toContain(password);
  await again.stop();
  remove();
});

test.each(['17', '19'])(
  'files of PostgreSQL %s are refused by name and left alone',
  async (major) => {
    const { folder, remove } = createFolder();
    const cluster = join(folder, 'pgdata');
    mkdirSync(cluster);
    writeFileSync(join(cluster, 'PG_VERSION'), `${major}\n`);

    const start = startFast(folder);

    await expect(start).rejects.toThrow(
      new RegExp(`${cluster}.*made by PostgreSQL ${major}, and this is PostgreSQL 18`),
    );
    expect(readFileSync(join(cluster, 'PG_VERSION'), 'utf8')).toBe(`${major}\n`);
    remove();
  },
);

test('files that are no whole database are refused by name and left alone', async () => {
  const { folder, remove } = createFolder();
  const cluster = join(folder, 'pgdata');
  mkdirSync(cluster);
  writeFileSync(join(cluster, 'precious'), 'kept');

  const start = startFast(folder);

  await expect(start).rejects.toThrow(`${cluster} has files but no PG_VERSION`);
  expect(readFileSync(join(cluster, 'precious'), 'utf8')).toBe('kept');
  remove();
});

/** Runs a server that nothing ties to this process, as on a system without setpriv. */
async function spawnUntied(folder: string): Promise<number> {
  const place = findPlace(folder, () => undefined);
  const { postgres } = await findBinaries(place, () => undefined);
  const port = await findFreePort();
  const settings = [`port=${port}`, 'unix_socket_directories='].flatMap((one) => ['-c', one]);
  const server = spawn(postgres, ['-D', place.cluster, ...settings], {
    ...(place.account.ids ?? {}),
    cwd: '/',
    stdio: 'ignore',
    detached: true,
  });
  server.unref();
  const login = { user: 'hecha', password: readFileSync(join(folder, 'pg.secret'), 'utf8') };
  while ((await probe(port, login, place.cluster)).kind !== 'SERVING') await sleep(20);
  return server.pid ?? 0;
}

/** Says that the server was started by a process that is gone. */
function writeOwner(folder: string, tie: 'tied' | 'free', server: number): void {
  const text = [tie, '1 0 an-earlier-boot', identifyProcess(server)].join('\n');
  writeFileSync(join(folder, 'owner'), text);
}
