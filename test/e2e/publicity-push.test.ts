import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import type { SuppliedCommitment } from '../../sandbox/publicity-supply.ts';
import {
  CreditPushesDocument,
  ResendCreditPushDocument,
  WithdrawCommitmentDocument,
} from '../generated/operations.ts';
import { checkSubject, publishText, trySign } from '../support/commitments.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, callsOf, MATTERS, mendSource } from '../support/journey.ts';

/** Their matter is one for natural persons, and public. */
const HUMAN_RESOURCES = { agencyCode: '11370800MB3TE0D44P' };
const HEALTH = { agencyCode: '11370800MB3TE0E59X' };
const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;
const P1 = { kind: 'PERSON', code: SUBJECTS.p1.code, name: SUBJECTS.p1.name } as const;

let hub: TestHub;
let textDigest: string;
beforeAll(async () => {
  hub = await startTestHub();
  textDigest = await publishText(hub, MATTERS.sanitation, HEALTH);
});
afterAll(() => hub.stop());

const deliver = () => hub.hub.pushDue(AbortSignal.timeout(60_000));

async function sign() {
  const about = { matter: MATTERS.sanitation, subject: E1 };
  const checked = await checkSubject(hub, about, HEALTH);
  const { commitment } = await trySign(hub, checked, agreed(textDigest), HEALTH);
  return commitment!;
}

function agreed(digest: string) {
  return { textDigest: digest, agreesToPublicity: true, idempotencyKey: randomUUID() };
}

async function pushesOf(code: string, as = HEALTH) {
  const { creditPushes } = await hub.get(CreditPushesDocument, { first: 100 }, as);
  const own = creditPushes.nodes.filter(({ commitmentCode }) => commitmentCode === code);
  return Object.fromEntries(own.map((push) => [push.recipient, push]));
}

async function supplied(path: string, init: RequestInit = {}): Promise<SuppliedCommitment> {
  const { controlUrl } = hub.sandbox.sources['publicity-system'];
  const response = await fetch(`${controlUrl}/records/${path}`, init);
  return (await response.json()) as SuppliedCommitment;
}

test('a public commitment is told to both, and its withdrawal too', async () => {
  const { id, code } = await sign();
  await deliver();
  const first = await pushesOf(code);
  const input = { commitmentId: id, version: 1, reason: '撤回承诺' };

  await hub.get(WithdrawCommitmentDocument, { input }, HEALTH);
  await deliver();

  expect(first).toMatchObject({
    'credit-platform': { state: 'ACKNOWLEDGED' },
    'publicity-system': { state: 'ACKNOWLEDGED' },
  });
  const { content, effects } = await supplied(`supplied/${code}`);
  expect(effects).toBe(2);
  expect(content).toMatchObject({ UNISCID: E1.code, ENTNAME: E1.name, LXZT: '' });
  expect(content['BZ']).toContain('撤回承诺');
});

test('that of a natural person is told to the credit platform alone', async () => {
  const digest = await publishText(hub, MATTERS.insurance, HUMAN_RESOURCES);
  const about = { matter: MATTERS.insurance, subject: P1 };
  const checked = await checkSubject(hub, about, HUMAN_RESOURCES);
  const told = { ...agreed(digest), signerCapacity: 'SELF' } as const;
  const { commitment } = await trySign(hub, checked, told, HUMAN_RESOURCES);

  await deliver();

  expect(commitment!.publicity).toBe('BARRED_FOR_PERSONS');
  const pushes = await pushesOf(commitment!.code, HUMAN_RESOURCES);
  expect(Object.keys(pushes)).toEqual(['credit-platform']);
  expect(JSON.stringify(await callsOf(hub, 'publicity-system'))).not.toContain(P1.code);
});

test('a row that was not passed on is a problem, and is sent again under its code', async () => {
  const { code } = await sign();
  const setState = (value: string) =>
    supplied('settings/supply-state', { method: 'PUT', body: JSON.stringify({ value }) });
  await setState('3');
  await deliver();
  const waiting = await pushesOf(code);
  const held = await supplied(`supplied/${code}`);
  const failed = { ...held, state: '2', field: 'UNISCID', reason: '分流失败：主体不存在' };
  await supplied(`supplied/${code}`, { method: 'PUT', body: JSON.stringify(failed) });
  await setState('1');
  await hub.database.db.raw('update credit_push set next_at = now() where next_at is not null');

  await deliver();
  const { 'publicity-system': problem } = await pushesOf(code);
  const input = { id: problem!.id, version: problem!.version, corrections: {} };
  await hub.get(ResendCreditPushDocument, { input }, HEALTH);
  await deliver();

  expect(waiting['publicity-system']).toMatchObject({ state: 'TAKEN' });
  expect(problem).toMatchObject({
    ...{ state: 'PROBLEM', field: 'subjectCode', reason: '分流失败：主体不存在' },
  });
  expect(await pushesOf(code)).toMatchObject({ 'publicity-system': { state: 'ACKNOWLEDGED' } });
});

test('one that is down keeps the other waiting for nothing', async () => {
  const { code } = await sign();
  await breakSource(hub, 'publicity-system', { kind: 'down' });

  await deliver();
  await mendSource(hub, 'publicity-system');

  expect(await pushesOf(code)).toMatchObject({
    'credit-platform': { state: 'ACKNOWLEDGED' },
    'publicity-system': { state: 'QUEUED' },
  });
});
