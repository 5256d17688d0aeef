import type { Fault } from './faults.ts';
import type { RecordStore } from './records.ts';
import type { Shape } from './shape.ts';
import { isObject, jsonReply, type WireReply, type WireRequest } from './wire.ts';

/** Commitments the platform takes in one call. */
export const COMMITMENTS_MAX = 100;

/** A commitment as it was pushed, and what has become of it. */
export interface PushedCommitment {
  readonly receiptNo: string;
  /** 已入库, 处理中 or 已退回. */
  readonly state: string;
  readonly field: string | null;
  readonly reason: string | null;
  /** How often its content was taken in: a repetition does not count. */
  readonly effects: number;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What the next push of a commitment is refused with, put there by a test or a person. */
interface Refusal {
  readonly field: string | null;
  readonly reason: string;
}

/** Collections of the push interface. A commitment's id is its code. */
export const COMMITMENT_COLLECTIONS: Readonly<
  Record<string, { readonly shape: Shape; readonly idOf: null }>
> = {
  pushed: {
    shape: {
      receiptNo: { type: 'text' },
      state: { type: 'choice', of: ['已入库', '处理中', '已退回'] },
      field: { type: 'text', nullable: true },
      reason: { type: 'text', nullable: true },
      effects: { type: 'number', min: 1, max: 1_000_000 },
      content: { type: 'object' },
    },
    idOf: null,
  },
  refusals: {
    shape: { field: { type: 'text', nullable: true }, reason: { type: 'text' } },
    idOf: null,
  },
};

const MANDATORY = [
  ...['code', 'subjectName', 'subjectCategory', 'identify', 'commitmentTypeId', 'reason'],
  ...['content', 'liabilityBreachCommitment', 'commitmentDate', 'acceptanceUnit'],
  ...['acceptanceUnitIdentify', 'publicationType'],
];

/** The push interface (信用承诺信息归集) of the credit platform, over its records. */
export function createCommitmentRegister(records: RecordStore) {
  let receipts = 0;

  function take(commitment: Readonly<Record<string, unknown>>) {
    const code = String(commitment['code']);
    const refused = refusalOf(commitment);
    if (refused !== null) return { code, accepted: false, receiptNo: null, ...refused };
    const held = records.find<PushedCommitment>('pushed', code);
    const isSame = held !== null && JSON.stringify(held.content) === JSON.stringify(commitment);
    if (isSame && held.state !== '已退回') return accepted(code, held.receiptNo);
    receipts += 1;
    const receiptNo = `CN${String(receipts).padStart(10, '0')}`;
    const state = records.find<{ value: string }>('settings', 'push-state')?.value ?? '已入库';
    const effects = (held?.effects ?? 0) + 1;
    const kept = { receiptNo, state, field: null, reason: null, effects, content: commitment };
    records.put('pushed', code, kept);
    return accepted(code, receiptNo);
  }

  function refusalOf(commitment: Readonly<Record<string, unknown>>): Refusal | null {
    const told = records.find<Refusal>('refusals', String(commitment['code']));
    if (told !== null) return told;
    const empty = MANDATORY.find((field) => !commitment[field]);
    if (empty !== undefined) return { field: empty, reason: `${empty} 不能为空` };
    const needsMore = ['部分履行', '全部未履行'].includes(String(commitment['fulfillmentStatus']));
    const lacking = ['unperformedCommitmentContent', 'liabilityBreachCommitmentContent'].find(
      (field) => needsMore && !commitment[field],
    );
    return lacking === undefined ? null : { field: lacking, reason: `${lacking} 不能为空` };
  }

  /** How many of the next push are taken in before it breaks off. Once; null for all. */
  function takeStop(): number | null {
    const told = records.find<{ value: string }>('settings', 'push-stops-after');
    if (told === null) return null;
    records.remove('settings', 'push-stops-after');
    return Number.parseInt(told.value, 10);
  }

  return {
    push(request: WireRequest, fault: Fault | null): WireReply {
      const asked = isObject(request.json) ? request.json['commitments'] : undefined;
      if (!Array.isArray(asked) || asked.length < 1 || asked.length > COMMITMENTS_MAX)
        return wrong('commitments');
      const stopsAfter = takeStop();
      const results = asked
        .slice(0, stopsAfter ?? asked.length)
        .map((one) => take(isObject(one) ? one : {}));
      if (stopsAfter !== null)
        return jsonReply(500, { code: 50000, message: '系统异常', data: null });
      return reply(fault?.kind === 'integrity' ? results.toReversed().slice(1) : results);
    },
    status(request: WireRequest, fault: Fault | null): WireReply {
      const asked = isObject(request.json) ? request.json['receipts'] : undefined;
      if (!Array.isArray(asked) || asked.length < 1 || asked.length > COMMITMENTS_MAX)
        return wrong('receipts');
      const wanted = new Set(asked);
      const all = records.list<PushedCommitment>('pushed');
      const found = all.filter((one) => wanted.has(one.receiptNo));
      const results = asked.map((receiptNo: unknown) => {
        const held = found.find((one) => one.receiptNo === receiptNo);
        return held === undefined
          ? { receiptNo, state: '不存在', field: null, reason: null }
          : { receiptNo, state: held.state, field: held.field, reason: held.reason };
      });
      return reply(fault?.kind === 'integrity' ? results.slice(1) : results);
    },
  };
}

function accepted(code: string, receiptNo: string) {
  return { code, accepted: true, receiptNo, field: null, reason: null };
}

function reply(results: readonly unknown[]): WireReply {
  return jsonReply(200, { code: 0, message: '成功', data: { results } });
}

function wrong(field: string): WireReply {
  return jsonReply(400, { code: 40001, message: '参数错误', data: { field } });
}
