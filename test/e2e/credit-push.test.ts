import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { PushedCommitment } from '../../sandbox/credit-commitments.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  CreditPushesDocument,
  ResendCreditPushDocument,
  WithdrawCommitmentDocument,
  type CreditPushesQuery,
} from '../generated/operations.ts';
import { checkSubject, publishText, trySign } from '../support/commitments.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, callsOf, forgetCalls, MATTERS, mendSource } from '../support/journey.ts';

const RECALLED = process.env['LONG'] === '1' ? 500 : 160;
const AT_ONCE = 20;
const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;

let hub: TestHub;
let textDigest: string;
beforeAll(async () => {
  hub = await startTestHub({ policy: { failuresMax: 1_000, attemptMs: 300, deadlineMs: 600 } });
  textDigest = await publishText(hub, MATTERS.waterTransport);
});
afterAll(() => hub.stop());

async function sign() {
  const matter = MATTERS.waterTransport;
  const checked = await checkSubject(hub, { matter, subject: E1 });
  const { commitment } = await trySign(hub, checked, {
    ...{ textDigest, idempotencyKey: randomUUID() },
  });
  return commitment!;
}

const deliver = () => hub.hub.pushDue(AbortSignal.timeout(60_000));

async function pushesOf(code: string) {
  return (await all()).filter(({ commitmentCode }) => commitmentCode === code);
}

async function all(state?: 'PROBLEM') {
  const nodes: CreditPushesQuery['creditPushes']['nodes'][number][] = [];
  for (let after: string | null = null; ;) {
    const page: CreditPushesQuery = await hub.get(CreditPushesDocument, {
      ...{ first: 100, after, state: state ?? null },
    });
    nodes.push(...page.creditPushes.nodes);
    if (!page.creditPushes.pageInfo.hasNextPage) return nodes;
    after = page.creditPushes.pageInfo.endCursor;
  }
}

async function control(path: string, init: RequestInit = {}): Promise<unknown> {
  const { controlUrl } = hub.sandbox.sources['credit-platform'];
  const response = await fetch(`${controlUrl}/records/${path}`, init);
  return response.json();
}

test('scenario 25: a refused row goes to the problem list, and out again under its code', async () => {
  const { code } = await sign();
  const refusal = { field: 'identify', reason: '承诺人代码 校验失败' };
  await control(`refusals/${code}`, { method: 'PUT', body: JSON.stringify(refusal) });
  await deliver();
  const [problem] = (await all('PROBLEM')).filter((one) => one.commitmentCode === code);
  await control(`refusals/${code}`, { method: 'DELETE' });
  const resend = async (version: number, corrections: object) =>
    (await hub.get(ResendCreditPushDocument, { input: { id: problem!.id, version, corrections } }))
      .resendCreditPush;

  const wrong = await resend(problem!.version, { subjectCode: '91370811MA3TE0T0X0' });
  const stale = await resend(9, {});
  const sent = await resend(problem!.version, { remarks: '代码已与登记机关核对' });
  const twice = await resend(problem!.version, {});
  await deliver();

  expect(problem).toMatchObject({ field: 'subjectCode', reason: '承诺人代码 校验失败' });
  expect(wrong.userErrors).toMatchObject([
    { code: 'MALFORMED_VALUE', field: ['corrections', 'subjectCode'] },
  ]);
  expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
  expect(sent.push).toMatchObject({ state: 'QUEUED' });
  expect(twice.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'QUEUED' }]);
  const [done] = await pushesOf(code);
  expect(done).toMatchObject({ state: 'ACKNOWLEDGED' });
  expect(done!.events.map(({ state }) => state)).toEqual([
    ...['QUEUED', 'PROBLEM', 'QUEUED', 'TAKEN', 'ACKNOWLEDGED'],
  ]);
  const { content, effects } = (await control(`pushed/${code}`)) as PushedCommitment;
  expect({ code: content['code'], remarks: content['remarks'], effects }).toEqual({
    ...{ code, remarks: '代码已与登记机关核对', effects: 1 },
  });
});

test('what the platform returns after it took it is a problem, and what it forgot goes out again', async () => {
  await control('settings/push-state', {
    method: 'PUT',
    body: JSON.stringify({ value: '处理中' }),
  });
  const returned = await sign();
  const forgotten = await sign();
  await deliver();
  const held = (await control(`pushed/${returned.code}`)) as PushedCommitment;
  const rejected = { ...held, state: '已退回', field: 'subjectName', reason: '主体名称不符' };
  await control(`pushed/${returned.code}`, { method: 'PUT', body: JSON.stringify(rejected) });
  await control(`pushed/${forgotten.code}`, { method: 'DELETE' });
  await control('settings/push-state', {
    method: 'PUT',
    body: JSON.stringify({ value: '已入库' }),
  });

  await dueNow();
  await deliver();
  await deliver();

  const [problem] = await pushesOf(returned.code);
  const [again] = await pushesOf(forgotten.code);
  expect(problem).toMatchObject({ state: 'PROBLEM', field: 'subjectName', reason: '主体名称不符' });
  expect(again).toMatchObject({ state: 'ACKNOWLEDGED' });
  expect(again!.events.map(({ state }) => state)).toEqual([
    ...['QUEUED', 'TAKEN', 'QUEUED', 'TAKEN', 'ACKNOWLEDGED'],
  ]);
});

test('a platform that stops midway has every commitment once in the end', async () => {
  const signed = [await sign(), await sign(), await sign(), await sign(), await sign()];
  const body = JSON.stringify({ value: '2' });
  await control('settings/push-stops-after', { method: 'PUT', body });

  await forgetCalls(hub);
  await deliver();

  const calls = await callsOf(hub, 'credit-platform');
  const told = calls.filter(({ operation }) => operation === 'push').map(({ keys }) => keys);
  expect(told).toHaveLength(2);
  expect(told[1]).toEqual(told[0]);
  for (const { code } of signed) {
    const [push] = await pushesOf(code);
    expect(push).toMatchObject({ state: 'ACKNOWLEDGED' });
    expect(await control(`pushed/${code}`)).toMatchObject({ effects: 1 });
  }
});

test('a record that cannot be made is a problem of its own, and costs the others nothing', async () => {
  const lost = await sign();
  const sound = await sign();
  const setTemplate = (id: string) =>
    hub.database
      .db('credit_push')
      .where({ commitment_id: lost.id })
      .update({
        told: hub.database.db.raw(`jsonb_set(told, '{commitment,text,templateId}', ?)`, [
          JSON.stringify(id),
        ]),
      });
  const [text] = await hub.database.db('format_text').select<{ id: string }[]>('id').limit(1);
  await setTemplate(randomUUID());

  await deliver();
  const [problem] = await pushesOf(lost.code);
  const [other] = await pushesOf(sound.code);
  await setTemplate(text!.id);
  const resent = await hub.get(ResendCreditPushDocument, {
    input: { id: problem!.id, version: problem!.version, corrections: {} },
  });
  await deliver();

  expect(problem).toMatchObject({ state: 'PROBLEM', reason: '承诺书格式文本已查不到' });
  expect(other).toMatchObject({ state: 'ACKNOWLEDGED' });
  expect(resent.resendCreditPush.userErrors).toEqual([]);
  expect((await pushesOf(lost.code))[0]).toMatchObject({ state: 'ACKNOWLEDGED' });
});

/** As if the pauses between attempts were over. */
async function dueNow(): Promise<void> {
  await hub.database.db.raw('update credit_push set next_at = now() where next_at is not null');
}

test(`${RECALLED} records that were taken are recalled while the receiver fails at random`, async () => {
  const commitments: Awaited<ReturnType<typeof sign>>[] = [];
  while (commitments.length < RECALLED)
    commitments.push(...(await Promise.all(Array.from({ length: AT_ONCE }, sign))));
  await deliver();
  for (let at = 0; at < RECALLED; at += AT_ONCE)
    await Promise.all(
      commitments.slice(at, at + AT_ONCE).map(({ id }) =>
        hub.get(WithdrawCommitmentDocument, {
          input: { commitmentId: id, version: 1, reason: '撤回承诺' },
        }),
      ),
    );

  const faults = [
    ...[{ kind: 'down' }, { kind: 'hang' }, { kind: 'quota', resetAt: null }],
    ...[{ kind: 'integrity', how: 'missing' }, { kind: 'refuse' }],
  ];
  for (const fault of faults) {
    await breakSource(hub, 'credit-platform', fault);
    await dueNow();
    await deliver();
    await mendSource(hub, 'credit-platform');
  }
  const refused = commitments.slice(0, 7);
  for (const { code } of refused) {
    const body = JSON.stringify({ field: null, reason: '系统校验未通过' });
    await control(`refusals/${code}`, { method: 'PUT', body });
  }
  await dueNow();
  await deliver();
  await dueNow();
  await deliver();

  const recalls = (await all()).filter(({ commitmentVersion }) => commitmentVersion === 2);
  const states = recalls.map(({ state }) => state);
  expect(recalls).toHaveLength(RECALLED);
  expect(states.filter((state) => state === 'ACKNOWLEDGED')).toHaveLength(RECALLED - 7);
  const listed = recalls.filter(({ state }) => state === 'PROBLEM');
  expect(listed.map(({ commitmentCode }) => commitmentCode).sort()).toEqual(
    refused.map(({ code }) => code).sort(),
  );
  const [last] = commitments.slice(-1);
  const { content } = (await control(`pushed/${last!.code}`)) as PushedCommitment;
  expect(content['remarks']).toContain('撤回承诺');
}, 120_000);
