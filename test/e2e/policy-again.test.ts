import { randomUUID } from 'node:crypto';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import {
  CancelWorkOrderDocument,
  DecideVerificationDocument,
  OrderOnSiteCheckDocument,
  ReadVerificationDocument,
} from '../generated/operations.ts';
import { startJourney } from '../support/assistance.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, matterCode, mendSource, verifySubject } from '../support/journey.ts';
import { choicesOf, policyOfMatter, publishVersion, versionOf } from '../support/policies.ts';
import { DECIDER, orderJourneyOf, readLadder } from '../support/work-orders.ts';

/** Longer than a verification waits, shorter than a call may take. */
const SLOW_MS = 7_000;

const DAY = '2021-09-17' as BusinessDate;

const clock = createTestClock('2021-09-17T02:00:00Z');
let hub: TestHub;
beforeEach(async () => {
  clock.set('2021-09-17T02:00:00Z');
  hub = await startTestHub({ clock, policy: { lateMs: 30_000 } });
});
afterEach(() => hub.stop());

type Requirements = readonly { readonly id: string }[];

/** The policy of a matter under names of requirements that the policy of the list does not know. */
function renamed(name: string) {
  const policy = policyOfMatter(name);
  const requirements = policy['requirements'] as Requirements;
  return { ...policy, requirements: requirements.map((one) => ({ ...one, id: `${one.id}-new` })) };
}

/** Version 1 renames requirements; version 2 has the names of the list. */
async function publish(name: string, version: 1 | 2) {
  await publishVersion(hub, {
    ...versionOf(name, { effectiveFrom: DAY, lastVersion: version - 1 }),
    gradeAgeDaysMax: null,
    policies: [{ policy: version === 1 ? renamed(name) : policyOfMatter(name), byGrade: [] }],
  });
}

async function expectFirstVersionThroughout(id: string, name: string) {
  const history = await choicesOf(hub, id);
  expect(history.length).toBeGreaterThan(1);
  for (const one of history) expect(one.policyVersion).toBe(`${matterCode(name)}@1+p1`);
}

test('an order, what is seen on the spot and the decision stay under the policy of the question', async () => {
  const name = MATTERS.insurance;
  await publish(name, 1);
  const { verified } = await startJourney(hub);
  await publish(name, 2);
  clock.set('2021-09-29T02:00:00Z');
  await hub.hub.runAssistanceClocks(AbortSignal.timeout(10_000));
  const { workOrders } = await readLadder(hub, verified.id);
  const first = orderJourneyOf(hub, workOrders[0]!.id);
  await first.take(CancelWorkOrderDocument, { reason: '无现场可查' });

  const input = { verificationId: verified.id, reason: '再看一次' };
  const order = async (requirement: string) =>
    (
      await hub.get(OrderOnSiteCheckDocument, {
        input: { ...input, requirement, idempotencyKey: randomUUID() },
      })
    ).done;
  const unknown = await order('insured-since-2020');
  const ordered = await order('insured-since-2020-new');
  await orderJourneyOf(hub, ordered.workOrder!.id).look('CANNOT_DETERMINE', '2021-09-29');
  const { verdict, ladder } = await readLadder(hub, verified.id);
  const { decideVerification } = await hub.get(
    DecideVerificationDocument,
    {
      input: {
        ...{ verificationId: verified.id, number: verdict.number, outcome: 'LEAVE_OPEN' },
        ...{ reason: '无从核实', documents: [], idempotencyKey: randomUUID() },
      },
    },
    DECIDER,
  );

  expect(unknown.userErrors).toMatchObject([{ code: 'UNKNOWN_REQUIREMENT' }]);
  expect(ordered.userErrors).toEqual([]);
  expect(ladder).toMatchObject({ rung: 'DECISION' });
  expect(decideVerification.userErrors).toEqual([]);
  expect((await readLadder(hub, verified.id)).verdict).toMatchObject({
    ...{ code: 'INCONCLUSIVE', cause: 'OFFICER_DECIDED' },
  });
  await expectFirstVersionThroughout(verified.id, name);
});

test('an answer that comes late is judged under the policy of the question', async () => {
  const name = MATTERS.registration;
  await publish(name, 1);
  await breakSource(hub, 'publicity-system', { kind: 'slow', ms: SLOW_MS });
  const { code } = SUBJECTS.e1;
  const subject = { kind: 'ENTERPRISE', code, name: SUBJECTS.e1.name } as const;
  const asked = await verifySubject(hub, { matter: name, subject });
  await publish(name, 2);
  await mendSource(hub, 'publicity-system');

  let { verdict } = asked as Pick<typeof asked, 'verdict'>;
  for (let tries = 0; tries < 100 && verdict.code === 'PENDING'; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    ({ verdict } = (await hub.get(ReadVerificationDocument, { id: asked.id })).verification!);
  }

  expect(asked.verdict.code).toBe('PENDING');
  expect(verdict).toMatchObject({ cause: 'ANSWER_CAME_LATE' });
  expect(verdict.code).toBe('CONFIRMED');
  await expectFirstVersionThroughout(asked.id, name);
}, 60_000);
