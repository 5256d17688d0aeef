import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readArrangements } from '../../src/calendar/arrangements.ts';
import { createCalendar } from '../../src/calendar/calendar.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import { addDays } from '../../src/model/clock.ts';
import { LADDER_RUNGS, minimumsOf } from '../../src/model/ladder.ts';
import { isOver, partsOf, reserveAfter, rungDue } from '../../src/model/ladder-clock.ts';
import type { Requirement } from '../../src/model/policy.ts';
import { policyOf, requirementOf } from './observations.ts';

const day = (text: string) => text as BusinessDate;
const arrangements = readArrangements();
const calendar = createCalendar({ ...arrangements, overridden: [] });
const LADDER = { from: day('2021-09-17'), workingDays: 20 };

const ONLINE = { method: 'ONLINE', consult: [] } as const;
const REQUIREMENT: Requirement = {
  ...requirementOf('insured', ['STATEMENT']),
  ladder: [
    ONLINE,
    ONLINE,
    { method: 'ASSISTANCE', assistingAgency: 'a', rank: 2, workingDays: 5, questions: [] },
  ],
};
const MINIMUMS = minimumsOf(policyOf([REQUIREMENT]));

test('a rung has what is left of the one clock, less the least of those after it', () => {
  const clock = { ladder: LADDER, enteredOn: day('2021-09-24'), minimum: 5, reserve: 3 };

  // Sixteen working days are left through 2021-10-21; three of them are the officer's.
  expect(rungDue(clock, calendar)).toEqual({
    ...{ from: '2021-09-24', workingDays: 13, on: '2021-10-18', provisional: false },
  });
});

test('a rung that is reached late has its least, beyond the due day of the ladder', () => {
  const clock = { ladder: LADDER, enteredOn: day('2021-10-20'), minimum: 5, reserve: 3 };

  expect(rungDue(clock, calendar)).toMatchObject({ workingDays: 5, on: '2021-10-27' });
});

test('days of rungs come from the policy; a ladder that asks no agency sends nobody out', () => {
  expect(MINIMUMS).toEqual({ ONLINE: 0, EQUIVALENT: 0, ASSISTANCE: 5, ON_SITE: 5, DECISION: 3 });
  expect(reserveAfter('ASSISTANCE', MINIMUMS)).toBe(8);
  const online = policyOf([{ ...REQUIREMENT, ladder: [ONLINE] }]);
  expect(minimumsOf(online)).toMatchObject({ EQUIVALENT: null, ASSISTANCE: null, ON_SITE: null });
  const terms = { workingDays: 9, onSite: null, decision: { workingDays: 1 } };
  expect(minimumsOf({ ...policyOf([REQUIREMENT]), terms })).toMatchObject({
    ...{ ON_SITE: null, DECISION: 1 },
  });
});

test('the explanation says of each rung when it was reached, how long it has, and what is skipped', () => {
  const parts = partsOf(
    LADDER,
    MINIMUMS,
    [
      { rung: 'ONLINE', enteredOn: day('2021-09-17') },
      { rung: 'ASSISTANCE', enteredOn: day('2021-09-17') },
      { rung: 'ON_SITE', enteredOn: day('2021-09-24') },
    ],
    calendar,
  );

  expect(
    parts.map(({ rung, progress, enteredOn, due }) => [rung, progress, enteredOn, due?.on ?? null]),
  ).toEqual([
    ['ONLINE', 'PASSED', '2021-09-17', '2021-09-28'],
    ['EQUIVALENT', 'SKIPPED', null, null],
    ['ASSISTANCE', 'PASSED', '2021-09-17', '2021-10-11'],
    ['ON_SITE', 'CURRENT', '2021-09-24', '2021-10-18'],
    // Ahead: what is left when the rung before has taken all of its days.
    ['DECISION', 'AHEAD', null, '2021-10-21'],
  ]);
});

test('a concluded ladder has no rung ahead', () => {
  const entries = [
    { rung: 'ASSISTANCE', enteredOn: day('2021-09-17') },
    { rung: 'CONCLUDED', enteredOn: day('2021-09-24') },
  ] as const;

  expect(partsOf(LADDER, MINIMUMS, entries, calendar).map(({ progress }) => progress)).toEqual([
    ...['SKIPPED', 'SKIPPED', 'PASSED', 'SKIPPED', 'SKIPPED'],
  ]);
});

test('it is overdue on the first working day after the due day, not a day earlier', () => {
  const due = { on: day('2021-09-30') };

  expect(isOver(due, calendar, day('2021-09-30'))).toBe(false);
  expect(isOver(due, calendar, day('2021-10-07'))).toBe(false);
  expect(isOver(due, calendar, day('2021-10-08'))).toBe(true);
});

test('whenever rungs are reached, each has its least, and reached in time none ends the ladder late', () => {
  const after = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(
      after,
      fc.constantFrom(...LADDER_RUNGS),
      fc.nat({ max: 40 }),
      (days, rung, total) => {
        const ladder = { from: LADDER.from, workingDays: total + 1 };
        const enteredOn = addDays(LADDER.from, days);
        const minimum = MINIMUMS[rung] ?? 0;
        const reserve = reserveAfter(rung, MINIMUMS);
        const due = rungDue({ ladder, enteredOn, minimum, reserve }, calendar);
        const whole = calendar.deadline(ladder.from, ladder.workingDays);
        const left = calendar.countWorkingDays(enteredOn, whole.on);

        expect(due.workingDays).toBeGreaterThanOrEqual(minimum);
        if (left >= minimum + reserve)
          expect(calendar.countWorkingDays(due.on, whole.on)).toBeGreaterThanOrEqual(reserve);
        else expect(due.workingDays).toBe(minimum);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a day that is closed moves the due day and every part of it', () => {
  const closed = day('2021-09-27');
  const changed = createCalendar({
    ...arrangements,
    overridden: [{ day: closed, isWorkday: false, why: '停电' }],
  });
  const clock = { ladder: LADDER, enteredOn: day('2021-09-24'), minimum: 5, reserve: 3 };

  expect(changed.deadline(LADDER.from, 20).on).toBe('2021-10-22');
  expect(rungDue(clock, changed).on).toBe('2021-10-19');
});
