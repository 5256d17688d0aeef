import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  emptyStanding,
  foldEvents,
  type AssistanceStanding,
} from '../../src/model/assistance-standing.ts';
import type { AssistanceEvent } from '../../src/model/assistance-record.ts';
import {
  AcceptAssistanceDocument,
  AgreeAssistanceDateDocument,
  AskAssistanceClarificationDocument,
  ClarifyAssistanceDocument,
  ConfirmAssistanceDocument,
  DenyAssistanceDateDocument,
  ForwardAssistanceDocument,
  ProposeAssistanceDateDocument,
  ReadAssistanceDocument,
  ReadVerificationDocument,
  RejectAssistanceDocument,
  ReturnAssistanceDocument,
  SetCalendarDaysDocument,
  SupplementAssistanceDocument,
  WithdrawAssistanceDocument,
  WithdrawCalendarDaysDocument,
} from '../generated/operations.ts';
import {
  accept,
  CLERK,
  CLERK_2,
  clerkOf,
  COUNTER,
  JUSTICE,
  startJourney,
  type Journey,
} from '../support/assistance.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { verify } from '../support/journey.ts';

const SENT_AT = '2021-09-17T02:00:00Z';
const { justice, publicSecurity, civilAffairs, humanResources } = AGENCIES;

const clock = createTestClock(SENT_AT);
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
beforeEach(() => clock.set(SENT_AT));
afterAll(() => hub.stop());

async function codes({ verified }: Journey) {
  const { verification } = await hub.get(ReadVerificationDocument, { id: verified.id });
  return verification?.history.map(({ code }) => code);
}

const forward = (journey: Journey, toAgency: string, as: AskOptions) =>
  journey.take(ForwardAssistanceDocument, { toAgency, note: '主管部门' }, as);

const supplement = (journey: Journey) =>
  journey.take(SupplementAssistanceDocument, { note: '请说明起止月份' }, COUNTER);

test('a forwarded request keeps its due day, and its first agency learns nothing more of it', async () => {
  const journey = await startJourney(hub);

  const moved = await forward(journey, publicSecurity.code, CLERK);

  const owner = await journey.read(clerkOf('publicSecurity'));
  expect(moved.request).toMatchObject({ state: 'SUBMITTED', dueOn: '2021-09-26' });
  expect(moved.request?.subjectCode).toContain('*');
  expect(owner.subjectCode).not.toContain('*');
  await expect(journey.read(CLERK)).rejects.toThrow('not to be read');
});

test('a request that goes in a circle, or a third time, goes to the coordinator', async () => {
  const circle = await startJourney(hub);
  await forward(circle, publicSecurity.code, CLERK);
  const long = await startJourney(hub);
  await forward(long, publicSecurity.code, CLERK);
  await forward(long, civilAffairs.code, clerkOf('publicSecurity'));

  const back = await forward(circle, AGENCIES.healthInsurance.code, clerkOf('publicSecurity'));
  const third = await forward(long, humanResources.code, clerkOf('civilAffairs'));

  expect(back.request).toMatchObject({ state: 'DISPUTED', ownerAgency: justice.code });
  expect(third.request).toMatchObject({ state: 'DISPUTED', ownerAgency: justice.code });
});

test('the clock stands still while the asking agency has to answer', async () => {
  const journey = await startJourney(hub);
  await accept(journey);

  const asked = await journey.take(AskAssistanceClarificationDocument, { note: '哪一年' }, CLERK);
  clock.set('2021-09-23T02:00:00Z');
  const answered = await journey.take(ClarifyAssistanceDocument, { note: '2020年' }, COUNTER);

  expect(asked.request).toMatchObject({ state: 'CLARIFICATION_WANTED' });
  // The 18th, 22nd and 23rd were paused; the 27th, 28th and 29th follow the 26th.
  expect(answered.request).toMatchObject({ state: 'IN_PROGRESS', dueOn: '2021-09-29' });
  expect(answered.request?.clock).toEqual([
    { isRunning: true, from: '2021-09-17', through: '2021-09-17' },
    { isRunning: false, from: '2021-09-17', through: '2021-09-23' },
    { isRunning: true, from: '2021-09-23', through: null },
  ]);
});

test('a proposed day becomes the due day when it is agreed, and only then', async () => {
  const journey = await startJourney(hub);
  const propose = () =>
    journey.take(ProposeAssistanceDateDocument, { date: '2021-10-09', note: null }, CLERK);

  const proposed = await propose();
  const denied = await journey.take(DenyAssistanceDateDocument, {}, COUNTER);
  await propose();
  const agreed = await journey.take(AgreeAssistanceDateDocument, {}, COUNTER);

  expect(proposed.request).toMatchObject({ state: 'DATE_PROPOSED', proposedOn: '2021-10-09' });
  expect(denied.request).toMatchObject({ state: 'SUBMITTED', dueOn: '2021-09-26' });
  expect(agreed.request).toMatchObject({ state: 'IN_PROGRESS', dueOn: '2021-10-09' });
});

test('a reply is completed twice; the third wish goes to the coordinator', async () => {
  const journey = await startJourney(hub);
  await journey.reply('CANNOT_DETERMINE');

  const first = await supplement(journey);
  await journey.reply('NO_RECORD');
  await supplement(journey);
  await journey.reply('CONFIRMED');
  const third = await supplement(journey);

  expect(first.request).toMatchObject({ state: 'SUPPLEMENT_WANTED', dueOn: '2021-09-22' });
  expect(await codes(journey)).toEqual(['PENDING', 'INCONCLUSIVE', 'INCONCLUSIVE', 'CONFIRMED']);
  expect(third.request).toMatchObject({ state: 'DISPUTED', ownerAgency: justice.code });
});

test('a reply that was given back by the second person reaches nobody', async () => {
  const journey = await startJourney(hub);
  await journey.reply('DENIED');

  const returned = await journey.take(ReturnAssistanceDocument, { note: '再核对' }, CLERK_2);

  expect(returned.request).toMatchObject({ state: 'IN_PROGRESS', reply: null });
  expect(await codes(journey)).toEqual(['PENDING']);
});

test('a rejected reply no longer counts, neither as yes nor as no', async () => {
  const journey = await startJourney(hub);
  await journey.reply('CONFIRMED');

  const rejected = await journey.take(RejectAssistanceDocument, { note: '答非所问' }, COUNTER);

  expect(rejected.request).toMatchObject({ state: 'CLOSED_UNSATISFIED', ownerAgency: null });
  expect(await codes(journey)).toEqual(['PENDING', 'CONFIRMED', 'UNAVAILABLE']);
});

test('what was withdrawn leaves no answer, and may be asked again', async () => {
  const journey = await startJourney(hub);
  const { caseId, subjectId } = await hub.database
    .db('assistance_request')
    .where({ id: journey.id })
    .first('case_id as caseId', 'subject_id as subjectId');

  await journey.take(WithdrawAssistanceDocument, { note: '申请人撤回' }, COUNTER);
  const again = await verify(hub, { caseId, subjectId });

  expect(await codes(journey)).toEqual(['PENDING', 'UNAVAILABLE']);
  expect(again.verdict.code).toBe('PENDING');
  expect(again.assistanceRequests.map(({ state }) => state)).toEqual(
    expect.arrayContaining(['SUBMITTED', 'WITHDRAWN']),
  );
});

test('the same key is the same step, and a decision on an old version is stale', async () => {
  const { id, read } = await startJourney(hub);
  const input = { requestId: id, version: 1, idempotencyKey: randomUUID(), note: null };
  const send = (given: typeof input) => hub.get(AcceptAssistanceDocument, { input: given }, CLERK);

  const first = await send(input);
  const replayed = await send(input);
  const input2 = { ...input, idempotencyKey: randomUUID(), version: 1, note: 'x' };
  const stale = await hub.get(AskAssistanceClarificationDocument, { input: input2 }, CLERK);
  const twice = await send({ ...input, idempotencyKey: randomUUID(), version: 2 });

  expect(first.done.request?.version).toBe(2);
  expect(replayed.done).toEqual(first.done);
  expect(stale.done.userErrors).toMatchObject([{ code: 'STALE_VERSION', field: ['version'] }]);
  expect(twice.done.userErrors).toMatchObject([
    { code: 'STEP_NOT_ALLOWED', state: 'IN_PROGRESS', allowed: expect.arrayContaining(['ASK']) },
  ]);
  expect((await read()).version).toBe(2);
});

test('twenty clerks who accept at once accept once', async () => {
  const { id, read } = await startJourney(hub);

  const all = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const input = { requestId: id, version: 1, idempotencyKey: randomUUID(), note: null };
      return (await hub.get(AcceptAssistanceDocument, { input }, CLERK)).done;
    }),
  );

  expect(all.filter(({ request }) => request !== null)).toHaveLength(1);
  expect((await read()).events.map(({ step }) => step)).toEqual(['SUBMIT', 'ACCEPT']);
});

test.each([
  ['another assisting agency', clerkOf('market')],
  ['the agency that coordinates nothing yet', { ...CLERK, agencyCode: justice.code }],
] as const)('%s can neither read nor move a request', async (_who, as) => {
  const { id } = await startJourney(hub);
  const input = { requestId: id, version: 1, idempotencyKey: randomUUID(), note: null };

  const { assistanceRequest } = await hub.get(ReadAssistanceDocument, { id }, as);
  const { done } = await hub.get(AcceptAssistanceDocument, { input }, as);

  expect(assistanceRequest).toBeNull();
  expect(done.userErrors).toMatchObject([{ code: 'UNKNOWN_ASSISTANCE_REQUEST' }]);
});

test('a rating is 1 to 5, and a step that means nothing without a word needs one', async () => {
  const journey = await startJourney(hub);
  await journey.reply('CONFIRMED');

  const rating = { timeliness: 6, effort: 3 };
  const wrong = await journey.take(ConfirmAssistanceDocument, { rating, note: null }, COUNTER);
  const silent = await journey.take(RejectAssistanceDocument, { note: null }, COUNTER);

  expect(wrong.userErrors).toMatchObject([{ code: 'MALFORMED_VALUE' }]);
  expect(silent.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
});

test('a closure moves the due day of what is open, and its end moves it back', async () => {
  const journey = await startJourney(hub);
  const days = { firstDay: '2021-09-22', lastDay: '2021-09-26', isWorkday: false };
  const input = { ...days, why: '台风停工', reason: '防汛指挥部通知' };

  const { setCalendarDays } = await hub.get(SetCalendarDaysDocument, { input }, JUSTICE);
  const closed = await journey.read();
  const opened = { id: setCalendarDays.override!.id, reason: '解除' };
  await hub.get(WithdrawCalendarDaysDocument, { input: opened }, JUSTICE);

  expect(closed.dueOn).toBe('2021-09-30');
  expect(closed.dueSkipped).toContainEqual({ day: '2021-09-24', why: '台风停工' });
  expect((await journey.read()).dueOn).toBe('2021-09-26');
});

test('every standing of this file is the sum of its events', async () => {
  const { db } = hub.database;
  const rows = await db('assistance_standing').select<
    { request_id: string; standing: AssistanceStanding }[]
  >('request_id', 'standing');

  for (const { request_id, standing } of rows) {
    const { askingAgency, visited } = standing;
    const events: readonly AssistanceEvent[] = await db('assistance_event')
      .where({ request_id })
      .orderBy('number');
    const { limits } = events[0]!.facts;
    const since = events[0]!.on;
    const empty = emptyStanding({ askingAgency, assistingAgency: visited[0]!, since });
    expect(JSON.parse(JSON.stringify(foldEvents({ ...empty, limits: limits! }, events)))).toEqual(
      standing,
    );
  }
  expect(rows.length).toBeGreaterThan(10);
});
