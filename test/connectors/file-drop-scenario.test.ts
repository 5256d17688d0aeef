import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { encodeGb18030 } from '../../sandbox/file-charset.ts';
import {
  PLACES,
  REGISTRATIONS,
  rejectsOf,
  rowsOf,
  scanAll,
  startDropRig,
  type DropRig,
} from './file-drop-rig.ts';

let rig: DropRig;
beforeAll(async () => {
  rig = await startDropRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const BROKEN_LINE = 4_711;
const NAMES = ['𠮷野示例商贸有限公司', '阿不都•艾买提小吃店', '㛃示例店', '𬭎示例建筑有限公司'];

/** 10,000 rows between `|`, one byte of one line broken, the last line cut off in its middle. */
function writeNightlyFile(): Buffer {
  const lines = Array.from({ length: 10_000 }, (_, index) => {
    const id = String(index + 1).padStart(16, '0');
    const name = NAMES[index % NAMES.length] ?? '';
    return encodeGb18030(`${id}|91370811MA3TE0T0XE|${name}${index + 1}|存续|2035-01-01\n`);
  });
  const broken = lines[BROKEN_LINE - 2];
  if (broken !== undefined) broken[broken.length - 16] = 0xff;
  const last = lines[9_999] ?? Buffer.alloc(0);
  lines[9_999] = last.subarray(0, last.length - 20);
  return Buffer.concat([encodeGb18030(`${REGISTRATIONS.columns.join('|')}\n`), ...lines]);
}

describe.each(PLACES)('a nightly GBK file (%s)', (place) => {
  test('gives 9,998 rows and 2 rejects with their lines, and nothing the second time', async () => {
    const bytes = writeNightlyFile();
    await rig.drop.drop('incoming/20260918_E_BASEINFO.txt', bytes);
    const connector = rig.connect(place);
    const done = new Set<string>();

    const first = await scanAll(connector, { done });
    const again = await scanAll(connector, { done });
    const since = first.pages.at(-1)?.watermark ?? null;
    await rig.drop.drop('incoming/20260919_E_BASEINFO.txt', bytes);
    const renamed = await scanAll(connector, { done, since });

    expect(first.fault).toBeNull();
    expect(rowsOf(first)).toHaveLength(9_998);
    expect(rejectsOf(first)).toEqual([
      { place: BROKEN_LINE, field: null, reason: 'INVALID_BYTES' },
      { place: 10_001, field: null, reason: 'TRUNCATED' },
    ]);
    expect(rowsOf(first)[0]?.values['ENTNAME']).toBe('𠮷野示例商贸有限公司1');
    expect(rowsOf(first)[1]?.values['ENTNAME']).toBe('阿不都•艾买提小吃店2');
    expect(first.pages.at(-1)).toMatchObject({ complete: true, resume: null, full: false });
    expect(first.pages.every(({ rows }) => rows.length <= 1_000)).toBe(true);
    expect([again, renamed]).toEqual([
      { pages: [], fault: null },
      { pages: [], fault: null },
    ]);
  });
});
