import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { isObject } from './wire.ts';
import type { WireRequest } from './wire.ts';

/** What a gateway says to a call before the service behind it is asked. */
export type GuardVerdict =
  | { readonly pass: true }
  | { readonly pass: false; readonly code: string; readonly message: string };

/** Checks the signatures of one style by the gateway's own clock. */
export interface GatewayGuard {
  /** Null for paths that are no calls of the gateway itself. */
  renew(
    request: WireRequest,
  ): GuardVerdict | { readonly secret: string; readonly endsAt: number } | null;
  judge(request: WireRequest): GuardVerdict;
  /** Forgets every working secret it gave out. */
  forget(): void;
}

/** Who may call, and with what. */
export interface GuardOptions {
  readonly appKey: string;
  /** appSecret, token or key of the signatures. */
  readonly secret: string;
  /** How far a time stamp may be off. */
  readonly windowMs: number;
  readonly secretLifeMs: number;
}

const PASS: GuardVerdict = { pass: true };
const LATE = refuse('4011', '时间戳已过期');
const UNSIGNED = refuse('4010', '签名错误');
const REPEATED = refuse('4012', '重复的随机数');
/** Where a working secret of Zhejiang's style is renewed. */
export const RENEWAL_PATH = '/gateway/app/refreshTokenByKey.htm';

/** The TIF style: SHA-256 over seconds, token, nonce and seconds, in four headers. */
export function createTifGuard({ appKey, secret, windowMs }: GuardOptions): GatewayGuard {
  const nonces = new Set<string>();
  return {
    renew: () => null,
    judge({ headers, now }) {
      const at = headers['x-tif-timestamp'] ?? '';
      const nonce = headers['x-tif-nonce'] ?? '';
      if (!/^\d{10}$/.test(at) || Math.abs(Number(at) * 1000 - now) > windowMs) return LATE;
      const expected = createHash('sha256').update(`${at}${secret}${nonce}${at}`).digest('hex');
      const isOurs = headers['x-tif-paasid'] === appKey;
      if (!isOurs || !isSame(expected, headers['x-tif-signature'] ?? '')) return UNSIGNED;
      return claim(nonces, nonce);
    },
    forget() {
      // This style gives out no secrets.
    },
  };
}

/** The sorted HMAC style, over the fields of the query and the body. */
export function createSortedHmacGuard(
  { appKey, secret, windowMs }: GuardOptions,
  digest: 'sha256' | 'sm3',
): GatewayGuard {
  const nonces = new Set<string>();
  return {
    renew: () => null,
    judge(request) {
      const { headers, now } = request;
      const at = headers['x-timestamp'] ?? '';
      const nonce = headers['x-nonce'] ?? '';
      if (!/^\d{13}$/.test(at) || Math.abs(Number(at) - now) > windowMs) return LATE;
      const fields = [...readFields(request)]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, value]) => `${name}=${value}&`);
      const expected = createHmac(digest, secret)
        .update(`${fields.join('')}${at}${nonce}`)
        .digest('hex');
      const isOurs = headers['x-app-key'] === appKey;
      if (!isOurs || !isSame(expected, headers['x-signature'] ?? '')) return UNSIGNED;
      return claim(nonces, nonce);
    },
    forget() {
      // This style gives out no secrets.
    },
  };
}

/** The style of Zhejiang: MD5 with a request secret that is renewed with the appSecret. */
export function createRequestSecretGuard(options: GuardOptions): GatewayGuard {
  const { appKey, windowMs, secretLifeMs } = options;
  let given: { readonly secret: string; readonly endsAt: number } | null = null;
  const judgeWith = (request: WireRequest, secret: string): GuardVerdict => {
    const fields = new Map(readFields(request));
    const at = fields.get('requestTime') ?? '';
    if (!/^\d{13}$/.test(at) || Math.abs(Number(at) - request.now) > windowMs) return LATE;
    const expected = createHash('md5').update(`${appKey}${secret}${at}`).digest('hex');
    const isOurs = fields.get('appKey') === appKey;
    return isOurs && isSame(expected, fields.get('sign') ?? '') ? PASS : UNSIGNED;
  };
  return {
    renew(request) {
      if (request.path !== RENEWAL_PATH) return null;
      const verdict = judgeWith(request, options.secret);
      if (!verdict.pass) return verdict;
      given = { secret: randomBytes(16).toString('hex'), endsAt: request.now + secretLifeMs };
      return given;
    },
    judge(request) {
      const isGood = given !== null && given.endsAt > request.now;
      return given !== null && isGood
        ? judgeWith(request, given.secret)
        : refuse('4013', '请求密钥已失效');
    },
    forget() {
      given = null;
    },
  };
}

function refuse(code: string, message: string): GuardVerdict {
  return { pass: false, code, message };
}

function claim(nonces: Set<string>, nonce: string): GuardVerdict {
  if (nonce === '' || nonces.has(nonce)) return REPEATED;
  nonces.add(nonce);
  return PASS;
}

/** Fields of the query, and of a form or a JSON object. */
export function readFields(request: WireRequest): readonly (readonly [string, string])[] {
  const query = [...new URLSearchParams(request.search)];
  const isForm = (request.headers['content-type'] ?? '').includes('form-urlencoded');
  if (isForm) return [...query, ...new URLSearchParams(request.text)];
  if (!isObject(request.json)) return query;
  const fields = Object.entries(request.json).map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
  return [...query, ...fields];
}

function isSame(expected: string, given: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(given);
  return left.length === right.length && timingSafeEqual(left, right);
}
