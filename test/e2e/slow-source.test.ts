import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import type { VerificationPolicy } from '../../src/model/policy.ts';
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

test('what a late answer leaves open goes on up the ladder: another agency is asked', async () => {
  const found = STARTER_MATTERS.find(({ name }) => name === MATTERS.construction)!;
  await hub.hub.catalog.publish([{ ...found, version: found.version + 1, policy: POLICY }]);
  await breakSource(hub, 'publicity-system', { kind: 'slow', ms: SLOW_MS });
  const asked = await verifySubject(hub, {
    matter: MATTERS.construction,
    subject: { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name },
    claims: [{ requirement: 'capital', field: 'LICENSE_NUMBER', value: '鲁建-1' }],
  });
  await mendSource(hub, 'publicity-system');

  const settled = await untilJudgedAgain(asked.id);

  expect(asked.verdict.observations.map(({ method }) => method)).toEqual(['ONLINE']);
  expect(settled.verdict).toMatchObject({ code: 'PENDING', cause: 'ANSWER_CAME_LATE' });
  expect(settled.verdict.observations.map(({ method }) => method)).toEqual([
    ...['ONLINE', 'ASSISTANCE'],
  ]);
  expect(settled.verdict.dueOn).not.toBeNull();
}, 60_000);

/** The register holds no license number, so that its answer leaves the requirement open. */
const POLICY: VerificationPolicy = {
  ...{ subjectKinds: ['ENTERPRISE'], timing: 'BEFORE_DECISION', followUpWorkingDays: 3 },
  ...{ dateThatCounts: 'ASKED_ON', exemption: null },
  requirements: [
    {
      ...{ id: 'capital', label: '资质证书编号', acceptsSuccessor: false },
      fields: [{ field: 'LICENSE_NUMBER', decisive: true, mustBeClaimed: true }],
      ladder: [
        {
          method: 'ONLINE',
          consult: [
            {
              ...{ dataset: 'REGISTRATION', rank: 2, fieldRanks: [], maxAgeSeconds: 0 },
              licenseTypeCode: null,
            },
          ],
        },
        {
          ...{ method: 'ASSISTANCE', assistingAgency: AGENCIES.healthInsurance.code, rank: 2 },
          ...{ workingDays: 5, questions: [{ code: 'NUMBER', text: '资质证书编号是否属实？' }] },
        },
      ],
    },
  ],
};

async function untilJudgedAgain(id: string) {
  for (let tries = 0; tries < 100; tries += 1) {
    const { verification } = await hub.get(ReadVerificationDocument, { id });
    if (verification !== null && verification.history.length > 1) return verification;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the late answer was not judged');
}

async function untilSettled(id: string) {
  for (let tries = 0; tries < 100; tries += 1) {
    const { verification } = await hub.get(ReadVerificationDocument, { id });
    if (verification !== null && verification.verdict.code !== 'PENDING') return verification;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the late answer was not judged');
}
