import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Database } from '../../src/store/database.ts';
import { createTestDatabase, MIGRATIONS, type TestDatabase } from '../support/database.ts';
import { printSchema } from '../support/schema-print.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Tables and `table.column`s without a comment of their own. */
async function listUncommented(db: Database): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { name: string }[] }>(`
    select c.relname || coalesce('.' || a.attname, '') as name
    from pg_class c
    cross join lateral (
      select 0 as attnum, null as attname
      union all
      select attnum, attname from pg_attribute
      where attrelid = c.oid and attnum > 0 and not attisdropped
    ) as a
    left join pg_description d
      on d.objoid = c.oid and d.classoid = 'pg_class'::regclass and d.objsubid = a.attnum
    where c.relkind in ('r', 'p', 'v', 'm', 'f')
      and c.relnamespace not in (
        select oid from pg_namespace where nspname ~ '^pg_' or nspname = 'information_schema')
      and trim(coalesce(d.description, '')) = ''
    order by 1`);
  return rows.map(({ name }) => name);
}

test('every table and every column says what it holds', async () => {
  const uncommented = await listUncommented(database.db);

  expect(uncommented).toEqual([]);
});

test('a comment on the table does not speak for its columns', async () => {
  const { db, drop } = await createTestDatabase();
  await db.raw('create table said (also int, silent int)');
  await db.raw(`comment on table said is 'What it holds.'`);
  await db.raw(`comment on column said.also is 'What it means.'`);
  await db.raw('create table unsaid (blank int)');
  await db.raw(`comment on column unsaid.blank is ' '`);

  const uncommented = await listUncommented(db);

  expect(uncommented).toEqual(['said.silent', 'unsaid', 'unsaid.blank']);
  await drop();
});

test('the migrations add up to schema.golden.sql; npm run golden writes it anew', async () => {
  const golden = await readFile(join(MIGRATIONS, 'schema.golden.sql'), 'utf8');

  const printed = await printSchema(database.db);

  expect(printed).toBe(golden);
});

test.each([
  ['a column', 'alter table one add column added text'],
  ['the type of a column', 'alter table one alter column amount type bigint'],
  ['not null', 'alter table one alter column amount set not null'],
  ['a default', 'alter table one alter column amount set default 7'],
  ['an identity', 'alter table one add column serial int generated always as identity'],
  ['a constraint', 'alter table one add constraint positive check (amount > 0)'],
  ['an index', 'create index on one (amount) where amount > 1'],
  ['a comment on a column', `comment on column one.amount is 'in fen'`],
  ['a comment on an index', `comment on index one_name is 'for looking up'`],
  ['a trigger', 'create trigger t before delete on one execute function refuse_change()'],
  ['a disabled trigger', 'alter table one disable trigger kept'],
  ['the body of a function', `create or replace function f() returns int return 2`],
  ['a grant', 'grant select on one to pg_monitor'],
  ['a grant on a column', 'grant update (amount) on one to pg_monitor'],
  ['row level security', 'alter table one enable row level security'],
  ['a policy', 'create policy p on one for select using (amount > 0)'],
  ['a view', 'create view v as select amount from one'],
  ['a domain', `create domain d as text check (value <> '')`],
  ['a sequence', 'create sequence s'],
  ['a table in another schema', 'create schema other create table one (amount int)'],
])('the printed schema shows a change of %s', async (_, change) => {
  await database.db
    .transaction(async (trx) => {
      await trx.raw(`create table one (name text, amount int); create index one_name on one (name);
        create function f() returns int return 1;
        create trigger kept before update on one execute function refuse_change()`);
      const before = await printSchema(trx);
      await trx.raw(change);

      const after = await printSchema(trx);

      expect(after).not.toBe(before);
      throw new Error('roll back');
    })
    .catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'roll back') throw error;
    });
});

test('two databases of the same migrations print the same', async () => {
  const { db, drop } = await createTestDatabase();

  const printed = await Promise.all([printSchema(db), printSchema(database.db)]);

  expect(printed[0]).toBe(printed[1]);
  await drop();
});
