import { z } from 'zod';

import type { HubError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import { decodeReply, parseShape } from '../decode.ts';
import type { HttpClient, HttpReply } from '../http.ts';
import { createSingleFlight } from '../single-flight.ts';
import { CLOCK_CODE, judgeGatewayCode, REFRESHING_CODE, SIGNATURE_CODE } from './gjgxjhpt-codes.ts';
import { openSecret, signCall, type SecretWrapping } from './gjgxjhpt-secret.ts';

/** Who asks (rid), which service (sid), and how the platform wraps the working secret. */
export interface GatewayIdentity {
  readonly rid: string;
  readonly sid: string;
  /** Authorization code of the service (服务授权码). */
  readonly appKey: string;
  readonly wrapping: SecretWrapping;
}

/** A business answer of the service behind the platform: its `data`, not yet looked at. */
interface GatewayAnswer {
  readonly data: unknown;
  readonly reply: HttpReply;
}

/** Signed calls through the national data exchange platform (政务数据共享平台). */
export interface GatewaySession {
  /**
   * Calls the service. Fetches the working secret when there is none, once for all callers, and
   * once more when the platform no longer takes it; learns the platform's clock when it must.
   *
   * @throws {HubError} a `SOURCE_…` code.
   */
  call(body: string, signal: AbortSignal): Promise<GatewayAnswer>;
  /** Fetches a working secret anew, which proves network, clock and credentials. */
  refresh(signal: AbortSignal): Promise<HttpReply>;
}

interface Secret {
  readonly text: string;
  /** By the platform's clock, epoch milliseconds. */
  readonly endsAt: number;
  readonly reply: HttpReply;
}

interface SignedCall {
  readonly path: string;
  readonly body: string | null;
  readonly secret: string;
}

interface Envelope {
  readonly code: string;
  readonly data: unknown;
  readonly reply: HttpReply;
}

const REFRESH_PATH = '/sysapi/auth/refreshappsecret';
const CALL_PATH = '/httpproxy';
/** A secret this close to its end is not used: it could end while the call is under way. */
const MARGIN_MS = 30_000;

const envelopeShape = z.object({ code: z.string(), data: z.unknown() });
const secretShape = z.object({
  secret: z.string().min(1).max(1024),
  secretEndTime: z.number().int().positive(),
});
const resetShape = z.object({ resetTime: z.number().int().positive() });

/** A session that remembers the working secret and how far the platform's clock is off. */
export function createGatewaySession(deps: {
  readonly http: HttpClient;
  readonly identity: GatewayIdentity;
  readonly clock: Clock;
}): GatewaySession {
  const { http, identity, clock } = deps;
  let offsetMs = 0;
  let held: Secret | null = null;
  const platformNow = (): number => clock.now().getTime() + offsetMs;
  const exchange = async (call: SignedCall, signal: AbortSignal): Promise<Envelope> => {
    const headers = createHeaders(identity, call.secret, platformNow());
    const reply = await http.request({ method: 'POST', ...call, headers }, signal);
    const { code, data } = parseShape(envelopeShape, decodeReply(reply));
    return { code, data, reply };
  };
  const exchangeInTime = async (call: SignedCall, signal: AbortSignal): Promise<Envelope> => {
    const first = await exchange(call, signal);
    const shown = first.reply.serverDate;
    if (first.code !== CLOCK_CODE || shown === null) return first;
    offsetMs = shown.getTime() - first.reply.receivedAt.getTime();
    return exchange(call, signal);
  };
  const fetchSecret = createSingleFlight(async (signal): Promise<Secret> => {
    const call = { path: REFRESH_PATH, body: null, secret: identity.appKey };
    const envelope = await exchangeInTime(call, signal);
    refuse(envelope, platformNow());
    const { secret, secretEndTime } = parseShape(secretShape, envelope.data, '/data');
    const text = openSecret(secret, identity.appKey, identity.wrapping);
    return (held = { text, endsAt: secretEndTime, reply: envelope.reply });
  });
  const takeSecret = async (signal: AbortSignal): Promise<string> => {
    const isGood = held !== null && held.endsAt - MARGIN_MS > platformNow();
    return held !== null && isGood ? held.text : (await fetchSecret(signal)).text;
  };
  return {
    async call(body, signal) {
      const secret = await takeSecret(signal);
      let envelope = await exchangeInTime({ path: CALL_PATH, body, secret }, signal);
      const isStale = envelope.code === SIGNATURE_CODE || envelope.code === REFRESHING_CODE;
      // Another caller may have renewed it meanwhile; then that one is the one to try.
      if (isStale && held?.text === secret) held = null;
      if (envelope.code === SIGNATURE_CODE) {
        const renewed = await takeSecret(signal);
        envelope = await exchangeInTime({ path: CALL_PATH, body, secret: renewed }, signal);
      }
      refuse(envelope, platformNow());
      return { data: envelope.data, reply: envelope.reply };
    },
    refresh: async (signal) => (await fetchSecret(signal)).reply,
  };
}

function createHeaders(
  { rid, sid }: GatewayIdentity,
  secret: string,
  now: number,
): Readonly<Record<string, string>> {
  const rtime = String(now);
  return {
    gjgxjhpt_rid: rid,
    gjgxjhpt_sid: sid,
    gjgxjhpt_rtime: rtime,
    gjgxjhpt_sign: signCall(secret, { sid, rid, rtime }),
  };
}

function refuse({ code, data }: Envelope, platformNow: number): void {
  const reset = resetShape.safeParse(data);
  const resetInMs = reset.success ? Math.max(0, reset.data.resetTime - platformNow) : null;
  const fault: HubError | null = judgeGatewayCode(code, resetInMs);
  if (fault !== null) throw fault;
}
