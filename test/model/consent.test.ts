import { expect, test } from '@jest/globals';

import { CONSENT_LIFE, consentStateAt, type HolderConsent } from '../../src/model/consent.ts';

const AT = new Date('2026-09-18T04:00:00Z');
const later = (ms: number) => new Date(AT.getTime() + ms);
const WAITING: HolderConsent = {
  ...{ id: 'c', agencyCode: 'a', caseId: 'k', subjectId: 's', source: 'library' },
  ...{ typeCodes: ['T'], state: 'WAITING', version: 2, reference: 'r', fault: null },
  ...{ requestedAt: AT, requestedBy: 'o', expiresAt: later(180_000), grantedAt: null },
  nextPollAt: AT,
};

test('only these steps lead from a state of a consent to another', () => {
  const legal = CONSENT_LIFE.states.flatMap((state) =>
    CONSENT_LIFE.stepsFrom(state).map(
      (step) => `${state} ${step} ${CONSENT_LIFE.after(state, step)}`,
    ),
  );

  expect(legal).toEqual([
    'REQUESTED BEGIN WAITING',
    'REQUESTED FAIL FAILED',
    'REQUESTED EXPIRE EXPIRED',
    'WAITING GRANT GRANTED',
    'WAITING REFUSE REFUSED',
    'WAITING EXPIRE EXPIRED',
    'GRANTED EXPIRE EXPIRED',
  ]);
  for (const state of CONSENT_LIFE.states)
    for (const step of CONSENT_LIFE.steps)
      if (!CONSENT_LIFE.stepsFrom(state).includes(step))
        expect(CONSENT_LIFE.refuse(state, step, [])).toMatchObject({
          code: 'STEP_NOT_ALLOWED',
          state,
        });
});

test('a wait ends at its minute, a consent half an hour after it was given, an end never', () => {
  const granted: HolderConsent = { ...WAITING, state: 'GRANTED', grantedAt: later(60_000) };

  expect(consentStateAt(WAITING, later(179_999))).toBe('WAITING');
  expect(consentStateAt(WAITING, later(180_000))).toBe('EXPIRED');
  expect(consentStateAt(granted, later(60_000 + 1_799_999))).toBe('GRANTED');
  expect(consentStateAt(granted, later(60_000 + 1_800_000))).toBe('EXPIRED');
  expect(consentStateAt({ ...WAITING, state: 'REFUSED' }, later(1e9))).toBe('REFUSED');
});
