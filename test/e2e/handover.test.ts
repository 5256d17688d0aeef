import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { PushedCommitment } from '../../sandbox/credit-commitments.ts';
import { createCommitment } from '../connectors/conformance/reference.ts';
import { canaryPurpose } from '../../src/sources/canary.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, callsOf, forgetCalls, mendSource } from '../support/journey.ts';

const WHERE = { source: 'credit-platform', name: 'credit.commitment' } as const;
const purpose = canaryPurpose('request');

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ policy: { attemptMs: 400, deadlineMs: 1_000 } });
});
afterAll(() => hub.stop());

const push = (...records: ReturnType<typeof createCommitment>[]) =>
  hub.hub.sources.handovers.push({
    ...WHERE,
    records: records.map((record) => ({ record, purpose })),
  });
const ask = (...references: string[]) =>
  hub.hub.sources.handovers.acknowledgements({
    ...WHERE,
    receipts: references.map((reference) => ({ reference, code: 'code', purpose })),
  });

async function control(path: string, record?: object): Promise<unknown> {
  const { controlUrl } = hub.sandbox.sources['credit-platform'];
  const init = record === undefined ? {} : { method: 'PUT', body: JSON.stringify(record) };
  const response = await fetch(`${controlUrl}/records/${path}`, init);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

test('the platform receives all elements of the national template', async () => {
  const record = createCommitment(1);

  const [receipt] = await push(record);

  expect(receipt).toMatchObject({ taken: true });
  const { content } = (await control(`pushed/${record.code}`)) as PushedCommitment;
  expect(content).toMatchObject({
    code: record.code,
    identify: record.subjectCode,
    commitmentTypeId: '证明事项型',
    liabilityBreachCommitment: record.liability,
    acceptanceUnitIdentify: record.acceptedBy.code,
    publicationType: '可向社会公开',
    fulfillmentStatus: null,
  });
  expect(Object.keys(content)).toHaveLength(20);
});

test('a refused row does not cost the others their receipt, and names field and reason', async () => {
  const refused = createCommitment(3);
  await control(`refusals/${refused.code}`, { field: 'identify', reason: '承诺人代码 校验失败' });

  const receipts = await push(createCommitment(2), refused, createCommitment(4));

  expect(receipts.map(({ taken }) => taken)).toEqual([true, false, true]);
  expect(receipts[1]).toEqual({
    ...{ taken: false, field: 'subjectCode', reason: '承诺人代码 校验失败' },
  });
});

test('a corrected record goes under the same code, and counts as one commitment', async () => {
  const first = createCommitment(5);
  const accepted = { name: '济宁市行政审批服务局', code: '11370800MB28559184' };
  const fulfillment = {
    ...({ status: 'FULFILLED', unperformed: null, sanction: null } as const),
    ...{ establishedOn: first.madeOn, establishedBy: accepted },
  };

  const [before] = await push(first);
  const [again] = await push(first);
  const [after] = await push({ ...first, fulfillment });

  expect(again).toEqual(before);
  expect(after).toMatchObject({ taken: true });
  expect(await control(`pushed/${first.code}`)).toMatchObject({
    effects: 2,
    content: { fulfillmentStatus: '全部履行' },
  });
});

test('the platform acknowledges later, or returns what it took', async () => {
  await control('settings/push-state', { value: '处理中' });
  const record = createCommitment(6);
  const [receipt] = await push(record);
  const reference = receipt?.taken === true ? receipt.reference : '';

  const pending = await ask(reference, 'CN9999999999');
  const held = (await control(`pushed/${record.code}`)) as PushedCommitment;
  const returned = { state: '已退回', field: 'identify', reason: '主体不存在' };
  await control(`pushed/${record.code}`, { ...held, ...returned });
  const [rejected] = await ask(reference);
  await control('settings/push-state', { value: '已入库' });

  expect(pending.map(({ state }) => state)).toEqual(['PENDING', 'UNKNOWN']);
  expect(rejected).toMatchObject({ state: 'REJECTED', field: 'subjectCode', reason: '主体不存在' });
});

test.each([['down'], ['hang'], ['quota']])('%s gives a fault, never a receipt', async (kind) => {
  await breakSource(hub, 'credit-platform', kind === 'quota' ? { kind, resetAt: null } : { kind });

  const given = await push(createCommitment(7)).catch((error: unknown) => error);
  await mendSource(hub, 'credit-platform');

  expect(given).toMatchObject({ name: 'HubError', code: expect.stringMatching(/^SOURCE_/u) });
});

test('a source that takes nothing is asked nothing', async () => {
  const { handovers } = hub.hub.sources;
  const records = [{ record: createCommitment(8), purpose }];

  const given = handovers.push({ ...WHERE, source: 'license-library', records });

  await expect(given).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  expect(handovers.batchMaxOf('license-library', 'credit.commitment')).toBeNull();
  expect(handovers.batchMaxOf('credit-platform', 'credit.commitment')).toBe(100);
  const pushed = await callsOf(hub, 'license-library');
  expect(pushed.filter(({ operation }) => operation === 'push')).toEqual([]);
});

test('what is told is on record with purpose and digest, before it leaves and after', async () => {
  const { db } = hub.database;
  const record = createCommitment(9);

  const [receipt] = await push(record);
  await breakSource(hub, 'credit-platform', { kind: 'down' });
  const failed = push(record).catch((error: unknown) => error);
  await expect(failed).resolves.toMatchObject({ name: 'HubError' });
  await mendSource(hub, 'credit-platform');
  await ask(receipt?.taken === true ? receipt.reference : '');

  const rows = await db('handover')
    .leftJoin('handover_outcome', 'handover.id', 'handover_outcome.handover_id')
    .whereIn('record_code', [record.code, 'code'])
    .orderBy('begun_at', 'desc')
    .limit(3)
    .select<Record<string, unknown>[]>('*');
  const told = rows.map(({ step, outcome, reason }) => ({ step, outcome, reason })).reverse();
  expect(told).toEqual([
    { step: 'PUSH', outcome: 'TAKEN', reason: null },
    { step: 'PUSH', outcome: 'FAULT', reason: expect.stringMatching(/^SOURCE_UNREACHABLE/u) },
    { step: 'ACKNOWLEDGEMENT', outcome: 'ACKNOWLEDGED', reason: null },
  ]);
  expect(rows[1]!['record_digest']).toBe(rows[2]!['record_digest']);
  expect(rows[2]).toMatchObject({ agency_code: purpose.agencyCode, actor: purpose.actor });
  expect(JSON.stringify(rows)).not.toContain(record.subjectCode);
  await expect(db('handover').update({ actor: 'x' })).rejects.toThrow('append-only');
});

test('what cannot be put on record does not leave the hub', async () => {
  const { db } = hub.database;
  await forgetCalls(hub);
  await db.raw('alter table handover rename to handover_gone');

  const given = await push(createCommitment(10)).catch((error: unknown) => error);
  await db.raw('alter table handover_gone rename to handover');

  expect(given).toMatchObject({ name: 'HubError', code: 'AUDIT_UNAVAILABLE' });
  expect(await callsOf(hub, 'credit-platform')).toEqual([]);
});

test('one call never carries the records of two agencies or matters', async () => {
  const other = { ...purpose, agencyCode: '11370800MB28559184' };
  const records = [
    { record: createCommitment(11), purpose },
    { record: createCommitment(12), purpose: other },
  ];

  const given = hub.hub.sources.handovers.push({ ...WHERE, records });

  await expect(given).rejects.toThrow('one agency and matter');
});
