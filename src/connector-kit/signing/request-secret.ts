import { createHash } from 'node:crypto';

import { z } from 'zod';

import { titled } from '../connector.ts';
import { decodeReply, parseShape } from '../decode.ts';
import { sourceFault } from '../fault.ts';
import type { HttpReply } from '../http.ts';
import { createSingleFlight } from '../single-flight.ts';
import { createPlatformClock } from './platform-clock.ts';
import { findRefusal, refusalCodesSetting, requireTaken } from './refusal-codes.ts';
import { findCode } from '../reply-code.ts';
import type { ProbedScheme, Signature, SigningDeps, UnsignedCall } from './scheme.ts';
import { callInTime } from './timed-call.ts';

/** The data sharing gateway of Zhejiang (浙江省公共数据平台). */
export const requestSecretSetting = z.strictObject({
  style: z
    .literal('REQUEST_SECRET')
    .meta(titled('签名方式', 'Style'))
    .describe('MD5 with a request secret that a second call renews. The secret is the appSecret.'),
  appKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/u, { error: 'visible ASCII' })
    .meta(titled('应用标识', 'Application (appKey)'))
    .describe('Who asks.'),
  refreshPath: z
    .string()
    .regex(/^\/[\w./-]{1,200}$/u, { error: 'a path below the base URL' })
    .default('/gateway/app/refreshTokenByKey.htm')
    .meta(titled('密钥刷新路径', 'Path of the renewal'))
    .describe('Path of the call that gives a new request secret.'),
  refreshOk: z
    .string()
    .min(1)
    .max(64)
    .default('00')
    .meta(titled('刷新成功代码', 'Code of a renewal'))
    .describe('Code (at /code) with which a new request secret is given.'),
  secretLifeMs: z
    .number()
    .int()
    .min(1_000)
    .max(86_400_000)
    .default(900_000)
    .meta(titled('密钥有效期（毫秒）', 'Life of the secret (ms)'))
    .describe('Life of a request secret where the gateway does not say when it ends.'),
  refusals: refusalCodesSetting,
});
export type RequestSecretSettings = z.infer<typeof requestSecretSetting>;

/** `sign`: MD5 in hex of appKey, secret and time stamp (epoch milliseconds). */
export function signRequest(
  secret: string,
  { appKey, requestTime }: { readonly appKey: string; readonly requestTime: string },
): string {
  return createHash('md5').update(`${appKey}${secret}${requestTime}`, 'utf8').digest('hex');
}

interface RequestSecret {
  readonly text: string;
  /** By the gateway's clock, epoch milliseconds. */
  readonly endsAt: number;
  readonly reply: HttpReply;
}

/** A secret this close to its end is not used: it could end while the call is under way. */
const MARGIN_MS = 30_000;

const secretShape = z.object({
  requestSecret: z.string().min(1).max(1024),
  requestSecretEndTime: z.number().int().positive().nullish(),
});

/** The request secret is fetched once for all callers, and once more when it is refused. */
export function createRequestSecretScheme(deps: SigningDeps<RequestSecretSettings>): ProbedScheme {
  const { http, settings, decode } = deps;
  const { appKey, refusals } = settings;
  const clock = createPlatformClock(deps.clock);
  let held: RequestSecret | null = null;
  const signWith =
    (secret: string) =>
    (now: number): Signature => {
      const requestTime = String(now);
      const sign = signRequest(secret, { appKey, requestTime });
      const parameters = Object.entries({ appKey, sign, requestTime });
      return { headers: {}, parameters };
    };
  const fetchSecret = createSingleFlight(async (signal): Promise<RequestSecret> => {
    const timed = { http, clock, refusals, decode: decodeReply, sign: signWith(deps.secret) };
    const said = await callInTime(timed, createRefresh(settings), signal);
    const { reply, value } = requireTaken(said, refusals);
    const code = findCode(value, '/code');
    // Credentials are all that this call is about, so any other code refuses them.
    if (code !== settings.refreshOk) {
      throw sourceFault('SOURCE_UNAUTHORIZED', { hop: 'SOURCE', reason: 'REQUEST_SECRET' });
    }
    const { data } = parseShape(z.object({ data: secretShape }), value);
    const endsAt = data.requestSecretEndTime ?? clock.now() + settings.secretLifeMs;
    return (held = { text: data.requestSecret, endsAt, reply });
  });
  const takeSecret = async (signal: AbortSignal): Promise<string> => {
    const marginMs = Math.min(MARGIN_MS, settings.secretLifeMs / 10);
    const isGood = held !== null && held.endsAt - marginMs > clock.now();
    return held !== null && isGood ? held.text : (await fetchSecret(signal)).text;
  };
  const callWith = (secret: string, call: UnsignedCall, signal: AbortSignal) =>
    callInTime({ http, clock, refusals, decode, sign: signWith(secret) }, call, signal);
  return {
    async call(call, signal) {
      const secret = await takeSecret(signal);
      const first = await callWith(secret, call, signal);
      if (findRefusal(first.value, refusals) !== 'STALE') return first;
      // Another caller may have renewed it meanwhile; then that one is the one to try.
      if (held?.text === secret) held = null;
      return requireTaken(await callWith(await takeSecret(signal), call, signal), refusals);
    },
    probe: async (_service, signal) => (await fetchSecret(signal)).reply,
  };
}

function createRefresh({ refreshPath }: RequestSecretSettings): UnsignedCall {
  const body = { form: 'FORM', fields: [] } as const;
  return { method: 'POST', path: refreshPath, service: null, query: [], body, ownCodes: [] };
}
