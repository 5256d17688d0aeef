import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createSyncPointWriter, readSyncPoints } from '../../src/differ/drops/sync-points.ts';
import {
  createRecordScan,
  splitRecord,
  type DropFormat,
} from '../../src/differ/drops/record-scan.ts';
import { placesOf, readKeptDrop, type KeptDrop } from '../../src/differ/drops/kept-drop.ts';
import type { DropManifest } from '../../src/model/drop-manifest.ts';
import { createPlaces, dropLines, manifestOf, takeDrop, writeDrop } from './drop-rig.ts';
import type { DropPlaces } from './drop-rig.ts';
import type { Row } from './rig.ts';

const FORMAT: DropFormat = {
  separator: ',',
  quote: '"',
  charset: 'utf-8',
  columns: null,
  key: [{ column: 'id', type: 'INTEGER' }],
  emptyIsNull: true,
};
const WRITING = { end: '\n', isEnded: true, quotesAll: false, columns: ['id', 'name'] } as const;

let places: DropPlaces;
beforeEach(() => {
  places = createPlaces();
});
afterEach(() => places.remove());

function rows(from: number, to: number): readonly Row[] {
  return Array.from({ length: to - from }, (_, at) => [String(from + at), `name ${from + at}`]);
}

function byId([one]: Row, [other]: Row): number {
  return Number(one) - Number(other);
}

const YESTERDAY = writeDrop(rows(0, 500), FORMAT, WRITING);
const TODAY = writeDrop(rows(3, 510), FORMAT, WRITING);

async function takeFirst(manifest: Partial<DropManifest> = {}): Promise<KeptDrop> {
  const outcome = await takeDrop({
    bytes: YESTERDAY,
    manifest: manifestOf(YESTERDAY, manifest),
    format: FORMAT,
    kept: null,
    places,
    day: 0,
  });
  if (outcome.state !== 'COMPARED') throw new Error(outcome.refusal);
  return outcome.drop;
}

describe('a drop that is not whole, or not new, publishes nothing', () => {
  const half = TODAY.subarray(0, TODAY.length - 100);
  const unended = TODAY.subarray(0, TODAY.length - 1);
  const silent = { bytes: null, digest: null } as const;

  test.each<[string, Buffer, DropManifest | null]>([
    ['MANIFEST_MISSING', TODAY, null],
    ['TRUNCATED', half, manifestOf(TODAY)],
    ['TRUNCATED', Buffer.alloc(0), manifestOf(TODAY)],
    ['TOO_LONG', TODAY, manifestOf(half)],
    ['DIGEST', TODAY, { ...manifestOf(TODAY), digest: '0'.repeat(64) }],
    ['UNFINISHED', unended, manifestOf(unended, silent)],
    ['EMPTY', Buffer.alloc(0), manifestOf(Buffer.alloc(0), silent)],
    [
      'ROWS',
      half.subarray(0, half.lastIndexOf('\n') + 1),
      manifestOf(TODAY, { ...silent, rows: 507 }),
    ],
    ['REPEATED', YESTERDAY, manifestOf(YESTERDAY)],
    ['REPEATED', TODAY, manifestOf(TODAY, { sequence: 7 })],
    ['OUT_OF_SEQUENCE', TODAY, manifestOf(TODAY, { sequence: 9 })],
    ['CHARSET', TODAY, manifestOf(TODAY, { charset: 'GBK' })],
  ])('%s (%#)', async (refusal, bytes, manifest) => {
    const kept = await takeFirst({ sequence: 7 });

    const outcome = await takeDrop({
      bytes,
      manifest,
      format: FORMAT,
      kept,
      last: kept,
      places,
      day: 1,
    });

    expect(outcome).toEqual({ state: 'REFUSED', refusal });
    expect(readdirSync(places.folder)).toEqual(['day-0']);
    expect(readKeptDrop(kept.folder)).toEqual(kept);
  });

  test.each<[string, Buffer]>([
    ['CHARSET', Buffer.concat([TODAY, Buffer.from([0x37, 0x2c, 0xff, 0x0a])])],
    ['COLUMN_COUNT', Buffer.concat([TODAY, Buffer.from('9999\n')])],
    ['KEY_TYPE', Buffer.concat([TODAY, Buffer.from('9x,name\n')])],
    ['UNCLOSED_QUOTE', Buffer.concat([TODAY, Buffer.from('9999,"name\n')])],
    ['HEADING_CHANGED', writeDrop(rows(3, 510), FORMAT, { ...WRITING, columns: ['id', 'title'] })],
  ])('a record or heading that cannot be read: %s', async (reason, bytes) => {
    const kept = await takeFirst();

    const taking = takeDrop({
      bytes,
      manifest: manifestOf(bytes),
      format: FORMAT,
      kept,
      places,
      day: 1,
    });

    await expect(taking).rejects.toMatchObject({ code: 'SOURCE_MALFORMED', details: { reason } });
    expect(readdirSync(places.folder)).toEqual(['day-0']);
  });

  test('a flood of differences', async () => {
    const kept = await takeFirst();

    const taking = takeDrop({
      bytes: TODAY,
      manifest: manifestOf(TODAY),
      format: FORMAT,
      kept,
      places,
      day: 1,
      differencesMax: 5,
    });

    await expect(taking).rejects.toMatchObject({ details: { reason: 'TOO_MANY_DIFFERENCES' } });
  });
});

test('the same bytes under the next number say that nothing has changed', async () => {
  const kept = await takeFirst({ sequence: 7 });

  const outcome = await takeDrop({
    bytes: YESTERDAY,
    manifest: manifestOf(YESTERDAY, { sequence: 8 }),
    format: FORMAT,
    kept,
    last: kept,
    places,
    day: 1,
  });

  expect(await dropLines(outcome, FORMAT)).toEqual([]);
});

test('only what has changed comes out, and what is kept is compared tomorrow', async () => {
  const kept = await takeFirst();

  const outcome = await takeDrop({
    bytes: TODAY,
    manifest: manifestOf(TODAY, { rows: 507 }),
    format: FORMAT,
    kept,
    places,
    day: 1,
  });

  expect(await dropLines(outcome, FORMAT)).toHaveLength(13);
  expect(outcome).toMatchObject({ counts: { given: 507, kept: 500 }, wasSorted: false });
});

test('a drop without order is sorted with little memory, and then compared', async () => {
  const kept = await takeFirst();
  const mixed = rows(3, 510).toSorted(
    ([one], [other]) => ((Number(one) * 7) % 511) - ((Number(other) * 7) % 511),
  );
  const bytes = writeDrop(mixed, FORMAT, WRITING);

  const outcome = await takeDrop({
    bytes,
    manifest: manifestOf(bytes),
    format: FORMAT,
    kept,
    places,
    day: 1,
    memory: { sortBytes: 2_000, windowBytes: 512 },
  });

  expect(await dropLines(outcome, FORMAT)).toHaveLength(13);
  expect(outcome).toMatchObject({ wasSorted: true });
  expect(readdirSync(join(places.folder, 'day-1')).toSorted()).toEqual([
    'differences',
    'drop.json',
    'points',
    'rows',
  ]);
});

test('differences are found wherever they stand among blocks that are equal', async () => {
  const old = rows(0, 30_000);
  const edits = fc.uniqueArray(fc.nat(old.length - 1), { minLength: 1, maxLength: 12 });
  const kinds = fc.constantFrom('RIGHT_ONLY', 'DIFFERS', 'LEFT_ONLY');
  const windows = fc.constantFrom(4_096, 100_000, 262_144);

  await fc.assert(
    fc.asyncProperty(edits, kinds, windows, async (edited, kind, windowBytes) => {
      const own = createPlaces();
      const place = new Set(edited);
      const [changed, gone] = [kind === 'DIFFERS', kind === 'RIGHT_ONLY'];
      const now = old.flatMap((row, at): readonly Row[] => {
        if (!place.has(at) || kind === 'LEFT_ONLY') return [row];
        return gone ? [] : [[row[0] ?? '', 'changed']];
      });
      // New ones stand in front of the others, all over the first block.
      const come = gone || changed ? [] : edited.map((at): Row => [String(at - 40_000), 'new']);
      const expected = edited.map((at) => {
        const id = kind === 'LEFT_ONLY' ? at - 40_000 : at;
        return `${kind} ["${id}"] ${changed ? 'name' : ''}`;
      });
      const days = [old, [...come.toSorted(byId), ...now], old];
      const back = { RIGHT_ONLY: 'LEFT_ONLY', LEFT_ONLY: 'RIGHT_ONLY', DIFFERS: 'DIFFERS' };
      const lines = [[], expected, expected.map((line) => line.replace(kind, back[kind]))];
      try {
        let kept: KeptDrop | null = null;
        for (const [day, held] of days.entries()) {
          const bytes = writeDrop(held, FORMAT, WRITING);
          const outcome = await takeDrop({
            bytes,
            manifest: manifestOf(bytes, { rows: held.length }),
            format: FORMAT,
            kept,
            places: own,
            day,
            memory: { windowBytes },
          });
          expect(await dropLines(outcome, FORMAT)).toEqual(lines[day]?.toSorted());
          if (outcome.state === 'COMPARED') kept = outcome.drop;
        }
      } finally {
        own.remove();
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('a quote counts where a value begins with it, however the end of a record is found', () => {
  const scanOf = (format: Partial<DropFormat>) =>
    createRecordScan({ ...FORMAT, separator: '|', ...format }, ['id']);
  // Among bytes of ASCII both ways of looking for the end must say the same.
  const [byMarks, byCharacters] = [scanOf({}), scanOf({ charset: 'gb18030' })];
  const endOf = (text: string): number => byMarks.endOf(Buffer.from(text), 0, text.length);

  expect(['a"b|c\nd', '"a\nb"|c\nd', 'a|"b""\n"\nd', '"a', 'a"\n"'].map(endOf)).toEqual([
    6, 8, 9, -1, 3,
  ]);
  const signs = fc.array(fc.constantFrom('"', '|', '\n', 'a'), { maxLength: 12 });
  fc.assert(
    fc.property(signs, fc.nat(3), (all, from) => {
      const bytes = Buffer.from(all.join(''));
      const at = Math.min(from, bytes.length);
      const ends = [byMarks, byCharacters].map((scan) => scan.endOf(bytes, at, bytes.length));
      expect(ends[0]).toBe(ends[1]);
    }),
    { numRuns: 1_000 },
  );
});

test('nothing and an empty text are two values where the format can tell them apart', () => {
  expect(splitRecord('1,,"",x', FORMAT)).toEqual(['1', null, '', 'x']);
  expect(splitRecord('1,,"",x', { ...FORMAT, emptyIsNull: false })).toEqual(['1', '', '', 'x']);
  expect(splitRecord('a"b,"c""d","e,\nf"', FORMAT)).toEqual(['a"b', 'c"d', 'e,\nf']);
});

test('places are remembered in order, and found', () => {
  const writer = createSyncPointWriter(10);
  const path = join(places.folder, 'points');
  [0, 4, 9, 12, 15, 30].forEach((offset, row) => writer.note(offset, row));
  writer.save(path);

  const points = readSyncPoints(path);

  expect(points.count).toBe(3);
  expect([-1, 0, 11, 12, 29, 30, 99].map((at) => points.indexBefore(at))).toEqual([
    -1, 0, 0, 1, 1, 2, 2,
  ]);
  expect([0, 1, 2].map((at) => [points.offsetAt(at), points.rowsAt(at)])).toEqual([
    [0, 0],
    [12, 3],
    [30, 5],
  ]);
  expect(placesOf('x').points).toBe(join('x', 'points'));
});
