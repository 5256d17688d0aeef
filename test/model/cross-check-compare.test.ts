import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  comparePush,
  compareSources,
  compareWithSource,
  type PushSeen,
} from '../../src/model/cross-check-compare.ts';
import {
  FIELD_OUTCOMES,
  HOPS,
  RECORD_OUTCOMES,
  RECORD_STATUSES,
  TRANSPORT_OUTCOMES,
  type FieldOutcome,
  type RecordStatus,
} from '../../src/model/outcome.ts';
import type { ClaimField, Dataset } from '../../src/model/policy.ts';
import type { SourceObservation } from '../../src/model/verification.ts';

const AS_EVER = { latest: null, again: null };

/** What a source says that answered, and found one record in force. */
function said(more: Partial<SourceObservation> = {}): SourceObservation {
  return {
    ...{ requirement: 'check', source: 'source', dataset: 'REGISTRATION', method: 'ONLINE' },
    ...{ rank: 1, transport: 'ANSWERED', hop: null, fault: null, retryAt: null },
    ...{ recordOutcome: 'FOUND_ONE', status: 'VALID', notes: [], asOf: null, observedAt: null },
    ...{ evidenceId: 'evidence', evidenceDigest: 'digest' },
    fields: [field('STATUS', 'MATCH_EXACT')],
    ...more,
  };
}

function field(name: ClaimField, outcome: FieldOutcome) {
  return { field: name, outcome, rank: 1, rules: [] };
}

const inForce = (status: RecordStatus | null) =>
  said({ status, fields: [field('STATUS', status === 'VALID' ? 'MATCH_EXACT' : 'MISMATCH')] });

describe('what one source says of a commitment', () => {
  test('a record in force matches', () => {
    expect(compareWithSource(said(), AS_EVER)).toEqual({
      ...{ what: 'SETTLE', outcome: 'MATCHED', cause: null, status: 'VALID', differences: [] },
    });
  });

  test.each<[RecordStatus, string | null, string | null, string]>([
    ['REVOKED', null, null, 'VALID'],
    ['REVOKED', 'VALID', null, 'VALID'],
    ['CANCELED', 'REVOKED', 'VALID', 'REVOKED'],
    ['REVOKED', 'REVOKED', 'SUSPENDED', 'SUSPENDED'],
    ['REVOKED', 'REVOKED', null, 'VALID'],
  ])('%s after %s, before that %s, has changed from %s', (to, status, statusBefore, from) => {
    const latest = status === null ? null : { status, statusBefore };
    const decision = compareWithSource(inForce(to), { latest, again: null });

    expect(decision).toMatchObject({
      ...{ what: 'SETTLE', outcome: 'DIFFERING', status: to },
      differences: [{ class: 'STATUS_CHANGED', field: 'STATUS', valueFrom: from, valueTo: to }],
    });
  });

  test('an unknown status says nothing of the subject, and is a finding about the source', () => {
    expect(compareWithSource(inForce('STATUS_UNKNOWN'), AS_EVER)).toMatchObject({
      ...{ outcome: 'INCONCLUSIVE', cause: 'STATUS_UNKNOWN' },
      differences: [{ class: 'UNPARSEABLE', valueTo: 'STATUS_UNKNOWN' }],
    });
  });

  test.each<[FieldOutcome, string, string | null]>([
    ['MATCH_EXACT', 'MATCHED', null],
    ['MATCH_NORMALIZED', 'MATCHED', null],
    ['MISMATCH', 'DIFFERING', null],
    ['MATCH_APPROXIMATE', 'INCONCLUSIVE', 'HOLDER_NAME:MATCH_APPROXIMATE'],
    ['SOURCE_BLANK', 'INCONCLUSIVE', 'HOLDER_NAME:SOURCE_BLANK'],
    ['NOT_COMPARABLE', 'INCONCLUSIVE', 'HOLDER_NAME:NOT_COMPARABLE'],
    ['WITHHELD', 'INCONCLUSIVE', 'HOLDER_NAME:WITHHELD'],
  ])('a name that is %s is %s', (outcome, expected, cause) => {
    const fields = [field('STATUS', 'MATCH_EXACT'), field('HOLDER_NAME', outcome)];
    expect(compareWithSource(said({ fields }), AS_EVER)).toMatchObject({
      outcome: expected,
      cause,
    });
  });

  test('a standing listing means that nothing supports the promise any more', () => {
    const fields = [field('CREDIT_STANDING', 'MISMATCH')];
    const observation = said({ dataset: 'CREDIT', status: null, fields });

    expect(compareWithSource(observation, AS_EVER)).toMatchObject({
      outcome: 'DIFFERING',
      differences: [{ class: 'COMMITMENT_UNSUPPORTED', field: 'CREDIT_STANDING' }],
    });
  });
});

describe('absence', () => {
  const absent = said({ recordOutcome: 'ABSENT_COVERED', status: null });
  const uncovered = said({ recordOutcome: 'ABSENT_UNCOVERED', status: null });
  const silent = said({
    ...{ transport: 'TIMEOUT', hop: 'SOURCE', fault: 'SOURCE_TIMEOUT', recordOutcome: null },
    ...{ status: null, fields: [] },
  });

  test('is asked for once more before it counts', () => {
    expect(compareWithSource(absent, AS_EVER)).toEqual({ what: 'CONFIRM' });
    expect(compareWithSource(absent, { latest: null, again: absent })).toMatchObject({
      ...{ outcome: 'DIFFERING', differences: [{ class: 'MISSING_IN_SOURCE' }] },
    });
  });

  test('counts for nothing where the second look says otherwise, means nothing, or is silent', () => {
    const after = (again: SourceObservation) => compareWithSource(absent, { latest: null, again });

    expect(after(said())).toMatchObject({ outcome: 'MATCHED' });
    expect(after(uncovered)).toMatchObject({ outcome: 'INCONCLUSIVE' });
    expect(after(silent)).toMatchObject({ what: 'WAIT', isOfSubject: true });
  });

  test('that is not covered means nothing, whoever is asked', () => {
    for (const dataset of ['LICENSE', 'REGISTRATION', 'CREDIT'] as const)
      expect(compareWithSource({ ...uncovered, dataset }, AS_EVER)).toMatchObject({
        ...{ outcome: 'INCONCLUSIVE', cause: 'ABSENCE_MEANS_NOTHING' },
      });
  });

  test.each<[Dataset, readonly string[]]>([
    ['REGISTRATION', ['DUPLICATE_KEY']],
    ['CREDIT', ['DUPLICATE_KEY']],
    ['LICENSE', []],
  ])('several records of %s decide nothing: %j', (dataset, classes) => {
    const several = said({ dataset, recordOutcome: 'FOUND_MANY', status: null });
    const decision = compareWithSource(several, AS_EVER);

    expect(decision).toMatchObject({ outcome: 'INCONCLUSIVE', cause: 'SEVERAL_RECORDS' });
    expect('differences' in decision && decision.differences.map((one) => one.class)).toEqual(
      classes,
    );
  });
});

const observations = fc.record({
  dataset: fc.constantFrom<Dataset>('LICENSE', 'REGISTRATION', 'CREDIT'),
  transport: fc.constantFrom(...TRANSPORT_OUTCOMES),
  hop: fc.constantFrom(...HOPS),
  recordOutcome: fc.constantFrom(...RECORD_OUTCOMES),
  status: fc.option(fc.constantFrom(...RECORD_STATUSES)),
  fields: fc.array(
    fc.record({
      field: fc.constantFrom<ClaimField>('STATUS', 'HOLDER_NAME', 'CREDIT_STANDING'),
      outcome: fc.constantFrom(...FIELD_OUTCOMES),
    }),
    { maxLength: 3 },
  ),
  isHeld: fc.boolean(),
});

function toObservation(given: typeof observations extends fc.Arbitrary<infer T> ? T : never) {
  const isAnswered = given.transport === 'ANSWERED';
  return said({
    ...{ dataset: given.dataset, transport: given.transport },
    hop: isAnswered ? null : given.hop,
    fault: isAnswered ? null : 'SOURCE_UNREACHABLE',
    recordOutcome: isAnswered ? given.recordOutcome : null,
    status: given.status,
    fields: given.fields.map((one) => field(one.field, one.outcome)),
    notes: given.isHeld ? [{ code: 'ANOMALY_HOLD', field: null, detail: 'revision 1' }] : [],
  });
}

test('whatever a source does: only an answer that is believed says anything of a subject', () => {
  fc.assert(
    fc.property(observations, observations, (given, other) => {
      const observation = toObservation(given);
      const decisions = [
        compareWithSource(observation, { latest: null, again: toObservation(other) }),
        compareSources(observation, said()),
        compareSources(said(), observation),
      ];
      const isBelieved = given.transport === 'ANSWERED' && !given.isHeld;
      for (const decision of decisions)
        if (decision.what === 'SETTLE') {
          expect((decision.cause === null) === (decision.outcome !== 'INCONCLUSIVE')).toBe(true);
          if (!isBelieved) expect(decision.outcome).toBe('INCONCLUSIVE');
          if (decision.outcome === 'MATCHED') expect(decision.differences).toEqual([]);
          if (decision.outcome === 'INCONCLUSIVE')
            for (const one of decision.differences)
              expect(['UNPARSEABLE', 'DUPLICATE_KEY']).toContain(one.class);
        }
    }),
    { numRuns: 2_000 },
  );
});

test.each<[FieldOutcome, FieldOutcome, string, string | null]>([
  ['MATCH_EXACT', 'MATCH_EXACT', 'MATCHED', null],
  ['MATCH_EXACT', 'MISMATCH', 'DIFFERING', 'FIELD_CHANGED'],
  ['MISMATCH', 'MATCH_EXACT', 'DIFFERING', 'FIELD_CHANGED'],
  ['MISMATCH', 'MISMATCH', 'DIFFERING', 'COMMITMENT_UNSUPPORTED'],
  ['NOT_HELD', 'MISMATCH', 'INCONCLUSIVE', null],
  ['MISMATCH', 'NOT_COMPARABLE', 'INCONCLUSIVE', null],
])('register %s, lists %s: %s', (left, right, outcome, met) => {
  const standing = (one: FieldOutcome) => said({ fields: [field('CREDIT_STANDING', one)] });
  const decision = compareSources(standing(left), standing(right));

  expect(decision).toMatchObject({ outcome });
  expect('differences' in decision && (decision.differences[0]?.class ?? null)).toBe(met);
});

describe('a record on its way to the credit platform', () => {
  const push = (more: Partial<PushSeen>): PushSeen => ({
    ...{ state: 'TAKEN', isOverdue: false, told: null, toldAgain: null, ...more },
  });

  test.each<[Partial<PushSeen>, object]>([
    [{ told: 'ACKNOWLEDGED' }, { outcome: 'MATCHED' }],
    [{ told: 'ACKNOWLEDGED', isOverdue: true }, { outcome: 'MATCHED' }],
    [{ told: 'PENDING' }, { outcome: 'INCONCLUSIVE', cause: 'IN_FLIGHT' }],
    [{ told: 'PENDING', isOverdue: true }, { outcome: 'DIFFERING' }],
    [{ told: 'REJECTED' }, { outcome: 'DIFFERING' }],
    [{ told: 'UNKNOWN' }, { what: 'CONFIRM' }],
    [{ told: 'UNKNOWN', toldAgain: 'UNKNOWN' }, { outcome: 'DIFFERING' }],
    [{ told: 'UNKNOWN', toldAgain: 'ACKNOWLEDGED' }, { outcome: 'MATCHED' }],
    [{ state: 'QUEUED' }, { outcome: 'INCONCLUSIVE', cause: 'IN_FLIGHT' }],
    [{ state: 'QUEUED', isOverdue: true }, { outcome: 'DIFFERING' }],
    [{ state: 'PROBLEM', isOverdue: true }, { outcome: 'DIFFERING' }],
    [{ state: 'NEVER_QUEUED', isOverdue: true }, { outcome: 'DIFFERING' }],
  ])('%j: %j', (more, expected) => {
    expect(comparePush(push(more))).toMatchObject(expected);
  });

  test('is told from what the hub knows to what the platform says', () => {
    const seen = push({ state: 'ACKNOWLEDGED', told: 'UNKNOWN', toldAgain: 'UNKNOWN' });
    expect(comparePush(seen)).toMatchObject({
      differences: [
        {
          ...{ class: 'UNACKNOWLEDGED_PUSH', field: 'ACKNOWLEDGMENT' },
          ...{ valueFrom: 'ACKNOWLEDGED', valueTo: 'UNKNOWN' },
        },
      ],
    });
  });
});
