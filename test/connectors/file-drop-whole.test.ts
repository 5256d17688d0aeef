import { appendFile, open, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { writeDrop, type DropProof } from '../../sandbox/file-drop.ts';
import {
  PLACES,
  REGISTRATIONS,
  rejectsOf,
  rowsOf,
  scanAll,
  startDropRig,
  wordsOf,
  type DropRig,
} from './file-drop-rig.ts';
import { within } from './rig.ts';

let rig: DropRig;
beforeAll(async () => {
  rig = await startDropRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const PATH = 'incoming/20260918_E_BASEINFO.txt';
const TEXT = { type: 'TEXT', separator: '|', charset: 'gb18030' } as const;
const FULL = { mode: 'FULL' } as const;

function fileOf(count: number): Buffer {
  const rows = Array.from({ length: count }, (_, index) => {
    const id = String(index + 1).padStart(8, '0');
    return [id, '91370811MA3TE0T0XE', `企业${id}`, '存续', ''];
  });
  return writeDrop({ columns: REGISTRATIONS.columns, rows }, TEXT);
}

describe.each(PLACES)('a file (%s)', (place) => {
  test('without its marker is not touched', async () => {
    await rig.drop.drop(PATH, fileOf(3), { type: 'NONE' });

    const scanned = await scanAll(rig.connect(place));

    expect(scanned).toEqual({ pages: [], fault: null });
  });

  test('with a marker in place of its extension is read', async () => {
    await rig.drop.drop(PATH, fileOf(3), { type: 'NONE' });
    await rig.drop.drop('incoming/20260918_E_BASEINFO.ok', Buffer.alloc(0), { type: 'NONE' });
    const readiness = { type: 'MARKER', replacesExtension: true } as const;

    const scanned = await scanAll(rig.connect(place, { readiness }));

    expect(rowsOf(scanned)).toHaveLength(3);
  });

  test.each<[string, DropProof, readonly unknown[] | null]>([
    ['with the digest of its content is read', { type: 'MANIFEST' }, null],
    ['with its digest and rows is read', { type: 'MANIFEST', rows: 3 }, null],
    [
      'with another digest is a fault',
      { type: 'MANIFEST', digest: '0'.repeat(32) },
      ['SOURCE_INTEGRITY_FAILED', 'MANIFEST_DIGEST'],
    ],
    [
      'with another number of rows is a fault',
      { type: 'MANIFEST', rows: 4 },
      ['SOURCE_INTEGRITY_FAILED', 'MANIFEST_ROWS'],
    ],
    [
      'with a digest that is none is a fault',
      { type: 'MANIFEST', digest: 'unknown' },
      ['SOURCE_INTEGRITY_FAILED', 'MANIFEST_FORM'],
    ],
  ])('%s', async (_title, proof, fault) => {
    await rig.drop.drop(PATH, fileOf(3), proof);

    const scanned = await scanAll(rig.connect(place, { readiness: { type: 'MANIFEST' } }));

    expect(wordsOf(scanned)).toEqual(fault);
    expect(scanned.pages.some(({ complete }) => complete)).toBe(fault === null);
  });

  test('that goes on growing is not touched, and read once it stops', async () => {
    const readiness = { type: 'STABLE', seconds: 1 } as const;
    const bytes = fileOf(2_000);
    await rig.drop.dropHalf(PATH, bytes);
    const growing = scanAll(rig.connect(place, { readiness }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await rig.drop.drop(PATH, bytes, { type: 'NONE' });

    const [early, late] = [await growing, await scanAll(rig.connect(place, { readiness }))];

    expect(early).toEqual({ pages: [], fault: null });
    expect(rowsOf(late)).toHaveLength(2_000);
  });

  test.each([
    ['grows', (path: string) => appendFile(path, 'x|y|z|存续|\n')],
    ['changes in place', (path: string) => overwriteEnd(path, '\n')],
  ])('that %s while it is read is a fault, and its pass not complete', async (_title, change) => {
    const connector = rig.connect(place, { limits: { pageRowsMax: 100 } });
    await rig.drop.drop(PATH, fileOf(60_000));
    const seen: boolean[] = [];
    const request = { collection: 'E_BASEINFO', since: null, resume: null };
    const asked = { ...request, isDone: () => Promise.resolve(false) };

    const read = async (): Promise<void> => {
      for await (const page of connector.holdings?.scan(asked, within(20_000)) ?? []) {
        seen.push(page.complete);
        if (seen.length === 1) await change(join(rig.drop.directory, PATH));
      }
    };

    await expect(read()).rejects.toMatchObject({
      code: 'SOURCE_INTEGRITY_FAILED',
      details: { reason: 'CHANGED' },
    });
    expect(seen).not.toContain(true);
  });

  test('leaves a reject file where the settings say so, without any value', async () => {
    const bytes = Buffer.concat([fileOf(2), Buffer.from('secret-name|too|few\n')]);
    await rig.drop.drop(PATH, bytes);
    await rig.drop.drop('rejects/empty', Buffer.alloc(0), { type: 'NONE' });

    const scanned = await scanAll(rig.connect(place, { rejectPath: 'rejects' }));
    const again = await scanAll(rig.connect(place, { rejectPath: 'rejects' }));

    const folder = join(rig.drop.directory, 'rejects');
    const names = (await readdir(folder)).filter((name) => name !== 'empty');
    const text = await readFile(join(folder, names[0] ?? ''), 'utf8');
    expect([rejectsOf(scanned).length, rejectsOf(again).length]).toEqual([1, 1]);
    expect(names).toEqual([
      `20260918_E_BASEINFO.txt.${scanned.pages[0]?.pass.slice(0, 12) ?? ''}.rejects.csv`,
    ]);
    expect(text).toBe('\uFEFFline,field,reason\r\n4,,COLUMN_COUNT\r\n');
  });
});

describe('a pass that was cut off', () => {
  test.each(PLACES)('gives the same rows from any of its pages (%s)', async (place) => {
    const connector = rig.connect(place, { limits: { pageRowsMax: 7 } });
    const bytes = Buffer.concat([fileOf(20), Buffer.from('a|b\n'), fileOf(5).subarray(40)]);
    await rig.drop.drop(PATH, bytes);
    await rig.drop.drop('incoming/20260919_E_BASEINFO.txt', fileOf(8));
    const whole = await scanAll(connector);

    for (let cut = 1; cut < whole.pages.length; cut += 1) {
      const first = await scanAll(connector, { pagesMax: cut });
      const rest = await scanAll(connector, { resume: first.pages.at(-1)?.resume ?? '' });

      expect(rest.fault).toBeNull();
      expect([...rowsOf(first), ...rowsOf(rest)]).toEqual(rowsOf(whole));
      expect([...rejectsOf(first), ...rejectsOf(rest)]).toEqual(rejectsOf(whole));
      expect(rest.pages.at(-1)?.watermark).toBe(whole.pages.at(-1)?.watermark);
    }
    expect(whole.pages.length).toBeGreaterThan(4);
  });

  test('does not go on in a file that has changed', async () => {
    const connector = rig.connect('DIRECTORY', { limits: { pageRowsMax: 5 } });
    await rig.drop.drop(PATH, fileOf(20));
    const first = await scanAll(connector, { pagesMax: 2 });
    await rig.drop.drop(PATH, fileOf(21));

    const rest = await scanAll(connector, { resume: first.pages.at(-1)?.resume ?? null });

    expect(wordsOf(rest)).toEqual(['SOURCE_INTEGRITY_FAILED', 'CHANGED']);
  });

  test('does not call a full file full when a row before the cut was rejected', async () => {
    const connector = rig.connect('DIRECTORY', { collection: FULL, limits: { pageRowsMax: 5 } });
    await rig.drop.drop(PATH, Buffer.concat([fileOf(1), Buffer.from('a|b\n'), fileOf(20)]));
    const first = await scanAll(connector, { pagesMax: 1 });

    const rest = await scanAll(connector, { resume: first.pages.at(-1)?.resume ?? null });

    expect(rejectsOf(first)).toHaveLength(1);
    expect(rejectsOf(rest)).toHaveLength(0);
    expect(rest.pages.at(-1)).toMatchObject({ complete: true, full: false });
  });

  test('refuses a position that it did not write', async () => {
    await rig.drop.drop(PATH, fileOf(1));

    const [byResume, bySince] = [
      await scanAll(rig.connect('DIRECTORY'), { resume: 'anything' }),
      await scanAll(rig.connect('DIRECTORY'), { since: '{"slot":1}' }),
    ];

    expect([byResume.fault?.code, bySince.fault?.code]).toEqual([
      'SOURCE_UNSUPPORTED',
      'SOURCE_UNSUPPORTED',
    ]);
  });
});

test('a page that is left early leaves no file open', async () => {
  await rig.drop.drop(PATH, fileOf(10));
  await rig.drop.drop('incoming/20260919_E_BASEINFO.txt', fileOf(11));
  const connector = rig.connect('DIRECTORY', { limits: { pageRowsMax: 5 } });

  const left: (readonly string[])[] = [];
  for (const pagesMax of [1, 2, 3, 4]) {
    await scanAll(connector, { pagesMax });
    left.push(await listOpen(rig.drop.directory));
  }

  expect(left).toEqual([[], [], [], []]);
});

/** Files of this process that are open under a directory. */
async function listOpen(directory: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const name of await readdir('/proc/self/fd')) {
    // The handle that lists them is gone by now.
    const path = await readlink(`/proc/self/fd/${name}`).catch(() => '');
    if (path.startsWith(directory)) paths.push(path);
  }
  return paths;
}

/** Other bytes in the same place, so that the size stays. */
async function overwriteEnd(path: string, text: string): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  await file.write(text, size - 40);
  await file.close();
}
