import { z } from 'zod';

import type { CallContext } from '../../src/connector-kit/connector.ts';
import { parseShape } from '../../src/connector-kit/decode.ts';
import { driftFault, integrityFault } from '../../src/connector-kit/fault.ts';
import { requireBatch } from '../../src/connector-kit/lookup.ts';
import type { Acknowledgement, PushDesk, PushReceipt } from '../../src/connector-kit/push.ts';
import type { GatewaySession } from '../../src/connector-kit/signing/gjgxjhpt.ts';
import type { CommitmentRecord, Fulfillment } from '../../src/model/commitment-record.ts';

/** Commitments the service takes in one call, and serial numbers it can be asked about. */
const COMMITMENTS_MAX = 50;
/** Of the system's own words, what an officer is shown. */
const REASON_CHARACTERS_MAX = 500;
const SUPPLY = 'ENT_COMMITMENT';

const FULFILLMENT: Readonly<Record<Fulfillment['status'], string>> = {
  FULFILLED: '1',
  PARTLY_FULFILLED: '2',
  NOT_FULFILLED: '3',
};

/** 分流状态. A row that was sent back or whose passing on was ended has to be put right. */
const STATE: Readonly<Record<string, Acknowledgement['state']>> = {
  1: 'ACKNOWLEDGED',
  2: 'REJECTED',
  3: 'PENDING',
  4: 'REJECTED',
  9: 'UNKNOWN',
};

/** The field of the hub's record that a column of the system stands for. */
const FIELDS: Readonly<Record<string, keyof CommitmentRecord>> = {
  CNBM: 'code',
  ENTNAME: 'subjectName',
  TRANAME: 'subjectName',
  UNISCID: 'subjectCode',
  CNSY: 'reason',
  CNNR: 'content',
  WNZR: 'liability',
  CNRQ: 'madeOn',
  CNYXQ: 'validUntil',
  SLJG_CN: 'acceptedBy',
  SLJGDM: 'acceptedBy',
  LXZT: 'fulfillment',
  WLXNR: 'fulfillment',
  ZJNR: 'fulfillment',
  RDRQ: 'fulfillment',
  RDJG_CN: 'fulfillment',
  RDJGDM: 'fulfillment',
  BZ: 'remarks',
};

const WITHHELD: PushReceipt = {
  taken: false,
  field: 'publicity',
  reason: '不可公开的承诺不予报送',
};

const text = z.string().nullable();
const suppliedShape = z.object({
  rows: z.array(z.object({ CNBM: z.string(), LSH: text, ERRFIELD: text, ERRMSG: text })),
});
const stateShape = z.object({
  rows: z.array(z.object({ LSH: z.string(), FLZT: z.string(), ERRFIELD: text, ERRMSG: text })),
});

/** 部门协同, 数据接口: public commitments of enterprises and individual businesses. */
export function createCommitmentDesk(
  session: GatewaySession,
  sid: string,
): PushDesk<'credit.commitment'> {
  const call = async (told: object, signal: AbortSignal): Promise<unknown> =>
    (await session.call(JSON.stringify({ supply: SUPPLY, ...told }), signal, sid)).data;

  async function push(
    records: readonly CommitmentRecord[],
    { signal }: CallContext,
  ): Promise<readonly PushReceipt[]> {
    requireBatch(records, COMMITMENTS_MAX);
    const shown = records.filter(mayBeShown);
    const receipts = shown.length === 0 ? [] : await supply(shown, signal);
    return records.map((record): PushReceipt => {
      return receipts[shown.indexOf(record)] ?? WITHHELD;
    });
  }

  async function supply(
    records: readonly CommitmentRecord[],
    signal: AbortSignal,
  ): Promise<readonly PushReceipt[]> {
    const { rows } = parseShape(
      suppliedShape,
      await call({ rows: records.map(writeRow) }, signal),
      '/data',
    );
    if (rows.length !== records.length) throw integrityFault('RESULT_COUNT', '/data/rows');
    return rows.map(({ CNBM, LSH, ERRFIELD, ERRMSG }, index): PushReceipt => {
      if (CNBM !== records[index]?.code)
        throw integrityFault('OTHER_SUBJECT', `/data/rows/${index}`);
      if (LSH !== null) return { taken: true, reference: LSH };
      return { taken: false, field: fieldOf(ERRFIELD), reason: clip(ERRMSG ?? '') };
    });
  }

  async function acknowledgements(
    references: readonly string[],
    { signal }: CallContext,
  ): Promise<readonly Acknowledgement[]> {
    requireBatch(references, COMMITMENTS_MAX);
    if (references.length === 0) return [];
    const { rows } = parseShape(stateShape, await call({ serials: references }, signal), '/data');
    if (rows.length !== references.length) throw integrityFault('RESULT_COUNT', '/data/rows');
    return rows.map(({ LSH, FLZT, ERRFIELD, ERRMSG }, index) => {
      const at = `/data/rows/${index}`;
      if (LSH !== references[index]) throw integrityFault('OTHER_SUBJECT', at);
      const state = Object.hasOwn(STATE, FLZT) ? STATE[FLZT] : undefined;
      // A state the hub does not know is neither an acknowledgement nor a refusal.
      if (state === undefined) throw driftFault(`${at}/FLZT`);
      const reason = ERRMSG === null ? null : clip(ERRMSG);
      return { reference: LSH, state, field: fieldOf(ERRFIELD), reason };
    });
  }

  return { takes: 'PUBLIC', batchMax: COMMITMENTS_MAX, push, acknowledgements };
}

/** What is supplied is shown to everybody: never a natural person, never what is not public. */
function mayBeShown({ publicity, subjectCategory }: CommitmentRecord): boolean {
  return publicity === 'PUBLIC' && subjectCategory !== 'PERSON';
}

/** The record in the columns of the supply. */
function writeRow(record: CommitmentRecord): Readonly<Record<string, string>> {
  const { fulfillment } = record;
  const isBusiness = record.subjectCategory === 'INDIVIDUAL_BUSINESS';
  return {
    CNBM: record.code,
    [isBusiness ? 'TRANAME' : 'ENTNAME']: record.subjectName,
    UNISCID: record.subjectCode,
    CNSY: record.reason,
    CNNR: record.content,
    WNZR: record.liability,
    CNRQ: record.madeOn,
    CNYXQ: record.validUntil ?? '',
    SLJG_CN: record.acceptedBy.name,
    SLJGDM: record.acceptedBy.code,
    LXZT: fulfillment === null ? '' : FULFILLMENT[fulfillment.status],
    WLXNR: fulfillment?.unperformed ?? '',
    ZJNR: fulfillment?.sanction ?? '',
    RDRQ: fulfillment?.establishedOn ?? '',
    RDJG_CN: fulfillment?.establishedBy.name ?? '',
    RDJGDM: fulfillment?.establishedBy.code ?? '',
    BZ: record.remarks ?? '',
  };
}

function fieldOf(field: string | null): string | null {
  return field !== null && Object.hasOwn(FIELDS, field) ? (FIELDS[field] ?? null) : null;
}

function clip(words: string): string {
  return words.slice(0, REASON_CHARACTERS_MAX);
}
