import { expect, test } from '@jest/globals';

import { findAnomaly, isAdverse, withHold } from '../../src/model/anomaly.ts';
import type { SourceObservation } from '../../src/model/verification.ts';

const USUAL = { answers: 100, adverse: 10 };
const OBSERVATION: SourceObservation = {
  ...{ requirement: 'license', source: 'library', dataset: 'LICENSE', method: 'ONLINE', rank: 2 },
  ...{ transport: 'ANSWERED', hop: null, fault: null, retryAt: null },
  ...{ recordOutcome: 'ABSENT_COVERED', status: null, notes: [] },
  fields: [
    { field: 'STATUS', outcome: 'MISMATCH', rank: 2, rules: [] },
    { field: 'HOLDER_NAME', outcome: 'MATCH_EXACT', rank: 2, rules: [] },
  ],
  ...{ asOf: null, observedAt: null, evidenceId: null, evidenceDigest: null },
};

test.each([
  [19, 19, false],
  [20, 6, false],
  [20, 7, true],
  [100, 30, false],
  [100, 31, true],
])('%d answers with %d adverse ones against a usual tenth: held %p', (answers, adverse, held) => {
  expect(findAnomaly({ answers, adverse }, USUAL) !== null).toBe(held);
});

test('where nothing is usual yet it takes more than three fifths', () => {
  const unknown = { answers: 49, adverse: 0 };

  expect(findAnomaly({ answers: 20, adverse: 12 }, unknown)).toBeNull();
  expect(findAnomaly({ answers: 20, adverse: 13 }, unknown)).toEqual({
    ...{ usual: 0.2, observed: 0.65 },
  });
});

test('a source that never spoke against anyone is held above a fifth', () => {
  const never = { answers: 100, adverse: 0 };

  expect(findAnomaly({ answers: 20, adverse: 4 }, never)).toBeNull();
  expect(findAnomaly({ answers: 20, adverse: 5 }, never)).not.toBeNull();
});

test('what is held back says nothing against the subject, and what confirms stays', () => {
  const held = withHold(OBSERVATION);

  expect(isAdverse(OBSERVATION)).toBe(true);
  expect(isAdverse(held)).toBe(false);
  expect(held.recordOutcome).toBe('ABSENT_UNCOVERED');
  expect(held.fields.map(({ outcome }) => outcome)).toEqual(['WITHHELD', 'MATCH_EXACT']);
  expect(held.notes).toEqual([{ code: 'ANOMALY_HOLD', field: null, detail: null }]);
});

test('a person’s reply and a silence are no answers of a source', () => {
  expect(isAdverse({ ...OBSERVATION, method: 'ASSISTANCE' })).toBe(false);
  expect(isAdverse({ ...OBSERVATION, transport: 'TIMEOUT' })).toBe(false);
});
