import { z } from 'zod';

import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { titled } from './connector.ts';
import { decodeReply, parseShape } from './decode.ts';
import type { HttpClient, HttpRequest } from './http.ts';
import { createSingleFlight } from './single-flight.ts';
import { headerSecret } from './transport.ts';

/** How a source knows who asks. */
export const authSetting = z
  .discriminatedUnion('style', [
    z.strictObject({
      style: z.literal('NONE').meta(titled('无', 'None')).describe('Nobody is asked to sign in.'),
    }),
    z.strictObject({
      style: z.literal('HEADER').meta(titled('请求头', 'Header')).describe('A secret header.'),
      header: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/u, { error: 'name of a header' })
        .default('authorization')
        .meta(titled('请求头名称', 'Name of the header'))
        .describe('E.g. authorization, x-app-key.'),
      prefix: z
        .string()
        .regex(/^[\x20-\x7e]{0,32}$/u, { error: 'visible ASCII' })
        .default('')
        .meta(titled('前缀', 'Before the secret'))
        .describe('E.g. "Bearer ".'),
    }),
    z.strictObject({
      style: z.literal('BASIC').meta(titled('用户名密码', 'Basic')).describe('RFC 7617.'),
      user: z
        .string()
        .regex(/^[\x21-\x39\x3b-\x7e]{1,128}$/u, { error: 'visible ASCII without a colon' })
        .meta(titled('用户名', 'User'))
        .describe('Name of the account.'),
    }),
    z.strictObject({
      style: z
        .literal('CLIENT_CREDENTIALS')
        .meta(titled('客户端凭据', 'Client credentials'))
        .describe('OAuth 2.0, RFC 6749 section 4.4, at the same origin.'),
      tokenPath: z
        .string()
        .regex(/^\/[\w./~-]*$/u, { error: 'a path such as /oauth/token' })
        .meta(titled('令牌路径', 'Path of the token'))
        .describe('Below the base URL.'),
      clientId: z
        .string()
        .min(1)
        .max(128)
        .meta(titled('客户端标识', 'Client id'))
        .describe('As the source registered the hub.'),
    }),
  ])
  .default({ style: 'NONE' })
  .meta(titled('认证方式', 'Authentication'))
  .describe('How the source knows who asks; the secret itself is among the secrets.');
export type AuthRule = z.infer<typeof authSetting>;

/** The secret of any of these styles; none where nobody signs in. */
export const authSecrets = z.strictObject({
  secret: headerSecret
    .optional()
    .meta(titled('密钥', 'Secret'))
    .describe('Token, password or client secret; left out where there is none.'),
});
export type AuthSecrets = z.infer<typeof authSecrets>;

const tokenShape = z.object({
  // It becomes a header: nothing in it may end one.
  access_token: z.string().regex(/^[\x21-\x7e]{1,8192}$/u),
  expires_in: z.number().positive().optional(),
});

/** A token is renewed this much before it ends. */
const EARLY_MS = 30_000;
const LIFETIME_SECONDS = 300;

/**
 * A client that says who asks, in headers that win over those of the request. A token is fetched
 * once for all callers, and once more when the source no longer takes it before its time.
 */
export function signInto(
  http: HttpClient,
  deps: { readonly rule: AuthRule; readonly secrets: AuthSecrets; readonly clock: Clock },
): Pick<HttpClient, 'request'> {
  const { rule, clock } = deps;
  const secret = deps.secrets.secret ?? '';
  const withHeaders = (headers: Readonly<Record<string, string>>): Pick<HttpClient, 'request'> => ({
    request: (request, signal) =>
      http.request({ ...request, headers: { ...request.headers, ...headers } }, signal),
  });
  if (rule.style === 'NONE') return withHeaders({});
  if (rule.style === 'HEADER')
    return withHeaders({ [rule.header.toLowerCase()]: `${rule.prefix}${secret}` });
  if (rule.style === 'BASIC') {
    const encoded = Buffer.from(`${rule.user}:${secret}`).toString('base64');
    return withHeaders({ authorization: `Basic ${encoded}` });
  }
  const { tokenPath, clientId } = rule;
  let held: { readonly token: string; readonly endsAt: number } | null = null;
  const fetchToken = createSingleFlight(async (signal) => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
    const reply = await http.request(
      {
        method: 'POST',
        path: tokenPath,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      },
      signal,
    );
    const told = parseShape(tokenShape, decodeReply(reply));
    const lifetimeMs = (told.expires_in ?? LIFETIME_SECONDS) * 1_000;
    held = { token: told.access_token, endsAt: clock.now().getTime() + lifetimeMs - EARLY_MS };
    return held.token;
  });
  const send = (token: string, request: HttpRequest, signal: AbortSignal) =>
    withHeaders({ authorization: `Bearer ${token}` }).request(request, signal);

  return {
    async request(request, signal) {
      const fresh = held !== null && held.endsAt > clock.now().getTime() ? held.token : null;
      if (fresh === null) return send(await fetchToken(signal), request, signal);
      try {
        return await send(fresh, request, signal);
      } catch (error) {
        if (!(error instanceof HubError) || error.code !== 'SOURCE_UNAUTHORIZED') throw error;
      }
      // Another caller may have renewed it meanwhile.
      if (held?.token === fresh) held = null;
      return send(held?.token ?? (await fetchToken(signal)), request, signal);
    },
  };
}
