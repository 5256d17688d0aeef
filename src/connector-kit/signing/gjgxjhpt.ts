import { z } from 'zod';

import type { Clock } from '../../model/clock.ts';
import { decodeReply, parseShape } from '../decode.ts';
import type { HttpClient, HttpReply } from '../http.ts';
import { judgeGatewayCode } from './gjgxjhpt-codes.ts';
import { createGjgxjhptScheme, PROXY_PATH } from './gjgxjhpt-scheme.ts';
import type { SecretWrapping } from './gjgxjhpt-secret.ts';

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

/** Signed calls to one service of the national data exchange platform (政务数据共享平台). */
export interface GatewaySession {
  /**
   * Calls the service, or another one that the same code is good for. Fetches the working secret
   * when there is none, once for all callers, and once more when the platform no longer takes it;
   * learns the platform's clock when it must.
   *
   * @throws {HubError} a `SOURCE_…` code.
   */
  call(body: string, signal: AbortSignal, service?: string): Promise<GatewayAnswer>;
  /** Fetches a working secret anew, which proves network, clock and credentials. */
  refresh(signal: AbortSignal): Promise<HttpReply>;
}

const envelopeShape = z.object({ code: z.string(), data: z.unknown() });

/**
 * A session that remembers the working secret and how far the platform's clock is off. It does
 * not wait for a platform that renews its keys: that is a fault, with the time to come back.
 */
export function createGatewaySession(deps: {
  readonly http: HttpClient;
  readonly identity: GatewayIdentity;
  readonly clock: Clock;
}): GatewaySession {
  const { http, identity, clock } = deps;
  const scheme = createGjgxjhptScheme({
    http,
    clock,
    secret: identity.appKey,
    settings: {
      rid: identity.rid,
      secretWrapping: identity.wrapping,
      place: 'HEADERS',
      wait: null,
    },
    decode(reply) {
      const value = decodeReply(reply);
      parseShape(envelopeShape, value);
      return value;
    },
  });
  return {
    async call(text, signal, service = identity.sid) {
      const { reply, value } = await scheme.call(
        {
          method: 'POST',
          path: PROXY_PATH,
          service,
          query: [],
          body: { form: 'TEXT', text, contentType: 'application/json; charset=utf-8' },
          ownCodes: [],
        },
        signal,
      );
      return { data: readEnvelope(value), reply };
    },
    refresh: (signal) => scheme.probe(identity.sid, signal),
  };
}

/** The business answer in a reply that was recorded. @throws {HubError} as `call` would. */
export function readRecordedAnswer(raw: Uint8Array): unknown {
  return readEnvelope(decodeReply({ raw, headers: {} }));
}

function readEnvelope(value: unknown): unknown {
  const { code, data } = parseShape(envelopeShape, value);
  const fault = judgeGatewayCode(code, null);
  if (fault !== null) throw fault;
  return data;
}
