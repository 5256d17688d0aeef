import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { BusinessDate } from '../../src/model/business-date.ts';
import { addDays } from '../../src/model/clock.ts';
import { FIRST_RULES, judgeEligibility } from '../../src/model/eligibility.ts';
import { OBJECTION_LIFE, objectionWorkingDays } from '../../src/model/objection.ts';
import { regimeOn, REPAIR_LIFE, repairableFrom, type Conduct } from '../../src/model/repair.ts';
import {
  adverseRecordsOf,
  SUBJECT_ENTRY_KINDS,
  type SubjectEntry,
  type SubjectEntryKind,
} from '../../src/model/subject-file.ts';

const day = (text: string) => text as BusinessDate;

/** Every legal step, written down once more: what is not here must be refused. */
const OBJECTION: readonly string[] = [
  'SUBMITTED ACCEPT ACCEPTED',
  'SUBMITTED REJECT REJECTED',
  'SUBMITTED WITHDRAW WITHDRAWN',
  'ACCEPTED UPHOLD UPHELD',
  'ACCEPTED DISMISS DISMISSED',
  'ACCEPTED WITHDRAW WITHDRAWN',
];
const REPAIR: readonly string[] = [
  'SUBMITTED ACCEPT REVIEWING',
  'SUBMITTED REJECT REJECTED',
  'SUBMITTED WITHDRAW WITHDRAWN',
  'REVIEWING APPROVE APPROVED',
  'REVIEWING DENY DENIED',
  'REVIEWING WITHDRAW WITHDRAWN',
  'APPROVED PROPAGATE PROPAGATED',
  'PROPAGATED CLOSE CLOSED',
];

const allOf = <S extends string, T extends string>(machine: {
  states: readonly S[];
  steps: readonly T[];
}) => machine.states.flatMap((state) => machine.steps.map((step) => [state, step] as const));

test.each(allOf(OBJECTION_LIFE))(
  'an objection that is %s goes by %s as written, or nowhere',
  (state, step) => {
    const written = OBJECTION.find((line) => line.startsWith(`${state} ${step} `));

    expect(OBJECTION_LIFE.after(state, step)).toBe(written?.split(' ')[2] ?? null);
  },
);

test.each(allOf(REPAIR_LIFE))(
  'a repair that is %s goes by %s as written, or nowhere',
  (state, step) => {
    const written = REPAIR.find((line) => line.startsWith(`${state} ${step} `));

    expect(REPAIR_LIFE.after(state, step)).toBe(written?.split(' ')[2] ?? null);
  },
);

test('data of the agency itself has three working days, that of others seven', () => {
  const source = { source: 's', ground: 'PENALTIES', reference: 'r' } as const;

  expect(objectionWorkingDays({ of: 'OWN', breachId: 'b', entryId: 'e' })).toBe(3);
  expect(objectionWorkingDays({ of: 'SOURCE', checkId: 'c', ...source })).toBe(7);
});

describe('from when a record can be repaired', () => {
  const conduct = (severity: Conduct['severity'], isSafetyField = false): Conduct => ({
    severity,
    isSafetyField,
  });

  test.each([
    ['2021-02-09', 'TRIAL_2023'],
    ['2026-03-31', 'TRIAL_2023'],
    ['2026-04-01', 'MEASURES_2026'],
  ])('an application of %s is judged by %s', (on, regime) => {
    expect(regimeOn(day(on)).id).toBe(regime);
  });

  test.each([
    ['2026-01-10', conduct('SERIOUS'), '2026-03-31', '2026-04-10'],
    ['2026-01-10', conduct('MINOR', true), '2026-03-31', '2027-01-10'],
    ['2026-01-10', conduct('MINOR', true), '2026-04-01', '2026-01-10'],
    ['2026-01-10', conduct('GENERAL'), '2026-04-01', '2026-04-10'],
    ['2026-01-10', conduct('SERIOUS'), '2026-04-01', '2027-01-10'],
    ['2025-11-30', conduct('GENERAL'), '2026-04-01', '2026-03-01'],
    ['2023-11-30', conduct('GENERAL'), '2024-04-01', '2024-03-01'],
    ['2025-10-31', conduct('GENERAL'), '2026-04-01', '2026-01-31'],
  ])('public since %s, %j, applied %s: from %s', (published, what, applied, from) => {
    expect(repairableFrom(day(published), what, day(applied))).toBe(from);
  });

  test('it is never before the publication, and the same class never ends later for less', () => {
    const days = fc.integer({ min: 0, max: 4_000 }).map((n) => addDays(day('2020-01-01'), n));
    fc.assert(
      fc.property(days, days, fc.boolean(), (published, applied, isSafetyField) => {
        const ends = (['MINOR', 'GENERAL', 'SERIOUS'] as const).map((severity) =>
          repairableFrom(published, { severity, isSafetyField }, applied),
        );
        expect(ends.every((end) => end >= published)).toBe(true);
        expect(ends.toSorted()).toEqual(ends);
      }),
    );
  });
});

describe('what the lines of a file mean for who may commit', () => {
  const entry = (
    kind: SubjectEntryKind,
    about: string | null,
    on = '2026-09-18',
  ): SubjectEntry => ({
    ...{ id: about === null ? 'false' : `${kind}-${on}`, kind, about, on: day(on) },
    subject: { kind: 'ENTERPRISE', code: '91370811MA3TE0T0XE' },
    ...{ reference: 'r', agencyCode: 'a', at: new Date(0), by: 'x' },
  });
  const outcome = (entries: readonly SubjectEntry[], today = '2026-11-23') =>
    judgeEligibility(
      FIRST_RULES,
      { records: adverseRecordsOf(entries), unanswered: [] },
      day(today),
    ).outcome;
  const broken = entry('FALSE_COMMITMENT', null);

  test.each<[string, readonly SubjectEntryKind[], string]>([
    ['stands', [], 'BLOCKED'],
    ['is objected to', ['OBJECTION_FILED'], 'WARNED'],
    ['was objected to in vain', ['OBJECTION_FILED', 'OBJECTION_REJECTED'], 'BLOCKED'],
    ['was objected to rightly', ['OBJECTION_FILED', 'OBJECTION_UPHELD'], 'ELIGIBLE'],
    ['was corrected', ['OBJECTION_FILED', 'CORRECTED'], 'BLOCKED'],
    ['was repaired', ['REPAIRED'], 'ELIGIBLE'],
    ['was annulled', ['FALSE_COMMITMENT_ANNULLED'], 'ELIGIBLE'],
  ])('a false commitment that %s', (_, kinds, expected) => {
    expect(outcome([broken, ...kinds.map((kind) => entry(kind, 'false'))])).toBe(expected);
  });

  test('a corrected end of the conduct counts for the five years', () => {
    const corrected = entry('CORRECTED', 'false', '2021-11-20');

    expect(outcome([broken])).toBe('BLOCKED');
    expect(outcome([broken, corrected])).toBe('ELIGIBLE');
  });

  test('nothing but a decision ends a block before the record has to be deleted', () => {
    const others = SUBJECT_ENTRY_KINDS.filter(
      (kind) =>
        !['REPAIRED', 'FALSE_COMMITMENT_ANNULLED', 'CORRECTED'].includes(kind) &&
        !kind.startsWith('OBJECTION_'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...others), { maxLength: 12 }),
        fc.integer({ min: 0, max: 1_800 }),
        (kinds, days) => {
          const lines = [broken, ...kinds.map((kind) => entry(kind, 'false'))];
          expect(outcome(lines, addDays(day('2026-09-18'), days))).toBe('BLOCKED');
        },
      ),
    );
  });

  test('what is disputed never blocks, and what is not decided for ends nothing', () => {
    const turns = fc.array(fc.constantFrom('OBJECTION_FILED', 'OBJECTION_REJECTED'), {
      ...{ minLength: 1, maxLength: 8 },
    });
    fc.assert(
      fc.property(turns, (kinds) => {
        const lines = [broken, ...kinds.map((kind) => entry(kind as SubjectEntryKind, 'false'))];
        expect(outcome(lines)).toBe(kinds.at(-1) === 'OBJECTION_FILED' ? 'WARNED' : 'BLOCKED');
      }),
    );
  });
});
