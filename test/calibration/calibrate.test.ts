import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  calibrate,
  CALIBRATION_DEFAULTS,
  formatCalibrationReport,
  type CalibrationOptions,
} from '../../src/calibration/calibrate.ts';
import type { Calibration, CalibrationReport } from '../../src/calibration/report.ts';

const HEADER = '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,所在省份,地区,注册地址';
const GOOD = '示例商贸有限公司,91370811MA3TE0T0XE,1998-01-07,N/A,26万元,山东,济宁,示例路1号';

async function* chunksOf(
  bytes: Uint8Array | string,
  size: number,
): AsyncGenerator<Uint8Array | string> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function countsOf(
  rows: readonly string[],
  options: Partial<CalibrationOptions> = {},
): Promise<CalibrationReport> {
  const bytes = Buffer.from([HEADER, ...rows].join('\n'), 'utf8');
  return reportOf(await calibrate(chunksOf(bytes, 7), { ...CALIBRATION_DEFAULTS, ...options }));
}

function reportOf(calibration: Calibration): CalibrationReport {
  if (!calibration.ok) throw new Error(calibration.problem);
  return calibration.report;
}

test('a row that every reader understands is parsed', async () => {
  const report = await countsOf([GOOD]);

  expect(report).toMatchObject({
    rowsRead: 1,
    rowsParsed: 1,
    rowsExplained: 0,
    rowsWithFindings: 0,
    faults: [],
    examples: [],
    examplesOmitted: 0,
  });
  expect(report.columns).toEqual(
    HEADER.split(',').map((column) => ({
      column,
      read: column === '企业类型' ? 0 : 1,
      absent: column === '企业类型' ? 1 : 0,
      refused: 0,
      findings: [],
      reasons: [],
    })),
  );
});

test('findings are counted by column, most frequent first', async () => {
  const report = await countsOf([
    '示例（一）公司,91370882MA3TE0T0X9,1998-01-07,N/A,26(万),山东,济宁,示例路1号',
    '示例（二）公司,91370811ma3te0t0xe,1998-01-07,N/A,0万人民币,山东,济宁,示例路1号',
    '示例 三 公司,91370811ma3te0t0xe,1998-01-07,N/A,26万元,山东,济宁,示例路1号',
  ]);

  const findings = new Map(report.columns.map((one) => [one.column, one.findings]));
  expect(report).toMatchObject({ rowsParsed: 3, rowsWithFindings: 3 });
  expect(findings.get('企业名称')).toEqual([
    { code: 'BRACKETS@1', count: 2 },
    { code: 'SPACES@1', count: 1 },
  ]);
  expect(findings.get('统一社会信用代码')).toEqual([
    { code: 'LOWER_CASE', count: 2 },
    { code: 'HISTORIC_REGION', count: 1 },
  ]);
  expect(findings.get('注册资金')).toEqual([
    { code: 'CURRENCY_ASSUMED', count: 1 },
    { code: 'ZERO_AMOUNT', count: 1 },
  ]);
});

test('a field that is refused is explained by line, column and reason', async () => {
  const report = await countsOf([
    GOOD,
    '示例公司,9137081*******T0XE,1998-02-30,N/A,很多钱,山东,济宁,示例路1号',
    ' ,91370811ma3te0t0xe,1998-01-07,N/A,26万元,很远,济宁,示例路1号',
  ]);

  expect(report).toMatchObject({ rowsParsed: 1, rowsExplained: 2, rowsWithFindings: 0 });
  expect(report.examples).toEqual([
    { line: 3, column: '统一社会信用代码', reason: 'MASKED' },
    { line: 3, column: '注册日期', reason: 'BAD_DATE' },
    { line: 3, column: '注册资金', reason: 'MALFORMED_AMOUNT' },
    { line: 4, column: '企业名称', reason: 'EMPTY' },
    { line: 4, column: '所在省份', reason: 'UNKNOWN_PROVINCE' },
  ]);
});

test.each([
  ['too few columns', '示例公司,91370811MA3TE0T0XE', 'WRONG_COLUMN_COUNT'],
  ['too many columns', `${GOOD},更多`, 'WRONG_COLUMN_COUNT'],
  ['nothing', '', 'BLANK_LINE'],
  ['a quote that is never closed', `"${GOOD}`, 'BAD_QUOTES'],
  ['a quote inside a field', GOOD.replace('示例路', '示例"东"路'), 'BAD_QUOTES'],
  ['more bytes than a line may have', GOOD.replace('路', '路'.repeat(200)), 'LINE_TOO_LONG'],
])('a line with %s is explained and costs no other line', async (_, line, reason) => {
  const report = await countsOf([GOOD, line, ...Array<string>(1_200).fill(GOOD)], {
    lineBytesMax: 500,
  });

  expect(report).toMatchObject({ rowsRead: 1_202, rowsParsed: 1_201, rowsExplained: 1 });
  expect(report.faults).toEqual([{ code: reason, count: 1 }]);
  expect(report.examples).toEqual([{ line: 3, column: null, reason }]);
});

test('a quoted field may hold commas, quotes and line feeds', async () => {
  const quoted = GOOD.replace('示例路1号', '"示例路1号,\n东侧 ""老店"""');

  const report = await countsOf([quoted, '很短', GOOD]);

  expect(report).toMatchObject({ rowsRead: 3, rowsParsed: 2, rowsExplained: 1 });
  expect(report.examples).toEqual([{ line: 4, column: null, reason: 'WRONG_COLUMN_COUNT' }]);
});

test('a quoted field may be cut by any batch of lines', async () => {
  const quoted = GOOD.replace('示例路1号', '"示例路\n1\n号"');
  const before = [494, 495, 496, 497, 498, 499, 500, 501];

  for (const count of before) {
    const report = await countsOf([...Array<string>(count).fill(GOOD), quoted, GOOD]);

    expect(report).toMatchObject({ rowsRead: count + 2, rowsParsed: count + 2 });
  }
});

test('two lines with a stray quote each do not swallow the lines between them', async () => {
  const report = await countsOf(['"甲', GOOD, GOOD, '乙"', GOOD]);

  expect(report).toMatchObject({ rowsRead: 5, rowsParsed: 3, rowsExplained: 2 });
  expect(report.examples.map(({ line }) => line)).toEqual([2, 5]);
});

test('lines may end in CRLF', async () => {
  const quoted = GOOD.replace('示例路1号', '"示例路1号"');

  const report = await countsOf([`${quoted}\r`, '\r', `${GOOD}\r`, '']);

  expect(report).toMatchObject({ rowsRead: 3, rowsParsed: 2 });
  expect(report.faults).toEqual([{ code: 'BLANK_LINE', count: 1 }]);
});

test('an open quote at the end of the file costs its own line only', async () => {
  const report = await countsOf([GOOD, `"${GOOD}`, GOOD, GOOD]);

  expect(report).toMatchObject({ rowsRead: 4, rowsParsed: 3, rowsExplained: 1 });
});

test('bytes that are no text in the encoding are explained', async () => {
  const bytes = Buffer.concat([
    Buffer.from(`${HEADER}\r\n`, 'utf8'),
    Buffer.from([0xca, 0xbe, 0xc0, 0xfd, 0x0a]),
    Buffer.from(`${GOOD}\r\n`, 'utf8'),
  ]);

  const report = reportOf(await calibrate(chunksOf(bytes, 1_000)));

  expect(report).toMatchObject({ rowsRead: 2, rowsParsed: 1 });
  expect(report).toMatchObject({ examples: [{ line: 2, reason: 'NOT_DECODABLE' }] });
});

test('a file in GB 18030 is read in its own encoding', async () => {
  const header = Buffer.from(
    'c6f3d2b5c3fbb3c62ccdb3d2bbc9e7bbe1d0c5d3c3b4fac2eb2cd7a2b2e1c8d5c6da2cc6f3d2b5c0e0d0cd2cd7a2' +
      'b2e1d7cabdf02ccbf9d4dacaa1b7dd2cb5d8c7f82cd7a2b2e1b5d8d6b70a',
    'hex',
  );

  const report = await calibrate(chunksOf(header, 5), {
    ...CALIBRATION_DEFAULTS,
    encoding: 'gb18030',
  });

  expect(report).toMatchObject({ ok: true, report: { rowsRead: 0 } });
});

test('a byte order mark, other columns and another order do not matter', async () => {
  const text = `\uFEFF序号,${HEADER.split(',').reverse().join(',')}\n1,${GOOD.split(',').reverse().join(',')}\n`;

  const report = reportOf(await calibrate(chunksOf(text, 11)));

  expect(report).toMatchObject({ rowsRead: 1, rowsParsed: 1 });
});

test.each([
  ['', 'the file is empty.'],
  [
    '企业名称,注册日期',
    'the header lacks the columns 统一社会信用代码, 企业类型, 注册资金, 所在省份, 地区, 注册地址.',
  ],
  [HEADER.replace(',注册日期', ''), 'the header lacks the column 注册日期.'],
  [`"${HEADER}`, 'the header is unreadable: BAD_QUOTES.'],
  [`\n${HEADER}`, 'the header is unreadable: BLANK_LINE.'],
])(
  'a file that starts with %j is not calibrated, and the report says why',
  async (text, problem) => {
    const report = await calibrate(chunksOf(text, 16));

    expect(report).toEqual({ ok: false, problem });
  },
);

test('examples are bounded while the counts stay exact', async () => {
  const report = await countsOf(Array<string>(50).fill('很短'), { examplesMax: 3 });

  expect(report).toMatchObject({ rowsExplained: 50, examplesOmitted: 47 });
  expect(report.examples.map(({ line }) => line)).toEqual([2, 3, 4]);
  expect(formatCalibrationReport(report)).toContain('  and 47 more');
});

test('whatever the file, every row read is parsed or explained', async () => {
  const line = fc.oneof(
    fc.constant(GOOD),
    fc.string({ unit: fc.constantFrom(...'a",\r甲 '), maxLength: 12 }),
    fc
      .tuple(fc.constantFrom('"', ',', '""', '\r'), fc.nat({ max: GOOD.length }))
      .map(([sign, at]) => GOOD.slice(0, at) + sign + GOOD.slice(at)),
  );

  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 30 }),
      fc.integer({ min: 1, max: 90 }),
      async (rows, size) => {
        const text = [HEADER, ...rows, GOOD, ''].join('\n');
        const report = reportOf(await calibrate(chunksOf(Buffer.from(text, 'utf8'), size)));

        const { rowsRead, rowsParsed, rowsExplained } = report;
        expect(rowsRead).toBe(rowsParsed + rowsExplained);
        expect(report.examples.at(-1)?.line ?? 0).toBeLessThanOrEqual(rows.length + 1);
        for (const { read, absent, refused } of report.columns) {
          expect(read + absent + refused).toBe(
            rowsRead - report.faults.reduce((sum, { count }) => sum + count, 0),
          );
        }
      },
    ),
  );
});

test('the report for the terminal holds counts and no value', async () => {
  const report = await countsOf([GOOD, GOOD.replace('26万元', '很多钱')]);

  const text = formatCalibrationReport(report);

  expect(text).toContain('rows read       2\n');
  expect(text).toContain('注册资金: 1 read, 0 absent, 1 refused\n  refused  MALFORMED_AMOUNT 1\n');
  expect(text).toContain('  line 3  注册资金  MALFORMED_AMOUNT');
  expect(text).not.toMatch(/示例|91370811|很多钱/u);
});
