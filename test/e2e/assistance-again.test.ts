import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  AskAssistanceAgainDocument,
  ConfirmAssistanceDocument,
  PublishAssistanceItemDocument,
  RejectAssistanceDocument,
  ReplyToAssistanceDocument,
  WithdrawAssistanceDocument,
  type AssistanceOutcome,
  type AskAssistanceAgainInput,
} from '../generated/operations.ts';
import {
  approve,
  CLERK_2,
  clerkOf,
  COUNTER,
  journeyOf,
  JUSTICE,
  startJourney,
  type Journey,
} from '../support/assistance.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { verify } from '../support/journey.ts';
import { readLadder } from '../support/work-orders.ts';

const SENT_AT = '2021-09-17T02:00:00Z';
const { healthInsurance, civilAffairs, publicSecurity, market } = AGENCIES;
const CIVIL = clerkOf('civilAffairs');

const clock = createTestClock(SENT_AT);
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  const input = {
    ...{ code: 'insured', title: '参保情况', contact: '综合科 0537-0000000' },
    ...{ assistingAgency: healthInsurance.code, otherAgencies: [civilAffairs.code] },
    questions: [{ code: 'INSURED_SINCE_2020', text: '2020年1月以来是否连续参保？' }],
    ...{ legalBasis: '行政处罚法第二十六条', limits: { reply: 5 }, effectiveFrom: '2021-09-17' },
  };
  const { publishAssistanceItem: done } = await hub.get(
    PublishAssistanceItemDocument,
    { input },
    JUSTICE,
  );
  if (done.userErrors.length > 0) throw new Error(JSON.stringify(done.userErrors));
});
afterAll(() => hub.stop());

async function again(journey: Journey, given: Partial<AskAssistanceAgainInput> = {}) {
  const input = {
    ...{ requestId: journey.id, reason: '需另行核实', idempotencyKey: randomUUID(), ...given },
  };
  return (await hub.get(AskAssistanceAgainDocument, { input })).done;
}

async function replyTo(
  id: string,
  given: { outcome: AssistanceOutcome; name: string; digest?: string },
  as: AskOptions,
) {
  const input = {
    ...{ requestId: id, answererName: given.name, asOf: '2021-09-17' },
    answers: [{ question: 'INSURED_SINCE_2020', outcome: given.outcome, note: null }],
    attachments:
      given.digest === undefined ? [] : [{ name: '复函', digest: given.digest, bytes: 1 }],
  };
  return (await hub.get(ReplyToAssistanceDocument, { input }, as)).replyToAssistance;
}

const codesOf = ({ userErrors }: { userErrors: readonly { code: string }[] }) =>
  userErrors.map(({ code }) => code);

test('a second request waits for the first answer, names a reason, and is sent once', async () => {
  const journey = await startJourney(hub);
  const early = await again(journey);
  await journey.reply('CONFIRMED');
  const mute = await again(journey, { reason: ' ' });
  const key = { idempotencyKey: randomUUID() };
  const sent = await again(journey, key);
  const repeated = await again(journey, key);
  const impatient = await again(journey);

  expect(early.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'SUBMITTED' }]);
  expect(codesOf(mute)).toEqual(['LENGTH_OUT_OF_RANGE']);
  expect(sent.request).toMatchObject({
    ...{ state: 'SUBMITTED', independentOf: journey.id, independenceReason: '需另行核实' },
    ...{ dueOn: '2021-09-26', assistingAgency: healthInsurance.code },
  });
  expect(repeated.request?.id).toBe(sent.request?.id);
  expect(impatient.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'SUBMITTED' }]);
});

test('another agency is asked only where the list of assistance names it', async () => {
  const journey = await startJourney(hub);
  await journey.reply('CANNOT_DETERMINE');

  const stranger = await again(journey, { toAgency: publicSecurity.code });
  const named = await again(journey, { toAgency: civilAffairs.code });
  await replyTo(named.request!.id, { outcome: 'CONFIRMED', name: '经办人' }, CIVIL);

  expect(stranger.userErrors).toMatchObject([{ code: 'UNKNOWN_AGENCY', field: ['toAgency'] }]);
  expect(named.request).toMatchObject({ assistingAgency: civilAffairs.code });
  // A namesake at another agency is another person.
  expect((await readLadder(hub, journey.verified.id)).verdict.code).toBe('CONFIRMED');
});

test('an answer that says otherwise makes the first refutation a contradiction', async () => {
  const journey = await startJourney(hub);
  await journey.reply('DENIED');
  await approve(journey);
  const sent = await again(journey);

  await replyTo(sent.request!.id, { outcome: 'CONFIRMED', name: '另一人' }, CLERK_2);

  const { verdict, history } = await readLadder(hub, journey.verified.id);
  expect(history.map(({ code }) => code)).toEqual(['PENDING', 'REFUTED', 'CONFLICTING']);
  expect(verdict.refutation).toBeNull();
  // Whoever asks anew about the same subject hears both as well.
  const { rows } = await hub.hub.db.raw<{ rows: { caseId: string; subjectId: string }[] }>(
    'select case_id as "caseId", subject_id as "subjectId" from verification where id = ?',
    [journey.verified.id],
  );
  expect((await verify(hub, rows[0]!)).verdict.code).toBe('CONFLICTING');
});

test('the same is asked three times at most, and one that was withdrawn does not count', async () => {
  const journey = await startJourney(hub);
  await journey.reply('CANNOT_DETERMINE');
  const first = await again(journey);
  const withdrawn = journeyOf(hub, journey.verified, first.request!.id);
  await withdrawn.take(WithdrawAssistanceDocument, { note: '误发' }, COUNTER);
  const names = ['乙', '丙'] as const;
  for (const [index, name] of names.entries()) {
    const sent = await again(journey);
    const as = { ...CLERK_2, account: `demo-assist-${index + 2}` };
    const replied = await replyTo(sent.request!.id, { outcome: 'CANNOT_DETERMINE', name }, as);
    expect(replied.userErrors).toEqual([]);
  }

  expect(codesOf(await again(journey))).toEqual(['TOO_MANY']);
});

test('a reply that is rejected may be followed by a second request, a stranger sends none', async () => {
  const journey = await startJourney(hub);
  await journey.reply('CANNOT_DETERMINE');
  await journey.take(RejectAssistanceDocument, { note: '未说明依据' }, COUNTER);
  const input = { requestId: journey.id, reason: '核实', idempotencyKey: randomUUID() };
  const as = { agencyCode: market.code };
  const { done: stranger } = await hub.get(AskAssistanceAgainDocument, { input }, as);

  const sent = await again(journey);
  const next = journeyOf(hub, journey.verified, sent.request!.id);
  await replyTo(next.id, { outcome: 'CONFIRMED', name: '另一人' }, CLERK_2);
  await next.take(ConfirmAssistanceDocument, {}, COUNTER);

  expect(codesOf(stranger)).toEqual(['UNKNOWN_ASSISTANCE_REQUEST']);
  expect((await readLadder(hub, journey.verified.id)).verdict.code).toBe('CONFIRMED');
});
