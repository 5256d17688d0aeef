import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  ApproveAssistanceDocument,
  ContestAssistanceRefusalDocument,
  DirectAssistanceDocument,
  ListAssistanceDocument,
  ListToDoDocument,
  ReadVerificationDocument,
  RefuseAssistanceDocument,
  UpholdAssistanceRefusalDocument,
} from '../generated/operations.ts';
import {
  accept,
  approve,
  CLERK,
  COUNTER,
  JUSTICE,
  startJourney,
  type Journey,
} from '../support/assistance.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';

// A Friday before Mid-Autumn: the Sunday after next is worked.
const SENT_AT = '2021-09-17T02:00:00Z';

const clock = createTestClock(SENT_AT);
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
afterAll(() => hub.stop());

async function verdicts({ verified }: Journey) {
  const { verification } = await hub.get(ReadVerificationDocument, { id: verified.id });
  return verification?.history ?? [];
}

async function refuse(journey: Journey) {
  const ground = { ground: 'BEYOND_COMPETENCE', note: '参保信息由省级管理' } as const;
  return journey.take(RefuseAssistanceDocument, ground, CLERK);
}

const contest = (journey: Journey) =>
  journey.take(ContestAssistanceRefusalDocument, { note: '属于贵局法定职责' }, COUNTER);

test('what no source holds is sent on a Friday and due on the make-up Sunday', async () => {
  clock.set(SENT_AT);
  const { verified, read } = await startJourney(hub);

  const request = await read();

  expect(verified.verdict).toMatchObject({ code: 'PENDING', dueOn: '2021-09-26' });
  expect(request).toMatchObject({
    state: 'SUBMITTED',
    assistingAgency: AGENCIES.healthInsurance.code,
    ownerAgency: AGENCIES.healthInsurance.code,
    dueOn: '2021-09-26',
    dueIsProvisional: false,
  });
  expect(request.dueSkipped.map(({ day, why }) => `${day} ${why}`)).toEqual([
    '2021-09-19 中秋',
    '2021-09-20 中秋',
    '2021-09-21 中秋',
    '2021-09-25 星期六',
  ]);
});

test('a reply that something does not match refutes only after a second person approved it', async () => {
  clock.set(SENT_AT);
  const journey = await startJourney(hub);

  const proposed = await journey.reply('DENIED');
  const before = await verdicts(journey);
  const shown = await journey.read(CLERK);
  const own = await journey.take(ApproveAssistanceDocument, {}, CLERK);
  const approved = await approve(journey);

  const after = await verdicts(journey);
  expect(proposed).toMatchObject({ state: 'REPLY_PROPOSED', reply: null, proposal: null });
  expect(shown.proposal).toEqual({
    by: 'demo-assist',
    answers: [{ question: 'INSURED_SINCE_2020', outcome: 'DENIED' }],
  });
  expect(before.map(({ code }) => code)).toEqual(['PENDING']);
  expect(own.userErrors).toMatchObject([{ code: 'SECOND_PERSON_NEEDED' }]);
  expect(approved.request).toMatchObject({ state: 'REPLIED' });
  expect(after.at(-1)).toMatchObject({
    ...{ code: 'REFUTED', refutation: 'FIELD_MISMATCH', cause: 'ASSISTANCE_REPLIED' },
  });
  const { followUps } = await hub.get(ListToDoDocument, { first: 100 });
  expect(followUps.nodes).toContainEqual(
    expect.objectContaining({
      kind: 'DECIDE_BY_PERSON',
      verification: expect.objectContaining({ id: journey.verified.id }),
    }),
  );
});

test('a refusal that is contested lies with the justice bureau, which lets the agency assist', async () => {
  clock.set(SENT_AT);
  const journey = await startJourney(hub);
  await accept(journey);

  const proposed = await refuse(journey);
  const refused = await approve(journey);
  const disputed = await contest(journey);
  const box = await hub.get(
    ListAssistanceDocument,
    { box: 'COORDINATION', first: 50, state: 'DISPUTED' },
    JUSTICE,
  );
  clock.set('2021-09-22T02:00:00Z');
  const directed = await journey.take(
    DirectAssistanceDocument,
    { note: '行政处罚法第二十六条', toAgency: null },
    JUSTICE,
  );
  const replied = await journey.reply('CONFIRMED');

  expect(proposed.request).toMatchObject({ state: 'REFUSAL_PROPOSED' });
  expect(refused.request).toMatchObject({ state: 'REFUSED', refusalGround: 'BEYOND_COMPETENCE' });
  expect(disputed.request).toMatchObject({
    ...{ state: 'DISPUTED', coordinatorAgency: AGENCIES.justice.code },
    ownerAgency: AGENCIES.justice.code,
  });
  const seen = box.assistanceRequests.nodes.find(({ id }) => id === journey.id);
  expect(seen?.subjectCode).toContain('*');
  expect(directed.request).toMatchObject({ state: 'SUBMITTED', dueOn: '2021-09-28' });
  expect(replied.state).toBe('REPLIED');
  expect((await verdicts(journey)).map(({ code }) => code)).toEqual(['PENDING', 'CONFIRMED']);
});

test('a refusal that the justice bureau upholds says nothing about the person', async () => {
  clock.set(SENT_AT);
  const journey = await startJourney(hub);
  await accept(journey);
  await refuse(journey);
  await approve(journey);
  await contest(journey);

  const upheld = await journey.take(
    UpholdAssistanceRefusalDocument,
    { note: '不属于该局职权' },
    JUSTICE,
  );

  expect(upheld.request).toMatchObject({ state: 'REFUSED_FINAL', ownerAgency: null });
  expect((await verdicts(journey)).at(-1)).toMatchObject({
    ...{ code: 'UNAVAILABLE', refutation: null, cause: 'ASSISTANCE_UNANSWERED' },
  });
});

test('what nobody answers goes to the justice bureau, and a late reply overrules the presumption', async () => {
  clock.set(SENT_AT);
  const journey = await startJourney(hub);
  const run = async (at: string) => {
    clock.set(at);
    await hub.hub.runAssistanceClocks(AbortSignal.timeout(10_000));
    await hub.hub.runAssistanceClocks(AbortSignal.timeout(10_000));
    return journey.read();
  };

  const states = {
    dueDay: await run('2021-09-26T15:59:00Z'),
    next: await run('2021-09-26T16:01:00Z'),
    later: await run('2021-09-29T02:00:00Z'),
  };
  const presumed = await verdicts(journey);
  const late = await journey.reply('CONFIRMED');

  expect(states.dueDay).toMatchObject({ overdue: false, timeliness: 'DUE_SOON' });
  expect(states.dueDay.alarms.map(({ kind }) => kind)).toEqual(['REMINDER_HALF', 'REMINDER_LATE']);
  expect(states.next).toMatchObject({ overdue: true, timeliness: 'OVERDUE', state: 'SUBMITTED' });
  expect(states.next.alarms.map(({ kind, toAgency }) => [kind, toAgency]).at(-1)).toEqual([
    ...['ESCALATED_TO_COORDINATOR', AGENCIES.justice.code],
  ]);
  expect(states.later).toMatchObject({ state: 'DISPUTED', presumedUnanswered: true });
  expect(states.later.alarms.map(({ kind, toAgency }) => [kind, toAgency])).toContainEqual([
    ...['ESCALATED_TO_SUPERIOR', AGENCIES.provincialJustice.code],
  ]);
  expect(new Set(states.later.alarms.map(({ kind }) => kind)).size).toBe(4);
  expect(presumed.at(-1)).toMatchObject({
    ...{ code: 'UNAVAILABLE', refutation: null, cause: 'ASSISTANCE_UNANSWERED' },
  });
  expect(late).toMatchObject({ state: 'REPLIED', presumedUnanswered: false });
  expect((await verdicts(journey)).at(-1)?.code).toBe('CONFIRMED');
});

test('silence about a reply closes the request, and nobody can reopen it', async () => {
  clock.set(SENT_AT);
  const journey = await startJourney(hub);
  await journey.reply('CONFIRMED');

  clock.set('2021-09-27T02:00:00Z');
  await hub.hub.runAssistanceClocks(AbortSignal.timeout(10_000));

  const closed = await journey.read();
  expect(closed).toMatchObject({ state: 'CLOSED_SATISFIED', allowedSteps: [] });
  expect(closed.events.at(-1)).toMatchObject({ step: 'CONFIRM', by: 'job:assistance-clocks' });
  expect((await refuse(journey)).userErrors).toMatchObject([
    { code: 'STEP_NOT_ALLOWED', state: 'CLOSED_SATISFIED', allowed: [] },
  ]);
});
