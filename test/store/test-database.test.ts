import { expect, test } from '@jest/globals';

import { createTestDatabase } from '../support/database.ts';

test('a test database is migrated, private and gone after it was dropped', async () => {
  const one = await createTestDatabase();
  const other = await createTestDatabase();

  await one.db.raw('create table mine (id int)');
  const seen = await other.db.raw(
    `select to_regclass('mine') as mine, to_regclass('evidence') as e`,
  );
  await one.drop();

  expect(seen.rows).toEqual([{ mine: null, e: 'evidence' }]);
  const name = new URL(one.url).pathname.slice(1);
  const left = await other.db.raw('select 1 from pg_database where datname = ?', [name]);
  expect(left.rows).toEqual([]);
  await other.drop();
});
