import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { encodeGb18030 } from '../../sandbox/file-charset.ts';
import { readDelimited, type DelimitedFormat } from '../../src/connector-kit/files/delimited.ts';
import { chunksOf, collect, PLAN } from './files-reading.ts';

const TEXT: DelimitedFormat = {
  separator: ',',
  quote: '"',
  charset: 'utf-8',
  trailingSeparator: false,
  finalNewline: 'OPTIONAL',
  columns: null,
};

function readText(
  text: string | Uint8Array,
  format: Partial<DelimitedFormat> = {},
  size = 7,
): Promise<readonly (readonly unknown[])[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return collect(
    readDelimited(chunksOf(bytes, size), { format: { ...TEXT, ...format }, plan: PLAN }),
  );
}

describe('lines of a text', () => {
  test.each<[string, string, readonly unknown[]]>([
    [
      'are rows with their numbers',
      'A,B\n1,2\n3,4\n',
      [
        [2, '1', '2'],
        [3, '3', '4'],
      ],
    ],
    ['may end as on Windows', 'A,B\r\n1,2\r\n', [[2, '1', '2']]],
    ['need no end at the end', 'A,B\n1,2', [[2, '1', '2']]],
    ['may be blank', 'A,B\n\n1,2\n\n', [[3, '1', '2']]],
    ['are stripped of padding only', 'A,B\n 1 ,\u30002\n', [[2, '1', '\u30002']]],
    ['hold separators in quotes', 'A,B\n"1,1","2"\n', [[2, '1,1', '2']]],
    ['hold quotes in quotes', 'A,B\n"1""1",2\n', [[2, '1"1', '2']]],
    ['hold a quote inside a value', 'A,B\n1"1,2"\n', [[2, '1"1', '2"']]],
    [
      'are one record in quotes',
      'A,B\n"1\n1",2\n3,4\n',
      [
        [2, '1\n1', '2'],
        [4, '3', '4'],
      ],
    ],
    [
      'with a quote that is never closed cost themselves only',
      'A,B\n"1,2\n3,4\n5,6\n',
      [
        [2, null, 'UNCLOSED_QUOTE'],
        [3, '3', '4'],
        [4, '5', '6'],
      ],
    ],
    [
      'too few are rejected',
      'A,B\n1\n3,4\n',
      [
        [2, null, 'COLUMN_COUNT'],
        [3, '3', '4'],
      ],
    ],
    [
      'too many are rejected',
      'A,B\n1,2,3\n3,4\n',
      [
        [2, null, 'COLUMN_COUNT'],
        [3, '3', '4'],
      ],
    ],
    [
      'cut off are rejected',
      'A,B\n1,2\n3',
      [
        [2, '1', '2'],
        [3, null, 'TRUNCATED'],
      ],
    ],
    [
      'cut off in quotes are rejected',
      'A,B\n1,2\n"3',
      [
        [2, '1', '2'],
        [3, null, 'TRUNCATED'],
      ],
    ],
    [
      'too long are rejected',
      `A,B\n${'x'.repeat(1_001)},2\n3,4\n`,
      [
        [2, null, 'LINE_TOO_LONG'],
        [3, '3', '4'],
      ],
    ],
    [
      'with NUL are rejected',
      'A,B\n1,\0\n3,4\n',
      [
        [2, 'B', 'NUL_CHARACTER'],
        [3, '3', '4'],
      ],
    ],
  ])('%s', async (_title, text, expected) => {
    expect(await readText(text)).toEqual(expected);
  });

  test('cut off are rejected even where their columns are complete, if so agreed', async () => {
    const records = await readText('A,B\n1,2\n3,4', { finalNewline: 'REQUIRED' });

    expect(records).toEqual([
      [2, '1', '2'],
      [3, null, 'TRUNCATED'],
    ]);
  });

  test('may end with a separator, if so agreed', async () => {
    const records = await readText('A,B,\n1,2,\n3,4\n', { trailingSeparator: true });

    expect(records).toEqual([
      [2, '1', '2'],
      [3, null, 'COLUMN_COUNT'],
    ]);
  });

  test('are not divided inside a character whose second byte is the separator', async () => {
    const bytes = encodeGb18030('A|B\n倈|2\n齶|丂\n');

    const records = await readText(bytes, { separator: '|', quote: null, charset: 'gb18030' });

    expect(records).toEqual([
      [2, '倈', '2'],
      [3, '齶', '丂'],
    ]);
  });

  test.each(['ff', 'a120', '8130', '81308130ff', 'fe7f'])(
    'with the bytes %s cost themselves only in GB18030',
    async (hex) => {
      const bytes = Buffer.concat([
        encodeGb18030('A|B\n示例|2\n'),
        Buffer.from(`${hex}7c310a`, 'hex'),
        encodeGb18030('𠮷㛃𬭎•|4\n'),
      ]);

      const records = await readText(bytes, { separator: '|', quote: null, charset: 'gb18030' });

      expect(records).toEqual([
        [2, '示例', '2'],
        [3, null, 'INVALID_BYTES'],
        [4, '𠮷㛃𬭎•', '4'],
      ]);
    },
  );

  test('are the same however the file is cut into chunks', async () => {
    const text = 'A,B\r\n"1,\n1",2\r\n3\n"4,5\n6,7\n示例,𠮷\n8,9';
    const whole = await readText(text, {}, 10_000);

    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (size) => {
        expect(await readText(text, {}, size)).toEqual(whole);
      }),
    );
  });

  test('give back every table that was written', async () => {
    const cell = fc
      .string({ unit: 'grapheme', maxLength: 12 })
      .filter((text) => !/[\0\r]/u.test(text));
    const rows = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/u), cell), { maxLength: 8 });

    await fc.assert(
      fc.asyncProperty(rows, async (table) => {
        const lines = [['A', 'B'], ...table].map((values) =>
          values.map((value) => `"${value.replaceAll('"', '""')}"`).join(','),
        );
        const records = await readText(`${lines.join('\n')}\n`);
        const plain = (text: string) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/gu, '') || null;
        expect(records.map((values) => values.slice(1))).toEqual(
          table.map((values) => values.map(plain)),
        );
      }),
    );
  });
});
