import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { fileDrop } from '../../connectors/file-drop/connector.ts';
import { fileDropSettings } from '../../connectors/file-drop/settings.ts';
import { writeDrop } from '../../sandbox/file-drop.ts';
import { generateSshKeys } from '../../sandbox/sftp.ts';
import type { Network, Origin } from '../../src/connector-kit/network.ts';
import { HubError } from '../../src/errors.ts';
import { systemClock } from '../../src/model/clock.ts';
import {
  dropSettings,
  REGISTRATIONS,
  rowsOf,
  scanAll,
  startDropRig,
  wordsOf,
  type DropRig,
} from './file-drop-rig.ts';
import { within } from './rig.ts';

const KEYS = generateSshKeys();
const LOCKED = generateSshKeys({ passphrase: 'open-sesame' });

let rig: DropRig;
beforeAll(async () => {
  rig = await startDropRig({ publicKey: KEYS.public });
});
afterAll(() => rig.stop());
beforeEach(async () => {
  rig.sftp.setFault(null);
  await rig.clear();
  await rig.drop.drop('incoming/20260918_E_BASEINFO.txt', fileOf(3_000));
});

function fileOf(count: number): Buffer {
  const rows = Array.from({ length: count }, (_, index) => {
    const id = String(index + 1).padStart(8, '0');
    return [id, '91370811MA3TE0T0XE', `企业${id}`, '存续', ''];
  });
  const format = { type: 'TEXT', separator: '|', charset: 'gb18030' } as const;
  return writeDrop({ columns: REGISTRATIONS.columns, rows }, format);
}

async function untilNoConnection(): Promise<void> {
  for (let tries = 0; tries < 100 && rig.sftp.openConnections() > 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('an SFTP server', () => {
  test('is trusted by its host key only, before any proof is offered', async () => {
    const offered = rig.sftp.proofsOffered();
    rig.sftp.setFault({ kind: 'other-host' });

    const scanned = await scanAll(rig.connect('SFTP'));

    expect(wordsOf(scanned)).toEqual(['SOURCE_INTEGRITY_FAILED', 'HOST_KEY']);
    expect(rig.sftp.proofsOffered()).toBe(offered);
  });

  test('lets the hub in by a private key', async () => {
    const connector = rig.connect('SFTP', {}, { password: null, privateKey: KEYS.private });

    const scanned = await scanAll(connector);

    expect(rowsOf(scanned)).toHaveLength(3_000);
  });

  test('that refuses the password is another fault than one that is not there', async () => {
    const wrong = await scanAll(rig.connect('SFTP', {}, { password: 'wrong' }));
    rig.sftp.setFault({ kind: 'refuse' });

    const away = await scanAll(rig.connect('SFTP'));

    expect(wordsOf(wrong)).toEqual(['SOURCE_UNAUTHORIZED', 'LOGIN']);
    expect(away.fault?.code).toBe('SOURCE_UNREACHABLE');
  });

  test('that sends a few bytes at a time gives the same rows', async () => {
    const whole = await scanAll(rig.connect('SFTP'));
    rig.sftp.setFault({ kind: 'short-reads', bytes: 777 });

    const scanned = await scanAll(rig.connect('SFTP'));

    expect(rowsOf(scanned)).toEqual(rowsOf(whole));
  });

  test('that hangs is a timeout at the deadline, and its connection is gone', async () => {
    rig.sftp.setFault({ kind: 'hang' });
    const connector = rig.connect('SFTP');
    const startedAt = performance.now();

    const read = async (): Promise<void> => {
      const request = { collection: 'E_BASEINFO', since: null, resume: null };
      const asked = { ...request, isDone: () => Promise.resolve(false) };
      for await (const _page of connector.holdings?.scan(asked, within(700)) ?? []) break;
    };
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    await untilNoConnection();

    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(rig.sftp.openConnections()).toBe(0);
  });

  test('that is cut off in the middle is unreachable, and nothing is complete', async () => {
    await rig.drop.drop('incoming/20260918_E_BASEINFO.txt', fileOf(50_000));
    rig.sftp.setFault({ kind: 'cut', afterReads: 90 });

    const scanned = await scanAll(rig.connect('SFTP'));

    expect(wordsOf(scanned)).toEqual(['SOURCE_UNREACHABLE', 'RESET']);
    expect(scanned.pages.some(({ complete }) => complete)).toBe(false);
  });

  test.each([
    [{ kind: 'failing' }, ['SOURCE_UNREACHABLE', 'SFTP_FAILURE']],
    [{ kind: 'denied', path: '/root/incoming' }, ['SOURCE_UNAUTHORIZED', 'DENIED']],
  ] as const)('that answers %j is a fault', async (fault, words) => {
    rig.sftp.setFault(fault);

    expect(wordsOf(await scanAll(rig.connect('SFTP')))).toEqual(words);
  });

  test('has no connection left after a scan, a check and a discovery', async () => {
    const connector = rig.connect('SFTP');

    await scanAll(connector);
    await scanAll(connector, { pagesMax: 1 });
    await connector.check(AbortSignal.timeout(5_000));
    await connector.discover?.(AbortSignal.timeout(5_000));
    await untilNoConnection();

    expect(rig.sftp.openConnections()).toBe(0);
  });

  test('is connected to at exactly the address that was judged', async () => {
    const asked: Origin[] = [];
    const network: Network = {
      resolve(origin) {
        asked.push(origin);
        return Promise.resolve({ address: '127.0.0.1', family: 4 });
      },
      openDirectory: () => Promise.reject(new Error('not asked')),
    };
    const place = {
      type: 'SFTP',
      host: 'Drop.Example.Invalid',
      port: rig.sftp.port,
      user: 'hecha',
      path: '/root',
      hostKeySha256: [rig.sftp.hostKeySha256],
    } as const;
    const settings = fileDropSettings.parse(
      dropSettings({ ...place, hostKeySha256: [...place.hostKeySha256] }),
    );
    const secrets = { password: 'a-password-of-the-sandbox', privateKey: null, passphrase: null };
    const connector = fileDrop.create({ settings, secrets, clock: systemClock, network });

    const scanned = await scanAll(connector);

    expect(scanned.fault).toBeNull();
    expect(asked).toEqual([
      { protocol: 'sftp', host: 'drop.example.invalid', port: rig.sftp.port },
    ]);
    expect(fileDrop.origins(settings)).toEqual(asked);
  });
});

describe('settings of an SFTP place', () => {
  test.each([
    ['no proof', { password: null }, 'password', 'MISSING'],
    [
      'a private key that is none',
      { password: null, privateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n' },
      'privateKey',
      'PRIVATE_KEY',
    ],
    [
      'a public key for a private one',
      { password: null, privateKey: '-----BEGIN PUBLIC KEY-----\nx\n' },
      'privateKey',
      'PRIVATE_KEY',
    ],
    [
      'a locked key without its passphrase',
      { password: null, privateKey: LOCKED.private },
      'privateKey',
      'PRIVATE_KEY',
    ],
  ])('with %s are refused before any connection', (_title, secrets, field, reason) => {
    const before = rig.sftp.proofsOffered();

    const create = () => rig.connect('SFTP', {}, secrets);

    expect(create).toThrow(HubError);
    expect(catchDetails(create)).toEqual({ field, reason });
    expect(rig.sftp.proofsOffered()).toBe(before);
  });

  test('with a locked key and its passphrase are taken', () => {
    const secrets = { password: null, privateKey: LOCKED.private, passphrase: 'open-sesame' };

    expect(() => rig.connect('SFTP', {}, secrets)).not.toThrow();
  });
});

function catchDetails(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return (error as HubError).details;
  }
}
