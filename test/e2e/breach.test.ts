import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { PushedCommitment } from '../../sandbox/credit-commitments.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  ConcludeCommitmentDocument,
  CreditPushesDocument,
  OpenBreachDocument,
  ReadCommitmentDocument,
  StepBreachDocument,
  SubjectFileDocument,
  WithdrawCommitmentDocument,
  type BreachDecisionInput,
  type StepBreachInput,
} from '../generated/operations.ts';
import { checkSubject, publishText, trySign } from '../support/commitments.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS, verify } from '../support/journey.ts';

const NOON = '2026-09-18T04:00:00Z';
const clock = createTestClock(NOON);
const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;
/** What the register does not hold of E1. */
const UNTRUE = {
  requirement: 'registration',
  field: 'HOLDER_NAME',
  value: '济宁某某有限公司',
} as const;

let hub: TestHub;
let textDigest: string;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  textDigest = await publishText(hub, MATTERS.registration, MARKET);
});
afterAll(() => hub.stop());

const MARKET = { agencyCode: '11370800MB3TE0F632', account: 'officer-1' };
const SECOND = { ...MARKET, account: 'officer-2' };

async function committed(concluded = true) {
  clock.set(NOON);
  const checked = await checkSubject(hub, { matter: MATTERS.registration, subject: E1 }, MARKET);
  const { commitment } = await trySign(hub, checked, { textDigest }, MARKET);
  const input = { commitmentId: commitment!.id, version: 1 };
  if (concluded) await hub.get(ConcludeCommitmentDocument, { input }, MARKET);
  return { ...checked, commitment: commitment! };
}

/** Asks with an untrue claim, or without. Evidence of the same case is reused for a while. */
async function judged(about: { caseId: string; subjectId: string }, isUntrue: boolean, at: string) {
  clock.set(at);
  const claims = isUntrue ? [UNTRUE] : [];
  const input = { ...about, claims, idempotencyKey: randomUUID() };
  return verify(hub, input, MARKET);
}

const LATER = '2026-09-21T04:00:00Z';

async function opened() {
  const one = await committed();
  const { caseId, subjectId } = one;
  const first = await judged({ caseId, subjectId }, true, NOON);
  const second = await judged({ caseId, subjectId }, true, LATER);
  const input = {
    ...{ commitmentId: one.commitment.id, idempotencyKey: randomUUID() },
    verificationIds: [first.id, second.id],
  };
  const { openBreach } = await hub.get(OpenBreachDocument, { input }, MARKET);
  return { ...one, first, second, breach: openBreach.breach, errors: openBreach.userErrors };
}

async function step(input: StepBreachInput, as = MARKET) {
  const { stepBreach } = await hub.get(StepBreachDocument, { input }, as);
  return stepBreach;
}

const DECISION: BreachDecisionInput = {
  finding: 'NOT_FULFILLED',
  unperformed: '法定代表人与登记不一致',
  sanction: '撤销登记确认',
  conductEndedOn: '2026-09-18',
  legalBasis: '行政许可法第六十九条',
  consequences: [
    { kind: 'REVOKE', document: '济市监撤〔2026〕1号' },
    { kind: 'BAR', document: '济市监撤〔2026〕1号', until: '2027-09-21' },
  ],
};

test('two refutations on the same evidence, or anything but a refutation, open nothing', async () => {
  const { caseId, subjectId, commitment } = await committed();
  const about = { caseId, subjectId };
  const first = await judged(about, true, NOON);
  const sameEvidence = await judged(about, true, NOON);
  const confirmed = await judged(about, false, LATER);
  const open = async (...verificationIds: string[]) => {
    const input = { commitmentId: commitment.id, verificationIds, idempotencyKey: randomUUID() };
    return (await hub.get(OpenBreachDocument, { input }, MARKET)).openBreach.userErrors;
  };

  expect(first.verdict.code).toBe('REFUTED');
  expect(await open(first.id, sameEvidence.id)).toMatchObject([{ code: 'BASIS_MISSING' }]);
  expect(await open(first.id, first.id)).toMatchObject([{ code: 'BASIS_MISSING' }]);
  expect(await open(first.id, confirmed.id)).toMatchObject([
    { code: 'BASIS_MISSING', message: expect.stringContaining('CONFIRMED') },
  ]);
  expect(await open(first.id)).toMatchObject([{ code: 'LENGTH_OUT_OF_RANGE' }]);
});

test('a withdrawn commitment is never a breach', async () => {
  const { caseId, subjectId, commitment } = await committed(false);
  const first = await judged({ caseId, subjectId }, true, NOON);
  const second = await judged({ caseId, subjectId }, true, LATER);
  await hub.get(
    WithdrawCommitmentDocument,
    { input: { commitmentId: commitment.id, version: 1, reason: '已取得证明' } },
    MARKET,
  );

  const input = {
    ...{ commitmentId: commitment.id, idempotencyKey: randomUUID() },
    verificationIds: [first.id, second.id],
  };
  const { openBreach } = await hub.get(OpenBreachDocument, { input }, MARKET);

  expect(openBreach.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'WITHDRAWN' }]);
});

test('nobody decides before the applicant was heard, nor who opened it', async () => {
  const { breach } = await opened();
  const breachId = breach!.id;

  const early = await step({ breachId, version: 1, step: 'DECIDE', decision: DECISION });
  const told = await step({ breachId, version: 1, step: 'NOTIFY' });
  const silent = await step({ breachId, version: 2, step: 'HEAR' });
  const heard = await step({ breachId, version: 2, step: 'HEAR', statement: '系填写错误' });
  const same = await step({ breachId, version: 3, step: 'DECIDE', decision: DECISION });

  expect(early.userErrors).toMatchObject([
    { code: 'STEP_NOT_ALLOWED', state: 'OPENED', allowed: ['NOTIFY', 'DISMISS'] },
  ]);
  expect(told.breach).toMatchObject({ state: 'NOTIFIED', hearingDueOn: '2026-09-24' });
  expect(silent.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
  expect(heard.breach).toMatchObject({
    state: 'HEARD',
    allowedSteps: ['DECIDE', 'TOLERATE', 'DISMISS'],
  });
  expect(same.userErrors).toMatchObject([{ code: 'SECOND_OFFICER_NEEDED' }]);
});

test('a decision ends in the commitment, the file and the credit record, and blocks the next one; its annulment takes all of it back', async () => {
  const { breach, commitment, subjectId } = await opened();
  const breachId = breach!.id;
  await step({ breachId, version: 1, step: 'NOTIFY' });
  await step({ breachId, version: 2, step: 'HEAR', statement: '未陈述，期限已过' });
  const pushed = async () => {
    await hub.hub.pushDue(AbortSignal.timeout(5_000));
    const { controlUrl } = hub.sandbox.sources['credit-platform'];
    const reply = await fetch(`${controlUrl}/records/pushed/${commitment.code}`);
    return ((await reply.json()) as PushedCommitment).content;
  };

  const wrong = await step(
    {
      ...{ breachId, version: 3, step: 'DECIDE' },
      decision: { ...DECISION, consequences: [{ kind: 'TERMINATE', document: 'x' }] },
    },
    SECOND,
  );
  const decided = await step({ breachId, version: 3, step: 'DECIDE', decision: DECISION }, SECOND);

  expect(wrong.userErrors).toMatchObject([
    { code: 'MALFORMED_VALUE', field: ['decision', 'consequences', '0'] },
  ]);
  expect(decided.breach).toMatchObject({
    state: 'DECIDED',
    commitment: { state: 'NOT_FULFILLED' },
  });
  expect(await pushed()).toMatchObject({
    fulfillmentStatus: '全部未履行',
    unperformedCommitmentContent: '法定代表人与登记不一致',
    liabilityBreachCommitmentContent: '撤销登记确认',
  });
  const again = await checkSubject(hub, { matter: MATTERS.registration, subject: E1 }, MARKET);
  expect(again.check).toMatchObject({ outcome: 'BLOCKED' });
  expect(again.check.findings).toContainEqual(
    expect.objectContaining({ ground: 'FALSE_COMMITMENT', source: null, reference: breachId }),
  );

  const annulled = await step(
    { breachId, version: 4, step: 'ANNUL', statement: '复议撤销' },
    SECOND,
  );

  expect(annulled.breach).toMatchObject({ state: 'ANNULLED', commitment: { state: 'FULFILLED' } });
  expect(await pushed()).toMatchObject({ fulfillmentStatus: '全部履行' });
  const cleared = await checkSubject(hub, { matter: MATTERS.registration, subject: E1 }, MARKET);
  expect(cleared.check).toMatchObject({ outcome: 'ELIGIBLE' });
  const { subjectFile } = await hub.get(SubjectFileDocument, { subjectId }, MARKET);
  const kinds = subjectFile!.entries.map(({ kind }) => kind);
  expect(kinds).toEqual(
    expect.arrayContaining([
      'FALSE_COMMITMENT',
      'FALSE_COMMITMENT_ANNULLED',
      'COMMITMENT_FULFILLED',
    ]),
  );
  const { creditPushes } = await hub.get(CreditPushesDocument, { first: 100 }, MARKET);
  const own = creditPushes.nodes.filter(({ commitmentCode }) => commitmentCode === commitment.code);
  expect(own.map(({ state }) => state)).toEqual(['ACKNOWLEDGED', 'ACKNOWLEDGED', 'SUPERSEDED']);
  const { commitment: read } = await hub.get(ReadCommitmentDocument, { id: commitment.id }, MARKET);
  expect(read!.events.map(({ step: taken }) => taken)).toEqual([
    ...[null, 'CONCLUDE', 'FIND_UNFULFILLED', 'FULFILL'],
  ]);
});
