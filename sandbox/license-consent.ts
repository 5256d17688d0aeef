import { randomBytes } from 'node:crypto';

import type { RecordStore } from './records.ts';
import type { Shape } from './shape.ts';
import { isObject, jsonReply, textAt, type WireReply, type WireRequest } from './wire.ts';

/** How long a holder has to decide. */
const PATIENCE_MS = 180_000;
const TYPES_MAX = 10;
/** Status of a second request by the code of the same device. */
const BEGUN_BEFORE = 60_001;

/** One request for consent, under the name the library gave it. */
export interface ConsentRecord {
  readonly holderCode: string;
  readonly certCodes: readonly string[];
  /** 1 has not decided, 2 has consented, any other will not. A person or a test sets it. */
  readonly verifyStatus: number;
  readonly endsAt: number;
}

/** A code that a device shows now. Its id is the text of the code. */
interface ShownCode {
  readonly holderCode: string;
}

/** Collections of the consent interface. */
export const CONSENT_COLLECTIONS: Readonly<
  Record<string, { readonly shape: Shape; readonly idOf: null }>
> = {
  consents: {
    shape: {
      holderCode: { type: 'text' },
      certCodes: { type: 'list' },
      verifyStatus: { type: 'number', min: 0, max: 9 },
      endsAt: { type: 'number', min: 0, max: Number.MAX_SAFE_INTEGER },
    },
    idOf: null,
  },
  'shown-codes': { shape: { holderCode: { type: 'text' } }, idOf: null },
};

/** Consent by the scanned code of a license app (扫码亮证授权), over the library's records. */
export function createConsentRegister(records: RecordStore) {
  function begin(request: WireRequest): WireReply {
    const data = isObject(request.json) ? request.json['data'] : undefined;
    const shown = records.find<ShownCode>('shown-codes', textAt(data, 'qrcode'));
    const types = isObject(data) ? data['certCodes'] : undefined;
    if (!Array.isArray(types) || types.length < 1 || types.length > TYPES_MAX) return status(12);
    if (shown === null) return status(102);
    const { holderCode } = shown;
    const trxId = randomBytes(16).toString('hex');
    const certCodes = types.map(String);
    const isAgain = records
      .list<ConsentRecord>('consents')
      .some((one) => one.holderCode === holderCode && one.endsAt > request.now);
    const endsAt = request.now + PATIENCE_MS;
    records.put('consents', trxId, { holderCode, certCodes, verifyStatus: 1, endsAt });
    return status(isAgain ? BEGUN_BEFORE : 0, { trxId });
  }

  function tell(request: WireRequest): WireReply {
    const held = find(request);
    if (held === null) return status(102);
    const isOver = held.verifyStatus === 1 && held.endsAt <= request.now;
    return status(0, { verifyStatus: isOver ? 3 : held.verifyStatus });
  }

  function find(request: WireRequest): ConsentRecord | null {
    const data = isObject(request.json) ? request.json['data'] : undefined;
    return records.find<ConsentRecord>('consents', textAt(data, 'trxId'));
  }

  return {
    begin,
    tell,
    /** Whose licenses of this type may be read under a request; null where none may. */
    holderFor(request: WireRequest, typeCode: string): string | null {
      const held = find(request);
      return held?.verifyStatus === 2 && held.certCodes.includes(typeCode) ? held.holderCode : null;
    },
  };
}

function status(code: number, data: object = {}): WireReply {
  const message = code === 0 || code === BEGUN_BEFORE ? '成功' : '参数值错误';
  return jsonReply(200, { head: { status: code, message }, data });
}
