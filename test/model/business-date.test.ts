import { execFileSync } from 'node:child_process';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  businessDateOfEpoch,
  parseBusinessDate,
  parseDate,
  statusOnDate,
  type BusinessDate,
} from '../../src/model/business-date.ts';
import { addDays, businessDate } from '../../src/model/clock.ts';

/** A day that the test itself wrote down. */
function day(text: string): BusinessDate {
  const date = parseBusinessDate(text);
  if (date === null) throw new Error(`${text} is no day`);
  return date;
}

test.each<[string | number, string]>([
  ['2021-02-09', '2021-02-09'],
  ['2021-2-9', '2021-02-09'],
  ['2021-02-09 08:30:00', '2021-02-09'],
  ['2021-02-09T23:59:59', '2021-02-09'],
  ['2021-02-09 00:00:00.0', '2021-02-09'],
  ['2021-02-09 24:00:00', '2021-02-09'],
  ['2021-02-08T16:00:00Z', '2021-02-09'],
  ['2021-02-08T16:00:00.000Z', '2021-02-09'],
  ['2021-02-08T15:59:59Z', '2021-02-08'],
  ['2021-02-09T00:00:00+08:00', '2021-02-09'],
  ['2021-02-09 00:00:00 +0800', '2021-02-09'],
  ['2021-02-08T18:00:00-05:00', '2021-02-09'],
  ['2021/2/9', '2021-02-09'],
  ['2021/02/09 0:00', '2021-02-09'],
  ['2021.02.09', '2021-02-09'],
  ['20210209', '2021-02-09'],
  ['20210209235959', '2021-02-09'],
  [20210209, '2021-02-09'],
  ['2021年2月9日', '2021-02-09'],
  ['2021年02月09日', '2021-02-09'],
  ['2021 年 2 月 9 日', '2021-02-09'],
  ['2021年2月9日 10:30', '2021-02-09'],
  ['２０２１年２月９日', '2021-02-09'],
  ['２０２１－０２－０９', '2021-02-09'],
  ['\u00A02021-02-09\u3000', '2021-02-09'],
  ['二〇二一年二月九日', '2021-02-09'],
  ['二○二一年十二月三十一日', '2021-12-31'],
  ['二零二一年十月二十日', '2021-10-20'],
  ['一九九八年十一月十日', '1998-11-10'],
  ['二〇二一年二月廿一日', '2021-02-21'],
  [1612800000000, '2021-02-09'],
  ['1612800000000', '2021-02-09'],
  ['1612886399999', '2021-02-09'],
  ['1612886400000', '2021-02-10'],
  [-2208988800000, '1900-01-01'],
  ['1880-01-01', '1880-01-01'],
  ['2020-02-29', '2020-02-29'],
  ['2000-02-29', '2000-02-29'],
])('the date %s is read as %s', (text, date) => {
  expect(parseDate(text, { role: 'OTHER' })).toEqual({ kind: 'DATE', date });
});

test.each([
  '2021-02-30',
  '2021-02-29',
  '1900-02-29',
  '2021-13-01',
  '2021-00-10',
  '2021-04-31',
  '2021年2月',
  '2021',
  '202129',
  '21-02-09',
  '09/02/2021',
  '2021-02/09',
  '2021-02-09 25:00',
  '2021-02-09至2041-02-08',
  '二〇二一年十三月一日',
  '二〇二一年二月三十日',
  '二〇二一年二月十十日',
  '1612800000',
  '202102091030',
  '0',
  'yesterday',
  '有效',
  '?',
  '1700-01-01',
  `2021-02-09${' '.repeat(100)}`,
])('the text %j is a bad date and never a guess', (text) => {
  expect(parseDate(text, { role: 'VALIDITY_END' })).toEqual({ kind: 'BAD_DATE' });
});

test.each([null, '', ' ', '--', 'N/A', '无', '0000-00-00', '0000-00-00 00:00:00', '00000000'])(
  'the text %j is no date at all',
  (text) => {
    expect(parseDate(text, { role: 'OTHER' })).toEqual({ kind: 'ABSENT' });
  },
);

test.each([
  '长期',
  ' 长 期 ',
  '永久',
  '长期有效',
  '9999-12-31',
  '99991231',
  '9999/12/31',
  253402185600000,
])('the text %j means that there is no end', (text) => {
  expect(parseDate(text, { role: 'VALIDITY_END' })).toEqual({ kind: 'LONG_TERM' });
});

test.each(['2099-12-31', '2099/12/31', '20991231', '2099年12月31日'])(
  '%s means that there is no end at the end of a validity only',
  (text) => {
    expect(parseDate(text, { role: 'VALIDITY_END' })).toEqual({ kind: 'LONG_TERM' });
    expect(parseDate(text, { role: 'OTHER' })).toEqual({ kind: 'DATE', date: '2099-12-31' });
  },
);

test.each([
  [722_707_200_000, { kind: 'DATE', date: '1992-11-26' }],
  [321_811_200_000, { kind: 'DATE', date: '1980-03-14' }],
  ['202109171530', { kind: 'BAD_DATE' }],
  ['999912312359', { kind: 'BAD_DATE' }],
])('of twelve digits %p is %j', (text, read) => {
  expect(parseDate(text, { role: 'OTHER' })).toEqual(read);
});

test('every day is read from each of its forms', () => {
  const days = fc
    .integer({ min: 0, max: 80_000 })
    .map((offset) => addDays(day('1901-01-01'), offset));

  fc.assert(
    fc.property(days, (date) => {
      const [year = '', month = '', dayOfMonth = ''] = date.split('-');
      const forms = [
        date,
        date.replaceAll('-', '/'),
        date.replaceAll('-', ''),
        `${year}年${Number(month)}月${Number(dayOfMonth)}日`,
        ...(date < '1965' || date > '1980' ? [Date.parse(`${date}T00:00:00+08:00`)] : []),
        `${date}T00:00:00+08:00`,
      ];

      for (const form of forms) {
        expect(parseDate(form, { role: 'OTHER' })).toEqual({ kind: 'DATE', date });
      }
    }),
  );
});

test.each([
  ['Asia/Shanghai', 8],
  ['America/New_York', 20],
  ['Pacific/Kiritimati', 14],
])('the days are those of Shanghai when the process runs in %s', (zone, hourInThisZone) => {
  const probe = new URL('zone-probe.ts', import.meta.url).pathname;
  const env = { ...process.env, TZ: zone };

  const printed = execFileSync(process.execPath, ['--import', 'tsx', probe], { env });

  expect(JSON.parse(printed.toString())).toEqual({
    hourInThisZone,
    beforeMidnight: '2026-09-18',
    midnight: '2026-09-19',
    twoDaysLater: '2026-03-09',
    epoch: { kind: 'DATE', date: '2021-02-09' },
    local: { kind: 'DATE', date: '2021-02-09' },
    offset: { kind: 'DATE', date: '2021-02-09' },
  });
});

test('midnight of a summer day with daylight saving time is that day', () => {
  expect(businessDateOfEpoch(Date.parse('1988-06-30T15:00:00Z'))).toBe('1988-07-01');
  expect(businessDateOfEpoch(Date.parse('1988-06-30T16:00:00Z'))).toBe('1988-07-01');
});

test('an instant without a day of four digits has none', () => {
  expect(businessDateOfEpoch(Number.NaN)).toBeNull();
  expect(businessDateOfEpoch(Number.POSITIVE_INFINITY)).toBeNull();
  expect(businessDateOfEpoch(-1e14)).toBeNull();
  expect(() => businessDate(new Date(Number.NaN))).toThrow(RangeError);
});

test.each([
  ['2026-09-18', 1, '2026-09-19'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2024-02-28', 1, '2024-02-29'],
  ['2025-03-01', -1, '2025-02-28'],
  ['2026-03-07', 2, '2026-03-09'],
])('%s and %i days is %s', (from, days, to) => {
  expect(addDays(day(from), days)).toBe(to);
});

test.each([
  [null, '2026-09-17', '2026-09-18', 'EXPIRED'],
  [null, '2026-09-18', '2026-09-18', 'VALID'],
  ['2026-09-18', '2026-09-18', '2026-09-18', 'VALID'],
  ['2026-09-19', null, '2026-09-18', 'NOT_YET_VALID'],
  ['2026-09-18', null, '2026-09-18', 'VALID'],
  [null, null, '2026-09-18', 'VALID'],
])('a validity from %s until %s is on %s %s', (from, until, on, status) => {
  const validity = {
    from: from === null ? null : day(from),
    until: until === null ? null : day(until),
  };

  expect(statusOnDate(validity, day(on))).toBe(status);
});

test('a license that ends today is valid one minute before midnight in Shanghai', () => {
  const almostMidnight = businessDate(new Date('2026-09-18T23:59:00+08:00'));

  expect(statusOnDate({ from: null, until: day('2026-09-18') }, almostMidnight)).toBe('VALID');
});

test('a business date is written in one way only', () => {
  expect(parseBusinessDate('2021-02-09')).toBe('2021-02-09');
  expect(parseBusinessDate('2021-2-9')).toBeNull();
  expect(parseBusinessDate('2021-02-30')).toBeNull();
  expect(parseBusinessDate(' 2021-02-09')).toBeNull();
});
