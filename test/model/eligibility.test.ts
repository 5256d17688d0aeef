import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { BusinessDate } from '../../src/model/business-date.ts';
import { addDays } from '../../src/model/clock.ts';
import {
  ELIGIBILITY_GROUNDS,
  FIRST_RULES,
  judgeEligibility,
  type AdverseRecord,
} from '../../src/model/eligibility.ts';
import { adverseRecordsOf, type SubjectEntry } from '../../src/model/subject-file.ts';

const day = (text: string) => text as BusinessDate;
const TODAY = day('2026-09-18');
/** Five years from the end of the conduct the record has to be deleted. */
const BASIS_DAYS = 5 * 365;

const record = (given: Partial<AdverseRecord> = {}): AdverseRecord => ({
  ...{ ground: 'FALSE_COMMITMENT', source: null, reference: 'r', since: day('2026-01-05') },
  ...{ endedOn: null, publicUntil: null, isDisputed: false, evidenceDigest: null, ...given },
});

const judge = (records: readonly AdverseRecord[], today = TODAY, unanswered: string[] = []) =>
  judgeEligibility(FIRST_RULES, { records, unanswered }, today);

const days = fc.integer({ min: 0, max: 3_000 }).map((n) => addDays(day('2020-01-01'), n));
const records = fc.array(
  fc.record<AdverseRecord>({
    ground: fc.constantFrom(...ELIGIBILITY_GROUNDS),
    source: fc.constantFrom(null, 'credit-platform'),
    reference: fc.string(),
    since: fc.option(days),
    endedOn: fc.option(days),
    publicUntil: fc.option(days),
    isDisputed: fc.boolean(),
    evidenceDigest: fc.constant(null),
  }),
  { maxLength: 6 },
);

describe('one record', () => {
  test.each([
    [{}, 'BLOCKED', 'STANDS'],
    [{ endedOn: TODAY }, 'ELIGIBLE', 'ENDED_BY_DECISION'],
    [{ endedOn: day('2026-09-19') }, 'BLOCKED', 'STANDS'],
    [{ since: day('2021-09-17') }, 'ELIGIBLE', 'NO_LONGER_A_BASIS'],
    [{ since: day('2021-09-18') }, 'BLOCKED', 'STANDS'],
    [{ since: null }, 'WARNED', 'DAY_UNKNOWN'],
    [{ isDisputed: true }, 'WARNED', 'DISPUTED'],
    [{ publicUntil: day('2026-02-01') }, 'BLOCKED', 'STANDS'],
    [{ ground: 'ABNORMAL_OPERATION' }, 'WARNED', 'STANDS'],
    [{ ground: 'PENALTIES' }, 'ELIGIBLE', 'TOO_FEW'],
  ] as const)('%j makes the applicant %s, for it is %s', (given, outcome, why) => {
    const judged = judge([record(given)]);

    expect(judged).toMatchObject({ outcome, findings: [{ why }] });
  });

  test('of 29 February is a basis until 1 March five years later', () => {
    const leap = record({ since: day('2024-02-29') });

    expect(judge([leap], day('2029-02-28')).outcome).toBe('BLOCKED');
    expect(judge([leap], day('2029-03-01')).outcome).toBe('ELIGIBLE');
  });
});

test('two penalties in publicity warn', () => {
  const penalties = [record({ ground: 'PENALTIES' }), record({ ground: 'PENALTIES' })];

  expect(judge(penalties).outcome).toBe('WARNED');
});

test('time alone never unblocks, as long as the record is a basis at all', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 0, max: BASIS_DAYS }), (given, later) => {
      const standing = given.map((one) => ({ ...one, endedOn: null }));
      const then = addDays(TODAY, later);
      const isBasis = ({ since }: AdverseRecord) =>
        since !== null && addDays(since, BASIS_DAYS) > then;
      const blocked = judge(standing, TODAY).findings.filter(({ effect }) => effect === 'BLOCK');

      const after = judge(standing, then).findings;

      for (const { record: one } of blocked.filter((finding) => isBasis(finding.record)))
        expect(after.find((finding) => finding.record === one)!.effect).toBe('BLOCK');
    }),
    { numRuns: 500 },
  );
});

test('silence of a source neither blocks nor clears', () => {
  fc.assert(
    fc.property(records, (given) => {
      const heard = judge(given);
      const silent = judge(given, TODAY, ['CREDIT']);

      expect(silent.outcome).toBe(heard.outcome === 'BLOCKED' ? 'BLOCKED' : 'UNDETERMINED');
    }),
    { numRuns: 300 },
  );
});

test('a further decision that ends a record never makes things worse', () => {
  const order = ['ELIGIBLE', 'WARNED', 'BLOCKED'];
  fc.assert(
    fc.property(records, fc.nat(), (given, at) => {
      const ended = given.map((one, index) =>
        index === at % Math.max(given.length, 1) ? { ...one, endedOn: day('2019-01-01') } : one,
      );

      const [before, after] = [judge(given).outcome, judge(ended).outcome];

      expect(order.indexOf(after)).toBeLessThanOrEqual(order.indexOf(before));
    }),
    { numRuns: 300 },
  );
});

describe('the file of an applicant', () => {
  const entry = (kind: SubjectEntry['kind'], more: Partial<SubjectEntry> = {}): SubjectEntry => ({
    ...{ id: kind, kind, subject: { kind: 'ENTERPRISE', code: 'x' }, on: day('2026-03-01') },
    ...{ about: null, reference: 'breach-1', agencyCode: 'a', at: new Date(0), by: 'b', ...more },
  });
  const about = { about: 'FALSE_COMMITMENT' };
  const falseOne = entry('FALSE_COMMITMENT');

  test.each([
    [[falseOne], 'BLOCKED'],
    [[falseOne, entry('REPAIRED', about)], 'ELIGIBLE'],
    [[falseOne, entry('FALSE_COMMITMENT_ANNULLED', about)], 'ELIGIBLE'],
    [[falseOne, entry('OBJECTION_FILED', about)], 'WARNED'],
    [[falseOne, entry('OBJECTION_FILED', about), entry('OBJECTION_REJECTED', about)], 'BLOCKED'],
    [[falseOne, entry('OBJECTION_FILED', about), entry('OBJECTION_UPHELD', about)], 'ELIGIBLE'],
    [[falseOne, entry('REPAIRED', { about: 'another' })], 'BLOCKED'],
    [[entry('COMMITMENT_WITHDRAWN')], 'ELIGIBLE'],
  ] as const)('%# comes to %s', (entries, outcome) => {
    expect(judge(adverseRecordsOf(entries)).outcome).toBe(outcome);
  });
});
