import { createCipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { isObject, jsonReply, textAt } from './wire.ts';
import type { WireReply, WireRequest } from './wire.ts';

/** The two generations in which the working secret is wrapped. */
export type AesGeneration = 'ECB' | 'CBC';

export interface ExchangePlatformOptions {
  readonly rid: string;
  /** Services that the code is good for. */
  readonly sids: readonly string[];
  /** Authorization code of the service (服务授权码); signs the fetch of the working secret. */
  readonly appKey: string;
  readonly aes: AesGeneration;
  /** How long a working secret is good for. */
  readonly secretLifeMs: number;
  /** Calls an hour; null for no limit. */
  readonly callsPerHourMax: number | null;
}

/** The national data exchange platform (政务数据共享平台) in front of a service. */
export interface ExchangePlatform {
  /** The answer to a fetch of the working secret. */
  refresh(request: WireRequest): WireReply;
  /** Null when the call may pass to the service; otherwise the refusal. */
  judge(request: WireRequest): WireReply | null;
}

const RTIME_WINDOW_MS = 10 * 60_000;
/** A secret that was replaced stays good for calls already on their way. */
const GRACE_MS = 60_000;
const CBC_VECTOR = 'AESCBCPKCS5Paddi';
const HOUR_MS = 3_600_000;

const MESSAGES: Readonly<Record<string, string>> = {
  '0': 'OK',
  '1': '参数错误',
  '-1': '调用失败',
  '-5': '签名错误',
  '-6': '请求过于频繁',
  '-19': '请求时间戳超出允许范围',
  '-20': '服务未授权',
  '-48': '服务未发布',
  '-49': '服务未授权',
  '-50': '密钥刷新中，请20秒后重试',
  '2010': '调用服务失败或超时',
  '10000': '系统内部错误',
  '12000': '服务端错误',
  '12102': '超出每小时调用次数',
  '12103': '超出每日调用次数',
  'E-106': '请求者不在授权列表中',
};

/** Keeps the working secrets it gave out; signs are checked against its own clock. */
export function createExchangePlatform(options: ExchangePlatformOptions): ExchangePlatform {
  let secrets: readonly { readonly secret: string; readonly endsAt: number }[] = [];
  const meter = { hour: 0, calls: 0 };
  return {
    refresh(request) {
      const given = readCredentials(request);
      if (given.rid !== options.rid || !options.sids.includes(given.sid))
        return platformReply('E-106');
      const refusal = judgeSignature(given, [options.appKey], request.now);
      if (refusal !== null) return refusal;
      const secret = randomBytes(24).toString('base64url');
      const endsAt = request.now + options.secretLifeMs;
      const graced = secrets.map((each) => ({
        ...each,
        endsAt: Math.min(each.endsAt, request.now + GRACE_MS),
      }));
      secrets = [{ secret, endsAt }, ...graced].slice(0, 8);
      return platformReply('0', {
        secret: wrapSecret(secret, options.appKey, options.aes),
        secretEndTime: endsAt,
      });
    },
    judge(request) {
      const given = readCredentials(request);
      if (given.rid !== options.rid || !options.sids.includes(given.sid))
        return platformReply('-20');
      const good = secrets.filter((each) => each.endsAt > request.now);
      const refusal = judgeSignature(
        given,
        good.map((each) => each.secret),
        request.now,
      );
      if (refusal !== null) return refusal;
      const hour = Math.floor(request.now / HOUR_MS);
      meter.calls = meter.hour === hour ? meter.calls + 1 : 1;
      meter.hour = hour;
      const isOver = options.callsPerHourMax !== null && meter.calls > options.callsPerHourMax;
      return isOver ? platformReply('12102', { resetTime: (hour + 1) * HOUR_MS }) : null;
    },
  };
}

/** An answer of the platform: HTTP 200 whatever the code says. */
export function platformReply(code: string, data: unknown = null): WireReply {
  return jsonReply(200, { code, message: MESSAGES[code] ?? '', data });
}

/** `gjgxjhpt_sign`: Base64(HMAC-SHA256(secret, sid + rid + rtime)). */
export function signCall(
  secret: string,
  call: { readonly sid: string; readonly rid: string; readonly rtime: string },
): string {
  return createHmac('sha256', secret)
    .update(call.sid + call.rid + call.rtime, 'utf8')
    .digest('base64');
}

/** AES-128 key of an appKey: the first 16 bytes of SHA-1(SHA-1(appKey)). */
export function deriveSecretKey(appKey: string): Buffer {
  const once = createHash('sha1').update(appKey, 'utf8').digest();
  return createHash('sha1').update(once).digest().subarray(0, 16);
}

/** The working secret as it travels: AES-128 with PKCS#5 padding, Base64. */
export function wrapSecret(secret: string, appKey: string, aes: AesGeneration): string {
  const key = deriveSecretKey(appKey);
  const cipher =
    aes === 'ECB'
      ? createCipheriv('aes-128-ecb', key, null)
      : createCipheriv('aes-128-cbc', key, Buffer.from(CBC_VECTOR, 'utf8'));
  return Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]).toString('base64');
}

interface Credentials {
  readonly rid: string;
  readonly sid: string;
  readonly rtime: string;
  readonly sign: string;
}

/** From the headers or, where a header is missing, from the JSON body. */
function readCredentials(request: WireRequest): Credentials {
  const read = (name: string): string =>
    request.headers[`gjgxjhpt_${name}`] ??
    (isObject(request.json) ? textAt(request.json, `gjgxjhpt_${name}`) : '');
  return { rid: read('rid'), sid: read('sid'), rtime: read('rtime'), sign: read('sign') };
}

function judgeSignature(
  given: Credentials,
  secrets: readonly string[],
  now: number,
): WireReply | null {
  const isTime = /^\d{10,16}$/.test(given.rtime);
  if (!isTime || Math.abs(Number(given.rtime) - now) > RTIME_WINDOW_MS) return platformReply('-19');
  const isSigned = secrets.some((secret) => isEqual(signCall(secret, given), given.sign));
  return isSigned ? null : platformReply('-5');
}

function isEqual(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}
