import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createCredentials } from '../../src/registry/credentials.ts';
import { rotateKeys } from '../../src/registry/key-rotation.ts';
import { createVault } from '../../src/vault/vault.ts';
import { systemClock } from '../../src/model/clock.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS, verifySubject } from '../support/journey.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';

const OLD = { id: 'test', key: Buffer.alloc(32, 7) };
const NEW = { id: 'new', key: Buffer.alloc(32, 8) };
const SOURCE = 'credit-platform';

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

const rotate = (...keys: (typeof OLD)[]) =>
  rotateKeys({ db: hub.database.db, vault: createVault(keys), clock: systemClock });

async function read(...keys: (typeof OLD)[]) {
  const { db } = hub.database;
  const credentials = createCredentials({ vault: createVault(keys), clock: systemClock });
  const [{ origins } = { origins: '' }] = await db('source_secret')
    .where({ source: SOURCE })
    .select<{ origins: string }[]>('origins');
  return credentials.listLive(db, { source: SOURCE, origins });
}

test('credentials open under the new key alone, and are the same as before', async () => {
  const before = await read(OLD);
  const sealed = await hub.database.db('source_secret').select<object[]>('*').orderBy('source');

  const first = await rotate(NEW, OLD);
  const again = await rotate(NEW, OLD);

  expect(before).toHaveLength(1);
  expect(first).toEqual({ rewrapped: first.versions, versions: 4, keysInUse: ['new'] });
  expect(again).toMatchObject({ rewrapped: 0, keysInUse: ['new'] });
  expect(await read(NEW)).toEqual(before);
  await expect(read(OLD)).rejects.toThrow('no key new');
  expect(await hub.database.db('source_secret').select('*').orderBy('source')).toEqual(sealed);
});

test('a key that is still needed and missing is named, and changes nothing', async () => {
  const rotation = rotate({ id: 'other', key: Buffer.alloc(32, 9) });

  await expect(rotation).rejects.toThrow('The vault has no key new.');
  expect(await read(NEW)).toHaveLength(1);
});

test('a hub under way goes on asking while its keys change', async () => {
  const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;

  const { verdict } = await verifySubject(hub, { matter: MATTERS.waterTransport, subject: E1 });

  expect(verdict.code).toBe('CONFIRMED');
});
