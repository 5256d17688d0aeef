import { describe, expect, test } from '@jest/globals';

import { isHourlyAtMost, latestSlot, nextSlot, parseCron } from '../../src/model/cron-slots.ts';
import { dueSlot } from '../../src/model/cross-check-run.ts';
import { isWithin } from '../../src/model/cross-check.ts';

const NIGHTLY = parseCron('10 21 * * *')!;
const at = (instant: string): Date => new Date(instant);

describe('a schedule is read as cron has it, in Asia/Shanghai', () => {
  test.each([
    ['10 21 * * *', '2026-11-23T13:09:59Z', '2026-11-23T13:10:00.000Z'],
    ['10 21 * * *', '2026-11-23T13:10:00Z', '2026-11-24T13:10:00.000Z'],
    ['0 2 * * 1', '2026-11-23T00:00:00Z', '2026-11-29T18:00:00.000Z'],
    ['0 2 * * 7', '2026-11-23T00:00:00Z', '2026-11-28T18:00:00.000Z'],
    ['30 1 1,15 * *', '2026-11-23T00:00:00Z', '2026-11-30T17:30:00.000Z'],
    ['0 3 1 * 1', '2026-11-23T00:00:00Z', '2026-11-29T19:00:00.000Z'],
    ['0 */6 * * *', '2026-11-23T00:00:00Z', '2026-11-23T04:00:00.000Z'],
    ['0 22-23 * * *', '2026-11-23T14:30:00Z', '2026-11-23T15:00:00.000Z'],
    ['0 0 29 2 *', '2027-03-01T00:00:00Z', '2028-02-28T16:00:00.000Z'],
  ])('%s after %s is %s', (cron, after, expected) => {
    expect(nextSlot(parseCron(cron)!, at(after))?.toISOString()).toBe(expected);
  });

  test.each([
    ...['', '* * * *', '60 1 * * *', '0 24 * * *', '0 1 0 * *', '0 1 * 13 *', '0 1 * * 8'],
    ...['0 1 * * * *', 'a 1 * * *', '5-1 1 * * *', '*/0 1 * * *', '-1 1 * * *', '1,,2 1 * * *'],
  ])('%p is none', (text) => expect(parseCron(text)).toBeNull());

  test('one that names two minutes of an hour is too often', () => {
    expect(isHourlyAtMost(parseCron('*/10 * * * *')!)).toBe(false);
    expect(isHourlyAtMost(NIGHTLY)).toBe(true);
  });

  test('one that never comes has no next slot', () => {
    expect(nextSlot(parseCron('0 0 31 2 *')!, at('2026-11-23T00:00:00Z'))).toBeNull();
  });
});

describe('a missed slot is run late, once', () => {
  const definedAt = at('2026-11-01T00:00:00Z');
  const due = (now: string, decided: string | null) =>
    dueSlot(NIGHTLY, { now: at(now), decided: decided === null ? null : at(decided), definedAt });

  test.each([
    ['2026-11-23T13:10:00Z', null, '2026-11-23T13:10:00.000Z'],
    ['2026-11-23T13:09:59Z', null, null],
    ['2026-11-23T19:09:59Z', null, '2026-11-23T13:10:00.000Z'],
    ['2026-11-23T19:10:00Z', null, null],
    ['2026-11-23T14:00:00Z', '2026-11-23T13:10:00Z', null],
    ['2026-11-23T14:00:00Z', '2026-11-19T13:10:00Z', '2026-11-23T13:10:00.000Z'],
  ])('at %s, the last decided being %s: %s', (now, decided, expected) => {
    expect(due(now, decided)?.toISOString() ?? null).toBe(expected);
  });

  test('a slot before the definition is none', () => {
    const about = { now: at('2026-11-23T14:00:00Z'), decided: null };
    expect(dueSlot(NIGHTLY, { ...about, definedAt: at('2026-11-23T13:30:00Z') })).toBeNull();
  });

  test('the newest slot is found within the time that was given', () => {
    const about = { now: at('2026-11-23T14:00:00Z'), since: at('2026-11-20T00:00:00Z') };
    expect(latestSlot(NIGHTLY, about)).toEqual(at('2026-11-23T13:10:00Z'));
  });
});

test.each([
  [null, '2026-11-23T04:00:00Z', true],
  [{ from: '21:00', until: '06:30' }, '2026-11-23T13:00:00Z', true],
  [{ from: '21:00', until: '06:30' }, '2026-11-23T12:59:59Z', false],
  [{ from: '21:00', until: '06:30' }, '2026-11-23T22:29:59Z', true],
  [{ from: '21:00', until: '06:30' }, '2026-11-23T22:30:00Z', false],
  [{ from: '01:00', until: '03:00' }, '2026-11-23T18:00:00Z', true],
  [{ from: '01:00', until: '03:00' }, '2026-11-23T19:00:00Z', false],
])('a window %j at %s: %s', (window, instant, expected) => {
  expect(isWithin(window, at(instant))).toBe(expected);
});
