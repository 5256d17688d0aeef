import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { identifyProcess } from '../../src/store/process-identity.ts';
import { ask, createFolder, postmasterOf, startFast } from '../support/embedded.ts';

test('a first start makes a durable server that only this machine and its login reach', async () => {
  const { folder, remove } = createFolder();

  const server = await startEmbeddedPostgres({ folder, log: () => undefined });
  const [settings] = await ask(
    server.url,
    `select current_setting('fsync') as fsync,
            current_setting('full_page_writes') as full_page_writes,
            current_setting('synchronous_commit') as synchronous_commit,
            current_setting('data_checksums') as data_checksums,
            current_setting('listen_addresses') as listen_addresses,
            current_setting('unix_socket_directories') as unix_socket_directories,
            current_setting('server_encoding') as server_encoding,
            current_setting('timezone') as timezone,
            (select datcollate from pg_database where datname = 'postgres') as collation,
            (select string_agg(distinct auth_method, ',') from pg_hba_file_rules) as methods`,
  );

  expect(settings).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    server_encoding: 'UTF8',
    timezone: 'UTC',
    collation: 'C',
    methods: 'scram-sha-256',
  });
  expect(server).toMatchObject({ adopted: false, version: expect.stringMatching(/^18\./) });
  expect(statSync(join(folder, 'pg.secret')).mode & 0o777).toBe(0o600);
  expect(existsSync(join(folder, 'pg.secret.new'))).toBe(false);
  const stranger = server.url.replace(/:[^:@]+@/, ':wrong@');
  await expect(ask(stranger, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  await server.stop();
  remove();
});

test('the server is given nothing of the environment of the hub, which holds secrets', async () => {
  const { folder, remove } = createFolder();

  const server = await startFast(folder);
  const environment = readFileSync(`/proc/${postmasterOf(folder)}/environ`, 'utf8');

  const names = environment.split('\0').map((one) => one.split('=')[0]);
  expect(names.filter((name) => name !== '').sort()).toEqual(['LC_ALL', 'PATH']);
  await server.stop();
  remove();
});

test('a later start finds what was written, under the same password', async () => {
  const { folder, remove } = createFolder();
  const first = await startFast(folder);
  await ask(first.url, 'create table kept as select 7 as number');
  await first.stop();

  const second = await startFast(folder);
  const rows = await ask(second.url, 'select number from kept');

  expect(rows).toEqual([{ number: 7 }]);
  expect(second.adopted).toBe(false);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
  await second.stop();
  remove();
});

test('stopping twice is stopping once, and both wait for the end', async () => {
  const { folder, remove } = createFolder();
  const server = await startFast(folder);
  const pid = postmasterOf(folder);

  await Promise.all([server.stop(), server.stop()]);
  const after = identifyProcess(pid);
  await server.stop();

  expect(after).toBeNull();
  expect(existsSync(join(folder, 'pgdata', 'postmaster.pid'))).toBe(false);
  remove();
});

test('a second start adopts the running server, and its stop leaves it to its owner', async () => {
  const { folder, remove } = createFolder();
  const owner = await startFast(folder);

  const guest = await startFast(folder);
  await guest.stop();
  const rows = await ask(owner.url, 'select 1 as one');

  expect(guest).toMatchObject({ adopted: true, url: owner.url, version: owner.version });
  expect(rows).toEqual([{ one: 1 }]);
  await owner.stop();
  remove();
});

test('starts at the same time give one server', async () => {
  const { folder, remove } = createFolder();

  const servers = await Promise.all([startFast(folder), startFast(folder), startFast(folder)]);

  expect(servers.map(({ adopted }) => adopted).sort()).toEqual([false, true, true]);
  expect(new Set(servers.map(({ url }) => url)).size).toBe(1);
  for (const { stop } of servers) await stop();
  remove();
});
