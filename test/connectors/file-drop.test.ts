import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { writeDrop, type DropFormat } from '../../sandbox/file-drop.ts';
import { heldKeyOf } from '../../src/connector-kit/mapping/keys.ts';
import type { HeldRow, ScannedRow } from '../../src/connector-kit/scan.ts';
import { HubError } from '../../src/errors.ts';
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

let rig: DropRig;
beforeAll(async () => {
  rig = await startDropRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const E1 = '91370811MA3TE0T0XE';
const H1 = '92370811MA3TE0T266';
const ROWS = [
  ['1', E1, '济宁市任城区（高新）示例商贸有限公司', '存续', ''],
  ['2', H1, '任城区示例小吃店 "老店", 总店', '注销', '2030-12-31'],
  ['3', '91370812MA3TE0T18W', '𠮷野•㛃示例建筑有限公司', '存续', ''],
];
const TABLE = { columns: REGISTRATIONS.columns, rows: ROWS };

type Format = SettingsInput['collections'][number]['format'];
const txt = (separator: string): DropFormat => ({ type: 'TEXT', separator, charset: 'gb18030' });
const CSV = { type: 'TEXT', separator: ',', quoted: true } as const;
const FORMATS: readonly [string, DropFormat, Format][] = [
  ['TXT |', txt('|'), { type: 'TXT', charset: 'gb18030' }],
  ['TXT tab', txt('\t'), { type: 'TXT', separator: '\t', charset: 'gb18030' }],
  ['TXT !^', txt('!^'), { type: 'TXT', separator: '!^', charset: 'gb18030' }],
  ['TXT @|@', txt('@|@'), { type: 'TXT', separator: '@|@', charset: 'gb18030' }],
  [
    'CSV GB18030 with its mark',
    { ...CSV, charset: 'gb18030', byteOrderMark: true },
    { type: 'CSV', charset: 'gb18030' },
  ],
  [
    'CSV UTF-8 with a mark and Windows lines',
    { ...CSV, charset: 'utf-8', byteOrderMark: true, lineEnd: '\r\n' },
    { type: 'CSV', charset: 'utf-8' },
  ],
  ['XLSX', { type: 'XLSX' }, { type: 'XLSX' }],
  [
    'XML GBK',
    { type: 'XML', charset: 'gb18030', record: 'ROW' },
    { type: 'XML', charset: 'gb18030', record: 'ROW' },
  ],
  [
    'XML UTF-8',
    { type: 'XML', charset: 'utf-8', record: 'row' },
    { type: 'XML', charset: 'utf-8', record: 'row', columns: [...REGISTRATIONS.columns] },
  ],
];

describe.each(FORMATS)('a file in %s', (_name, written, format) => {
  test.each(PLACES)('gives its rows as they were written (%s)', async (place) => {
    await rig.drop.drop('incoming/20260918_E_BASEINFO.txt', writeDrop(TABLE, written));

    const scanned = await scanAll(rig.connect(place, { collection: { format } }));

    expect(scanned.fault).toBeNull();
    expect(rejectsOf(scanned)).toEqual([]);
    expect(rowsOf(scanned).map(({ id, about, keys, change }) => [id, about, keys, change])).toEqual(
      ROWS.map(([id, code]) => [id, id, [code], 'PUT']),
    );
    expect(
      rowsOf(scanned).map(({ values }) => REGISTRATIONS.columns.map((c) => values[c])),
    ).toEqual(ROWS.map((values) => values.map((value) => (value === '' ? null : value))));
  });
});

async function scanText(
  text: string,
  collection: Partial<SettingsInput['collections'][number]> = {},
) {
  await rig.drop.drop('incoming/20260918_E_BASEINFO.txt', Buffer.from(text));
  const format = { type: 'TXT', charset: 'utf-8' } as const;
  return scanAll(rig.connect('DIRECTORY', { collection: { format, ...collection } }));
}

const HEADER = 'PRIPID|UNISCID|ENTNAME|REGSTATE_CN|OPTO';

describe('rows', () => {
  test('take their columns by other headings, too', async () => {
    const scanned = await scanText(
      `主体身份代码|UNISCID|ENTNAME|REGSTATE_CN|OPTO\n1|${E1}|甲|存续|\n`,
      {
        aliases: { 主体身份代码: 'PRIPID' },
      },
    );

    expect(rowsOf(scanned)[0]).toMatchObject({ id: '1', values: { PRIPID: '1' } });
  });

  test('take their columns from the settings where the file has no heading', async () => {
    const scanned = await scanText(`1|${E1}|甲|存续|\n`, {
      format: { type: 'TXT', charset: 'utf-8', columns: [...REGISTRATIONS.columns] },
    });

    expect(rowsOf(scanned)[0]).toMatchObject({ id: '1', values: { ENTNAME: '甲' } });
  });

  test('say what became of them, and are about whom they say', async () => {
    const scanned = await scanText(
      `${HEADER}|OP\n1|${E1}|甲|存续||I\n1|${E1}|乙|存续||U\n1|${E1}||||D\n2|${E1}|甲|存续||X\n`,
      { operation: { column: 'OP' }, about: 'UNISCID' },
    );

    expect(rowsOf(scanned).map(({ id, about, change }) => [id, about, change])).toEqual([
      ['1', E1, 'PUT'],
      ['1', E1, 'PUT'],
      ['1', E1, 'DELETE'],
    ]);
    expect(rejectsOf(scanned)).toEqual([{ place: 5, field: 'OP', reason: 'UNKNOWN_OPERATION' }]);
  });

  test('of several id columns never share an id', async () => {
    const scanned = await scanText(`${HEADER}\na,b|${E1}|c|存续|\na|${E1}|b,c|存续|\n`, {
      id: ['PRIPID', 'ENTNAME'],
    });

    expect(new Set(rowsOf(scanned).map(({ id }) => id)).size).toBe(2);
  });

  test('without an id, or whose they are, are rejected with the column', async () => {
    const scanned = await scanText(`${HEADER}\n|${E1}|甲|存续|\n2||乙|存续|\n3|${E1}|丙|存续|\n`);

    expect(rowsOf(scanned).map(({ id }) => id)).toEqual(['3']);
    expect(rejectsOf(scanned)).toEqual([
      { place: 2, field: 'PRIPID', reason: 'MISSING_ID' },
      { place: 3, field: 'UNISCID', reason: 'MISSING_KEY' },
    ]);
  });

  test('keep a column named like the prototype as any other', async () => {
    const scanned = await scanText(`${HEADER}|__proto__\n1|${E1}|甲|存续||x\n`);

    const [row] = rowsOf(scanned);
    expect(Object.getPrototypeOf(row?.values)).toBe(Object.prototype);
    expect(Object.hasOwn(row?.values ?? {}, '__proto__')).toBe(true);
  });
});

describe('a file of another form than agreed', () => {
  test.each([
    [
      'a column is missing',
      'PRIPID|ENTNAME|REGSTATE_CN|OPTO\n',
      'SOURCE_SCHEMA_DRIFT',
      'MISSING_COLUMN',
    ],
    [
      'a column that only the mapping needs is missing',
      `PRIPID|UNISCID|ENTNAME|OPTO\n1|${E1}|甲|\n`,
      'SOURCE_SCHEMA_DRIFT',
      'MISSING_COLUMN',
    ],
    ['a column is there twice', `${HEADER}|OPTO\n`, 'SOURCE_SCHEMA_DRIFT', 'DUPLICATE_COLUMN'],
    ['a heading is blank', `${HEADER}|\n`, 'SOURCE_SCHEMA_DRIFT', 'BLANK_COLUMN'],
    ['there is nothing', '', 'SOURCE_SCHEMA_DRIFT', 'NO_HEADER'],
  ])('is a fault where %s', async (_title, text, code, reason) => {
    const scanned = await scanText(text);

    expect(wordsOf(scanned)).toEqual([code, reason]);
    expect(scanned.pages).toEqual([]);
  });

  test('is a fault where GB18030 was agreed and UTF-8 came', async () => {
    await rig.drop.drop(
      'incoming/20260918_E_BASEINFO.txt',
      Buffer.from(`${HEADER}\n1|${E1}|示例|存续|\n`),
    );

    expect(wordsOf(await scanAll(rig.connect('DIRECTORY')))).toEqual([
      'SOURCE_MALFORMED',
      'CHARSET_AMBIGUOUS',
    ]);
  });

  test('is a fault once too many rows are rejected', async () => {
    const text = `${HEADER}\n${'a|b\n'.repeat(30)}`;
    await rig.drop.drop('incoming/20260918_E_BASEINFO.txt', Buffer.from(text));

    const scanned = await scanAll(rig.connect('DIRECTORY', { limits: { rejectsMax: 20 } }));

    expect(wordsOf(scanned)).toEqual(['SOURCE_MALFORMED', 'TOO_MANY_REJECTS']);
  });
});

function heldRows(rows: readonly ScannedRow[]): readonly HeldRow[] {
  return rows.map(({ id, values }) => ({ collection: 'E_BASEINFO', id, values }));
}

describe('answers from the rows', () => {
  test('are found by the code of the subject, however it is written', async () => {
    const scanned = await scanText(`${HEADER}\n1|${E1.toLowerCase()}|甲有限公司|存续|\n`);
    const answers = rig.connect('DIRECTORY').holdings?.answers['enterprise.registration'];
    const key = { kind: 'ENTERPRISE', code: E1, name: null } as const;

    const wanted = answers?.keyOf(key) ?? null;
    const records = answers?.assemble(heldRows(rowsOf(scanned)), key, []);

    expect(wanted).toBe(heldKeyOf('enterprise.registration', key));
    expect(rowsOf(scanned)[0]?.keys).toContain(wanted);
    expect(records).toMatchObject([
      { code: E1, name: '甲有限公司', status: 'ACTIVE', longTerm: true },
    ]);
    expect(answers?.absence).toBe('COVERED');
  });

  test('of somebody else are not among them', async () => {
    const scanned = await scanText(
      `${HEADER}\n1|${E1}|甲|存续|\n2|${H1}|乙|存续|\n3|${H1}||存续|\n`,
    );
    const answers = rig.connect('DIRECTORY').holdings?.answers['enterprise.registration'];

    const records = answers?.assemble(
      heldRows(rowsOf(scanned)),
      {
        kind: 'ENTERPRISE',
        code: E1,
        name: null,
      },
      [],
    );

    expect(records).toMatchObject([{ code: E1 }]);
  });

  test('are not looked for where the files are about other kinds of subject', () => {
    const answers = rig.connect('DIRECTORY').holdings?.answers['enterprise.registration'];

    const key = answers?.keyOf({ kind: 'PERSON', code: '370800199001010015', name: null });

    expect(key).toBeNull();
  });

  test('that cannot be read are a fault and never "no"', async () => {
    const scanned = await scanText(`${HEADER}\n1|${E1}||存续|2026-13-45\n`);
    const answers = rig.connect('DIRECTORY').holdings?.answers['enterprise.registration'];
    const key = { kind: 'ENTERPRISE', code: E1, name: null } as const;

    const assemble = () => answers?.assemble(heldRows(rowsOf(scanned)), key, []);

    expect(rowsOf(scanned)[0]?.keys).toEqual([answers?.keyOf(key)]);
    expect(assemble).toThrow(HubError);
  });

  test('of licenses are found by identifier, and by holder and type', async () => {
    const type = '11100000MB00000001';
    const mapping = {
      fields: {
        identifier: { from: '/ZZBS' },
        typeCode: { from: '/ZZLX', normalize: ['SPACES'] },
        holderCode: { from: '/CZZT' },
        holderName: { from: '/CZMC' },
        status: { from: '/ZT', pairs: { 有效: 'VALID' } },
        validFrom: { from: '/YXQQ', required: false },
        validUntil: { from: '/YXQ' },
      },
    } as const;
    const answer = { collection: 'E_BASEINFO', mapping } as const;
    const connector = rig.connect('DIRECTORY', {
      collection: { id: ['ZZBS'], format: { type: 'TXT', charset: 'utf-8' } },
      answers: {
        'license.byIdentifier': { ...answer, keys: { identifier: 'ZZBS' } },
        'license.byHolder': {
          ...answer,
          kinds: ['ENTERPRISE'],
          keys: { code: 'CZZT', typeCode: 'ZZLX', typeCodes: { YYZZ: type } },
        },
      },
    });
    const text = `ZZBS|ZZLX|CZZT|CZMC|ZT|YXQ\nA-1|${type}|${E1}|甲|有效|\nA-2|YYZZ|${H1}|乙|有效|20261\n`;
    await rig.drop.drop('incoming/20260918_E_BASEINFO.txt', Buffer.from(text));

    const scanned = await scanAll(connector);
    const held = heldRows(rowsOf(scanned));
    const { 'license.byHolder': byHolder, 'license.byIdentifier': byIdentifier } =
      connector.holdings?.answers ?? {};
    const holderOf = (code: string) =>
      ({ holder: { kind: 'ENTERPRISE', code, name: null }, typeCode: type }) as const;

    expect(rowsOf(scanned).map(({ keys }) => keys)).toEqual(
      [
        ['A-1', E1],
        ['A-2', H1],
      ].map(([identifier = '', code = '']) => [
        byIdentifier?.keyOf({ identifier }),
        byHolder?.keyOf(holderOf(code)),
      ]),
    );
    expect(byIdentifier?.assemble(held, { identifier: 'A-1' }, [])).toMatchObject([
      { holderCode: E1 },
    ]);
    expect(byHolder?.assemble(held, holderOf(E1), [])).toMatchObject([{ identifier: 'A-1' }]);
    expect(() => byHolder?.assemble(held, holderOf(H1), [])).toThrow(HubError);
    expect(byHolder?.absence).toBe('UNCOVERED');
  });
});
