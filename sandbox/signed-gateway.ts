import type { SpokenLogic } from './exchange.ts';
import { createExchangePlatform, platformReply } from './exchange-platform.ts';
import type { AesGeneration } from './exchange-platform.ts';
import {
  createRequestSecretGuard,
  createSortedHmacGuard,
  createTifGuard,
  RENEWAL_PATH,
} from './signed-gateway-guards.ts';
import type { GatewayGuard } from './signed-gateway-guards.ts';
import { answerFrom, readKeys } from './signed-gateway-service.ts';
import type { GatewayService } from './signed-gateway-service.ts';
import { textInShanghai } from './shanghai-time.ts';
import { startSpokenSource } from './spoken-source.ts';
import type { SpokenSource } from './spoken-source.ts';
import { htmlReply, isObject, jsonReply, textAt } from './wire.ts';
import type { Trouble, WireReply, WireRequest } from './wire.ts';

/** How calls are signed: the national platform, TIF, Zhejiang, or sorted HMAC of two digests. */
export type GatewayStyle = 'GJGXJHPT' | 'TIF' | 'REQUEST_SECRET' | 'HMAC_SHA256' | 'HMAC_SM3';

export interface SignedGatewayOptions {
  readonly style: GatewayStyle;
  /** rid, paasid or appKey. */
  readonly caller: string;
  /** appKey of the national platform, token or appSecret elsewhere. */
  readonly secret: string;
  readonly services: readonly GatewayService[];
  readonly aes?: AesGeneration;
  readonly secretLifeMs?: number;
  /** Epoch milliseconds by the gateway's clock; the machine's unless given. */
  readonly now?: () => number;
}

/** A gateway that runs, and what tests make it do. */
export interface SignedGateway extends SpokenSource {
  /** Working secrets given out since the start. */
  countRenewals(): number;
  /** Forgets all working secrets, and says that it is renewing them (-50) for so long. */
  rotate(ms: number): void;
  /** Codes that the next calls get, one each, whatever they ask; null lets one pass. */
  force(...codes: readonly (string | null)[]): void;
}

const RTIME_WINDOW_MS = 10 * 60_000;
const NONCE_WINDOW_MS = 5 * 60_000;
const SECRET_LIFE_MS = 15 * 60_000;
const REFRESH_PATH = '/sysapi/auth/refreshappsecret';

/** Starts a gateway with services behind it, as docs/sources/exchange-platform.md says. */
export async function startSignedGateway(options: SignedGatewayOptions): Promise<SignedGateway> {
  const state: GatewayState = {
    renewals: 0,
    rotatingUntil: 0,
    forced: [],
    forget: () => undefined,
  };
  const gate =
    options.style === 'GJGXJHPT'
      ? createPlatformGate(options, state)
      : createGuardGate(options, state);
  const findService = (request: WireRequest): GatewayService | null =>
    options.services.find(({ name }) => name === gate.nameOf(request)) ?? null;
  const logic: SpokenLogic = {
    describe(request) {
      if (request.path === gate.renewalPath) return { operation: 'renew', keys: [] };
      const service = findService(request);
      if (service === null) return { operation: 'unknown', keys: [] };
      return { operation: service.name, keys: readKeys(request, service) };
    },
    answer(request, fault) {
      const refusal = gate.judge(request);
      if (refusal !== null) return refusal;
      const service = findService(request);
      if (service === null) return htmlReply(404, '404 Not Found');
      return jsonReply(200, answerFrom(service, request, fault));
    },
    trouble: (trouble, request) => gate.trouble(trouble, request),
  };
  const source = await startSpokenSource({ logic, ...(options.now ? { now: options.now } : {}) });
  return {
    ...source,
    countRenewals: () => state.renewals,
    rotate(ms) {
      state.rotatingUntil = performance.now() + ms;
      state.forget();
    },
    force(...codes) {
      state.forced.push(...codes);
    },
  };
}

interface GatewayState {
  renewals: number;
  /** By `performance.now()`, for the clock of the gateway may be wrong on purpose. */
  rotatingUntil: number;
  readonly forced: (string | null)[];
  forget(): void;
}

/** What stands before the services. */
interface Gate {
  readonly renewalPath: string | null;
  nameOf(request: WireRequest): string;
  /** Null when the call may pass. */
  judge(request: WireRequest): WireReply | null;
  trouble(trouble: Trouble, request: WireRequest): WireReply;
}

/** The national platform: codes of its own, sids, and secrets that are renewed now and then. */
function createPlatformGate(options: SignedGatewayOptions, state: GatewayState): Gate {
  const { caller: rid, secret: appKey, aes = 'ECB', secretLifeMs = SECRET_LIFE_MS } = options;
  const start = () =>
    new Map(
      options.services.map(({ name: sid }) => [
        sid,
        createExchangePlatform({
          rid,
          sids: [sid],
          appKey,
          aes,
          secretLifeMs,
          callsPerHourMax: null,
        }),
      ]),
    );
  let platforms = start();
  state.forget = () => void (platforms = start());
  const read = (request: WireRequest, name: string): string =>
    request.headers[`gjgxjhpt_${name}`] ??
    new URLSearchParams(request.search).get(`gjgxjhpt_${name}`) ??
    (isObject(request.json) ? textAt(request.json, `gjgxjhpt_${name}`) : '');
  return {
    renewalPath: REFRESH_PATH,
    nameOf: (request) => (request.path === '/httpproxy' ? read(request, 'sid') : ''),
    judge(request) {
      const forced = state.forced.shift() ?? null;
      if (forced !== null) return platformReply(forced);
      const platform = platforms.get(read(request, 'sid'));
      if (platform === undefined) return platformReply('-20');
      if (Math.abs(Number(read(request, 'rtime')) - request.now) > RTIME_WINDOW_MS) {
        return platformReply('-19');
      }
      if (performance.now() < state.rotatingUntil) return platformReply('-50');
      const signed = withHeaders(request, read);
      if (request.path !== REFRESH_PATH) return platform.judge(signed);
      const reply = platform.refresh(signed);
      if (reply.body.includes('"code":"0"')) state.renewals += 1;
      return reply;
    },
    trouble: reportPlatformTrouble,
  };
}

/** The platform reads its four values wherever they stand. */
function withHeaders(
  request: WireRequest,
  read: (request: WireRequest, name: string) => string,
): WireRequest {
  const values = ['rid', 'sid', 'rtime', 'sign'].map(
    (name) => [`gjgxjhpt_${name}`, read(request, name)] as const,
  );
  return { ...request, headers: { ...request.headers, ...Object.fromEntries(values) } };
}

function reportPlatformTrouble(trouble: Trouble): WireReply {
  switch (trouble.kind) {
    case 'error':
      return platformReply('2010');
    case 'unauthorized':
      return platformReply('-20');
    case 'quota':
      return platformReply('12103', { resetTime: trouble.resetAt });
    case 'outage':
      return outageReply(trouble.until);
  }
}

/** A gateway with guards and one table of codes: 4010 … 4013, 4290, 5000. */
function createGuardGate(options: SignedGatewayOptions, state: GatewayState): Gate {
  const guard = createGuard(options);
  state.forget = () => guard.forget();
  return {
    renewalPath: options.style === 'REQUEST_SECRET' ? RENEWAL_PATH : null,
    nameOf: ({ path }) => path,
    judge(request) {
      const forced = state.forced.shift() ?? null;
      if (forced !== null) return codeReply(forced, '');
      const renewed = guard.renew(request);
      if (renewed !== null && 'secret' in renewed) {
        state.renewals += 1;
        const { secret: requestSecret, endsAt: requestSecretEndTime } = renewed;
        const data = { requestSecret, requestSecretEndTime };
        return jsonReply(200, { code: '00', msg: '成功', data });
      }
      const verdict = renewed ?? guard.judge(request);
      return verdict.pass ? null : codeReply(verdict.code, verdict.message);
    },
    trouble: reportTrouble,
  };
}

function createGuard(options: SignedGatewayOptions): GatewayGuard {
  const { caller: appKey, secret, secretLifeMs = SECRET_LIFE_MS } = options;
  const guarded = { appKey, secret, secretLifeMs, windowMs: NONCE_WINDOW_MS };
  if (options.style === 'TIF') return createTifGuard(guarded);
  if (options.style === 'REQUEST_SECRET') return createRequestSecretGuard(guarded);
  return createSortedHmacGuard(guarded, options.style === 'HMAC_SM3' ? 'sm3' : 'sha256');
}

function reportTrouble(trouble: Trouble): WireReply {
  switch (trouble.kind) {
    case 'error':
      return codeReply('5000', '系统异常');
    case 'unauthorized':
      return codeReply('4010', '签名错误');
    case 'quota':
      return jsonReply(200, {
        ...{ code: '4290', message: '超出调用次数' },
        data: { until: textInShanghai(trouble.resetAt) },
      });
    case 'outage':
      return outageReply(trouble.until);
  }
}

function codeReply(code: string, message: string): WireReply {
  return jsonReply(200, { code, message, data: null });
}

function outageReply(until: number): WireReply {
  return jsonReply(
    503,
    { code: '10000', message: '系统维护', data: null },
    { 'retry-after': new Date(until).toUTCString() },
  );
}
