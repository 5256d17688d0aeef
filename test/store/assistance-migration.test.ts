import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import type { AssistanceEvent } from '../../src/model/assistance-record.ts';
import {
  emptyStanding,
  foldEvents,
  type AssistanceStanding,
} from '../../src/model/assistance-standing.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createEmptyDatabase, MIGRATIONS } from '../support/database.ts';

const LIFE = '0022';
const WAITING = '00000000-0000-4000-8000-000000000001';
const REPLIED = '00000000-0000-4000-8000-000000000002';

/** The migrations from before requests had a life. */
async function copyEarlier(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hecha-migrations-'));
  for (const name of await readdir(MIGRATIONS))
    if (name < LIFE) await cp(join(MIGRATIONS, name), join(folder, name));
  return folder;
}

test('requests from before the migration are the sum of what is known of them', async () => {
  const { db, drop } = await createEmptyDatabase();
  const folder = await copyEarlier();
  await migrate(db, folder);
  // The rows they refer to do not matter here, so references are not checked.
  await db.raw(`
    begin;
    set local session_replication_role = replica;
    insert into assistance_request
      select id::uuid, number, id::uuid, id::uuid, id::uuid, 'insured', 'A', 'B', 'inbox',
        '[{"code":"Q","text":"?"}]', '2021-09-26', false, '2021-09-17 02:00Z', 'counter'
      from (values ('${WAITING}', 'XZ-1'), ('${REPLIED}', 'XZ-2')) as old (id, number);
    insert into assistance_reply values
      ('${REPLIED}', '[{"question":"Q","outcome":"CONFIRMED","note":null}]', '经办人',
       '2021-09-22', '2021-09-22 17:00Z', 'clerk');
    commit;
  `);

  await migrate(db, MIGRATIONS);

  const rows = await db<{ request_id: string; standing: AssistanceStanding }>(
    'assistance_standing',
  ).orderBy('request_id');
  expect(rows.map(({ standing }) => [standing.state, standing.version, standing.since])).toEqual([
    ['SUBMITTED', 1, '2021-09-17'],
    ['REPLIED', 3, '2021-09-23'],
  ]);
  const begun = { askingAgency: 'A', assistingAgency: 'B', since: '2021-09-17' as never };
  for (const { request_id, standing } of rows) {
    const events: readonly AssistanceEvent[] = await db('assistance_event')
      .where({ request_id })
      .orderBy('number');
    expect(foldEvents(emptyStanding(begun), events)).toEqual(standing);
  }
  await rm(folder, { recursive: true });
  await drop();
});
