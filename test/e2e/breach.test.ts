import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { PushedCommitment } from '../../sandbox/credit-commitments.ts';
import {
  CreditPushesDocument,
  OpenBreachDocument,
  ReadCommitmentDocument,
  SubjectFileDocument,
  WithdrawCommitmentDocument,
} from '../generated/operations.ts';
import { createBreachJourney, DECISION, LATER, MARKET, NOON, SECOND } from '../support/breaches.ts';
import { publishText } from '../support/commitments.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS } from '../support/journey.ts';

const clock = createTestClock(NOON);

let hub: TestHub;
let journey: ReturnType<typeof createBreachJourney>;
beforeAll(async () => {
  hub = await startTestHub({ clock });
  const textDigest = await publishText(hub, MATTERS.registration, MARKET);
  journey = createBreachJourney({ hub, textDigest, clock });
});
afterAll(() => hub.stop());

test('two refutations on the same evidence, or anything but a refutation, open nothing', async () => {
  const { caseId, subjectId, commitment } = await journey.committed();
  const about = { caseId, subjectId };
  const first = await journey.judged(about, true, NOON);
  const sameEvidence = await journey.judged(about, true, NOON);
  const confirmed = await journey.judged(about, false, LATER);
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
  const { caseId, subjectId, commitment } = await journey.committed(false);
  const first = await journey.judged({ caseId, subjectId }, true, NOON);
  const second = await journey.judged({ caseId, subjectId }, true, LATER);
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
  const { breach } = await journey.opened();
  const breachId = breach!.id;

  const early = await journey.step({ breachId, version: 1, step: 'DECIDE', decision: DECISION });
  const told = await journey.step({ breachId, version: 1, step: 'NOTIFY' });
  const silent = await journey.step({ breachId, version: 2, step: 'HEAR' });
  const heard = await journey.step({ breachId, version: 2, step: 'HEAR', statement: '系填写错误' });
  const same = await journey.step({ breachId, version: 3, step: 'DECIDE', decision: DECISION });

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
  const { breach, commitment, subjectId } = await journey.opened();
  const breachId = breach!.id;
  await journey.step({ breachId, version: 1, step: 'NOTIFY' });
  await journey.step({ breachId, version: 2, step: 'HEAR', statement: '未陈述，期限已过' });
  const pushed = async () => {
    await hub.hub.pushDue(AbortSignal.timeout(5_000));
    const { controlUrl } = hub.sandbox.sources['credit-platform'];
    const reply = await fetch(`${controlUrl}/records/pushed/${commitment.code}`);
    return ((await reply.json()) as PushedCommitment).content;
  };

  const wrong = await journey.step(
    {
      ...{ breachId, version: 3, step: 'DECIDE' },
      decision: { ...DECISION, consequences: [{ kind: 'TERMINATE', document: 'x' }] },
    },
    SECOND,
  );
  const decided = await journey.step(
    { breachId, version: 3, step: 'DECIDE', decision: DECISION },
    SECOND,
  );

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
  const again = await journey.check();
  expect(again.check).toMatchObject({ outcome: 'BLOCKED' });
  expect(again.check.findings).toContainEqual(
    expect.objectContaining({ ground: 'FALSE_COMMITMENT', source: null, reference: breachId }),
  );

  const annulled = await journey.step(
    { breachId, version: 4, step: 'ANNUL', statement: '复议撤销' },
    SECOND,
  );

  expect(annulled.breach).toMatchObject({ state: 'ANNULLED', commitment: { state: 'FULFILLED' } });
  expect(await pushed()).toMatchObject({ fulfillmentStatus: '全部履行' });
  const cleared = await journey.check();
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
