import { execFileSync } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { startSftpServer, type SftpServer } from '../../sandbox/sftp.ts';
import { openDirectoryPlace } from '../../src/connector-kit/files/directory-place.ts';
import type { DropPlace } from '../../src/connector-kit/files/drop-place.ts';
import { judgePattern } from '../../src/connector-kit/files/file-pattern.ts';
import { openSftpPlace } from '../../src/connector-kit/files/sftp-place.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import type { HubError } from '../../src/errors.ts';

const SECRET = 'what nobody may read';
const NEVER = new AbortController().signal;
const PASSWORD = 'a-password-of-the-sandbox';

let base = '';
let sftp: SftpServer;
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'hecha-paths-')));
  await mkdir(join(base, 'root/in/deep'), { recursive: true });
  await mkdir(join(base, 'root-beside'));
  await writeFile(join(base, 'secret.txt'), SECRET);
  await writeFile(join(base, 'root-beside/secret.txt'), SECRET);
  await writeFile(join(base, 'root/in/good.txt'), 'good');
  await symlink(join(base, 'secret.txt'), join(base, 'root/absolute-link.txt'));
  await symlink('../secret.txt', join(base, 'root/relative-link.txt'));
  await symlink('../../secret.txt', join(base, 'root/in/deep-link.txt'));
  await symlink(base, join(base, 'root/folder-link'));
  await symlink('..', join(base, 'root/up'));
  await symlink('../root-beside', join(base, 'root/beside'));
  await symlink('up/secret.txt', join(base, 'root/link-over-link.txt'));
  await symlink('loop-b', join(base, 'root/loop-a'));
  await symlink('loop-a', join(base, 'root/loop-b'));
  await symlink('/etc/passwd', join(base, 'root/passwd'));
  await symlink('/dev/zero', join(base, 'root/device'));
  await symlink('/proc/self/environ', join(base, 'root/environment'));
  execFileSync('mkfifo', [join(base, 'root/pipe')]);
  sftp = await startSftpServer({ root: base, user: 'hecha', password: PASSWORD });
});
afterAll(async () => {
  await sftp.stop();
  await rm(base, { recursive: true, force: true });
});

const ATTACKS: readonly string[] = [
  '../secret.txt',
  'in/../../secret.txt',
  'in/../../root/../secret.txt',
  './../secret.txt',
  'in/./good.txt',
  'in//good.txt',
  '/etc/passwd',
  '//etc/passwd',
  'in/',
  '..',
  '.',
  '../root-beside/secret.txt',
  '..\\secret.txt',
  'in\\..\\..\\secret.txt',
  'good.txt\0.csv',
  '../secret.txt\0',
  'in/good.txt\n',
  'in/go\rod.txt',
  'in/\u2028good.txt',
  'in/\u007fgood.txt',
  'in/\ud800good.txt',
  `${'x/'.repeat(600)}good.txt`,
  `in/${'x'.repeat(256)}`,
  'absolute-link.txt',
  'relative-link.txt',
  'in/deep-link.txt',
  'folder-link/secret.txt',
  'up/secret.txt',
  'beside/secret.txt',
  'link-over-link.txt',
  'loop-a',
  'passwd',
  'device',
  'environment',
  'pipe',
  'in',
];

const OPENERS: readonly [string, () => Promise<DropPlace>][] = [
  ['DIRECTORY', () => openDirectoryPlace(join(base, 'root'), NEVER)],
  [
    'SFTP',
    () =>
      openSftpPlace(
        {
          network: OPEN_NETWORK,
          path: '/root',
          account: {
            host: sftp.host,
            port: sftp.port,
            user: 'hecha',
            hostKeys: [sftp.hostKeySha256],
            password: PASSWORD,
            privateKey: null,
            passphrase: null,
          },
        },
        NEVER,
      ),
  ],
];

async function tryToRead(place: DropPlace, path: string): Promise<string> {
  try {
    const file = await place.open(path);
    const parts: Uint8Array[] = [];
    for await (const part of file.read()) parts.push(part);
    await file.close();
    return Buffer.concat(parts).toString();
  } catch (error) {
    return String((error as HubError).details['reason']);
  }
}

describe.each(OPENERS)('the root of a place (%s)', (_name, open) => {
  test('cannot be left by any of at least 25 paths', async () => {
    const place = await open();

    const outcomes: string[] = [];
    for (const path of ATTACKS) outcomes.push(await tryToRead(place, path));
    await place.close();

    expect(ATTACKS.length).toBeGreaterThanOrEqual(25);
    expect(
      outcomes.filter((each) => !['OUTSIDE', 'NO_FILE', 'SFTP_FAILURE'].includes(each)),
    ).toEqual([]);
  });

  test('cannot be left by writing', async () => {
    const place = await open();
    const written: string[] = [];

    for (const path of ATTACKS.filter((each) => /\.\.|link|up|beside|^\//u.test(each))) {
      // A link in the last place is replaced, and not followed.
      if (!path.includes('/') || path === 'in/deep-link.txt') continue;
      await place.write(path, Buffer.from('evil')).then(
        () => written.push(path),
        () => undefined,
      );
    }
    await place.close();

    expect(written).toEqual([]);
    expect(await readFile(join(base, 'secret.txt'), 'utf8')).toBe(SECRET);
    expect(await readdir(base)).toEqual(['root', 'root-beside', 'secret.txt']);
  });

  test('still lets files and directories in it be read', async () => {
    const place = await open();

    const text = await tryToRead(place, 'in/good.txt');
    const names = (await place.list('')).map(({ name }) => name);
    await place.close();

    expect(text).toBe('good');
    expect(names).toEqual(['in']);
  });
});

test('names that a server makes up to lead elsewhere are not listed', async () => {
  const place = await (OPENERS[1]?.[1] ?? (() => Promise.reject(new Error('no SFTP'))))();
  const names = ['../secret.txt', '/etc/passwd', '..', '.', 'a/b', 'a\nb', 'a\\b', '', 'honest'];
  sftp.setFault({ kind: 'names', names });

  const listed = await place.list('');
  sftp.setFault(null);
  await place.close();

  expect(listed.map(({ name }) => name)).toEqual(['honest', 'in']);
});

test.each([
  '../{TABLE}.txt',
  '/{TABLE}.txt',
  'in/../../{TABLE}.txt',
  '{TABLE}\0.txt',
  '{TABLE}\n.txt',
  'in//{TABLE}.txt',
  '..\\{TABLE}.txt',
  '{seq}_{seq}.txt',
  '{unknown}.txt',
  '{TABLE.txt',
  '',
])('the pattern %j is refused', (pattern) => {
  expect(judgePattern(pattern)).not.toBeNull();
});
