import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { openDatabase } from '../../src/store/database.ts';
import { migrate, migrationState } from '../../src/store/migrate.ts';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';

const ONE = '0001_one.sql';
const TWO = '0002_two.sql';
const THREE = '0003_three.sql';

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await createEmptyDatabase();
  folder = mkdtempSync(join(tmpdir(), 'hecha-migrations-'));
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

const write = (name: string, sql: string) => writeFileSync(join(folder, name), sql);

async function listTables(): Promise<readonly string[]> {
  const { rows } = await database.db.raw<{ rows: { name: string }[] }>(
    `select relname as name from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
  );
  return rows.map(({ name }) => name);
}

test('files are applied once, in name order, and their names returned', async () => {
  write(TWO, 'create table two (one_id int references one);');
  write(ONE, 'create table one (id int primary key);');

  const first = await migrate(database.db, folder);
  write(THREE, 'create table three (id int);');
  const second = await migrate(database.db, folder);
  const third = await migrate(database.db, folder);

  expect([first, second, third]).toEqual([[ONE, TWO], [THREE], []]);
  expect(await listTables()).toEqual(['one', 'schema_migration', 'three', 'two']);
});

test('a question mark in a file is an operator of PostgreSQL', async () => {
  write(ONE, `create table one as select '{"a": 1}'::jsonb ? 'a' as has, '?' as text;`);

  await migrate(database.db, folder);
  const rows = await database.db('one').select();

  expect(rows).toEqual([{ has: true, text: '?' }]);
});

test('a file that fails leaves nothing of itself, keeps those before it, and is named', async () => {
  write(ONE, 'create table one (id int);');
  write(TWO, 'create table two (id int); select 1/0; create table more (id int);');
  write(THREE, 'create table three (id int);');

  const migrating = migrate(database.db, folder);

  await expect(migrating).rejects.toMatchObject({
    message: expect.stringContaining(TWO),
    cause: { code: '22012' },
  });
  expect(await listTables()).toEqual(['one', 'schema_migration']);
  expect(await migrationState(database.db, folder)).toEqual({
    pending: [TWO, THREE],
    unknown: [],
    changed: [],
  });
});

test('a file that cannot be recorded leaves nothing of itself', async () => {
  write(ONE, 'create table one (id int); alter table schema_migration add check (false);');

  const migrating = migrate(database.db, folder);

  await expect(migrating).rejects.toThrow(ONE);
  expect(await listTables()).toEqual(['schema_migration']);
});

test('several migrators at once apply each file once', async () => {
  for (const [name, table] of [
    [ONE, 'one'],
    [TWO, 'two'],
    [THREE, 'three'],
  ] as const)
    write(name, `select pg_sleep(0.2); create table ${table} (id int);`);

  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.db, folder)));

  expect(applied.toSorted((a, b) => b.length - a.length)).toEqual([[ONE, TWO, THREE], [], [], []]);
});

test('a migration may take longer than a request, and needs no connection of the pool', async () => {
  write(ONE, 'select pg_sleep(1.6); create table one (id int);');
  const db = openDatabase(database.url, {
    connectionsMax: 1,
    applicationName: 'busy',
    statementTimeoutMs: 100,
  });

  const applied = await db.transaction(async (trx) => {
    await trx.raw('select 1');
    return Promise.all([migrate(db, folder), migrate(db, folder)]);
  });

  expect(applied.flat()).toEqual([ONE]);
  await db.destroy();
});

test('a file that changed after it was applied is refused by name', async () => {
  write(ONE, 'create table one (id int);');
  await migrate(database.db, folder);
  write(ONE, 'create table one (id bigint);');
  write(TWO, 'create table two (id int);');

  const state = await migrationState(database.db, folder);
  const migrating = migrate(database.db, folder);

  await expect(migrating).rejects.toThrow(`${ONE} was changed after it was applied`);
  expect(state).toEqual({ pending: [TWO], unknown: [], changed: [ONE] });
  expect(await listTables()).toEqual(['one', 'schema_migration']);
});

test('a check-out with other line ends changes no file', async () => {
  write(ONE, 'create table one\n  (id int);\n');
  await migrate(database.db, folder);
  write(ONE, 'create table one\r\n  (id int);\r\n');

  const applied = await migrate(database.db, folder);

  expect(applied).toEqual([]);
});

test('a database that is newer than the folder is refused by name', async () => {
  write(ONE, 'create table one (id int);');
  write(TWO, 'create table two (id int);');
  await migrate(database.db, folder);
  rmSync(join(folder, TWO));

  const state = await migrationState(database.db, folder);
  const migrating = migrate(database.db, folder);

  await expect(migrating).rejects.toThrow(`${TWO} is applied but not in the folder`);
  expect(state).toEqual({ pending: [], unknown: [TWO], changed: [] });
});

test('a new file that sorts before an applied one is refused by name', async () => {
  write(TWO, 'create table two (id int);');
  await migrate(database.db, folder);
  write(ONE, 'create table one (id int);');

  const migrating = migrate(database.db, folder);

  await expect(migrating).rejects.toThrow(`${ONE} sorts before a migration that is applied`);
});

test.each(['7_short.sql', '0004-dash.sql', '0004_Upper.sql', 'note.sql'])(
  'a file called %s is refused instead of being passed over',
  async (name) => {
    write(name, 'create table one (id int);');

    const migrating = migrate(database.db, folder);

    await expect(migrating).rejects.toThrow(name);
  },
);

test('two files with one number are refused by name', async () => {
  write(ONE, 'create table one (id int);');
  write('0001_other.sql', 'create table other (id int);');

  const migrating = migrate(database.db, folder);

  await expect(migrating).rejects.toThrow('0001_one.sql and 0001_other.sql have the same number');
});

test('the golden schema beside the migrations is none of them', async () => {
  write('schema.golden.sql', 'create table golden (id int);');

  const applied = await migrate(database.db, folder);

  expect(applied).toEqual([]);
});

test('looking at the state of an empty database changes nothing', async () => {
  write(ONE, 'create table one (id int);');

  const state = await migrationState(database.db, folder);

  expect(state).toEqual({ pending: [ONE], unknown: [], changed: [] });
  expect(await listTables()).toEqual([]);
});
