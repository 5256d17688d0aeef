import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { createCommitment } from '../connectors/conformance/reference.ts';
import { canaryPurpose } from '../../src/sources/canary.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, MATTERS, verifySubject } from '../support/journey.ts';

/** Calls of a day, and the share of it that nobody's list may use up. */
const PER_DAY = 40;
const RESERVE = 0.3;

const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;

let hub: TestHub;
beforeAll(async () => {
  const budget = { perSecond: null, perDay: PER_DAY, inFlightMax: null, reserveShare: RESERVE };
  hub = await startTestHub({ policy: { budget } });
});
afterAll(() => hub.stop());

/** Verifies until a source no longer answers for the day. */
async function verifyUntilSpent(matter: string, spentAt: string) {
  for (let asked = 0; asked <= PER_DAY; asked += 1) {
    const { verdict } = await verifySubject(hub, { matter, subject: E1 });
    const isSpent = verdict.observations.some(
      ({ source, transport }) => source === spentAt && transport === 'QUOTA_EXHAUSTED',
    );
    if (isSpent) return { asked, verdict };
  }
  throw new Error(`${spentAt} never said that its quota is spent`);
}

test('scenario 17: a job yields at the reserve, and the counter goes on to the end', async () => {
  const records = [{ record: createCommitment(1), purpose: canaryPurpose('job') }];
  const where = { source: 'credit-platform', name: 'credit.commitment' } as const;
  const push = () => hub.hub.sources.handovers.push({ ...where, records });
  let handed = 0;
  let yielded: unknown = null;
  while (yielded === null && handed <= PER_DAY)
    await push().then(
      () => (handed += 1),
      (error: unknown) => (yielded = error),
    );

  const { asked } = await verifyUntilSpent(MATTERS.construction, 'credit-platform');

  expect(handed).toBe(PER_DAY * (1 - RESERVE));
  expect(yielded).toMatchObject({
    ...{ code: 'SOURCE_QUOTA_EXHAUSTED', details: expect.objectContaining({ hop: 'HUB' }) },
  });
  expect(asked).toBe(PER_DAY * RESERVE);
  expect(await callsOf(hub, 'credit-platform')).toHaveLength(PER_DAY);
}, 60_000);

test('whoever asks when nothing is left hears until when, and nothing about the subject', async () => {
  const { verdict } = await verifyUntilSpent(MATTERS.registration, 'publicity-system');

  expect(verdict).toMatchObject({ code: 'UNAVAILABLE', refutation: null });
  expect(verdict.reasons).toContainEqual(
    expect.objectContaining({ code: 'SOURCE_DID_NOT_ANSWER', hop: 'HUB' }),
  );
  // The day of a quota ends at midnight in Asia/Shanghai.
  expect(verdict.retryAt).toMatch(/T(?:15:59:59|16:00:00)/u);
});
