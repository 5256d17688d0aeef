import { expect, test } from '@jest/globals';

import { outageLeftMs } from '../../src/sources/outage.ts';

const HOUR = 3_600_000;

/** 2026-11-23 is a Monday. */
const at = (text: string) => new Date(`${text}+08:00`);

const NIGHTLY = [{ weekdays: null, from: '23:30', until: '01:30' }];
const SUNDAYS = [{ weekdays: [7], from: '22:00', until: '02:00' }];
const TOGETHER = [
  { weekdays: null, from: '01:00', until: '02:00' },
  { weekdays: null, from: '02:00', until: '03:00' },
  { weekdays: null, from: '02:30', until: '02:45' },
];

test.each([
  ['before it begins', NIGHTLY, '2026-11-23T23:29:59.999', null],
  ['when it begins', NIGHTLY, '2026-11-23T23:30:00', 2 * HOUR],
  ['after midnight', NIGHTLY, '2026-11-24T00:30:00', HOUR],
  ['just before it ends', NIGHTLY, '2026-11-24T01:29:59.999', 1],
  ['when it ends', NIGHTLY, '2026-11-24T01:30:00', null],
  ['on the day it begins', SUNDAYS, '2026-11-22T22:00:00', 4 * HOUR],
  ['on the day after', SUNDAYS, '2026-11-23T01:00:00', HOUR],
  ['on that morning, which belongs to Saturday', SUNDAYS, '2026-11-22T01:00:00', null],
  ['on another day', SUNDAYS, '2026-11-23T22:30:00', null],
  ['where windows follow each other', TOGETHER, '2026-11-23T01:30:00', 1.5 * HOUR],
  ['where there is none', [], '2026-11-23T01:30:00', null],
])('maintenance %s', (_, windows, text, leftMs) => {
  expect(outageLeftMs(windows, at(text))).toBe(leftMs);
});

test('a window whose ends are equal lasts a day', () => {
  const windows = [{ weekdays: [1], from: '08:00', until: '08:00' }];

  expect(outageLeftMs(windows, at('2026-11-24T07:00:00'))).toBe(HOUR);
  expect(outageLeftMs(windows, at('2026-11-24T08:00:00'))).toBeNull();
});

test('maintenance without end still names an instant', () => {
  const windows = [{ weekdays: null, from: '08:00', until: '08:00' }];

  expect(outageLeftMs(windows, at('2026-11-24T07:00:00'))).toBeGreaterThan(24 * HOUR);
});
