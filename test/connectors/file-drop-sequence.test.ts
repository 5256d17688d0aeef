import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { writeDrop } from '../../sandbox/file-drop.ts';
import {
  PLACES,
  REGISTRATIONS,
  rowsOf,
  scanAll,
  startDropRig,
  wordsOf,
  type DropRig,
} from './file-drop-rig.ts';

let rig: DropRig;
beforeAll(async () => {
  rig = await startDropRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const TEXT = { type: 'TEXT', separator: '|', charset: 'gb18030' } as const;
const OUT_OF_SEQUENCE = ['SOURCE_INTEGRITY_FAILED', 'OUT_OF_SEQUENCE'];

/** A file of these ids; none for a quiet day. */
function fileOf(...ids: readonly string[]): Buffer {
  const rows = ids.map((id) => [id, '91370811MA3TE0T0XE', `企业${id}`, '存续', '']);
  return writeDrop({ columns: REGISTRATIONS.columns, rows }, TEXT);
}

function pathOf(day: string): string {
  return `incoming/${day}_E_BASEINFO.txt`;
}

async function dropDays(days: readonly string[]): Promise<void> {
  for (const day of days) await rig.drop.drop(pathOf(day), fileOf(day));
}

describe.each(PLACES)('deltas (%s)', (place) => {
  test('are read in the order of their days, one pass a file', async () => {
    await dropDays(['20261001', '20260930', '20260929']);

    const scanned = await scanAll(rig.connect(place));

    expect(rowsOf(scanned).map(({ id }) => id)).toEqual(['20260929', '20260930', '20261001']);
    expect(scanned.pages.map(({ complete }) => complete)).toEqual([true, true, true]);
    expect(scanned.pages.map(({ resume }) => resume === null)).toEqual([false, false, true]);
    expect(new Set(scanned.pages.map(({ pass }) => pass)).size).toBe(3);
    expect(rowsOf(scanned).map(({ order }) => order)).toEqual(
      rowsOf(scanned)
        .map(({ order }) => order)
        .toSorted(),
    );
    expect(scanned.pages.map(({ asOf }) => asOf?.toISOString())).toEqual([
      '2026-09-28T16:00:00.000Z',
      '2026-09-29T16:00:00.000Z',
      '2026-09-30T16:00:00.000Z',
    ]);
  });

  test('go on behind the watermark', async () => {
    const connector = rig.connect(place);
    const done = new Set<string>();
    await dropDays(['20260918', '20260919']);
    const first = await scanAll(connector, { done });
    await dropDays(['20260920']);

    const next = await scanAll(connector, { done, since: first.pages.at(-1)?.watermark ?? null });

    expect(rowsOf(next).map(({ id }) => id)).toEqual(['20260920']);
  });

  test('stop with a fault where a day is missing, behind the last file before it', async () => {
    await dropDays(['20260918', '20260920']);

    const scanned = await scanAll(rig.connect(place));

    expect(rowsOf(scanned).map(({ id }) => id)).toEqual(['20260918']);
    expect(scanned.pages.at(-1)?.resume).not.toBeNull();
    expect(wordsOf(scanned)).toEqual(OUT_OF_SEQUENCE);
  });

  test('stop with a fault where a later file is whole and an earlier one is not', async () => {
    await dropDays(['20260918', '20260920']);
    await rig.drop.dropHalf(pathOf('20260919'), fileOf('a', 'b'));

    const scanned = await scanAll(rig.connect(place));

    expect(wordsOf(scanned)).toEqual(OUT_OF_SEQUENCE);
  });
});

describe('a delta', () => {
  test('that comes after later ones were read is a fault, and never lost', async () => {
    const connector = rig.connect('DIRECTORY', { collection: { sequence: 'NONE' } });
    const done = new Set<string>();
    await dropDays(['20260918', '20260920']);
    const first = await scanAll(connector, { done });
    const since = first.pages.at(-1)?.watermark ?? null;
    await dropDays(['20260919']);

    const late = await scanAll(connector, { done, since });

    expect(first.fault).toBeNull();
    expect(wordsOf(late)).toEqual(OUT_OF_SEQUENCE);
  });

  test('that comes late and not whole is a fault as soon as it is whole', async () => {
    const connector = rig.connect('DIRECTORY', { collection: { sequence: 'NONE' } });
    const done = new Set<string>();
    await dropDays(['20260920']);
    const first = await scanAll(connector, { done });
    await rig.drop.dropHalf(pathOf('20260919'), fileOf('late'));
    await dropDays(['20260921']);
    const since = first.pages.at(-1)?.watermark ?? null;
    const second = await scanAll(connector, { done, since });
    await dropDays(['20260919']);

    const third = await scanAll(connector, {
      done,
      since: second.pages.at(-1)?.watermark ?? null,
    });

    expect(rowsOf(second).map(({ id }) => id)).toEqual(['20260921']);
    expect(wordsOf(third)).toEqual(OUT_OF_SEQUENCE);
  });

  test('that is replaced after it was read is a fault', async () => {
    const connector = rig.connect('DIRECTORY');
    const done = new Set<string>();
    await dropDays(['20260918']);
    const first = await scanAll(connector, { done });
    await rig.drop.drop(pathOf('20260918'), fileOf('other', 'rows'));

    const next = await scanAll(connector, { done, since: first.pages.at(-1)?.watermark ?? null });

    expect(wordsOf(next)).toEqual(OUT_OF_SEQUENCE);
  });

  test('with the content of an earlier day is a fault where other changes lie between', async () => {
    const connector = rig.connect('DIRECTORY');
    const done = new Set<string>();
    await dropDays(['20260918', '20260919']);
    const first = await scanAll(connector, { done });
    await rig.drop.drop(pathOf('20260920'), fileOf('20260918'));

    const next = await scanAll(connector, { done, since: first.pages.at(-1)?.watermark ?? null });

    expect(wordsOf(next)).toEqual(['SOURCE_INTEGRITY_FAILED', 'REPEATED_CONTENT']);
  });

  test('of a quiet day moves the watermark, however many there are', async () => {
    const connector = rig.connect('DIRECTORY');
    const done = new Set<string>();
    await dropDays(['20260918']);
    for (const day of ['20260919', '20260920', '20260921']) {
      await rig.drop.drop(pathOf(day), fileOf());
    }
    const first = await scanAll(connector, { done });
    await rig.clear();
    await dropDays(['20260922']);

    const next = await scanAll(connector, { done, since: first.pages.at(-1)?.watermark ?? null });

    expect(first.pages.map(({ rows }) => rows.length)).toEqual([1, 0, 0, 0]);
    expect(new Set(first.pages.map(({ pass }) => pass)).size).toBe(4);
    expect(next).toMatchObject({ fault: null, pages: [{ complete: true }] });
  });

  test('with a number must follow the one before it', async () => {
    const numbered = { fileName: '{TABLE}_{seq}.txt', sequence: 'NUMBERED' } as const;
    const connector = rig.connect('DIRECTORY', { collection: numbered });
    for (const number of [8, 9, 10, 12]) {
      await rig.drop.drop(`incoming/E_BASEINFO_${number}.txt`, fileOf(`row-${number}`));
    }

    const scanned = await scanAll(connector);

    expect(rowsOf(scanned).map(({ id }) => id)).toEqual(['row-8', 'row-9', 'row-10']);
    expect(wordsOf(scanned)).toEqual(OUT_OF_SEQUENCE);
  });

  test('in numbered parts of a day is read part by part', async () => {
    const connector = rig.connect('DIRECTORY', {
      collection: { fileName: '{yyyymmdd}_{TABLE}_{seq}.txt' },
    });
    for (const part of [
      '20260918_E_BASEINFO_1',
      '20260918_E_BASEINFO_2',
      '20260919_E_BASEINFO_1',
    ]) {
      await rig.drop.drop(`incoming/${part}.txt`, fileOf(part));
    }

    const scanned = await scanAll(connector);

    expect(scanned.fault).toBeNull();
    expect(rowsOf(scanned)).toHaveLength(3);
  });

  test('of a part after a missing part is a fault', async () => {
    const connector = rig.connect('DIRECTORY', {
      collection: { fileName: '{yyyymmdd}_{TABLE}_{seq}.txt' },
    });
    for (const part of ['20260918_E_BASEINFO_1', '20260918_E_BASEINFO_3']) {
      await rig.drop.drop(`incoming/${part}.txt`, fileOf(part));
    }

    expect(wordsOf(await scanAll(connector))).toEqual(OUT_OF_SEQUENCE);
  });

  test('of one order with another is a fault', async () => {
    const connector = rig.connect('DIRECTORY', {
      collection: { fileName: '{TABLE}_{seq}.txt', sequence: 'NUMBERED' },
    });
    for (const number of ['7', '07']) {
      await rig.drop.drop(`incoming/E_BASEINFO_${number}.txt`, fileOf(number));
    }

    expect(wordsOf(await scanAll(connector))).toEqual([
      'SOURCE_INTEGRITY_FAILED',
      'AMBIGUOUS_ORDER',
    ]);
  });
});

describe('directories of days', () => {
  test('are walked in order, and must agree with the names in them', async () => {
    const connector = rig.connect('DIRECTORY', { subdirectory: 'incoming/{yyyymmdd}/' });
    for (const day of ['20260918', '20260919']) {
      await rig.drop.drop(`incoming/${day}/${day}_E_BASEINFO.txt`, fileOf(day));
    }
    await rig.drop.drop('incoming/20260919/20260920_E_BASEINFO.txt', fileOf('elsewhere'));
    await rig.drop.drop('incoming/20261399/20261399_E_BASEINFO.txt', fileOf('no day'));

    const scanned = await scanAll(connector);

    expect(scanned.fault).toBeNull();
    expect(rowsOf(scanned).map(({ id }) => id)).toEqual(['20260918', '20260919']);
  });
});

const FULL = { mode: 'FULL' } as const;

describe.each(PLACES)('full files (%s)', (place) => {
  test('are read newest only, and say that they show everything', async () => {
    await dropDays(['20260918', '20260920']);

    const scanned = await scanAll(rig.connect(place, { collection: FULL }));

    expect(rowsOf(scanned).map(({ id }) => id)).toEqual(['20260920']);
    expect(scanned.pages.at(-1)).toMatchObject({ complete: true, full: true, resume: null });
  });

  test('that are not whole leave the word to the one before', async () => {
    await dropDays(['20260918']);
    await rig.drop.dropHalf(pathOf('20260919'), fileOf('half'));

    const scanned = await scanAll(rig.connect(place, { collection: FULL }));

    expect(rowsOf(scanned).map(({ id }) => id)).toEqual(['20260918']);
  });
});

describe('a full file', () => {
  test('with the content of an earlier day counts again after another one', async () => {
    const connector = rig.connect('DIRECTORY', { collection: FULL });
    const done = new Set<string>();
    let since: string | null = null;
    const shown: (readonly string[])[] = [];

    for (const [day, id] of [
      ['20260918', 'a'],
      ['20260919', 'b'],
      ['20260920', 'a'],
      ['20260921', 'a'],
    ] as const) {
      await rig.drop.drop(pathOf(day), fileOf(id));
      const scanned = await scanAll(connector, { done, since });
      since = scanned.pages.at(-1)?.watermark ?? since;
      shown.push(rowsOf(scanned).map((row) => row.id));
    }

    expect(shown).toEqual([['a'], ['b'], ['a'], []]);
  });

  test('with a rejected row does not say that it shows everything', async () => {
    const bytes = Buffer.concat([fileOf('a'), Buffer.from('too|few\n')]);
    await rig.drop.drop(pathOf('20260918'), bytes);

    const scanned = await scanAll(rig.connect('DIRECTORY', { collection: FULL }));

    expect(scanned.pages.at(-1)).toMatchObject({ complete: true, full: false });
  });

  test('with fewer rows than it must have erases nobody', async () => {
    await rig.drop.drop(pathOf('20260918'), fileOf());

    const scanned = await scanAll(rig.connect('DIRECTORY', { collection: FULL }));

    expect(scanned.pages.some(({ complete }) => complete)).toBe(false);
    expect(wordsOf(scanned)).toEqual(['SOURCE_INTEGRITY_FAILED', 'TOO_FEW_ROWS']);
  });

  test('under one name for ever is read again when it is newer, and refused when it is not', async () => {
    const connector = rig.connect('DIRECTORY', {
      collection: { mode: 'FULL', fileName: '{TABLE}.txt' },
    });
    const path = 'incoming/E_BASEINFO.txt';
    const done = new Set<string>();
    await rig.drop.drop(path, fileOf('a'));
    await rig.drop.setTime(path, new Date('2026-09-18T00:00:00Z'));
    const first = await scanAll(connector, { done });
    const since = first.pages.at(-1)?.watermark ?? null;
    await rig.drop.drop(path, fileOf('b'));
    await rig.drop.setTime(path, new Date('2026-09-19T00:00:00Z'));
    const newer = await scanAll(connector, { done, since });
    await rig.drop.drop(path, fileOf('c'));
    await rig.drop.setTime(path, new Date('2026-09-17T00:00:00Z'));

    const older = await scanAll(connector, { done, since });

    expect(rowsOf(newer).map(({ id }) => id)).toEqual(['b']);
    expect((rowsOf(newer)[0]?.order ?? '') > (rowsOf(first)[0]?.order ?? '')).toBe(true);
    expect(wordsOf(older)).toEqual(['SOURCE_INTEGRITY_FAILED', 'REPLACED']);
  });
});
