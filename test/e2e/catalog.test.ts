import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  FindMatterOnDocument,
  ListFilingsDocument,
  ListMatterDifferencesDocument,
  PublishMatterListDocument,
  ReadMatterListDocument,
  ReceiveFilingDocument,
  RegisterDocumentDocument,
  RequestAdjustmentDocument,
  ResubmitAdjustmentDocument,
  ReturnFilingDocument,
  ReviewAdjustmentDocument,
  SendFilingDocument,
  type ListedMatterInput,
} from '../generated/operations.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';

const PUBLISHED = '2021-04-30T02:00:00Z';
const clock = createTestClock(PUBLISHED);
const REGION = AGENCIES.countyJustice.regionCode;
const COUNTY_AGENCY = { role: 'COUNTER', agencyCode: AGENCIES.countyApproval.code } as const;
const COUNTY = { role: 'JUSTICE', agencyCode: AGENCIES.countyJustice.code } as const;
const CITY = { role: 'JUSTICE', agencyCode: AGENCIES.justice.code } as const;
const PROVINCE = { role: 'JUSTICE', agencyCode: AGENCIES.provincialJustice.code } as const;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
afterAll(() => hub.stop());
beforeEach(() => clock.set(PUBLISHED));

const codeOf = (serial: number) =>
  `${AGENCIES.countyApproval.code}4370118${String(serial).padStart(6, '0')}`;

function matterOf(serial: number, more: Partial<ListedMatterInput> = {}): ListedMatterInput {
  return {
    ...{ code: codeOf(serial), name: '公共场所卫生许可', itemType: 'LICENSE' },
    priorityField: 'MARKET_ACCESS',
    ...{ agencyCode: AGENCIES.countyApproval.code, agencyName: AGENCIES.countyApproval.name },
    ...{ certificate: '营业执照', legalBasis: '公共场所卫生管理条例第八条' },
    ...more,
  };
}

const POLICY = {
  ...{ subjectKinds: ['ENTERPRISE'], timing: 'BEFORE_DECISION', followUpWorkingDays: 3 },
  dateThatCounts: 'ACCEPTED_ON',
  requirements: [
    {
      ...{ id: 'registration', label: '已登记', acceptsSuccessor: false },
      fields: [{ field: 'STATUS', decisive: true, mustBeClaimed: false }],
      ladder: [
        {
          method: 'ONLINE',
          consult: [
            {
              ...{ dataset: 'REGISTRATION', rank: 1, fieldRanks: [] },
              ...{ licenseTypeCode: null, maxAgeSeconds: 0 },
            },
          ],
        },
      ],
    },
  ],
};

async function request(
  kind: 'ADD' | 'REMOVE' | 'CHANGE',
  serial: number,
  more: Partial<ListedMatterInput> = {},
) {
  const matter = kind === 'REMOVE' ? {} : { matter: matterOf(serial, more) };
  const input = { kind, matterCode: codeOf(serial), basis: '条例修订', ...matter };
  const { requestAdjustment } = await hub.get(
    RequestAdjustmentDocument,
    { input: { ...input, idempotencyKey: randomUUID() } },
    COUNTY_AGENCY,
  );
  return requestAdjustment;
}

async function review(
  id: string,
  decision: 'APPROVE' | 'RETURN' | 'REJECT',
  { version = 1, as = COUNTY }: { version?: number; as?: AskOptions } = {},
) {
  const input = { adjustmentId: id, version, decision, reason: '依据充分' };
  const key = { idempotencyKey: randomUUID() };
  const done = await hub.get(ReviewAdjustmentDocument, { input: { ...input, ...key } }, as);
  return done.reviewAdjustment;
}

async function publish(
  ids: readonly string[],
  { version, key = randomUUID() }: { version: number; key?: string },
) {
  const input = { regionCode: REGION, adjustmentIds: [...ids], expectedVersion: version };
  const { publishMatterList } = await hub.get(
    PublishMatterListDocument,
    { input: { ...input, idempotencyKey: key } },
    COUNTY,
  );
  return publishMatterList;
}

/** Asks, approves, publishes. */
async function adjust(
  kind: 'ADD' | 'REMOVE' | 'CHANGE',
  serial: number,
  { version, ...more }: Partial<ListedMatterInput> & { version: number },
) {
  const { adjustment, userErrors } = await request(kind, serial, more);
  if (adjustment === null) throw new Error(JSON.stringify(userErrors));
  await review(adjustment.id, 'APPROVE');
  return publish([adjustment.id], { version });
}

const read = async (asOf: string) =>
  (await hub.get(ReadMatterListDocument, { regionCode: REGION, asOf: asOf as never }, COUNTY))
    .matterList;

const overdue = async (as: typeof COUNTY | typeof CITY | typeof PROVINCE) =>
  (await hub.get(ListFilingsDocument, { overdue: true }, as)).filings.nodes;

const stepInput = (filingId: string, version: number) => ({
  ...{ filingId, version, idempotencyKey: randomUUID() },
});

describe('scenario 22, a county adjusts its list, and it is filed up to the province', () => {
  test('a published list is due at the city on 13 May, red on 14 May, then goes to the province', async () => {
    const published = await adjust('ADD', 1, { version: 0, policy: POLICY });

    expect(published.list).toMatchObject({ version: 1, publishedOn: '2021-04-30' });
    const [first] = published.list!.filings;
    expect(first).toMatchObject({
      ...{ state: 'DUE', dueOn: '2021-05-13', fromLevel: 'COUNTY', toLevel: 'CITY' },
      ...{ toRegion: '370800', allowedSteps: ['SEND'] },
    });
    clock.set('2021-05-13T15:00:00Z');
    expect(await overdue(COUNTY)).toEqual([]);
    clock.set('2021-05-13T16:30:00Z');
    expect(await overdue(COUNTY)).toMatchObject([{ id: first!.id }]);
    expect(await overdue(PROVINCE)).toMatchObject([{ id: first!.id }]);

    const early = await hub.get(
      ReceiveFilingDocument,
      { input: { ...stepInput(first!.id, 0), receiptNumber: '济司备1号' } },
      CITY,
    );
    expect(early.receiveFiling.userErrors).toMatchObject([
      { code: 'STEP_NOT_ALLOWED', state: 'DUE', allowed: ['SEND'] },
    ]);
    const foreign = await hub.get(SendFilingDocument, { input: stepInput(first!.id, 0) }, CITY);
    expect(foreign.sendFiling.userErrors).toMatchObject([{ code: 'NOT_YOUR_REGION' }]);
    const sent = await hub.get(SendFilingDocument, { input: stepInput(first!.id, 0) }, COUNTY);
    expect(sent.sendFiling.filing).toMatchObject({ state: 'SENT', sentOn: '2021-05-14' });
    expect(await overdue(COUNTY)).toEqual([]);

    const returned = await hub.get(
      ReturnFilingDocument,
      { input: { ...stepInput(first!.id, 1), reason: '缺少依据' } },
      CITY,
    );
    expect(returned.returnFiling.filing).toMatchObject({ state: 'RETURNED', sentOn: null });
    expect(await overdue(COUNTY)).toMatchObject([{ returnReason: '缺少依据' }]);
    await hub.get(SendFilingDocument, { input: stepInput(first!.id, 2) }, COUNTY);
    const received = await hub.get(
      ReceiveFilingDocument,
      { input: { ...stepInput(first!.id, 3), receiptNumber: '济司备1号' } },
      CITY,
    );
    expect(received.receiveFiling.filing).toMatchObject({
      ...{ state: 'RECEIVED', receiptNumber: '济司备1号', allowedSteps: [] },
    });

    const { filings } = await hub.get(ListFilingsDocument, { overdue: false }, PROVINCE);
    const second = filings.nodes.find(({ fromLevel }) => fromLevel === 'CITY');
    expect(second).toMatchObject({
      ...{ toLevel: 'PROVINCE', countedFrom: '2021-05-14', dueOn: '2021-05-25', state: 'DUE' },
    });
    await hub.get(SendFilingDocument, { input: stepInput(second!.id, 0) }, CITY);
    const last = await hub.get(
      ReceiveFilingDocument,
      { input: { ...stepInput(second!.id, 1), receiptNumber: '鲁司备9号' } },
      PROVINCE,
    );
    expect(last.receiveFiling.filing).toMatchObject({ state: 'RECEIVED' });
    const after = await hub.get(ListFilingsDocument, { overdue: false }, PROVINCE);
    expect(after.filings.nodes).toHaveLength(2);
  });

  test('the list of an earlier day stays readable, and versions tell what they changed', async () => {
    clock.set('2021-06-01T02:00:00Z');

    await adjust('CHANGE', 1, { version: 1, certificate: '不动产权证书', policy: POLICY });

    const old = await read('2021-05-31');
    const fresh = await read('2021-06-01');
    expect(await read('2021-04-29')).toBeNull();
    expect(old!.matters.nodes).toMatchObject([{ certificate: '营业执照' }]);
    expect(fresh!.matters.nodes).toMatchObject([{ certificate: '不动产权证书' }]);
    expect(fresh!.changes.nodes).toEqual([
      {
        ...{ code: codeOf(1), kind: 'CHANGED' },
        fields: [{ pointer: '/certificate', before: '"营业执照"', after: '"不动产权证书"' }],
      },
    ]);
    const versions = { regionCode: REGION, from: 0, to: 2 };
    const { matterListDifference } = await hub.get(ListMatterDifferencesDocument, versions);
    expect(matterListDifference.nodes).toEqual([{ code: codeOf(1), kind: 'ADDED', fields: [] }]);
  });

  test('what is listed with a policy is in force from its day, and ends when it is removed', async () => {
    const on = async (day: string) =>
      (await hub.get(FindMatterOnDocument, { code: codeOf(1), on: day as never })).matter;
    clock.set('2021-07-01T02:00:00Z');

    const removed = await adjust('REMOVE', 1, { version: 2 });

    expect(removed.list).toMatchObject({ version: 3 });
    expect(await on('2021-04-29')).toBeNull();
    expect(await on('2021-05-31')).toMatchObject({ version: 1, effectiveUntil: '2021-05-31' });
    expect(await on('2021-06-30')).toMatchObject({ version: 2, certificate: '不动产权证书' });
    expect(await on('2021-07-01')).toBeNull();
    expect((await read('2021-07-01'))!.matters.nodes).toEqual([]);
  });
});

describe('requests to adjust a list', () => {
  test('the same publication again is the first one; on old news it is refused', async () => {
    clock.set('2021-08-02T02:00:00Z');
    const { adjustment } = await request('ADD', 20);
    const unapproved = await publish([adjustment!.id], { version: 3 });
    await review(adjustment!.id, 'APPROVE');
    const stale = await publish([adjustment!.id], { version: 2 });

    const first = await publish([adjustment!.id], { version: 3, key: 'once' });
    const again = await publish([adjustment!.id], { version: 3, key: 'once' });

    expect(unapproved.userErrors).toMatchObject([
      {
        ...{ code: 'STEP_NOT_ALLOWED', state: 'SUBMITTED' },
        allowed: ['APPROVE', 'RETURN', 'REJECT', 'WITHDRAW'],
      },
    ]);
    expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
    expect(again.list).toEqual(first.list);
    await expect(publish([adjustment!.id], { version: 4, key: 'once' })).rejects.toThrow(
      'CONFLICT',
    );
  });

  test('whoever asks does not review, and no other region does', async () => {
    const asked = await hub.get(
      RequestAdjustmentDocument,
      {
        input: {
          ...{ kind: 'REMOVE', matterCode: codeOf(20), basis: '条例废止' },
          idempotencyKey: randomUUID(),
        },
      },
      COUNTY,
    );
    const { id } = asked.requestAdjustment.adjustment!;

    const own = await review(id, 'REJECT');
    const foreign = await review(id, 'REJECT', { as: CITY });
    const other = await review(id, 'REJECT', { as: { ...COUNTY, account: 'justice-2' } });

    expect(own.userErrors).toMatchObject([{ code: 'SECOND_OFFICER_NEEDED' }]);
    expect(foreign.userErrors).toMatchObject([{ code: 'NOT_YOUR_REGION' }]);
    expect(other.adjustment).toMatchObject({ state: 'REJECTED', allowedSteps: [] });
  });

  test('a returned request is corrected and goes on', async () => {
    const { adjustment } = await request('ADD', 21);
    const { id } = adjustment!;
    await review(id, 'RETURN');
    const input = { adjustmentId: id, version: 2, basis: '新依据', matter: matterOf(21) };

    const { resubmitAdjustment } = await hub.get(
      ResubmitAdjustmentDocument,
      { input: { ...input, idempotencyKey: randomUUID() } },
      COUNTY_AGENCY,
    );

    expect(resubmitAdjustment.adjustment).toMatchObject({ state: 'SUBMITTED', version: 3 });
    expect(await review(id, 'APPROVE', { version: 1 })).toMatchObject({
      userErrors: [{ code: 'STALE_VERSION' }],
    });
  });

  test.each<[string, string, Partial<ListedMatterInput>]>([
    ['excluded and active', 'EXCLUDED_MATTER', { exclusions: ['STATE_SECRETS'] }],
    ['of another code', 'MALFORMED_VALUE', { code: codeOf(99) }],
    ['of a basic code', 'MALFORMED_CODE', { code: '370118009001' }],
    ['with a risk beyond five', 'MALFORMED_VALUE', { risk: { legal: 6, security: 0, social: 0 } }],
    ['with a policy nobody understands', 'MALFORMED_VALUE', { policy: { timing: 'NEVER' } }],
    ['without its field', 'MALFORMED_VALUE', { policy: POLICY, priorityField: null }],
  ])('a matter %s is refused by %s', async (_what, code, more) => {
    const { adjustment, userErrors } = await request('ADD', 30, more);

    expect(adjustment).toBeNull();
    expect(userErrors.map((one) => one.code)).toContain(code);
  });
});

describe('rules and supporting documents', () => {
  const rules = (text: string, idempotencyKey: string = randomUUID()) => ({
    ...{ series: 'work-rules', kind: 'WORK_RULES' as const, title: '告知承诺制工作规程' },
    ...{ mediaType: 'TEXT' as const, contentBase64: Buffer.from(text).toString('base64') },
    idempotencyKey,
  });
  const register = async (input: ReturnType<typeof rules>) =>
    (await hub.get(RegisterDocumentDocument, { input }, COUNTY_AGENCY)).registerDocument;

  test('a document is filed with the bureau of its own level, which gives a receipt', async () => {
    const first = await register(rules('第一条', 'rules-1'));
    const again = await register(rules('第一条', 'rules-1'));
    const next = await register(rules('第一条（修订）'));

    expect(again.document).toEqual(first.document);
    expect([first.document!.version, next.document!.version]).toEqual([1, 2]);
    const [filing] = first.document!.filings;
    expect(filing).toMatchObject({ state: 'SENT', toRegion: REGION, dueOn: null });
    const input = { ...stepInput(filing!.id, 1), receiptNumber: '任司备3号' };
    const foreign = await hub.get(ReceiveFilingDocument, { input }, CITY);
    expect(foreign.receiveFiling.userErrors).toMatchObject([{ code: 'NOT_YOUR_REGION' }]);
    const received = await hub.get(ReceiveFilingDocument, { input }, COUNTY);
    expect(received.receiveFiling.filing).toMatchObject({ receiptNumber: '任司备3号' });
  });

  test('a document without content, or not in Base64, is refused', async () => {
    const empty = await register(rules(''));
    const broken = await register({ ...rules('第一条'), contentBase64: '***' });

    expect(empty.userErrors).toMatchObject([{ code: 'LENGTH_OUT_OF_RANGE' }]);
    expect(broken.userErrors.map(({ code }) => code)).toContain('MALFORMED_VALUE');
  });
});
