import { z } from 'zod';

import { HubError } from '../errors.ts';
import { titled } from './connector.ts';
import type { Origin } from './network.ts';

/** Decoded bytes of one reply. A megabyte takes about 30 ms to parse strictly. */
const REPLY_BYTES_MAX = 1024 * 1024;

/** Settings that every connector over HTTP has; spread into its own strict object. */
export const TRANSPORT_SHAPE = {
  baseUrl: z
    .string()
    .refine((text) => judgeBaseUrl(text) === null, {
      error: 'an http or https URL without user, query or fragment',
    })
    .meta(titled('基础地址', 'Base URL'))
    .describe('Base URL of the source, without a trailing slash.'),
  connectionsMax: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(4)
    .meta(titled('最大连接数', 'Connections at most'))
    .describe('Connections to the source kept open at most.'),
  caPem: z
    .string()
    .startsWith('-----BEGIN CERTIFICATE-----')
    .nullable()
    .default(null)
    .meta(titled('受信任的证书颁发机构（PEM）', 'Trusted authority (PEM)'))
    .describe('The only authority trusted for this source, PEM; null for the public ones.'),
  replyBytesMax: z
    .number()
    .int()
    .min(1024)
    .max(16 * 1024 * 1024)
    .default(REPLY_BYTES_MAX)
    .meta(titled('应答字节上限', 'Reply bytes at most'))
    .describe('Decoded bytes of a reply, at most.'),
  allowPlainHttp: z
    .boolean()
    .default(false)
    .meta(titled('允许明文 HTTP', 'Allow plain HTTP'))
    .describe('Whether the base URL may be http, where the network itself is protected.'),
};

export type TransportSettings = z.infer<z.ZodObject<typeof TRANSPORT_SHAPE>>;

/** A secret that travels in a header: visible ASCII, so that it can neither break nor vanish. */
export const headerSecret = z
  .string()
  .regex(/^[\x21-\x7e]{1,512}$/u, { error: 'visible ASCII characters, at most 512' });

/** Where the source is: origin, and the path that every call starts with (no trailing slash). */
export interface BaseAddress {
  readonly origin: string;
  readonly path: string;
  readonly isEncrypted: boolean;
}

/**
 * The address in a base URL.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION for a URL with a user, query or fragment, another
 * scheme, or plain HTTP without the explicit waiver.
 */
export function readBaseAddress(
  settings: Pick<TransportSettings, 'baseUrl' | 'allowPlainHttp'>,
): BaseAddress {
  const problem = judgeBaseUrl(settings.baseUrl);
  if (problem !== null) throw unsafe(problem);
  const url = new URL(settings.baseUrl);
  const isEncrypted = url.protocol === 'https:';
  if (!isEncrypted && !settings.allowPlainHttp) throw unsafe('PLAIN_HTTP');
  return { origin: url.origin, path: url.pathname.replace(/\/+$/u, ''), isEncrypted };
}

/** Where a connector over HTTP goes: one place. */
export function originsOf(settings: Pick<TransportSettings, 'baseUrl'>): readonly Origin[] {
  return [originOf(new URL(settings.baseUrl))];
}

/** The place a URL leads to, as an egress zone names it. */
export function originOf(url: URL): Origin {
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
  return { protocol, host, port };
}

function judgeBaseUrl(text: string): string | null {
  if (!URL.canParse(text)) return 'NOT_A_URL';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'SCHEME';
  // `https://@host` parses to an empty user; the at sign is refused wherever it stands.
  if (url.username !== '' || url.password !== '' || text.includes('@')) return 'USER_IN_URL';
  return url.search !== '' || url.hash !== '' ? 'QUERY_IN_URL' : null;
}

function unsafe(reason: string): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field: 'baseUrl', reason } });
}
