import { z } from 'zod';

import { titled } from '../connector.ts';
import { sourceFault } from '../fault.ts';
import { pointerSetting } from '../json-pointer.ts';
import { findCode } from '../reply-code.ts';
import type { SignedReply } from './scheme.ts';

/** Codes by which a gateway refuses a signature in ways that can be mended at once. */
export const refusalCodesSetting = z
  .strictObject({
    codePointer: pointerSetting
      .default('/code')
      .meta(titled('网关代码位置', 'Place of the gateway code'))
      .describe('JSON pointer of the code with which the gateway refuses a call.'),
    clock: z
      .array(z.string().min(1).max(64))
      .max(20)
      .default([])
      .meta(titled('时间戳无效代码', 'Codes of the clock'))
      .describe(
        'The time stamp was refused: the clock is learned from Date, the call signed anew.',
      ),
    stale: z
      .array(z.string().min(1).max(64))
      .max(20)
      .default([])
      .meta(titled('密钥失效代码', 'Codes of an ended secret'))
      .describe('The working secret has ended: it is renewed, the call signed anew.'),
  })
  .prefault({})
  .meta(titled('网关拒绝代码', 'Refusals of the gateway'))
  .describe('Codes of the gateway that a new signature mends; each is tried once a call.');
export type RefusalCodes = z.infer<typeof refusalCodesSetting>;

/**
 * The reply, once no new signature is left to try.
 *
 * @throws {HubError} SOURCE_UNREACHABLE, reason `CLOCK_SKEW`, or SOURCE_UNAUTHORIZED, reason
 * `STALE_SECRET`, for one that the gateway still refuses.
 */
export function requireTaken(said: SignedReply, codes: RefusalCodes): SignedReply {
  const refusal = findRefusal(said.value, codes);
  if (refusal === 'CLOCK') {
    throw sourceFault('SOURCE_UNREACHABLE', { hop: 'SOURCE', reason: 'CLOCK_SKEW' });
  }
  if (refusal === 'STALE') {
    throw sourceFault('SOURCE_UNAUTHORIZED', { hop: 'SOURCE', reason: 'STALE_SECRET' });
  }
  return said;
}

/** What a new signature must mend. Null where the gateway took the call. */
export function findRefusal(value: unknown, codes: RefusalCodes): 'CLOCK' | 'STALE' | null {
  const code = findCode(value, codes.codePointer);
  if (code === null) return null;
  if (codes.clock.includes(code)) return 'CLOCK';
  return codes.stale.includes(code) ? 'STALE' : null;
}
