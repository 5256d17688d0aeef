import { z } from 'zod';

import type { Clock } from '../model/clock.ts';
import { titled } from './connector.ts';
import { decodeReply, parseShape } from './decode.ts';
import type { HttpClient } from './http.ts';
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

/** Headers that say who asks. Fetches a token where there is none, once for all callers. */
export type Authenticate = (signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;

const tokenShape = z.object({
  access_token: z.string().min(1).max(8_192),
  expires_in: z.number().positive().optional(),
});

/** A token is renewed this much before it ends. */
const EARLY_MS = 30_000;
const LIFETIME_SECONDS = 300;

/** What to send with every call. @throws {HubError} as the client does, for a token. */
export function createAuthenticate(deps: {
  readonly http: HttpClient;
  readonly rule: AuthRule;
  readonly secrets: AuthSecrets;
  readonly clock: Clock;
}): Authenticate {
  const { http, rule, clock } = deps;
  const secret = deps.secrets.secret ?? '';
  if (rule.style === 'NONE') return () => Promise.resolve({});
  if (rule.style === 'HEADER')
    return () => Promise.resolve({ [rule.header.toLowerCase()]: `${rule.prefix}${secret}` });
  if (rule.style === 'BASIC') {
    const encoded = Buffer.from(`${rule.user}:${secret}`).toString('base64');
    return () => Promise.resolve({ authorization: `Basic ${encoded}` });
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
  return async (signal) => {
    const isFresh = held !== null && held.endsAt > clock.now().getTime();
    const token = isFresh && held !== null ? held.token : await fetchToken(signal);
    return { authorization: `Bearer ${token}` };
  };
}
