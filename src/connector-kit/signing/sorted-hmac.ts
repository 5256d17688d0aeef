import { createHmac } from 'node:crypto';

import { z } from 'zod';

import { titled } from '../connector.ts';
import { createNonceSource } from './nonce.ts';
import { createPlatformClock } from './platform-clock.ts';
import { refusalCodesSetting, requireTaken } from './refusal-codes.ts';
import {
  isJsonObject,
  type Parameter,
  type Signature,
  type SigningDeps,
  type SigningScheme,
  type UnsignedCall,
} from './scheme.ts';
import { callInTime } from './timed-call.ts';

const fieldName = z.string().regex(/^[A-Za-z][\w-]{0,63}$/u, { error: 'a name of a header' });

/** A gateway that signs the sorted parameters of a call. */
export const sortedHmacSetting = z.strictObject({
  style: z
    .literal('SORTED_HMAC')
    .meta(titled('签名方式', 'Style'))
    .describe('HMAC over the sorted parameters of the call, the time stamp and a nonce.'),
  appKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/u, { error: 'visible ASCII' })
    .meta(titled('应用标识', 'Application (appKey)'))
    .describe('Who asks. The secret is the appSecret that belongs to it.'),
  digest: z
    .enum(['SHA256', 'SM3'])
    .default('SHA256')
    .meta(titled('摘要算法', 'Digest'))
    .describe('HMAC-SHA256 (FIPS 198-1) or HMAC-SM3 (GB/T 32905).'),
  timestampUnit: z
    .enum(['MILLISECONDS', 'SECONDS'])
    .default('MILLISECONDS')
    .meta(titled('时间戳单位', 'Unit of the time stamp'))
    .describe('Unit of the time stamp since 1970.'),
  headerNames: z
    .strictObject({
      appKey: fieldName
        .default('x-app-key')
        .meta(titled('应用标识', 'Application'))
        .describe('Header with the appKey.'),
      timestamp: fieldName
        .default('x-timestamp')
        .meta(titled('时间戳', 'Time stamp'))
        .describe('Header with the time stamp.'),
      nonce: fieldName
        .default('x-nonce')
        .meta(titled('随机数', 'Nonce'))
        .describe('Header with the nonce.'),
      signature: fieldName
        .default('x-signature')
        .meta(titled('签名', 'Signature'))
        .describe('Header with the signature, hex.'),
    })
    .prefault({})
    .meta(titled('请求头名称', 'Names of the headers'))
    .describe('Headers in which the four values travel.'),
  refusals: refusalCodesSetting,
});
export type SortedHmacSettings = z.infer<typeof sortedHmacSetting>;

/** `name=value&` for each parameter by name in code unit order, then time stamp and nonce. */
export function writeSortedText(
  parameters: readonly Parameter[],
  { timestamp, nonce }: { readonly timestamp: string; readonly nonce: string },
): string {
  const sorted = [...parameters].sort(([left], [right]) => (left < right ? -1 : 1));
  return `${sorted.map(([name, value]) => `${name}=${value}&`).join('')}${timestamp}${nonce}`;
}

/** HMAC in hex, over UTF-8. */
export function signHmac(
  secret: string,
  digest: SortedHmacSettings['digest'],
  text: string,
): string {
  return createHmac(digest === 'SM3' ? 'sm3' : 'sha256', secret)
    .update(text, 'utf8')
    .digest('hex');
}

/**
 * The parameters a gateway signs: those of the query, and the fields of a form or the top-level
 * fields of a JSON object, where lists and objects count as compact JSON. Ready text is signed as
 * the parameter `body`.
 */
export function listSignedParameters({ query, body }: UnsignedCall): readonly Parameter[] {
  if (body === null) return query;
  if (body.form === 'TEXT') return [...query, ['body', body.text]];
  if (body.form === 'FORM') return [...query, ...body.fields];
  if (!isJsonObject(body.value)) return [...query, ['body', JSON.stringify(body.value)]];
  const fields = Object.entries(body.value).map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  return [...query, ...fields];
}

/** Every call has a nonce of its own; time stamps are good for minutes only. */
export function createSortedHmacScheme(deps: SigningDeps<SortedHmacSettings>): SigningScheme {
  const { http, settings, secret, decode } = deps;
  const { headerNames, digest, timestampUnit, refusals } = settings;
  const clock = createPlatformClock(deps.clock);
  const nextNonce = createNonceSource();
  const signFor = (call: UnsignedCall) => {
    const parameters = listSignedParameters(call);
    return (now: number): Signature => {
      const timestamp = String(timestampUnit === 'SECONDS' ? Math.floor(now / 1000) : now);
      const nonce = nextNonce();
      const text = writeSortedText(parameters, { timestamp, nonce });
      const headers = {
        [headerNames.appKey]: settings.appKey,
        [headerNames.timestamp]: timestamp,
        [headerNames.nonce]: nonce,
        [headerNames.signature]: signHmac(secret, digest, text),
      };
      return { headers, parameters: [] };
    };
  };
  return {
    async call(call, signal) {
      const timed = { http, clock, decode, refusals, sign: signFor(call) };
      return requireTaken(await callInTime(timed, call, signal), refusals);
    },
    probe: null,
  };
}
