import { randomUUID } from 'node:crypto';

import type { TokenVerifier } from '../access/tokens.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/u;
const REQUEST_ID = /^[\w.-]{1,64}$/u;

/**
 * The caller whom the `Authorization` header names.
 *
 * @throws {HubError} UNAUTHENTICATED, with one message for every reason.
 */
export async function authenticate(
  verifyToken: TokenVerifier,
  given: { readonly authorization: string | undefined; readonly requestId: string },
): Promise<Caller> {
  const [, token] = BEARER.exec(given.authorization ?? '') ?? [];
  if (token === undefined) throw new HubError('UNAUTHENTICATED');
  return { ...(await verifyToken(token)), requestId: given.requestId };
}

/** The request's own name when it is safe to repeat in logs and headers; otherwise a new one. */
export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}
