import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';

import { encodeGb18030 } from '../../sandbox/file-charset.ts';
import { writeSheet, writeXlsx } from '../../sandbox/file-xlsx.ts';
import { writeZip } from '../../sandbox/file-zip.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import {
  PLACES,
  REGISTRATIONS,
  rejectsOf,
  rowsOf,
  scanAll,
  startDropRig,
  wordsOf,
  type DropRig,
  type SettingsInput,
} from './file-drop-rig.ts';
import { within } from './rig.ts';

const IS_LONG = process.env['LONG'] === '1';
const MIB = 1024 * 1024;
const PATH = 'incoming/20260918_E_BASEINFO.txt';
const E1 = '91370811MA3TE0T0XE';

// Memory is collected again and again, which takes its time on a busy machine.
jest.setTimeout(IS_LONG ? 600_000 : 120_000);
setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

let rig: DropRig;
beforeAll(async () => {
  rig = await startDropRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

/** Writes a file part by part, so that the test itself needs no memory for it. */
async function dropParts(parts: Iterable<Buffer>): Promise<void> {
  await rig.drop.drop(PATH, Buffer.alloc(0));
  const stream = createWriteStream(join(rig.drop.directory, PATH));
  for (const part of parts) {
    if (!stream.write(part))
      await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
  }
  await new Promise<void>((resolve) => stream.end(() => resolve()));
}

interface Cost {
  readonly rows: number;
  readonly rejects: number;
  /** Megabytes held at most while the scan ran, over what was held before. */
  readonly growth: number;
  readonly isComplete: boolean;
  readonly fault: unknown;
}

/** What a scan may hold at a time; a tenth of what the longest of these files would fill. */
const GROWTH_MAX = 40;
const SAMPLE_MS = 250;
/** The scan gets this many times as long as collecting takes. */
const COLLECTING_SHARE = 5;

/** Scans once, and looks again and again at what cannot be collected. */
async function measure(connector: Connector): Promise<Cost> {
  const memory = (): number => {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers) / MIB;
  };
  const before = memory();
  let peak = before;
  // Where collecting takes long, as in a worker that has run many files, the scan still gets on.
  const look = (): void => {
    const began = performance.now();
    peak = Math.max(peak, memory());
    watch = setTimeout(look, Math.max(SAMPLE_MS, COLLECTING_SHARE * (performance.now() - began)));
  };
  let watch = setTimeout(look, SAMPLE_MS);
  const cost = { rows: 0, rejects: 0, isComplete: false, fault: null as unknown };
  const request = { collection: 'E_BASEINFO', since: null, resume: null };
  const asked = { ...request, isDone: () => Promise.resolve(false) };
  try {
    for await (const page of connector.holdings?.scan(asked, within(300_000)) ?? []) {
      cost.rows += page.rows.length;
      cost.rejects += page.rejects.length;
      cost.isComplete = page.complete;
    }
  } catch (fault) {
    cost.fault = fault;
  }
  clearTimeout(watch);
  return { ...cost, growth: Math.max(peak, memory()) - before };
}

const HEADER = `${REGISTRATIONS.columns.join('|')}\n`;

function* textRows(count: number): Generator<Buffer> {
  const [name, state] = [encodeGb18030('济宁市𠮷野示例商贸有限公司'), encodeGb18030('存续')];
  yield Buffer.from(HEADER);
  for (let at = 1; at <= count; at += 1_000) {
    const lines = Array.from({ length: Math.min(1_000, count - at + 1) }, (_, index) => [
      Buffer.from(`${String(at + index).padStart(16, '0')}|${E1}|`),
      name,
      Buffer.from(`${at + index}|`),
      state,
      Buffer.from('|2035-01-01\n'),
    ]);
    yield Buffer.concat(lines.flat());
  }
}

test.each(PLACES)('a long file needs no more memory than a short one (%s)', async (place) => {
  const count = IS_LONG ? 1_000_000 : 100_000;
  await dropParts(textRows(count));

  const cost = await measure(rig.connect(place));

  expect(cost).toMatchObject({ rows: count, rejects: 0, isComplete: true, fault: null });
  expect(cost.growth).toBeLessThan(GROWTH_MAX);
});

test('a line without an end is rejected with bounded memory, and the lines behind it are read', async () => {
  const megabytes = IS_LONG ? 1_024 : 128;
  const parts = function* (): Generator<Buffer> {
    yield Buffer.from(HEADER);
    for (let at = 0; at < megabytes; at += 1) yield Buffer.alloc(MIB, 'x');
    yield Buffer.from(`\n1|${E1}|x|\u0041|\n`);
  };
  await dropParts(parts());

  const limits = { fileBytesMax: 2 * 1_024 * MIB };
  const cost = await measure(rig.connect('DIRECTORY', { limits }));

  expect(cost).toMatchObject({ rows: 1, rejects: 1, isComplete: true, fault: null });
  expect(cost.growth).toBeLessThan(GROWTH_MAX);
});

describe('a long file', () => {
  const count = IS_LONG ? 300_000 : 20_000;

  test('of XML needs no more memory than a short one', async () => {
    const parts = function* (): Generator<Buffer> {
      yield Buffer.from('<ROWS>\n');
      for (let row = 1; row <= count; row += 1) {
        const fields = `<PRIPID>${row}</PRIPID><UNISCID>${E1}</UNISCID><ENTNAME>x${row}</ENTNAME>`;
        yield Buffer.from(
          `<ROW>${fields}<REGSTATE_CN>存续</REGSTATE_CN><OPTO/></ROW>\n${' '.repeat(3_000)}`,
        );
      }
      yield Buffer.from('</ROWS>\n');
    };
    await dropParts(parts());
    const format = { type: 'XML', charset: 'utf-8', record: 'ROW' } as const;

    const cost = await measure(rig.connect('DIRECTORY', { collection: { format } }));

    expect(cost).toMatchObject({ rows: count, isComplete: true, fault: null });
    expect(cost.growth).toBeLessThan(GROWTH_MAX);
  });

  test('of a spreadsheet needs the packed file and its shared texts, no more', async () => {
    const rows = Array.from({ length: count }, (_, index) => [
      { number: String(index + 1) },
      E1,
      { inline: `济宁市示例商贸有限公司${index + 1}` },
      '存续',
      { number: '46283', style: 'day' as const },
    ]);
    await dropParts([writeXlsx([REGISTRATIONS.columns, ...rows])]);

    const cost = await measure(
      rig.connect('DIRECTORY', { collection: { format: { type: 'XLSX' } } }),
    );

    expect(cost).toMatchObject({ rows: count, isComplete: true, fault: null });
    expect(cost.growth).toBeLessThan(GROWTH_MAX);
  });
});

const BOMB = Buffer.concat([
  Buffer.from('<worksheet><sheetData>'),
  Buffer.alloc(48 * MIB, '<row/>'),
]);
const TEXTS = Buffer.concat([Buffer.from('<sst>'), Buffer.alloc(48 * MIB, '<si><t>x</t></si>')]);
const SHEET = 'xl/worksheets/sheet1.xml';

describe('a spreadsheet that is a bomb', () => {
  test.each<[string, Buffer | (() => Buffer), object, string]>([
    [
      'of a tightly packed sheet',
      () => book({ name: SHEET, bytes: BOMB }),
      { unpackedRatioMax: 9 },
      'ZIP_RATIO',
    ],
    [
      'of a sheet that is longer than allowed',
      () => book({ name: SHEET, bytes: BOMB }),
      { unpackedBytesMax: 20 * MIB },
      'ZIP_SIZE',
    ],
    [
      'of a sheet that claims to be short',
      () => book({ name: SHEET, bytes: BOMB, claimedSize: 100 }),
      {},
      'ZIP',
    ],
    [
      'of tightly packed texts',
      () => book({ name: 'xl/sharedStrings.xml', bytes: TEXTS }),
      { unpackedRatioMax: 9 },
      'ZIP_RATIO',
    ],
    ['of too many parts', () => manyParts(200), { entriesMax: 100 }, 'ZIP_ENTRIES'],
    ['of a part twice', () => writeZip([part('xl/a.xml'), part('xl/a.xml')]), {}, 'ZIP'],
    [
      'of a file that is too long',
      () => writeXlsx([['A']]),
      { archiveBytesMax: 1_024 },
      'TOO_LARGE',
    ],
    ['of no archive', Buffer.from('PK\x03\x04 but nothing else'), {}, 'ZIP'],
    ['of an empty file', Buffer.alloc(0), {}, 'ZIP'],
    ['of a document type', () => book({ name: SHEET, bytes: LAUGHS }), {}, 'XML_DOCTYPE'],
    [
      'of a cell without an end',
      () => book({ name: SHEET, bytes: longCell() }),
      {},
      'RECORD_TOO_LONG',
    ],
    ['of rows that go back', () => book({ name: SHEET, bytes: rowsBack() }), {}, 'ROW_NUMBER'],
  ])('%s is refused', async (_title, bytes, limits, reason) => {
    await rig.drop.drop(PATH, typeof bytes === 'function' ? bytes() : bytes);
    const format = { type: 'XLSX' } as const;

    const connector = rig.connect('DIRECTORY', {
      collection: { format, id: ['A'] },
      limits,
      answers: {},
    });
    const cost = await measure(connector);

    expect(cost.fault).toMatchObject({ code: 'SOURCE_MALFORMED', details: { reason } });
    expect(cost.isComplete).toBe(false);
    expect(cost.growth).toBeLessThan(GROWTH_MAX);
  });
});

const LAUGHS =
  '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>' +
  '<worksheet><sheetData><row><c t="str"><v>&c;</v></c></row></sheetData></worksheet>';

function book(own: {
  readonly name: string;
  readonly bytes: Buffer | string;
  claimedSize?: number;
}) {
  return writeXlsx([['A'], ['x']], { parts: [own] });
}

function part(name: string) {
  return { name, bytes: '<a/>' };
}

function manyParts(count: number): Buffer {
  return writeZip(Array.from({ length: count }, (_, index) => part(`xl/part-${index}.xml`)));
}

/** Text that hardly packs, so that only its length gives it away. */
function longCell(): string {
  let state = 1;
  const text = Array.from({ length: 3 * MIB }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return String.fromCharCode(97 + (state % 26));
  }).join('');
  return `<worksheet><sheetData><row r="1"><c t="str"><v>${text}</v></c></row></sheetData></worksheet>`;
}

function rowsBack(): string {
  const sheet = writeSheet([['A'], ['x'], ['y']], []);
  return sheet.replace('<row r="3">', '<row r="2">');
}

describe('a file that is a bomb', () => {
  test.each<[string, SettingsInput['collections'][number]['format'], string, string]>([
    [
      'of entities in XML',
      { type: 'XML', charset: 'utf-8', record: 'ROW' },
      '<!DOCTYPE R [<!ENTITY a "&b;&b;"><!ENTITY b "ha">]><R><ROW>&a;</ROW></R>',
      'XML_DOCTYPE',
    ],
    [
      'of depth in XML',
      { type: 'XML', charset: 'utf-8', record: 'ROW' },
      '<a>'.repeat(100_000),
      'XML_TOO_DEEP',
    ],
    [
      'of attributes in XML',
      { type: 'XML', charset: 'utf-8', record: 'ROW' },
      `<R><ROW ${Array.from({ length: 1_500 }, (_, n) => `a${n}=""`).join(' ')}/></R>`,
      'XML_TOO_MANY_ATTRIBUTES',
    ],
    [
      'of text without an end in XML',
      { type: 'XML', charset: 'utf-8', record: 'ROW' },
      `<R><ROW><A>${'x'.repeat(8 * MIB)}`,
      'RECORD_TOO_LONG',
    ],
    [
      'of text before the first record in XML',
      { type: 'XML', charset: 'utf-8', record: 'ROW' },
      `<R>${'x'.repeat(8 * MIB)}`,
      'RECORD_TOO_LONG',
    ],
    [
      'of columns',
      { type: 'TXT', charset: 'utf-8' },
      `${Array.from({ length: 20_000 }, (_, n) => `c${n}`).join('|')}\n`,
      'TOO_MANY_COLUMNS',
    ],
    [
      'of a heading without an end',
      { type: 'TXT', charset: 'utf-8' },
      'x'.repeat(8 * MIB),
      'LINE_TOO_LONG',
    ],
  ])('%s is refused before it is read', async (_title, format, text, reason) => {
    await rig.drop.drop(PATH, Buffer.from(text));

    const cost = await measure(rig.connect('DIRECTORY', { collection: { format } }));

    expect(cost.fault).toMatchObject({ details: { reason } });
    expect(cost.growth).toBeLessThan(GROWTH_MAX);
  });

  test('of bytes or of rows is refused', async () => {
    await dropParts(textRows(500));

    const bytes = await scanAll(rig.connect('DIRECTORY', { limits: { fileBytesMax: 2_000 } }));
    const rows = await scanAll(rig.connect('DIRECTORY', { limits: { rowsMax: 499 } }));

    expect(wordsOf(bytes)).toEqual(['SOURCE_MALFORMED', 'TOO_LARGE']);
    expect(wordsOf(rows)).toEqual(['SOURCE_MALFORMED', 'TOO_MANY_ROWS']);
    expect(rows.pages.some(({ complete }) => complete)).toBe(false);
  });

  test('of quotes costs a hundred lines each and stays within time', async () => {
    const line = `"1|${E1}|x|y|\n`;
    await rig.drop.drop(PATH, Buffer.from(`${HEADER}${line.repeat(900)}`));
    const format = { type: 'CSV', separator: '|', charset: 'utf-8' } as const;
    const startedAt = performance.now();

    const scanned = await scanAll(rig.connect('DIRECTORY', { collection: { format } }));

    expect(scanned.fault).toBeNull();
    expect(rowsOf(scanned).length + rejectsOf(scanned).length).toBeLessThanOrEqual(900);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
