import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { fileDrop } from '../../connectors/file-drop/connector.ts';
import { fileDropSecrets, fileDropSettings } from '../../connectors/file-drop/settings.ts';
import { writeDrop } from '../../sandbox/file-drop.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';
import {
  dropSettings,
  PLACES,
  REGISTRATIONS,
  startDropRig,
  type DropRig,
} from './file-drop-rig.ts';

let rig: DropRig;
beforeAll(async () => {
  rig = await startDropRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const E1 = '91370811MA3TE0T0XE';
const HEADER = 'PRIPID|UNISCID|ENTNAME|REGSTATE_CN|OPTO';
const PATH = 'incoming/20260918_E_BASEINFO.txt';
const FILE = writeDrop(
  { columns: REGISTRATIONS.columns, rows: [['1', E1, '示例商贸有限公司', '存续', '']] },
  { type: 'TEXT', separator: '|', charset: 'gb18030' },
);

describe('a check', () => {
  test.each(PLACES)('has a line for the place and for each collection (%s)', async (place) => {
    await rig.drop.drop(PATH, FILE);

    const lines = await rig.connect(place).check(AbortSignal.timeout(5_000));

    const isSftp = place === 'SFTP';
    expect(lines.map(({ probe, result }) => [probe, result])).toEqual([
      ['network', isSftp ? 'PASS' : 'SKIP'],
      ['host key', isSftp ? 'PASS' : 'SKIP'],
      ['credentials', isSftp ? 'PASS' : 'SKIP'],
      ['directory', 'PASS'],
      ['read E_BASEINFO', 'PASS'],
      ['clock', 'SKIP'],
    ]);
  });

  test.each([
    ['no file is there yet', null, 'WARN', 'OK'],
    [
      'its mapping cannot read the rows',
      `${HEADER}\n1|${E1}||存续|\n`,
      'FAIL',
      'SOURCE_SCHEMA_DRIFT',
    ],
    ['all of its rows are rejected', `${HEADER}\n1|2\n`, 'FAIL', 'SOURCE_MALFORMED'],
    ['a column is missing', 'PRIPID|X\n', 'FAIL', 'SOURCE_SCHEMA_DRIFT'],
  ])('of a collection tells that %s', async (_title, text, result, code) => {
    await rig.drop.drop('incoming/other.txt', Buffer.alloc(0));
    if (text !== null) {
      await rig.drop.drop(PATH, Buffer.from(text));
    }
    const format = { type: 'TXT', charset: 'utf-8' } as const;

    const lines = await rig
      .connect('DIRECTORY', { collection: { format } })
      .check(AbortSignal.timeout(5_000));

    const line = lines.find(({ probe }) => probe === 'read E_BASEINFO');
    expect([line?.result, line?.code]).toEqual([result, code]);
    expect(line?.advice).not.toBeNull();
  });

  test('tells an unreachable server, a wrong host key and a wrong password apart', async () => {
    const failing = async (password?: string) => {
      const connector = rig.connect('SFTP', {}, password === undefined ? {} : { password });
      const lines = await connector.check(AbortSignal.timeout(5_000));
      return lines
        .filter(({ result }) => result === 'FAIL')
        .map(({ probe, code }) => [probe, code]);
    };

    const password = await failing('wrong');
    rig.sftp.setFault({ kind: 'other-host' });
    const host = await failing();
    rig.sftp.setFault({ kind: 'refuse' });
    const away = await failing();
    rig.sftp.setFault(null);

    expect(password).toEqual([['credentials', 'SOURCE_UNAUTHORIZED']]);
    expect(host).toEqual([['host key', 'SOURCE_INTEGRITY_FAILED']]);
    expect(away).toEqual([['network', 'SOURCE_UNREACHABLE']]);
  });

  test('of a directory that is not there says so', async () => {
    const settings = dropSettings({ type: 'DIRECTORY', path: '/there/is/no/such/directory' });
    const connector = fileDrop.create({
      settings: fileDropSettings.parse(settings),
      secrets: fileDropSecrets.parse({}),
      clock: systemClock,
      network: OPEN_NETWORK,
    });

    const lines = await connector.check(AbortSignal.timeout(5_000));

    expect(lines.find(({ probe }) => probe === 'directory')).toMatchObject({
      result: 'FAIL',
      code: 'SOURCE_UNREACHABLE',
    });
  });
});

test.each(PLACES)('a discovery shows the columns of every kind of file (%s)', async (place) => {
  await rig.drop.drop(PATH, FILE);
  for (const day of ['20260918', '20260919']) {
    await rig.drop.drop(`incoming/${day}_AN_BASEINFO.txt`, Buffer.from('ANCHEID|ANCHEYEAR\n1|2\n'));
  }
  await rig.drop.drop('incoming/bare.txt', Buffer.from(`1|${E1}|someone\n`));
  await rig.drop.drop('incoming/picture.png', Buffer.from([0x89, 0x50, 0xff, 0x0a]));

  const found = await rig.connect(place).discover?.(AbortSignal.timeout(5_000));

  expect(found?.map(({ name, fields }) => [name, fields.map(({ pointer }) => pointer)])).toEqual([
    ['E_BASEINFO', REGISTRATIONS.columns.map((column) => `/${column}`)],
    ['incoming/{yyyymmdd}_AN_BASEINFO.txt', ['/ANCHEID', '/ANCHEYEAR']],
  ]);
});

describe('settings', () => {
  const collection = dropSettings({ type: 'DIRECTORY', path: '/x' }).collections[0];
  const create = (change: object) => () =>
    fileDrop.create({
      settings: fileDropSettings.parse(
        dropSettings(
          { type: 'DIRECTORY', path: '/x' },
          { collection: { ...collection, ...change } },
        ),
      ),
      secrets: fileDropSecrets.parse({}),
      clock: systemClock,
      network: OPEN_NETWORK,
    });

  test.each([
    ['a full file in parts', { mode: 'FULL', fileName: '{TABLE}_{seq}.txt' }, 'FULL_IN_PARTS'],
    ['deltas without an order', { fileName: '{TABLE}.txt' }, 'DELTA_WITHOUT_ORDER'],
    ['daily deltas without a day', { fileName: '{seq}.txt' }, 'DAILY_WITHOUT_DAY'],
    ['numbered deltas without a number', { sequence: 'NUMBERED' }, 'NUMBERED_WITHOUT_NUMBER'],
  ])('with %s are refused by name', (_title, change, reason) => {
    expect(create(change)).toThrow(
      expect.objectContaining({
        code: 'UNSAFE_CONFIGURATION',
        details: { field: 'collections', reason },
      }),
    );
  });

  test.each([
    [{ place: { type: 'DIRECTORY', path: 'relative' } }],
    [{ place: { type: 'SFTP', host: 'h', user: 'u', path: '/', hostKeySha256: [] } }],
    [{ place: { type: 'SFTP', host: 'h', user: 'u', path: '/', hostKeySha256: ['MD5:aa'] } }],
    [{ subdirectory: '../up' }],
    [{ rejectPath: '../up' }],
    [{ readiness: { type: 'MARKER', suffix: '/../x' } }],
    [{ unknown: 1 }],
  ])('such as %j are refused', (change) => {
    const settings = { ...dropSettings({ type: 'DIRECTORY', path: '/x' }), ...change };

    expect(fileDropSettings.safeParse(settings).success).toBe(false);
  });

  test('are JSON Schema with a title in both languages on every field', () => {
    const schema = z.toJSONSchema(fileDropSettings, { io: 'input' });

    const untitled = listProperties(schema).filter(({ node }) => {
      const { title, titleEn, description } = node as Record<string, unknown>;
      return [title, titleEn, description].some((text) => typeof text !== 'string');
    });
    expect(untitled.map(({ path }) => path)).toEqual([]);
  });
});

function listProperties(
  node: unknown,
  path = '',
): readonly { readonly path: string; readonly node: object }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const inner = listProperties(value, `${path}/${key}`);
    if (key !== 'properties') return inner;
    const own = Object.entries(value as Record<string, object>);
    return [...own.map(([name, each]) => ({ path: `${path}/${name}`, node: each })), ...inner];
  });
}
