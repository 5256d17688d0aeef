import { describe, expect, test } from '@jest/globals';

import { writeXlsx, type XlsxCell, type XlsxOptions } from '../../sandbox/file-xlsx.ts';
import type { ReadPlan } from '../../src/connector-kit/files/file-record.ts';
import { parseManifest } from '../../src/connector-kit/files/readiness.ts';
import { writeRejects } from '../../src/connector-kit/files/reject-file.ts';
import { readXlsx } from '../../src/connector-kit/files/xlsx.ts';
import { readFormatCode, readSerial } from '../../src/connector-kit/files/xlsx-style.ts';
import { readXmlRecords } from '../../src/connector-kit/files/xml-records.ts';
import { chunksOf, collect, PLAN } from './files-reading.ts';

function readBook(rows: readonly (readonly XlsxCell[])[], options: XlsxOptions = {}) {
  const bytes = writeXlsx(rows, options);
  return collect(
    readXlsx(chunksOf(bytes, 1_000), { format: { sheet: null, columns: null }, plan: PLAN }),
  );
}

describe('rows of a spreadsheet', () => {
  test('hold texts, numbers without rounding and days by their style', async () => {
    const records = await readBook([
      ['A', 'B', 'C'],
      ['共享', { inline: '单元格' }, { number: '0.1' }],
      ['x', { number: '46283', style: 'day' }, { number: '46283', style: 'chinese' }],
      ['x', { number: '46283.5', style: 'moment' }, { number: '1234.5', style: 'money' }],
      ['x', { number: '1.1011081E+14' }, { number: '-12E-4' }],
      ['x', null, { number: '110108000000016' }],
    ]);

    expect(records).toEqual([
      [2, '共享', '单元格', '0.1'],
      [3, 'x', '2026-09-18', '2026-09-18'],
      [4, 'x', '2026-09-18 12:00:00', '1234.5'],
      [5, 'x', '110110810000000', '-0.0012'],
      [6, 'x', null, '110108000000016'],
    ]);
  });

  test('that were rounded, hold an error or no day are rejected with their column', async () => {
    const records = await readBook([
      ['A', 'B'],
      ['x', { number: '3.7080019900101E+17' }],
      ['x', { error: '#N/A' }],
      ['x', { number: '60', style: 'day' }],
      ['x', 'y', 'beside'],
      ['x', 'y'],
    ]);

    expect(records).toEqual([
      [2, 'B', 'NUMBER_ROUNDED'],
      [3, 'B', 'ERROR_VALUE'],
      [4, 'B', 'BAD_DATE'],
      [5, null, 'COLUMN_COUNT'],
      [6, 'x', 'y'],
    ]);
  });

  test('begin in 1904 where the book says so', async () => {
    const cells: readonly (readonly XlsxCell[])[] = [['A'], [{ number: '0', style: 'day' }]];

    expect(await readBook(cells, { is1904: true })).toEqual([[2, '1904-01-01']]);
  });

  test('of a sheet that is not there are a fault', async () => {
    const format = { sheet: '另一张', columns: null };

    const records = await collect(
      readXlsx(chunksOf(writeXlsx([['A']]), 1_000), { format, plan: PLAN }),
    );

    expect(records).toEqual([['SOURCE_SCHEMA_DRIFT', 'NO_SHEET']]);
  });

  test.each([
    [0, '1899-12-31'],
    [1, '1900-01-01'],
    [59, '1900-02-28'],
    [60, null],
    [61, '1900-03-01'],
    [2_958_465, '9999-12-31'],
    [2_958_466, null],
    [-1, null],
  ])('with the day %d mean %s', (serial, day) => {
    expect(readSerial(serial, { form: 'DAY', is1904: false })).toBe(day);
  });

  test.each([
    ['General', null],
    ['0.00E+00', null],
    ['#,##0.00"元"', null],
    ['[Red]#,##0', null],
    ['[h]:mm', null],
    ['yyyy-mm-dd', 'DAY'],
    ['yyyy"年"m"月"d"日"', 'DAY'],
    ['[$-804]yyyy/m/d;@', 'DAY'],
    ['mmm', 'DAY'],
    ['yyyy-mm-dd hh:mm', 'MOMENT'],
    ['h:mm AM/PM', 'TIME'],
  ])('in the style %s are %s', (code, form) => {
    expect(readFormatCode(code)).toBe(form);
  });
});

function readXml(text: string, format: object = {}, plan: Partial<ReadPlan> = {}) {
  const whole = { charset: 'utf-8', record: 'R', depth: 2, beside: [], columns: null, ...format };
  return collect(
    readXmlRecords(chunksOf(Buffer.from(text), 11), {
      format: whole as Parameters<typeof readXmlRecords>[1]['format'],
      plan: { ...PLAN, ...plan },
    }),
  );
}

describe('records of XML', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['are read from elements and attributes', '<T>\n<R a="1"><A>x</A></R>\n</T>', [[2, '1', 'x']]],
    [
      'keep to themselves',
      '<T><R><A>x</A></R><R><A>y</A></R></T>',
      [
        [1, 'x'],
        [1, 'y'],
      ],
    ],
    [
      'with a field twice are rejected',
      '<T><R><A>x</A><A>y</A></R></T>',
      [[1, 'A', 'DUPLICATE_FIELD']],
    ],
    [
      'with a field in a field are rejected',
      '<T><R><A><B/></A></R></T>',
      [[1, 'A', 'NESTED_FIELD']],
    ],
    ['without a needed field say nothing of it', '<T><R><B>x</B></R></T>', [[1, 'x', null]]],
  ])('%s', async (_title, text, expected) => {
    expect(await readXml(text)).toEqual(expected);
  });

  test.each<[string, string, object, string]>([
    ['another element among them', '<T><S/></T>', {}, 'OTHER_ELEMENT'],
    ['a column nobody knows', '<T><R><B/></R></T>', { columns: ['A'] }, 'UNKNOWN_COLUMN'],
    ['another charset', '<?xml version="1.0" encoding="GBK"?><T/>', {}, 'CHARSET'],
    [
      'a byte that is none',
      '<T><R><A>\ud800</A></R></T>'.replace('\ud800', '\u0001'),
      {},
      'XML_NOT_WELL_FORMED',
    ],
    ['a document type', '<!DOCTYPE T [<!ENTITY a "aaaa">]><T>&a;</T>', {}, 'XML_DOCTYPE'],
    ['no end', '<T><R>', {}, 'XML_NOT_WELL_FORMED'],
    [
      'more depth than allowed',
      `<T><R>${'<A>'.repeat(9)}${'</A>'.repeat(9)}</R></T>`,
      {},
      'XML_TOO_DEEP',
    ],
    ['a record without an end', `<T><R><A>${'x'.repeat(5_000)}</A></R></T>`, {}, 'RECORD_TOO_LONG'],
    ['a comment without an end', `<T><!--${'x'.repeat(5_000)}--></T>`, {}, 'RECORD_TOO_LONG'],
  ])('with %s are a fault', async (_title, text, format, reason) => {
    expect((await readXml(text, format))[0]?.[1]).toBe(reason);
  });

  test('beside a head that was announced are read', async () => {
    expect(await readXml('<T><H>1</H><R><A>x</A></R></T>', { beside: ['H'] })).toEqual([[1, 'x']]);
  });
});

const MD5 = 'D41D8CD98F00B204E9800998ECF8427E';

describe('a manifest', () => {
  test.each<[string, number | null]>([
    [MD5, null],
    [`${MD5.toLowerCase()}\n`, null],
    [`\uFEFF${MD5} *x.txt\r\n`, null],
    [`${MD5}  x.txt`, null],
    [`${MD5}|x.txt|9998`, 9_998],
    [`x.txt,${MD5},rows=9998`, 9_998],
    [`${MD5} count:12`, 12],
    [`${MD5.replace('D', 'E')} y.txt\n${MD5} x.txt 7\n`, 7],
  ])('%j is read', (text, rows) => {
    expect(parseManifest(text, { name: 'x.txt', digits: 32 })).toEqual({
      digest: MD5.toLowerCase(),
      rows,
    });
  });

  test.each([
    '',
    'x.txt',
    MD5.slice(1),
    `${MD5} y.txt`,
    `${MD5} ${MD5}`,
    `${MD5} 1 2`,
    `${MD5} x.txt\n${MD5} x.txt`,
    `${MD5} y.txt\n${MD5} z.txt`,
  ])('%j is refused', (text) => {
    expect(parseManifest(text, { name: 'x.txt', digits: 32 })).toBeNull();
  });
});

test('a reject file is CSV that a spreadsheet opens and does not run', () => {
  const text = writeRejects([
    { place: 9, field: '=cmd', reason: 'NUL_CHARACTER' },
    { place: 2, field: 'a,"b"', reason: 'MISSING_ID' },
    { place: 3, field: null, reason: 'COLUMN_COUNT' },
  ]);

  expect(text).toBe(
    '\uFEFFline,field,reason\r\n2,"a,""b""",MISSING_ID\r\n3,,COLUMN_COUNT\r\n9,\'=cmd,NUL_CHARACTER\r\n',
  );
});
