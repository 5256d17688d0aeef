import { z } from 'zod';

import { titled } from '../connector.ts';
import { findCode } from '../reply-code.ts';
import {
  CLOCK_CODE,
  isGatewayCode,
  isSigningCode,
  REFRESHING_CODE,
  SIGNATURE_CODE,
} from './gjgxjhpt-codes.ts';
import {
  createSecretKeeper,
  refuseCode,
  type GatewayReply,
  type RefreshWait,
  type SecretKeeper,
} from './gjgxjhpt-secret-keeper.ts';
import { signCall } from './gjgxjhpt-secret.ts';
import { createPlatformClock } from './platform-clock.ts';
import type { Parameter, Signature, SigningDeps, ProbedScheme, UnsignedCall } from './scheme.ts';
import { writeRequest } from './signed-request.ts';

const REFRESH_PATH = '/sysapi/auth/refreshappsecret';
/** Where services of the platform are called. */
export const PROXY_PATH = '/httpproxy';

const visibleAscii = z.string().regex(/^[\x21-\x7e]{1,128}$/u, { error: 'visible ASCII' });

/** The national data exchange platform (政务数据共享平台). The secret is the appKey (服务授权码). */
export const gjgxjhptSetting = z.strictObject({
  style: z
    .literal('GJGXJHPT')
    .meta(titled('签名方式', 'Style'))
    .describe('Signed as the national data exchange platform wants it.'),
  rid: visibleAscii
    .meta(titled('请求者标识', 'Requester (rid)'))
    .describe('Who asks (请求者标识, rid).'),
  secretWrapping: z
    .enum(['ECB', 'CBC', 'AUTO'])
    .default('AUTO')
    .meta(titled('密钥封装方式', 'Wrapping of the secret'))
    .describe('AES generation of the platform; AUTO finds it out by trying both.'),
  place: z
    .enum(['HEADERS', 'PARAMETERS', 'BOTH'])
    .default('HEADERS')
    .meta(titled('签名位置', 'Place of the signature'))
    .describe('Whether the four values travel as headers, as parameters of the call, or as both.'),
  refreshWaitMs: z
    .number()
    .int()
    .min(0)
    .max(120_000)
    .default(20_000)
    .meta(titled('密钥刷新等待（毫秒）', 'Wait for new keys (ms)'))
    .describe('How long the platform is left alone while it renews its keys (code -50).'),
  patienceMs: z
    .number()
    .int()
    .min(0)
    .max(120_000)
    .default(120_000)
    .meta(titled('最长等待（毫秒）', 'Patience (ms)'))
    .describe(
      'A longer wait is not begun: the question is deferred. Below the deadline of a call.',
    ),
});
export type GjgxjhptSettings = z.infer<typeof gjgxjhptSetting>;

/** What the scheme needs to know; `wait` null makes -50 a fault at once. */
export interface GjgxjhptOptions extends Pick<
  GjgxjhptSettings,
  'rid' | 'secretWrapping' | 'place'
> {
  readonly wait: RefreshWait | null;
}

/** The settings of an operator, as options. */
export function toGjgxjhptOptions(settings: GjgxjhptSettings): GjgxjhptOptions {
  const { rid, secretWrapping, place, refreshWaitMs: waitMs, patienceMs } = settings;
  return { rid, secretWrapping, place, wait: { waitMs, patienceMs } };
}

/**
 * Signed calls through the national platform: the working secret is fetched once for all callers
 * of a service and once more when the platform no longer takes it (-5) or has renewed it (-50,
 * after a wait); after -19 the platform's clock is learned and the call signed once more.
 */
export function createGjgxjhptScheme(deps: SigningDeps<GjgxjhptOptions>): ProbedScheme {
  const { http, settings, decode } = deps;
  const clock = createPlatformClock(deps.clock);
  const keepers = new Map<string, SecretKeeper>();
  const exchange = async (signed: SignedCall, signal: AbortSignal): Promise<GatewayReply> => {
    const signature = createSignature(settings, signed, clock.now());
    const reply = await http.request(writeRequest(signed.call, signature), signal);
    const value = decode(reply);
    return { code: findCode(value, '/code'), value, reply };
  };
  const exchangeInTime = async (signed: SignedCall, signal: AbortSignal): Promise<GatewayReply> => {
    const first = await exchange(signed, signal);
    const isLearned = first.code === CLOCK_CODE && clock.learn(first.reply);
    return isLearned ? exchange(signed, signal) : first;
  };
  const keeperOf = (sid: string): SecretKeeper => {
    const known = keepers.get(sid);
    if (known !== undefined) return known;
    const made = createSecretKeeper({
      appKey: deps.secret,
      wrapping: settings.secretWrapping,
      wait: settings.wait,
      now: () => clock.now(),
      ask: (signal) =>
        exchangeInTime({ sid, call: createRefresh(sid), secret: deps.secret }, signal),
    });
    keepers.set(sid, made);
    return made;
  };
  const ask = async (keeper: SecretKeeper, call: UnsignedCall, signal: AbortSignal) => {
    const sid = call.service ?? '';
    const secret = await keeper.take(signal);
    const first = await exchangeInTime({ sid, call, secret }, signal);
    if (first.code !== SIGNATURE_CODE && first.code !== REFRESHING_CODE) return first;
    keeper.refuse(secret, first.code === SIGNATURE_CODE ? 'SIGNATURE' : 'REFRESHING');
    if (first.code === REFRESHING_CODE && settings.wait === null) return first;
    const renewed = await keeper.take(signal);
    const second = await exchangeInTime({ sid, call, secret: renewed }, signal);
    if (second.code !== REFRESHING_CODE) return second;
    keeper.refuse(renewed, 'REFRESHING');
    throw keeper.defer();
  };
  return {
    async call(call, signal) {
      const keeper = keeperOf(call.service ?? '');
      try {
        const { code, value, reply } = await ask(keeper, call, signal);
        const isOwn = code !== null && call.ownCodes.includes(code) && !isSigningCode(code);
        if (code !== null && isGatewayCode(code) && !isOwn) refuseCode(code, value, clock.now());
        return { reply, value };
      } catch (error) {
        throw keeper.explain(error);
      }
    },
    async probe(service, signal) {
      const keeper = keeperOf(service ?? '');
      try {
        return await keeper.fetch(signal);
      } catch (error) {
        throw keeper.explain(error);
      }
    },
  };
}

interface SignedCall {
  readonly sid: string;
  readonly call: UnsignedCall;
  readonly secret: string;
}

function createRefresh(sid: string): UnsignedCall {
  return {
    method: 'POST',
    path: REFRESH_PATH,
    service: sid,
    query: [],
    body: null,
    ownCodes: [],
  };
}

function createSignature(
  { rid, place }: GjgxjhptOptions,
  { sid, secret }: SignedCall,
  now: number,
): Signature {
  const rtime = String(now);
  const values: readonly Parameter[] = [
    ['gjgxjhpt_rid', rid],
    ['gjgxjhpt_sid', sid],
    ['gjgxjhpt_rtime', rtime],
    ['gjgxjhpt_sign', signCall(secret, { sid, rid, rtime })],
  ];
  return {
    headers: place === 'PARAMETERS' ? {} : Object.fromEntries(values),
    parameters: place === 'HEADERS' ? [] : values,
  };
}
