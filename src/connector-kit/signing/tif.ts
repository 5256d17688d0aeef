import { createHash } from 'node:crypto';

import { z } from 'zod';

import { titled } from '../connector.ts';
import { createNonceSource } from './nonce.ts';
import { createPlatformClock } from './platform-clock.ts';
import { refusalCodesSetting, requireTaken } from './refusal-codes.ts';
import type { SigningDeps, SigningScheme } from './scheme.ts';
import { callInTime } from './timed-call.ts';

/** The TIF gateway of Guangdong, the national medical security agency and others. */
export const tifSetting = z.strictObject({
  style: z
    .literal('TIF')
    .meta(titled('签名方式', 'Style'))
    .describe('Signed as a TIF gateway wants it. The secret is the token of the application.'),
  paasid: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/u, { error: 'visible ASCII' })
    .meta(titled('应用标识', 'Application (paasid)'))
    .describe('Who asks (x-tif-paasid).'),
  refusals: refusalCodesSetting,
});
export type TifSettings = z.infer<typeof tifSetting>;

/** `x-tif-signature`: SHA-256 in hex of time stamp (seconds), token, nonce and time stamp. */
export function signTif(
  token: string,
  { timestamp, nonce }: { readonly timestamp: string; readonly nonce: string },
): string {
  return createHash('sha256').update(`${timestamp}${token}${nonce}${timestamp}`).digest('hex');
}

/** Four headers on every call; nothing is remembered but the gateway's clock. */
export function createTifScheme(deps: SigningDeps<TifSettings>): SigningScheme {
  const { http, settings, secret, decode } = deps;
  const clock = createPlatformClock(deps.clock);
  const nextNonce = createNonceSource();
  const sign = (now: number) => {
    const timestamp = String(Math.floor(now / 1000));
    const nonce = nextNonce();
    const headers = {
      'x-tif-paasid': settings.paasid,
      'x-tif-timestamp': timestamp,
      'x-tif-nonce': nonce,
      'x-tif-signature': signTif(secret, { timestamp, nonce }),
    };
    return { headers, parameters: [] };
  };
  const timed = { http, clock, decode, sign, refusals: settings.refusals };
  return {
    call: async (call, signal) =>
      requireTaken(await callInTime(timed, call, signal), settings.refusals),
    probe: null,
  };
}
