import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readArrangements } from '../../src/calendar/arrangements.ts';
import { createCalendar } from '../../src/calendar/calendar.ts';
import { alarmsOf, replyDue, timelinessOf, turnOf } from '../../src/model/assistance-clock.ts';
import { DEFAULT_LIMITS } from '../../src/model/assistance-item.ts';
import {
  ASSISTANCE_LIFE,
  STATE_OWNERS,
  type AssistanceStep,
} from '../../src/model/assistance-life.ts';
import { NO_FACTS, type AssistanceEvent } from '../../src/model/assistance-record.ts';
import {
  afterEvent,
  emptyStanding,
  foldEvents,
  ownerOf,
  type AssistanceStanding,
} from '../../src/model/assistance-standing.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import { addDays } from '../../src/model/clock.ts';

const calendar = createCalendar({ ...readArrangements(), overridden: [] });
const day = (text: string) => text as BusinessDate;
const AGENCIES = ['A', 'B', 'C', 'D', 'E'] as const;
const EMPTY = emptyStanding({ askingAgency: 'X', assistingAgency: 'A', since: day('2021-09-17') });
const GIVEN = {
  answers: [{ question: 'Q', outcome: 'CONFIRMED' as const, note: null }],
  ...{ answererName: 'n', asOf: day('2021-09-17'), attachments: [] },
};

function eventAt(
  standing: AssistanceStanding,
  given: { step: AssistanceStep; on: BusinessDate; facts?: Partial<AssistanceEvent['facts']> },
): AssistanceEvent {
  const { step, on, facts } = given;
  const state = ASSISTANCE_LIFE.after(standing.state, step);
  if (state === null) throw new Error(`${standing.state} ${step}`);
  return {
    ...{ number: standing.version + 1, step, state, at: new Date(`${on}T02:00:00Z`), on },
    ...{ agencyCode: 'A', by: 'x', facts: { ...NO_FACTS, ...facts } },
  };
}

function walk(
  ...steps: readonly (readonly [AssistanceStep, string, Partial<AssistanceEvent['facts']>?])[]
): AssistanceStanding {
  return steps.reduce(
    (standing, [step, on, facts]) =>
      afterEvent(standing, eventAt(standing, { step, on: day(on), facts: facts ?? {} })),
    EMPTY,
  );
}

const FIVE = { limits: { ...DEFAULT_LIMITS, reply: 5, extension: 5 } };
const dueOf = (standing: AssistanceStanding, today = '2021-10-20') =>
  replyDue(standing, calendar, day(today))?.on;

test('the days of a pause are added to the due day, and only working ones', () => {
  const asked = walk(
    ...([
      ['SUBMIT', '2021-09-17', FIVE],
      ['ACCEPT', '2021-09-18'],
      ['ASK', '2021-09-18'],
      ['CLARIFY', '2021-09-24'],
    ] as const),
  );

  expect(dueOf(walk(['SUBMIT', '2021-09-17', FIVE]))).toBe('2021-09-26');
  // The 22nd, 23rd and 24th were paused; the holiday was none of anybody's days.
  expect(dueOf(asked)).toBe('2021-09-29');
});

test('a pause that lasts moves the due day every working day', () => {
  const asked = walk(
    ...([
      ['SUBMIT', '2021-09-17', FIVE],
      ['ACCEPT', '2021-09-17'],
      ['ASK', '2021-09-17'],
    ] as const),
  );

  expect(dueOf(asked, '2021-09-17')).toBe('2021-09-26');
  expect(dueOf(asked, '2021-09-18')).toBe('2021-09-27');
  expect(dueOf(asked, '2021-09-21')).toBe('2021-09-27');
});

test('an agreed day becomes the due day, and an extension is added once', () => {
  const agreed = walk(
    ...([
      ['SUBMIT', '2021-09-17', FIVE],
      ['PROPOSE_DATE', '2021-09-18', { date: day('2021-10-09') }],
      ['AGREE_DATE', '2021-09-22'],
    ] as const),
  );
  const extended = walk(
    ...([
      ['SUBMIT', '2021-09-17', FIVE],
      ['ACCEPT', '2021-09-18'],
      ['EXTEND', '2021-09-23'],
    ] as const),
  );

  expect(dueOf(agreed)).toBe('2021-10-09');
  expect(dueOf(extended)).toBe(calendar.addWorkingDays(day('2021-09-17'), 10).on);
});

test('pauses from before the time began anew are not counted twice', () => {
  const directed = walk(
    ...([
      ['SUBMIT', '2021-09-17', FIVE],
      ['ESCALATE', '2021-09-18', { coordinator: 'J', presumed: true }],
      ['DIRECT', '2021-09-24'],
    ] as const),
  );

  expect(dueOf(directed)).toBe(calendar.addWorkingDays(day('2021-09-24'), 5).on);
  expect(directed.presumedUnanswered).toBe(false);
});

test.each([
  ['2021-09-22', 'ON_TIME', []],
  ['2021-09-23', 'ON_TIME', ['REMINDER_HALF']],
  ['2021-09-24', 'DUE_SOON', ['REMINDER_HALF', 'REMINDER_LATE']],
  ['2021-09-26', 'DUE_SOON', ['REMINDER_HALF', 'REMINDER_LATE']],
  ['2021-09-27', 'OVERDUE', ['REMINDER_HALF', 'REMINDER_LATE', 'ESCALATED_TO_COORDINATOR']],
  ['2021-09-28', 'OVERDUE', ['REMINDER_HALF', 'REMINDER_LATE', 'ESCALATED_TO_COORDINATOR']],
] as const)('on %s a request due on 2021-09-26 is %s', (today, timeliness, alarms) => {
  const turn = turnOf(walk(['SUBMIT', '2021-09-17', FIVE]), calendar, day(today));

  expect(turn?.due.on).toBe('2021-09-26');
  expect(timelinessOf(turn!, calendar, day(today))).toBe(timeliness);
  expect(alarmsOf(turn!, calendar, day(today))).toEqual(alarms);
});

test('a request is not overdue on a day nobody works, and very overdue at one and a half', () => {
  const friday = walk(['SUBMIT', '2021-10-12', { limits: { ...DEFAULT_LIMITS, reply: 3 } }]);
  const at = (today: string) =>
    timelinessOf(turnOf(friday, calendar, day(today))!, calendar, day(today));

  expect(dueOf(friday)).toBe('2021-10-15');
  expect([at('2021-10-15'), at('2021-10-16'), at('2021-10-17')]).toEqual(
    ...[['DUE_SOON', 'DUE_SOON', 'DUE_SOON']],
  );
  expect(at('2021-10-18')).toBe('OVERDUE');
  expect(at('2021-10-19')).toBe('VERY_OVERDUE');
});

/** A random life: at each turn some step the state allows, some days later. */
const choices = fc.array(
  fc.record({ pick: fc.nat(30), wait: fc.nat(6), agency: fc.nat(AGENCIES.length - 1) }),
  { minLength: 1, maxLength: 25 },
);

function live(chosen: readonly { pick: number; wait: number; agency: number }[]) {
  let standing = EMPTY;
  let on = day('2021-09-17');
  const lived: { before: AssistanceStanding; event: AssistanceEvent; after: AssistanceStanding }[] =
    [];
  for (const { pick, wait, agency } of chosen) {
    const allowed = ASSISTANCE_LIFE.stepsFrom(standing.state);
    const step = allowed[pick % allowed.length];
    if (step === undefined) break;
    on = addDays(on, wait);
    const facts = {
      ...{ toAgency: ['FORWARD', 'DIRECT'].includes(step) ? (AGENCIES[agency] ?? null) : null },
      ...{ coordinator: ['ESCALATE', 'CONTEST'].includes(step) ? 'J' : null, given: GIVEN },
      date: step === 'PROPOSE_DATE' ? addDays(on, 9) : null,
      limits: step === 'SUBMIT' ? FIVE.limits : null,
    };
    const event = eventAt(standing, { step, on, facts });
    const after = afterEvent(standing, event);
    lived.push({ before: standing, event, after });
    standing = after;
  }
  return { lived, standing, on };
}

test('whatever happens, an open request has exactly one owner, and a closed one none', () => {
  fc.assert(
    fc.property(choices, (chosen) => {
      for (const { after } of live(chosen).lived)
        expect(ownerOf(after) === null).toBe(ASSISTANCE_LIFE.isFinal(after.state));
    }),
  );
});

test('whatever happens, forwarding never moves the due day', () => {
  fc.assert(
    fc.property(choices, (chosen) => {
      for (const { before, event, after } of live(chosen).lived)
        if (event.step === 'FORWARD')
          expect(replyDue(after, calendar, event.on)).toEqual(replyDue(before, calendar, event.on));
    }),
  );
});

test('whatever happens, the intervals of the clock follow each other without overlap', () => {
  fc.assert(
    fc.property(choices, (chosen) => {
      const { ledger } = live(chosen).standing;
      ledger.forEach(({ kind, from, through }, index) => {
        const next = ledger[index + 1];
        if (next === undefined) return;
        expect(through).toBe(next.from);
        expect(from <= next.from).toBe(true);
        expect(kind).not.toBe(next.kind);
      });
    }),
  );
});

test('whatever happens, whoever is left alone is told of it', () => {
  fc.assert(
    fc.property(choices, (chosen) => {
      const { standing, on } = live(chosen);
      const later = calendar.addWorkingDays(on, 80).on;
      const turn = turnOf(standing, calendar, later);

      if (STATE_OWNERS[standing.state] === null || standing.state === 'DRAFT')
        expect(turn).toBeNull();
      else if (standing.state === 'CLARIFICATION_WANTED' || turn !== null)
        expect(alarmsOf(turn!, calendar, later)).toContain('ESCALATED_TO_SUPERIOR');
    }),
  );
});

test('the standing is nothing but the sum of the events', () => {
  fc.assert(
    fc.property(choices, (chosen) => {
      const { lived, standing } = live(chosen);

      const folded = foldEvents(
        EMPTY,
        lived.map(({ event }) => event),
      );
      expect(folded).toEqual(standing);
    }),
  );
});
