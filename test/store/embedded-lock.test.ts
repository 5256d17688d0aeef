import { existsSync, mkdtempSync, rmSync, utimesSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { withFolderLock } from '../../src/store/embedded-lock.ts';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hecha-lock-'));
  lock = join(folder, 'start.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs many at once and tells how many were at work at the same time at most. */
async function contend(count: number): Promise<number> {
  let working = 0;
  let most = 0;
  const one = async () => {
    working += 1;
    most = Math.max(most, working);
    await sleep(5);
    working -= 1;
  };
  await Promise.all(Array.from({ length: count }, () => withFolderLock(lock, one)));
  return most;
}

test('one works at a time, and the lock is gone afterward', async () => {
  const most = await contend(12);

  expect(most).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test.each([
  ['a process that is gone', '999999999 1 a-boot'],
  ['a process whose id is in use again', `${process.pid} 1 an-earlier-boot`],
  ['a process killed before it wrote its name', ''],
])('a lock of %s is taken over by one of many', async (_, holder) => {
  writeFileSync(lock, holder);

  const most = await contend(8);

  expect(most).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test('a process killed while it took a lock over does not keep others from it', async () => {
  writeFileSync(lock, '999999999 1 a-boot');
  mkdirSync(`${lock}.turn`);
  utimesSync(`${lock}.turn`, 0, 0);

  const most = await contend(4);

  expect(most).toBe(1);
  expect(existsSync(`${lock}.turn`)).toBe(false);
});

test('work that fails lets go and fails', async () => {
  const failing = withFolderLock(lock, async () => {
    throw new Error('planted');
  });

  await expect(failing).rejects.toThrow('planted');
  expect(existsSync(lock)).toBe(false);
});
