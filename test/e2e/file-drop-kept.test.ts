import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { mintCreditCode } from '../../sandbox/codes.ts';
import { encodeGb18030 } from '../../sandbox/file-charset.ts';
import { createFileDrop, type FileDrop } from '../../sandbox/file-drop.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS, verifySubject } from '../support/journey.ts';
import { dropSettings, REGISTRATIONS } from '../connectors/file-drop-rig.ts';
import { createKeeper } from './kept-rows-rig.ts';

const ID = 'nightly-drop';
const FILE = 'incoming/20260918_E_BASEINFO.txt';
const BROKEN_LINE = 4_711;
const NAMES = ['𠮷野示例商贸有限公司', '阿不都•艾买提小吃店', '㛃示例店', '𬭎示例建筑有限公司'];

const clock = createTestClock('2026-09-18T04:00:00Z');
let hub: TestHub;
let folder: string;
let drop: FileDrop;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hecha-kept-')));
  drop = createFileDrop(folder);
  hub = await startTestHub({ clock, directories: [folder] });
});
afterAll(async () => {
  await hub.stop();
  await rm(folder, { recursive: true, force: true });
});

function subjectAt(index: number) {
  const code = mintCreditCode('91370811', `MA${String(index).padStart(6, '0')}`);
  return { kind: 'ENTERPRISE', code, name: `${NAMES[index % NAMES.length]}${index + 1}` } as const;
}

/** 10,000 rows between `|`, one byte of one line broken, the last line cut off in its middle. */
function writeNightlyFile(): Buffer {
  const lines = Array.from({ length: 10_000 }, (_, index) => {
    const { code, name } = subjectAt(index);
    const id = String(index + 1).padStart(16, '0');
    return encodeGb18030(`${id}|${code}|${name}|存续|2035-01-01\n`);
  });
  const broken = lines[BROKEN_LINE - 2];
  if (broken !== undefined) broken[broken.length - 16] = 0xff;
  const last = lines[9_999] ?? Buffer.alloc(0);
  lines[9_999] = last.subarray(0, last.length - 20);
  return Buffer.concat([encodeGb18030(`${REGISTRATIONS.columns.join('|')}\n`), ...lines]);
}

test('a nightly GBK file is kept but for two lines that are told, once, and confirms a claim', async () => {
  const keeper = createKeeper(hub, ID);
  await drop.drop(FILE, writeNightlyFile());
  await drop.setTime(FILE, clock.now());
  const place = { type: 'DIRECTORY', path: folder } as const;
  await keeper.activate('file-drop', {
    settings: { ...dropSettings(place, { collection: { mode: 'FULL' } }) },
  });

  const subject = subjectAt(4);
  const before = await verifySubject(hub, { matter: MATTERS.registration, subject });
  const [read] = await keeper.run();
  const rejects = await keeper.rejects(read?.lastPass?.id ?? '');
  const [again] = await keeper.run();
  const passes = await keeper.passes();
  const after = await verifySubject(hub, { matter: MATTERS.registration, subject });
  const unknown = await verifySubject(hub, {
    matter: MATTERS.registration,
    subject: { ...subjectAt(10_001) },
  });

  expect(before.verdict.code).not.toBe('CONFIRMED');
  expect(before.verdict.code).not.toBe('REFUTED');
  expect(read).toMatchObject({ rowsLive: 9_998, notTaken: 2, freshness: 'UNSETTLED', fault: null });
  expect(read?.lastPass).toMatchObject({
    ...{ state: 'COMPLETE', full: false, read: 10_000, kept: 9_998, unchanged: 0 },
    ...{ rejected: 2, quarantined: 0, asOf: '2026-09-17T16:00:00.000Z' },
  });
  expect(rejects).toEqual([
    { place: BROKEN_LINE, field: null, reason: 'INVALID_BYTES' },
    { place: 10_001, field: null, reason: 'TRUNCATED' },
  ]);
  expect(again).toMatchObject({ rowsLive: 9_998, watermark: read?.watermark, fault: null });
  expect(passes).toHaveLength(1);
  expect(after.verdict.code).toBe('CONFIRMED');
  expect(after.verdict.observations).toMatchObject([
    { source: ID, evidenceDigest: expect.stringMatching(/^[0-9a-f]{64}$/u) },
  ]);
  expect(unknown.verdict.code).not.toBe('REFUTED');
}, 60_000);
