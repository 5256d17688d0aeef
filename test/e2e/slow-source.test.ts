import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { ReadVerificationDocument } from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, mendSource, MATTERS, verifySubject } from '../support/journey.ts';

/** Longer than a verification waits, shorter than a call may take. */
const SLOW_MS = 7_000;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ policy: { lateMs: 30_000 } });
});
afterAll(() => hub.stop());

test('scenario 9: a slow source is pending, and its late answer is judged when it comes', async () => {
  await breakSource(hub, 'publicity-system', { kind: 'slow', ms: SLOW_MS });
  const began = performance.now();

  const asked = await verifySubject(hub, {
    matter: MATTERS.registration,
    subject: { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name },
  });
  const waitedMs = performance.now() - began;
  await mendSource(hub, 'publicity-system');
  const settled = await untilSettled(asked.id);

  expect(asked.verdict.code).toBe('PENDING');
  expect(waitedMs).toBeLessThan(SLOW_MS);
  expect(settled.verdict.code).not.toBe('PENDING');
  expect(settled.verdict.cause).toBe('ANSWER_CAME_LATE');
  expect(settled.history.map(({ code }) => code)[0]).toBe('PENDING');
}, 60_000);

async function untilSettled(id: string) {
  for (let tries = 0; tries < 100; tries += 1) {
    const { verification } = await hub.get(ReadVerificationDocument, { id });
    if (verification !== null && verification.verdict.code !== 'PENDING') return verification;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the late answer was not judged');
}
