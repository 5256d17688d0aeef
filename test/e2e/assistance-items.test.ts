import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  AcceptAssistanceDocument,
  ConfirmAssistanceDocument,
  DraftAssistanceDocument,
  ExtendAssistanceDocument,
  ListAssistanceItemsDocument,
  ListManualQuestionsDocument,
  PublishAssistanceItemDocument,
  ReadAssistanceIndicatorsDocument,
  RefuseAssistanceDocument,
  ReplyToAssistanceDocument,
  SplitAssistanceDocument,
  SubmitAssistanceDocument,
  WithdrawAssistanceDocument,
  type AssistanceOutcome,
  type PublishAssistanceItemInput,
} from '../generated/operations.ts';
import {
  accept,
  approve,
  CLERK,
  clerkOf,
  COUNTER,
  journeyOf,
  JUSTICE,
  startJourney,
  type Journey,
} from '../support/assistance.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { MATTERS, openCase } from '../support/journey.ts';

const SENT_AT = '2021-09-17T02:00:00Z';
const { healthInsurance, publicSecurity, civilAffairs, approval } = AGENCIES;
const { p2 } = SUBJECTS;

const ITEM = {
  ...{ code: 'household-and-insurance', title: '户籍与参保情况', contact: '综合科 0537-0000000' },
  ...{ assistingAgency: healthInsurance.code, legalBasis: '行政处罚法第二十六条' },
  questions: [
    { code: 'HOUSEHOLD', text: '是否本市户籍' },
    { code: 'MARRIAGE', text: '是否登记结婚' },
  ],
  limits: { reply: 10, extension: 5 },
  ...{ minutesPerRequest: 90, effectiveFrom: '2021-09-17' },
} as const satisfies PublishAssistanceItemInput;

const clock = createTestClock(SENT_AT);
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  await publish({});
});
beforeEach(() => clock.set(SENT_AT));
afterAll(() => hub.stop());

async function publish(changed: Partial<PublishAssistanceItemInput>) {
  const input = { ...ITEM, ...changed };
  return (await hub.get(PublishAssistanceItemDocument, { input }, JUSTICE)).publishAssistanceItem;
}

/** A request by the entry of the list, sent. */
async function sendByItem(): Promise<Journey> {
  const subject = { kind: 'PERSON', code: p2.code, name: p2.name } as const;
  const opened = await openCase(hub, { matter: MATTERS.insurance, subjects: [subject] });
  const ids = { caseId: opened.id, subjectId: opened.subjects[0]!.id };
  const input = { ...ids, itemCode: ITEM.code };
  const { done } = await hub.get(DraftAssistanceDocument, { input });
  const journey = journeyOf(hub, { id: '' } as never, done.request!.id);
  expect(done.request).toMatchObject({ state: 'DRAFT', version: 0 });
  await expect(journey.read(CLERK)).rejects.toThrow('not to be read');
  await journey.take(SubmitAssistanceDocument, {}, COUNTER);
  return journey;
}

async function replyTo(
  requestId: string,
  answers: readonly (readonly [question: string, outcome: AssistanceOutcome])[],
  { as, isPart = false }: { as: AskOptions; isPart?: boolean },
) {
  const input = {
    ...{ requestId, answererName: '经办人', asOf: '2021-01-05', isPart },
    answers: answers.map(([question, outcome]) => ({ question, outcome, note: null })),
    attachments: [{ name: '复函.pdf', digest: 'a'.repeat(64), bytes: 1_024 }],
  };
  return (await hub.get(ReplyToAssistanceDocument, { input }, as)).replyToAssistance;
}

const split = (journey: Journey) =>
  journey.take(
    SplitAssistanceDocument,
    {
      parts: [
        { agency: publicSecurity.code, questions: ['HOUSEHOLD'] },
        { agency: civilAffairs.code, questions: ['MARRIAGE'] },
      ],
    },
    CLERK,
  );

test('an entry of the list is published once, and a change is its next version', async () => {
  const again = await publish({});
  const changed = await publish({ code: 'other', limits: { reply: 4 } });
  const next = await publish({ code: 'other', limits: { reply: 6, confirm: 2 } });

  const { assistanceItems } = await hub.get(ListAssistanceItemsDocument, { on: '2021-09-17' });
  expect(again.item).toEqual({ code: ITEM.code, version: 1 });
  expect([changed.item?.version, next.item?.version]).toEqual([1, 2]);
  expect(assistanceItems.map(({ code, version }) => `${code}@${version}`)).toEqual([
    ...['household-and-insurance@1', 'other@2'],
  ]);
});

test.each([
  [{ code: 'Not This' }, 'MALFORMED_CODE'],
  [{ contact: '' }, 'LENGTH_OUT_OF_RANGE'],
  [{ questions: [] }, 'TOO_MANY'],
  [{ limits: { reply: 0 } }, 'MALFORMED_VALUE'],
  [{ effectiveFrom: '2021-09-16' }, 'DATE_OUT_OF_RANGE'],
  [{ assistingAgency: '11370800MB3TE0Z00X' }, 'UNKNOWN_AGENCY'],
])('an entry with %j is refused: %s', async (wrong, code) => {
  const { userErrors } = await publish(wrong);

  expect(userErrors).toMatchObject([{ code }]);
});

test('the limits of the list count, and the extension is added once', async () => {
  const journey = await sendByItem();
  await accept(journey);

  const sent = await journey.read();
  const extended = await journey.take(ExtendAssistanceDocument, { note: '档案在外' }, CLERK);
  const twice = await journey.take(ExtendAssistanceDocument, { note: '再延' }, CLERK);

  expect(sent).toMatchObject({ dueOn: '2021-10-08', itemCode: ITEM.code });
  expect(extended.request).toMatchObject({ dueOn: '2021-10-14' });
  expect(twice.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'IN_PROGRESS' }]);
});

test('a request is answered in parts, and whole with the last of them', async () => {
  const journey = await sendByItem();
  await accept(journey);

  const part = await replyTo(journey.id, [['HOUSEHOLD', 'CONFIRMED']], { as: CLERK, isPart: true });
  const rest = await replyTo(journey.id, [['MARRIAGE', 'NO_RECORD']], { as: CLERK });

  expect(part.request?.state).toBe('PARTIALLY_REPLIED');
  expect(rest.request).toMatchObject({
    state: 'REPLIED',
    reply: { answers: [{ question: 'HOUSEHOLD' }, { question: 'MARRIAGE' }] },
  });
  expect((await journey.read()).reply?.attachments).toEqual([{ digest: 'a'.repeat(64) }]);
});

test('a split request is what its parts come to, and closes them with itself', async () => {
  const journey = await sendByItem();
  const divided = await split(journey);
  const [household, marriage] = (await journey.read()).parts;

  await replyTo(household!.id, [['HOUSEHOLD', 'CONFIRMED']], { as: clerkOf('publicSecurity') });
  const waiting = await journey.read();
  await replyTo(marriage!.id, [['MARRIAGE', 'NO_RECORD']], { as: clerkOf('civilAffairs') });
  const joined = await journey.read();
  await journey.take(ConfirmAssistanceDocument, { note: null, rating: null }, COUNTER);

  expect(divided.request).toMatchObject({ state: 'SPLIT', dueOn: '2021-10-08' });
  expect([household, marriage]).toMatchObject([
    { state: 'SUBMITTED', assistingAgency: publicSecurity.code },
    { state: 'SUBMITTED', assistingAgency: civilAffairs.code },
  ]);
  expect(waiting.state).toBe('SPLIT');
  expect(joined).toMatchObject({
    state: 'REPLIED',
    reply: {
      answers: [
        { question: 'HOUSEHOLD', outcome: 'CONFIRMED' },
        { question: 'MARRIAGE', outcome: 'NO_RECORD' },
      ],
    },
  });
  const closed = await journey.read();
  expect([closed.state, ...closed.parts.map(({ state }) => state)]).toEqual([
    ...['CLOSED_SATISFIED', 'CLOSED_SATISFIED', 'CLOSED_SATISFIED'],
  ]);
});

test('two parts that are answered in the same moment still join', async () => {
  const journeys = await Promise.all(Array.from({ length: 8 }, () => sendByItem()));
  const replies: (() => Promise<unknown>)[] = [];
  for (const journey of journeys) {
    await split(journey);
    const [household, marriage] = (await journey.read()).parts;
    replies.push(
      () => replyTo(household!.id, [['HOUSEHOLD', 'CONFIRMED']], { as: clerkOf('publicSecurity') }),
      () => replyTo(marriage!.id, [['MARRIAGE', 'CONFIRMED']], { as: clerkOf('civilAffairs') }),
    );
  }

  await Promise.all(replies.map((reply) => reply()));

  const states = await Promise.all(journeys.map(async ({ read }) => (await read()).state));
  expect(new Set(states)).toEqual(new Set(['REPLIED']));
});

test('withdrawing a split request withdraws its parts', async () => {
  const journey = await sendByItem();
  await split(journey);

  await journey.take(WithdrawAssistanceDocument, { note: '不再需要' }, COUNTER);

  const { parts } = await journey.read();
  expect(parts.map(({ state }) => state)).toEqual(['WITHDRAWN', 'WITHDRAWN']);
});

test('parts that leave a question out, or go to nobody, are refused', async () => {
  const journey = await sendByItem();

  const done = await journey.take(
    SplitAssistanceDocument,
    { parts: [{ agency: 'nobody', questions: ['HOUSEHOLD'] }] },
    CLERK,
  );

  expect(done.userErrors.map(({ code }) => code)).toEqual(['ANSWERS_DO_NOT_FIT', 'UNKNOWN_AGENCY']);
});

test('indicators count each pair of agencies, and tell what to automate first', async () => {
  clock.set('2022-03-01T02:00:00Z');
  const confirmed = await startJourney(hub);
  await confirmed.reply('CONFIRMED');
  const rating = { timeliness: 4, effort: 5 };
  await confirmed.take(ConfirmAssistanceDocument, { rating, note: null }, COUNTER);
  const refused = await startJourney(hub);
  await accept(refused);
  await refused.take(RefuseAssistanceDocument, { ground: 'DUPLICATE', note: null }, CLERK);
  await approve(refused);
  await startJourney(hub);
  clock.set('2022-03-09T02:00:00Z');

  const span = { from: '2022-03-01', through: '2022-03-01' };
  const { assistanceIndicators } = await hub.get(ReadAssistanceIndicatorsDocument, span);
  const { manualQuestions } = await hub.get(ListManualQuestionsDocument, {}, JUSTICE);

  expect(assistanceIndicators).toEqual([
    {
      ...{ askingAgency: approval.code, assistingAgency: healthInsurance.code, sent: 3 },
      ...{ replied: 1, repliedInTime: 1, averageWorkingDays: 0, overdueNow: 1, timeliness: 4 },
      refused: [{ ground: 'DUPLICATE', count: 1 }],
    },
  ]);
  const [dearest, next] = manualQuestions;
  expect(dearest!.hoursPerYear).toBe((dearest!.requests * 90) / 60);
  expect(dearest!.hoursPerYear).toBeGreaterThanOrEqual(next!.hoursPerYear);
});

test('an agency that takes no part in a pair does not see its figures', async () => {
  const span = { from: '2021-01-01', through: '2023-01-01' };

  const of = async (as: AskOptions) =>
    (await hub.get(ReadAssistanceIndicatorsDocument, span, as)).assistanceIndicators.length;

  expect(await of(clerkOf('market'))).toBe(0);
  expect(await of(JUSTICE)).toBeGreaterThan(1);
});

test('a draft is taken in by nobody', async () => {
  const input = { requestId: randomUUID(), version: 0, idempotencyKey: 'k', note: null };

  const { done } = await hub.get(AcceptAssistanceDocument, { input }, CLERK);

  expect(done.userErrors).toMatchObject([{ code: 'UNKNOWN_ASSISTANCE_REQUEST' }]);
});
