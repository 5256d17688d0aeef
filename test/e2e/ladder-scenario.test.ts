import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  ApproveAssistanceDocument,
  AskAssistanceAgainDocument,
  ContestAssistanceRefusalDocument,
  ConcludeCommitmentDocument,
  DecideVerificationDocument,
  OpenBreachDocument,
  OrderOnSiteCheckDocument,
  RefuseAssistanceDocument,
  RefuseWorkOrderDocument,
  ReplyToAssistanceDocument,
  SignWorkOrderDocument,
  StartWorkOrderDocument,
  StepBreachDocument,
  UpholdAssistanceRefusalDocument,
  type BreachDecisionInput,
  type DecideVerificationInput,
  type StepBreachInput,
  type SubjectInput,
} from '../generated/operations.ts';
import {
  accept,
  approve,
  CLERK,
  CLERK_2,
  journeyOf,
  JUSTICE,
  type Journey,
} from '../support/assistance.ts';
import { checkSubject, publishText, trySign } from '../support/commitments.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { MATTERS, verify } from '../support/journey.ts';
import {
  DECIDER,
  INSPECTOR_1,
  INSPECTOR_2,
  orderJourneyOf,
  readLadder,
  RECORD,
} from '../support/work-orders.ts';

const SENT_AT = '2021-09-17T02:00:00Z';
const REQUIREMENT = 'insured-since-2020';
const { p1, p2 } = SUBJECTS;
const HR = { role: 'COUNTER', agencyCode: AGENCIES.humanResources.code } as const;
const OTHER_OFFICER = { ...HR, account: DECIDER.account };
const PERSON = { kind: 'PERSON', code: p1.code, name: p1.name } as const;

const clock = createTestClock(SENT_AT);
let hub: TestHub;
let textDigest: string;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  textDigest = await publishText(hub, MATTERS.insurance, HR);
});
afterAll(() => hub.stop());

/** Signed and granted on commitment, then verified: the health insurance bureau is asked. */
async function committed(subject: SubjectInput = PERSON) {
  clock.set(SENT_AT);
  const checked = await checkSubject(hub, { matter: MATTERS.insurance, subject }, HR);
  const more = { textDigest, signerCapacity: 'SELF', agreesToPublicity: true } as const;
  const { commitment, userErrors } = await trySign(hub, checked, more, HR);
  if (commitment === null) throw new Error(JSON.stringify(userErrors));
  const input = { commitmentId: commitment.id, version: 1 };
  await hub.get(ConcludeCommitmentDocument, { input }, HR);
  const { caseId, subjectId } = checked;
  const verified = await verify(hub, { caseId, subjectId }, HR);
  const journey = journeyOf(hub, verified, verified.assistanceRequests[0]!.id, HR);
  return { journey, verified, commitment };
}

async function deny(journey: Journey) {
  clock.set('2021-09-24T02:00:00Z');
  await journey.reply('DENIED');
  return approve(journey);
}

async function replyAs(id: string, answererName: string, as: AskOptions) {
  const input = {
    ...{ requestId: id, answererName, asOf: '2021-09-24' },
    answers: [{ question: 'INSURED_SINCE_2020', outcome: 'DENIED' as const, note: null }],
  };
  return (await hub.get(ReplyToAssistanceDocument, { input }, as)).replyToAssistance;
}

async function askAgain(journey: Journey, toAgency: string | null = null) {
  const reason = '首次答复与承诺不一致，需另行核实';
  const input = { requestId: journey.id, toAgency, reason, idempotencyKey: randomUUID() };
  return (await hub.get(AskAssistanceAgainDocument, { input }, HR)).done;
}

async function openBreach(commitmentId: string, ...verificationIds: string[]) {
  const input = { commitmentId, verificationIds, idempotencyKey: randomUUID() };
  return (await hub.get(OpenBreachDocument, { input }, HR)).openBreach;
}

async function stepBreach(input: StepBreachInput, as: AskOptions = HR) {
  return (await hub.get(StepBreachDocument, { input }, as)).stepBreach;
}

const decide = async (given: Omit<DecideVerificationInput, 'idempotencyKey'>, as: AskOptions) => {
  const input = { ...given, idempotencyKey: randomUUID() };
  return (await hub.get(DecideVerificationDocument, { input }, as)).decideVerification;
};

test('scenario 18: 医保局 says it does not match, twice and by two people; the applicant is heard, an officer decides', async () => {
  // A person of its own: who was found untrue once may not commit again.
  const subject = { kind: 'PERSON', code: p2.code, name: p2.name } as const;
  const { journey, verified, commitment } = await committed(subject);
  const sent = await readLadder(hub, verified.id, HR);
  await deny(journey);
  const alone = await openBreach(commitment.id, verified.id, verified.id);

  const second = await askAgain(journey);
  const again = journeyOf(hub, verified, second.request!.id, HR);
  clock.set('2021-09-27T02:00:00Z');
  const same = await replyAs(again.id, '另一经办人', CLERK);
  const namesake = await replyAs(again.id, '经办人', CLERK_2);
  await replyAs(again.id, '另一经办人', CLERK_2);
  await again.take(ApproveAssistanceDocument, {}, CLERK);
  const twice = await readLadder(hub, verified.id, HR);

  expect(verified.verdict).toMatchObject({ code: 'PENDING', dueOn: '2021-09-26' });
  expect(sent.ladder).toMatchObject({ rung: 'ASSISTANCE', dueOn: '2021-10-21', workingDays: 20 });
  expect(alone.userErrors).toMatchObject([{ code: 'BASIS_MISSING' }]);
  expect(second.request).toMatchObject({
    ...{ state: 'SUBMITTED', independentOf: journey.id, dueOn: '2021-09-30' },
    assistingAgency: AGENCIES.healthInsurance.code,
  });
  expect(same.userErrors).toMatchObject([{ code: 'SECOND_PERSON_NEEDED' }]);
  expect(namesake.userErrors).toMatchObject([{ code: 'SECOND_PERSON_NEEDED' }]);
  expect(twice.verdict).toMatchObject({ code: 'REFUTED', cause: 'ASSISTANCE_REPLIED' });
  expect(twice.verdict.observations).toHaveLength(2);

  const { breach } = await openBreach(commitment.id, verified.id, verified.id);
  const breachId = breach!.id;
  const told = await stepBreach({ breachId, version: 1, step: 'NOTIFY' });
  await stepBreach({ breachId, version: 2, step: 'HEAR', statement: '系记忆有误' });
  const decision: BreachDecisionInput = {
    ...{ finding: 'NOT_FULFILLED', unperformed: '未连续参保', sanction: '撤销' },
    ...{ conductEndedOn: '2021-09-17', legalBasis: '行政许可法第六十九条' },
    consequences: [{ kind: 'REVOKE', document: '济人社撤〔2021〕1号' }],
  };
  const decided = await stepBreach(
    { breachId, version: 3, step: 'DECIDE', decision },
    OTHER_OFFICER,
  );

  expect(told.breach).toMatchObject({ state: 'NOTIFIED', hearingDueOn: '2021-09-30' });
  expect(decided.breach).toMatchObject({
    ...{ state: 'DECIDED', commitment: { state: 'NOT_FULFILLED' } },
  });
});

test('the second observation may be a look on the spot as well, by two who handled nothing', async () => {
  const { journey, verified, commitment } = await committed();
  await deny(journey);
  const input = {
    ...{ verificationId: verified.id, requirement: REQUIREMENT, idempotencyKey: 'look-1' },
    reason: '答复不一致，现场核实',
  };

  const { done: ordered } = await hub.get(OrderOnSiteCheckDocument, { input }, HR);
  const { done: repeated } = await hub.get(OrderOnSiteCheckDocument, { input }, HR);
  clock.set('2021-09-28T02:00:00Z');
  const order = orderJourneyOf(hub, ordered.workOrder!.id, HR);
  const seen = await order.look('REFUTED', '2021-09-28');
  const judged = await readLadder(hub, verified.id, HR);
  const { breach, userErrors } = await openBreach(commitment.id, verified.id, verified.id);

  expect(ordered.workOrder).toMatchObject({ state: 'DRAFTED', origin: 'OFFICER', version: 1 });
  expect(repeated.workOrder).toMatchObject({ id: order.id, version: 1 });
  expect(seen).toMatchObject({ state: 'REPORTED', report: { signedBy: 'inspector-2' } });
  expect(judged.verdict).toMatchObject({ code: 'REFUTED', cause: 'ON_SITE_REPORTED' });
  expect(judged.verdict.observations.map(({ method }) => method)).toEqual([
    ...['ASSISTANCE', 'ON_SITE'],
  ]);
  expect(userErrors).toEqual([]);
  expect(breach).toMatchObject({ state: 'OPENED' });
});

test('what two inspectors see otherwise protects the applicant: it goes to a person', async () => {
  const { journey, verified, commitment } = await committed();
  await deny(journey);
  const input = {
    ...{ verificationId: verified.id, requirement: REQUIREMENT, idempotencyKey: randomUUID() },
    reason: '现场核实',
  };
  const { done } = await hub.get(OrderOnSiteCheckDocument, { input }, HR);

  await orderJourneyOf(hub, done.workOrder!.id, HR).look('CONFIRMED', '2021-09-24');

  const { verdict, ladder } = await readLadder(hub, verified.id, HR);
  expect(verdict).toMatchObject({ code: 'CONFLICTING', refutation: null });
  expect(ladder).toMatchObject({ rung: 'DECISION' });
  const { userErrors } = await openBreach(commitment.id, verified.id, verified.id);
  expect(userErrors[0]).toMatchObject({ code: 'BASIS_MISSING' });
  const about = { verificationId: verified.id, number: verdict.number, reason: '以现场为准' };
  const confirmed = await decide(
    { ...about, outcome: 'CONFIRM', documents: [RECORD] },
    OTHER_OFFICER,
  );
  expect(confirmed.userErrors).toMatchObject([{ code: 'BASIS_MISSING', field: ['outcome'] }]);
});

test('scenario 18, refused: 超出职权 goes to 司法局, falls to the on-site order, and an officer decides', async () => {
  const { journey, verified } = await committed();
  await accept(journey);
  const refusal = { ground: 'BEYOND_COMPETENCE', note: '参保信息由省级管理' } as const;
  await journey.take(RefuseAssistanceDocument, refusal, CLERK);
  await approve(journey);
  const note = '属于贵局法定职责';
  const disputed = await journey.take(ContestAssistanceRefusalDocument, { note }, HR);
  clock.set('2021-09-24T02:00:00Z');
  await journey.take(UpholdAssistanceRefusalDocument, { note: '不属于该局职权' }, JUSTICE);
  const fallen = await readLadder(hub, verified.id, HR);
  const [made] = fallen.workOrders;
  const order = orderJourneyOf(hub, made!.id, HR);

  expect(disputed.request).toMatchObject({
    ...{ state: 'DISPUTED', coordinatorAgency: AGENCIES.justice.code },
  });
  expect(fallen).toMatchObject({
    verdict: { code: 'UNAVAILABLE', cause: 'ASSISTANCE_UNANSWERED' },
    ladder: { rung: 'ON_SITE' },
  });
  expect(made).toMatchObject({
    ...{ state: 'DRAFTED', origin: 'LADDER', madeBy: 'hub', overdue: false },
    // What is left of the one clock, less three working days for the decision.
    ...{ dueOn: '2021-10-18', allowedSteps: ['ASSIGN', 'CANCEL'] },
    questions: [{ code: 'INSURED_SINCE_2020', field: 'STATEMENT' }],
  });

  const handler = await order.assign(['demo-counter', INSPECTOR_1.account]);
  const lonely = await order.assign([INSPECTOR_1.account, INSPECTOR_1.account]);
  await order.assign([INSPECTOR_1.account, 'inspector-0']);
  const silent = await order.take(RefuseWorkOrderDocument, {}, INSPECTOR_1);
  const back = await order.take(
    RefuseWorkOrderDocument,
    { reason: '与当事人有亲属关系' },
    {
      ...{ role: 'COUNTER', account: 'inspector-0' },
    },
  );
  await order.assign();
  const stranger = await order.take(StartWorkOrderDocument, {}, DECIDER);
  await order.take(StartWorkOrderDocument, {}, INSPECTOR_1);
  clock.set('2021-09-28T02:00:00Z');
  const reported = await order.report('CANNOT_DETERMINE', '2021-09-28');
  const own = await order.take(SignWorkOrderDocument, {}, INSPECTOR_1);
  const before = await readLadder(hub, verified.id, HR);
  await order.take(SignWorkOrderDocument, {}, INSPECTOR_2);
  const looked = await readLadder(hub, verified.id, HR);

  expect(handler.userErrors).toMatchObject([
    { code: 'TOO_FEW_INSPECTORS', field: ['inspectors', '0'] },
  ]);
  expect(lonely.userErrors).toMatchObject([{ code: 'TOO_FEW_INSPECTORS' }]);
  expect(silent.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
  expect(back.workOrder).toMatchObject({ state: 'DRAFTED', inspectors: [], dueOn: made!.dueOn });
  expect(stranger.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED' }]);
  expect(reported.workOrder).toMatchObject({
    state: 'REPORT_PROPOSED',
    report: { signedAt: null },
  });
  expect(own.userErrors).toMatchObject([{ code: 'SECOND_PERSON_NEEDED' }]);
  expect(before.verdict.cause).toBe('ASSISTANCE_UNANSWERED');
  expect(looked).toMatchObject({
    verdict: { code: 'INCONCLUSIVE', cause: 'ON_SITE_REPORTED' },
    ladder: { rung: 'DECISION' },
  });

  const about = {
    verificationId: verified.id,
    number: looked.verdict.number,
    reason: '查验参保凭证',
  };
  const given = { ...about, outcome: 'CONFIRM', documents: [RECORD] } as const;
  const byHandler = await decide(given, HR);
  const byInspector = await decide(given, { ...HR, ...INSPECTOR_2 });
  const withoutBasis = await decide({ ...given, documents: [] }, OTHER_OFFICER);
  const stale = await decide({ ...given, number: 1 }, OTHER_OFFICER);
  const done = await decide(given, OTHER_OFFICER);
  const again = await decide({ ...given, number: looked.verdict.number + 1 }, OTHER_OFFICER);

  const ended = await readLadder(hub, verified.id, HR);
  expect(byHandler.userErrors).toMatchObject([{ code: 'SECOND_OFFICER_NEEDED' }]);
  expect(byInspector.userErrors).toMatchObject([{ code: 'SECOND_OFFICER_NEEDED' }]);
  expect(withoutBasis.userErrors).toMatchObject([{ code: 'TOO_MANY', field: ['documents'] }]);
  expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
  expect(done.userErrors).toEqual([]);
  expect(again.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'CONCLUDED' }]);
  expect(ended).toMatchObject({
    verdict: { code: 'CONFIRMED', cause: 'OFFICER_DECIDED', reasons: expect.any(Array) },
    ladder: { rung: 'CONCLUDED', overdue: false },
    decisions: [
      { outcome: 'CONFIRM', decidedBy: 'officer-9', documents: [{ digest: RECORD.digest }] },
    ],
    followUps: [],
  });
  expect(ended.verdict.reasons.map(({ code }) => code)).toContain('OFFICER_DECIDED');
});
