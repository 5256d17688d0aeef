import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import type { Matter } from '../../src/model/matter.ts';
import {
  CancelWorkOrderDocument,
  DecideVerificationDocument,
  ListLaddersDocument,
  ListWorkOrdersDocument,
  OrderOnSiteCheckDocument,
  ReturnWorkOrderDocument,
  SetCalendarDaysDocument,
  SignWorkOrderDocument,
  StartWorkOrderDocument,
} from '../generated/operations.ts';
import { COUNTER, JUSTICE, startJourney, type Journey } from '../support/assistance.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, mendSource, verify, verifySubject } from '../support/journey.ts';
import {
  DECIDER,
  INSPECTOR_1,
  INSPECTOR_2,
  orderJourneyOf,
  readLadder,
} from '../support/work-orders.ts';

const SENT_AT = '2021-09-17T02:00:00Z';
const VERY_LATE = '2021-09-29T02:00:00Z';
const { e1 } = SUBJECTS;
const REQUIREMENT = 'insured-since-2020';

const clock = createTestClock(SENT_AT);
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
beforeEach(() => clock.set(SENT_AT));
afterAll(() => hub.stop());

/** Nobody answers for so long that no answer is expected. */
async function abandoned(): Promise<Journey> {
  const journey = await startJourney(hub);
  clock.set(VERY_LATE);
  await hub.hub.runAssistanceClocks(AbortSignal.timeout(10_000));
  return journey;
}

const orderOf = async ({ verified }: Journey) => {
  const { workOrders } = await readLadder(hub, verified.id);
  return orderJourneyOf(hub, workOrders[0]!.id);
};

async function decide(verificationId: string, outcome: 'CONFIRM' | 'LEAVE_OPEN') {
  const { verdict } = await readLadder(hub, verificationId);
  const input = {
    ...{ verificationId, number: verdict.number, outcome, reason: '无从核实', documents: [] },
    idempotencyKey: randomUUID(),
  };
  return (await hub.get(DecideVerificationDocument, { input }, DECIDER)).decideVerification;
}

test('silence makes an on-site order once, and a late reply overrules the presumption after it', async () => {
  const journey = await abandoned();
  await hub.hub.runAssistanceClocks(AbortSignal.timeout(10_000));
  const order = await orderOf(journey);
  await order.look('CANNOT_DETERMINE', '2021-09-29');
  const looked = await readLadder(hub, journey.verified.id);

  await journey.reply('CONFIRMED');

  const late = await readLadder(hub, journey.verified.id);
  expect(looked.workOrders).toHaveLength(1);
  expect(looked.ladder).toMatchObject({ rung: 'DECISION' });
  expect(late).toMatchObject({
    verdict: { code: 'CONFIRMED', cause: 'ASSISTANCE_REPLIED' },
    ladder: { rung: 'CONCLUDED' },
  });
});

test('nobody sets out for what a late reply has settled; who has set out reports', async () => {
  const idle = await abandoned();
  const spared = await orderOf(idle);
  await spared.assign();
  await idle.reply('CONFIRMED');
  clock.set(SENT_AT);
  const busy = await abandoned();
  const underWay = await orderOf(busy);
  await underWay.assign();
  await underWay.take(StartWorkOrderDocument, {}, INSPECTOR_1);
  await busy.reply('CONFIRMED');

  expect(await spared.read()).toMatchObject({ state: 'CANCELED', allowedSteps: [] });
  expect((await spared.read()).events.at(-1)).toMatchObject({ step: 'CANCEL', by: 'hub' });
  expect(await underWay.read()).toMatchObject({ state: 'UNDER_WAY' });
});

test('an officer leaves open what a canceled order left open: the certificate is asked for', async () => {
  const journey = await abandoned();
  const { id } = journey.verified;
  const early = await decide(id, 'LEAVE_OPEN');
  const order = await orderOf(journey);
  const mute = await order.take(CancelWorkOrderDocument, {});
  await order.take(CancelWorkOrderDocument, { reason: '无现场可查' });
  const canceled = await readLadder(hub, id);

  const { userErrors } = await decide(id, 'LEAVE_OPEN');

  const ended = await readLadder(hub, id);
  expect(early.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'ON_SITE' }]);
  expect(mute.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
  expect(canceled).toMatchObject({
    verdict: { code: 'UNAVAILABLE', cause: 'ON_SITE_ENDED' },
    ladder: { rung: 'DECISION' },
  });
  expect(userErrors).toEqual([]);
  expect(ended).toMatchObject({
    verdict: { code: 'INCONCLUSIVE', refutation: null, cause: 'OFFICER_DECIDED' },
    ladder: { rung: 'CONCLUDED' },
    decisions: [{ outcome: 'LEAVE_OPEN', decidedBy: 'officer-9' }],
    followUps: [],
  });
});

test('a report that is given back is made anew, and a step on old news is refused', async () => {
  const journey = await abandoned();
  const order = await orderOf(journey);
  await order.assign();
  await order.take(StartWorkOrderDocument, {}, INSPECTOR_1);
  const tooEarly = await order.report('CONFIRMED', '2021-09-20');
  await order.report('REFUTED', '2021-09-29');
  const before = await readLadder(hub, journey.verified.id);
  const canceled = await order.take(CancelWorkOrderDocument, { reason: '不需要了' });
  await order.take(ReturnWorkOrderDocument, { reason: '地址有误' }, INSPECTOR_2);
  const key = { workOrderId: order.id, version: 3, idempotencyKey: randomUUID() };
  const { done: stale } = await hub.get(StartWorkOrderDocument, { input: key }, INSPECTOR_1);
  await order.report('CONFIRMED', '2021-09-29');
  await order.take(SignWorkOrderDocument, {}, INSPECTOR_2);

  const { verdict } = await readLadder(hub, journey.verified.id);
  expect(tooEarly.userErrors).toMatchObject([{ code: 'DATE_OUT_OF_RANGE' }]);
  expect(before.verdict.code).toBe('UNAVAILABLE');
  expect(canceled.userErrors).toMatchObject([
    { code: 'STEP_NOT_ALLOWED', state: 'REPORT_PROPOSED', allowed: ['ASSIGN', 'SIGN', 'RETURN'] },
  ]);
  expect(stale.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'UNDER_WAY' }]);
  expect(verdict).toMatchObject({ code: 'CONFIRMED', cause: 'ON_SITE_REPORTED' });
});

test('a further verification of the same subject joins the order and what was seen', async () => {
  const journey = await abandoned();
  const { workOrders } = await readLadder(hub, journey.verified.id);
  const order = orderJourneyOf(hub, workOrders[0]!.id);
  const { caseId, subjectId } = await idsOf(journey);
  const second = await verify(hub, { caseId, subjectId });
  await order.look('CONFIRMED', '2021-09-29');
  const third = await verify(hub, { caseId, subjectId });

  const codes = await Promise.all(
    [journey.verified.id, second.id, third.id].map(async (id) => {
      const { verdict, workOrders: own } = await readLadder(hub, id);
      return [verdict.code, own.length];
    }),
  );
  expect(codes).toEqual([
    ['CONFIRMED', 1],
    ['CONFIRMED', 1],
    ['CONFIRMED', 1],
  ]);
});

test('inspectors find their orders, and another agency finds none of them', async () => {
  const order = await orderOf(await abandoned());
  await order.assign();
  const list = async (variables: { mine: boolean }, as: object) =>
    (await hub.get(ListWorkOrdersDocument, { first: 100, ...variables }, as)).workOrders.nodes;

  const mine = await list({ mine: true }, INSPECTOR_1);
  const handlers = await list({ mine: true }, COUNTER);
  const others = await list({ mine: false }, { agencyCode: '11370800MB3TE0F632' });

  expect(mine.map(({ id }) => id)).toContain(order.id);
  expect([handlers, others]).toEqual([[], []]);
});

test('one clock runs over the ladder: its list is by due day, and a closed day moves all of it', async () => {
  const journey = await abandoned();
  const { id } = journey.verified;
  const order = await orderOf(journey);
  const overdue = async () => {
    const { ladders } = await hub.get(ListLaddersDocument, { first: 50, overdueOnly: true });
    return ladders.nodes.map(({ verification }) => verification.id);
  };
  const before = { ladder: (await readLadder(hub, id)).ladder!, order: await order.read() };
  const closed = { firstDay: '2021-09-30', lastDay: '2021-09-30', isWorkday: false };
  const input = { ...closed, why: '停电', reason: '市政府通知' };
  await hub.get(SetCalendarDaysDocument, { input }, JUSTICE);
  const after = { ladder: (await readLadder(hub, id)).ladder!, order: await order.read() };

  expect(before.ladder).toMatchObject({ countedFrom: '2021-09-17', dueOn: '2021-10-21' });
  expect(before.order).toMatchObject({ dueOn: '2021-10-18', overdue: false });
  expect(after.ladder).toMatchObject({ dueOn: '2021-10-22' });
  expect(after.ladder.skipped).toContainEqual({ day: '2021-09-30', why: '停电' });
  expect(after.order).toMatchObject({ dueOn: '2021-10-19' });
  expect(after.order.dueSkipped.map(({ day }) => day)).toContain('2021-09-30');
  expect(after.ladder.rungs.map(({ rung, progress }) => `${rung} ${progress}`)).toEqual([
    ...['ASSISTANCE PASSED', 'ON_SITE CURRENT', 'DECISION AHEAD'],
  ]);

  clock.set('2021-10-22T02:00:00Z');
  const onDueDay = await overdue();
  clock.set('2021-10-24T02:00:00Z');
  const onSunday = await overdue();
  clock.set('2021-10-25T02:00:00Z');
  expect(onDueDay).not.toContain(id);
  expect(onSunday).not.toContain(id);
  expect(await overdue()).toContain(id);
  expect(await order.read()).toMatchObject({ overdue: true });
});

test('equivalent evidence of another source settles what the first one could not be asked', async () => {
  await hub.hub.catalog.publish([twoSources()]);
  const subject = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
  await breakSource(hub, 'license-library', { kind: 'down' });
  const settled = await verifySubject(hub, { matter: MATTERS.waterRenewal, subject });
  await mendSource(hub, 'license-library');

  expect(settled.verdict.observations.map(({ source, transport }) => [source, transport])).toEqual([
    ['license-library', expect.not.stringMatching('ANSWERED')],
    ['publicity-system', 'ANSWERED'],
  ]);
  expect(settled.verdict.code).toBe('CONFIRMED');
});

test('an order needs a verification of the own agency, one of its requirements and a reason', async () => {
  const { verified } = await startJourney(hub);
  const order = async (changed: object, as: object = {}) => {
    const input = {
      ...{ verificationId: verified.id, requirement: REQUIREMENT, reason: '核实' },
      ...{ idempotencyKey: randomUUID(), ...changed },
    };
    const { done } = await hub.get(OrderOnSiteCheckDocument, { input }, as);
    return done.userErrors.map(({ code }) => code);
  };

  expect(await order({ verificationId: randomUUID() })).toEqual(['UNKNOWN_VERIFICATION']);
  expect(await order({}, { agencyCode: '11370800MB3TE0F632' })).toEqual(['UNKNOWN_VERIFICATION']);
  expect(await order({ requirement: 'nothing' })).toEqual(['UNKNOWN_REQUIREMENT']);
  expect(await order({ reason: ' ' })).toEqual(['LENGTH_OUT_OF_RANGE']);
});

async function idsOf({ verified }: Journey) {
  const { rows } = await hub.hub.db.raw<{ rows: { caseId: string; subjectId: string }[] }>(
    'select case_id as "caseId", subject_id as "subjectId" from verification where id = ?',
    [verified.id],
  );
  return rows[0]!;
}

/** A starter matter by a further version: the library, and after it the register. */
function twoSources(): Matter {
  const found = STARTER_MATTERS.find(({ name }) => name === MATTERS.waterRenewal)!;
  const consult = (dataset: 'LICENSE' | 'REGISTRATION') => ({
    ...{ dataset, rank: 2, fieldRanks: [], maxAgeSeconds: 0 },
    licenseTypeCode: dataset === 'LICENSE' ? '11100000MB0143028R001' : null,
  });
  return {
    ...{ ...found, version: found.version + 1 },
    policy: {
      ...found.policy,
      requirements: [
        {
          ...{ id: 'in-business', label: '主体存续', acceptsSuccessor: false },
          fields: [{ field: 'STATUS', decisive: true, mustBeClaimed: false }],
          ladder: [
            { method: 'ONLINE', consult: [consult('LICENSE')] },
            { method: 'ONLINE', consult: [consult('REGISTRATION')] },
          ],
        },
      ],
    },
  };
}
