import { z } from 'zod';

import type { CallContext } from '../../src/connector-kit/connector.ts';
import type { ConsentAnswer, ConsentDesk } from '../../src/connector-kit/consent.ts';
import { readConsentReply } from './wire.ts';

/** License types the library takes in one request. */
const TYPES_MAX = 10;
/** 持证人 has three minutes to decide. */
const PATIENCE_MS = 180_000;
/** The same device is asked already: the library names the request it has. */
const BEGUN_BEFORE = 60_001;

const begunShape = z.object({ trxId: z.string().regex(/^[\x21-\x7e]{1,128}$/u) });
const statusShape = z.object({ verifyStatus: z.number().int() });

/** Sends `data` to a path of the library and decodes the reply. */
type Send = (path: string, data: object, call: CallContext) => Promise<unknown>;

/** The consent of a holder by the scanned code of a license app (扫码亮证授权). */
export function createConsentDesk(send: Send): ConsentDesk {
  return {
    typesMax: TYPES_MAX,
    patienceMs: PATIENCE_MS,
    async begin({ shown, typeCodes }, call) {
      const data = { qrcode: shown, certCodes: [...typeCodes] };
      const reply = await send('/ChannelVerify/begin/verify', data, call);
      return readConsentReply(reply, begunShape, BEGUN_BEFORE).trxId;
    },
    async answerOf(reference, call): Promise<ConsentAnswer> {
      const data = { trxId: reference };
      const reply = await send('/ChannelVerify/current/status', data, call);
      const { verifyStatus } = readConsentReply(reply, statusShape);
      // 1: has not decided; 2: has consented; any other: will not, or can no longer.
      if (verifyStatus === 1) return 'WAITING';
      return verifyStatus === 2 ? 'GRANTED' : 'REFUSED';
    },
  };
}
