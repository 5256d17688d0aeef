import type { HubError } from '../errors.ts';
import { codeOfError } from './error-code.ts';
import { sourceFault } from './fault.ts';

/** By error code of Node, OpenSSL and undici: why the network gave no reply. */
const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'REFUSED',
  ECONNRESET: 'RESET',
  ECONNABORTED: 'RESET',
  EPIPE: 'RESET',
  UND_ERR_SOCKET: 'RESET',
  ENOTFOUND: 'DNS',
  EAI_AGAIN: 'DNS',
  EHOSTUNREACH: 'NO_ROUTE',
  ENETUNREACH: 'NO_ROUTE',
  ENETDOWN: 'NO_ROUTE',
  EADDRNOTAVAIL: 'NO_ROUTE',
  ETIMEDOUT: 'CONNECT_TIMEOUT',
  UND_ERR_CONNECT_TIMEOUT: 'CONNECT_TIMEOUT',
  CERT_HAS_EXPIRED: 'TLS_EXPIRED',
  CERT_NOT_YET_VALID: 'TLS_EXPIRED',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS_SELF_SIGNED',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS_SELF_SIGNED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT: 'TLS_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS_UNTRUSTED',
  CERT_UNTRUSTED: 'TLS_UNTRUSTED',
  CERT_SIGNATURE_FAILURE: 'TLS_UNTRUSTED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS_HOST',
  EPROTO: 'TLS_PROTOCOL',
};

/** Replies that arrived but are not what HTTP, or the limits of this hub, allow. */
const MALFORMED_REASONS: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'TRUNCATED',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'TOO_LARGE',
};

/** Deadlines of the client behind the deadline of the call. */
const TIMEOUTS: readonly string[] = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'];
const CLOSED: readonly string[] = ['UND_ERR_DESTROYED', 'UND_ERR_CLOSED'];

/**
 * The fault that an error of a socket, a handshake, an HTTP parser or a decompressor amounts to.
 * Null for any other error: that is a bug of the hub and must not pass for trouble of a source.
 */
export function readNetworkError(error: unknown): HubError | null {
  const code = codeOfError(error) ?? (isParserError(error) ? 'HPE_' : null);
  if (code === null) return null;
  const network = NETWORK_REASONS[code] ?? (code.startsWith('ERR_SSL_') ? 'TLS_PROTOCOL' : null);
  if (network !== null) {
    return sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: network }, error);
  }
  const malformed = MALFORMED_REASONS[code] ?? readParserCode(code);
  if (malformed !== null) {
    return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: malformed });
  }
  if (TIMEOUTS.includes(code)) return timeoutFault();
  if (!CLOSED.includes(code)) return null;
  return sourceFault('SOURCE_UNREACHABLE', { hop: 'HUB', reason: 'CLOSED' });
}

/** The deadline of the call passed before the reply was complete. */
export function timeoutFault(): HubError {
  return sourceFault('SOURCE_TIMEOUT', { hop: 'NETWORK', reason: 'DEADLINE' });
}

// Errors of parsers may quote the bytes they choked on, so they are not kept as the cause.
function readParserCode(code: string): string | null {
  if (code.startsWith('HPE_')) return 'HTTP_SYNTAX';
  return code.startsWith('Z_') ? 'ENCODING' : null;
}

// llhttp knows more troubles than undici has codes for; those errors have only their name.
function isParserError(error: unknown): boolean {
  const isNamed = typeof error === 'object' && error !== null && 'name' in error;
  return isNamed && error.name === 'HTTPParserError';
}
