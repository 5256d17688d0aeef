import { z } from 'zod';

import type { CallContext } from '../../src/connector-kit/connector.ts';
import { decodeReply, parseShape } from '../../src/connector-kit/decode.ts';
import { driftFault, integrityFault } from '../../src/connector-kit/fault.ts';
import type { HttpReply } from '../../src/connector-kit/http.ts';
import { requireBatch } from '../../src/connector-kit/lookup.ts';
import type { Acknowledgement, PushDesk, PushReceipt } from '../../src/connector-kit/push.ts';
import type {
  CommitmentRecord,
  CommitmentType,
  Fulfillment,
} from '../../src/model/commitment-record.ts';

/** Commitments the platform takes in one call, and receipts it can be asked about. */
const COMMITMENTS_MAX = 100;
/** Of the platform's own words, what an officer is shown. */
const REASON_CHARACTERS_MAX = 500;

const CATEGORY: Readonly<Record<CommitmentRecord['subjectCategory'], string>> = {
  ORGANIZATION: '法人及非法人组织',
  PERSON: '自然人',
  INDIVIDUAL_BUSINESS: '个体工商户',
};

const TYPE: Readonly<Record<CommitmentType, string>> = {
  APPROVAL_SUBSTITUTION: '审批替代型',
  DEFERRED_DOCUMENTS: '容缺受理型',
  CERTIFICATION: '证明事项型',
  CREDIT_REPAIR: '信用修复型',
  INDUSTRY_SELF_REGULATION: '行业自律型',
  VOLUNTARY: '主动型',
};

const PUBLICITY: Readonly<Record<CommitmentRecord['publicity'], string>> = {
  PUBLIC: '可向社会公开',
  LIMITED: '特定范围内公开',
  NOT_PUBLIC: '不可公开',
};

const FULFILLMENT: Readonly<Record<Fulfillment['status'], string>> = {
  FULFILLED: '全部履行',
  PARTLY_FULFILLED: '部分履行',
  NOT_FULFILLED: '全部未履行',
};

const STATE: Readonly<Record<string, Acknowledgement['state']>> = {
  已入库: 'ACKNOWLEDGED',
  处理中: 'PENDING',
  已退回: 'REJECTED',
  不存在: 'UNKNOWN',
};

/** The field of the hub's record that a field of the platform's template stands for. */
const FIELDS: Readonly<Record<string, keyof CommitmentRecord>> = {
  code: 'code',
  subjectName: 'subjectName',
  subjectCategory: 'subjectCategory',
  identify: 'subjectCode',
  commitmentTypeId: 'type',
  reason: 'reason',
  content: 'content',
  liabilityBreachCommitment: 'liability',
  commitmentDate: 'madeOn',
  commitmentValidity: 'validUntil',
  acceptanceUnit: 'acceptedBy',
  acceptanceUnitIdentify: 'acceptedBy',
  publicationType: 'publicity',
  fulfillmentStatus: 'fulfillment',
  unperformedCommitmentContent: 'fulfillment',
  liabilityBreachCommitmentContent: 'fulfillment',
  fulfillmentStatusDate: 'fulfillment',
  acceptanceConfirmUnit: 'fulfillment',
  acceptanceConfirmUnitIdentify: 'fulfillment',
  remarks: 'remarks',
};

const told = z.object({ field: z.string().nullable(), reason: z.string().nullable() });
const pushedShape = z.object({
  code: z.literal(0),
  data: z.object({
    results: z.array(
      told.extend({ code: z.string(), accepted: z.boolean(), receiptNo: z.string().nullable() }),
    ),
  }),
});
const stateShape = z.object({
  code: z.literal(0),
  data: z.object({
    results: z.array(told.extend({ receiptNo: z.string(), state: z.string() })),
  }),
});

/** Sends a body to a path of the platform. */
export type Post = (path: string, body: string, signal: AbortSignal) => Promise<HttpReply>;

/** 信用承诺信息归集: the 18 elements of the national template, by the platform's push interface. */
export function createCommitmentDesk(post: Post): PushDesk<'credit.commitment'> {
  async function push(
    records: readonly CommitmentRecord[],
    { signal }: CallContext,
  ): Promise<readonly PushReceipt[]> {
    requireBatch(records, COMMITMENTS_MAX);
    if (records.length === 0) return [];
    const body = JSON.stringify({ commitments: records.map(writeCommitment) });
    const reply = decodeReply(await post('/api/v1/commitments', body, signal));
    const { results } = parseShape(pushedShape, reply).data;
    if (results.length !== records.length) throw integrityFault('RESULT_COUNT', '/data/results');
    return results.map(({ code, accepted, receiptNo, field, reason }, index): PushReceipt => {
      const at = `/data/results/${index}`;
      if (code !== records[index]?.code) throw integrityFault('OTHER_SUBJECT', at);
      if (accepted !== (receiptNo !== null)) throw driftFault(`${at}/receiptNo`);
      if (receiptNo !== null) return { taken: true, reference: receiptNo };
      return { taken: false, field: fieldOf(field), reason: clip(reason ?? '') };
    });
  }

  async function acknowledgements(
    references: readonly string[],
    { signal }: CallContext,
  ): Promise<readonly Acknowledgement[]> {
    requireBatch(references, COMMITMENTS_MAX);
    if (references.length === 0) return [];
    const body = JSON.stringify({ receipts: references });
    const reply = decodeReply(await post('/api/v1/commitments/status', body, signal));
    const { results } = parseShape(stateShape, reply).data;
    if (results.length !== references.length) throw integrityFault('RESULT_COUNT', '/data/results');
    return results.map(({ receiptNo, state, field, reason }, index) => {
      const at = `/data/results/${index}`;
      if (receiptNo !== references[index]) throw integrityFault('OTHER_SUBJECT', at);
      const known = Object.hasOwn(STATE, state) ? STATE[state] : undefined;
      // A word the hub does not know is neither an acknowledgement nor a refusal.
      if (known === undefined) throw driftFault(`${at}/state`);
      return {
        ...{ reference: receiptNo, state: known, field: fieldOf(field) },
        reason: reason === null ? null : clip(reason),
      };
    });
  }

  return { takes: 'ALL', batchMax: COMMITMENTS_MAX, push, acknowledgements };
}

/** The record in the keys of the national collection template. */
function writeCommitment(record: CommitmentRecord): Readonly<Record<string, string | null>> {
  const { fulfillment } = record;
  return {
    code: record.code,
    subjectName: record.subjectName,
    subjectCategory: CATEGORY[record.subjectCategory],
    identify: record.subjectCode,
    commitmentTypeId: TYPE[record.type],
    reason: record.reason,
    content: record.content,
    liabilityBreachCommitment: record.liability,
    commitmentDate: record.madeOn,
    commitmentValidity: record.validUntil,
    acceptanceUnit: record.acceptedBy.name,
    acceptanceUnitIdentify: record.acceptedBy.code,
    publicationType: PUBLICITY[record.publicity],
    fulfillmentStatus: fulfillment === null ? null : FULFILLMENT[fulfillment.status],
    unperformedCommitmentContent: fulfillment?.unperformed ?? null,
    liabilityBreachCommitmentContent: fulfillment?.sanction ?? null,
    fulfillmentStatusDate: fulfillment?.establishedOn ?? null,
    acceptanceConfirmUnit: fulfillment?.establishedBy.name ?? null,
    acceptanceConfirmUnitIdentify: fulfillment?.establishedBy.code ?? null,
    remarks: record.remarks,
  };
}

function fieldOf(field: string | null): string | null {
  return field !== null && Object.hasOwn(FIELDS, field) ? (FIELDS[field] ?? null) : null;
}

function clip(text: string): string {
  return text.slice(0, REASON_CHARACTERS_MAX);
}
