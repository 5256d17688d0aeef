import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { migrate } from '../../src/store/migrate.ts';
import { createEmptyDatabase, MIGRATIONS } from '../support/database.ts';

const LADDER = '0049';
const id = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;

/** The migrations from before verifications had a ladder. */
async function copyEarlier(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hecha-migrations-'));
  for (const name of await readdir(MIGRATIONS))
    if (name < LADDER) await cp(join(MIGRATIONS, name), join(folder, name));
  return folder;
}

test('verifications that are open get a ladder under a clock, and those that are settled none', async () => {
  const { db, drop } = await createEmptyDatabase();
  const folder = await copyEarlier();
  await migrate(db, folder);
  const asked = '[{"method":"ASSISTANCE"}]';
  // The rows they refer to do not matter here, so references are not checked.
  await db.raw(`
    begin;
    set local session_replication_role = replica;
    insert into verification
      select id::uuid, 'A', id, repeat('a', 64), id::uuid, id::uuid, '[]', '2021-09-17 02:00Z', 'x'
      from (values ('${id(1)}'), ('${id(2)}'), ('${id(3)}')) as old (id);
    insert into verdict (id, verification_id, number, code, reasons, observations, requirements,
      relevant_on, due_is_provisional, policy_version, normalizer_version, decided_at, cause,
      supersedes)
    select gen_random_uuid(), id::uuid, number, code, '[]', observations::jsonb, '[]',
      '2021-09-17', false, 'p', 'n', '2021-09-17 02:00Z', 'ASKED',
      case number when 1 then null else id::uuid end
    from (values
      ('${id(1)}', 1, 'PENDING', '${asked}'), ('${id(2)}', 1, 'UNAVAILABLE', '[]'),
      ('${id(3)}', 1, 'PENDING', '${asked}'), ('${id(3)}', 2, 'CONFIRMED', '${asked}')
    ) as old (id, number, code, observations);
    commit;
  `);

  await migrate(db, MIGRATIONS);

  const rows = await db('ladder')
    .join('ladder_rung as entered', 'entered.verification_id', 'ladder.verification_id')
    .orderBy('ladder.verification_id')
    .select('ladder.verification_id', 'ladder.rung', 'entered_on', 'due_is_provisional', 'is_open');
  const open = { entered_on: '2021-09-17', due_is_provisional: true, is_open: true };
  expect(rows).toEqual([
    { verification_id: id(1), rung: 'ASSISTANCE', ...open },
    { verification_id: id(2), rung: 'ONLINE', ...open },
  ]);
  await rm(folder, { recursive: true });
  await drop();
});
