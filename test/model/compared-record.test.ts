import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  comparedBusinessLicense,
  compareRecords,
  type ComparedRecord,
} from '../../src/model/compared-record.ts';
import type { License } from '../../src/model/license.ts';

const FIELDS = {
  fields: [
    { field: 'STATUS', rule: 'SAME' },
    { field: 'HOLDER_NAME', rule: 'SAME' },
    { field: 'HOLDER_CODE', rule: 'SAME' },
    { field: 'VALID_UNTIL', rule: 'SAME' },
  ],
} as const;
const BOTH = { left: true, right: true };

function record(values: ComparedRecord['values'] = {}): ComparedRecord {
  const told = {
    STATUS: 'VALID',
    HOLDER_NAME: '济宁示例公司',
    HOLDER_CODE: 'X',
    VALID_UNTIL: null,
  };
  return { key: 'K', state: 'ONE', values: { ...told, ...values } };
}

const classesOf = (...sides: [ComparedRecord | null, ComparedRecord | null]) =>
  compareRecords({ left: sides[0], right: sides[1] }, FIELDS, BOTH).differences.map(
    (one) => one.class,
  );

describe('two records under one key', () => {
  test('a status tells both codes, any other field that it differs and no value', () => {
    const { outcome, differences } = compareRecords(
      { left: record(), right: record({ STATUS: 'REVOKED', HOLDER_NAME: '另一家公司' }) },
      FIELDS,
      BOTH,
    );

    expect(outcome).toBe('DIFFERING');
    expect(differences).toEqual([
      { class: 'STATUS_CHANGED', field: 'STATUS', valueFrom: 'VALID', valueTo: 'REVOKED' },
      { class: 'FIELD_CHANGED', field: 'HOLDER_NAME', valueFrom: '', valueTo: '' },
    ]);
  });

  test.each([
    ['full width', 'ＡＢ公司（济宁）', 'AB公司(济宁)'],
    ['a traditional character, which a person has to look at', '濟宁示例公司', '济宁示例公司'],
  ])('%s is not another name', (_what, one, other) => {
    expect(classesOf(record({ HOLDER_NAME: one }), record({ HOLDER_NAME: other }))).toEqual([]);
  });

  test('what a side does not tell says nothing', () => {
    for (const field of ['STATUS', 'HOLDER_NAME', 'HOLDER_CODE', 'VALID_UNTIL'] as const)
      expect(classesOf(record({ [field]: null }), record({ [field]: 'anything' }))).toEqual([]);
  });

  test('several or unreadable records conclude nothing, whatever the other side says', () => {
    for (const [state, cause, one] of [
      ['SEVERAL', 'SEVERAL_RECORDS', 'DUPLICATE_KEY'],
      ['UNREADABLE', 'UNREADABLE', 'UNPARSEABLE'],
    ] as const)
      for (const other of [record(), null]) {
        const bad: ComparedRecord = { key: 'K', state, values: {} };
        const {
          outcome,
          cause: why,
          differences,
        } = compareRecords({ left: bad, right: other }, FIELDS, BOTH);
        expect([outcome, why, differences[0]?.class]).toEqual(['INCONCLUSIVE', cause, one]);
      }
  });
});

test('a status that nobody can read concludes nothing about the license', () => {
  const unknown = record({ STATUS: 'STATUS_UNKNOWN' });
  expect(compareRecords({ left: unknown, right: record() }, FIELDS, BOTH)).toMatchObject({
    ...{ outcome: 'INCONCLUSIVE', cause: 'STATUS_UNKNOWN' },
    differences: [{ class: 'UNPARSEABLE', field: 'STATUS' }],
  });
});

describe('a key that one side does not have', () => {
  test('is missing only where that side would show it', () => {
    expect(classesOf(record(), null)).toEqual(['MISSING_IN_SOURCE']);
    expect(classesOf(null, record())).toEqual(['MISSING_IN_HUB']);
    expect(
      compareRecords({ left: record(), right: null }, FIELDS, { left: true, right: false }),
    ).toMatchObject({ outcome: 'INCONCLUSIVE', cause: 'ABSENCE_MEANS_NOTHING', differences: [] });
  });

  test('may be missing where the other is out of force', () => {
    const gone = record({ STATUS: 'NOT_IN_FORCE' });
    expect([classesOf(gone, null), classesOf(null, gone)]).toEqual([[], []]);
  });
});

test('of several business licenses the one in force counts', () => {
  const license = (flaggedStatus: License['flaggedStatus'], holderName: string) =>
    ({ flaggedStatus, holderName }) as License;
  const replaced = license('CANCELED', '旧名称');
  const current = license('VALID', '新名称');

  expect(comparedBusinessLicense('C', [replaced, current])).toMatchObject({
    ...{ state: 'ONE', values: { STATUS: 'IN_FORCE', HOLDER_NAME: '新名称' } },
  });
  expect(comparedBusinessLicense('C', [replaced, replaced])).toMatchObject({
    ...{ state: 'ONE', values: { STATUS: 'NOT_IN_FORCE', HOLDER_NAME: null } },
  });
  expect(comparedBusinessLicense('C', [current, current]).state).toBe('SEVERAL');
  expect(comparedBusinessLicense('C', null).state).toBe('UNREADABLE');
});

test('which side is left never matters for whether something differs', () => {
  const value = fc.constantFrom(null, 'VALID', 'REVOKED', 'NOT_IN_FORCE', 'a');
  const one = fc.option(
    fc.record({
      key: fc.constant('K'),
      state: fc.constantFrom('ONE', 'SEVERAL', 'UNREADABLE'),
      values: fc.record({
        ...{ STATUS: value, HOLDER_NAME: value, HOLDER_CODE: value, VALID_UNTIL: value },
      }),
    }),
  );
  fc.assert(
    fc.property(one, one, (left, right) => {
      const [there, back] = [
        compareRecords({ left, right }, FIELDS, BOTH),
        compareRecords({ left: right, right: left }, FIELDS, BOTH),
      ];
      expect(there.outcome).toBe(back.outcome);
      if (left !== null && right !== null)
        expect(there.differences.map(({ field }) => field)).toEqual(
          back.differences.map(({ field }) => field),
        );
    }),
    { numRuns: 500 },
  );
});
