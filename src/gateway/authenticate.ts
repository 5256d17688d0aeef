import { randomUUID } from 'node:crypto';

import type { FastifyRequest } from 'fastify';

import type { TokenVerifier } from '../access/tokens.ts';
import { HubError } from '../errors.ts';
import type { Audience } from '../generated/graphql.ts';
import type { Caller } from '../model/caller.ts';
import { isIn } from './audience.ts';

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

/**
 * The caller of a path that serves files to one audience.
 *
 * @throws {HubError} UNAUTHENTICATED, FORBIDDEN.
 */
export async function authenticateAs(
  audience: Audience,
  { headers, id: requestId }: FastifyRequest,
  verifyToken: TokenVerifier,
): Promise<Caller> {
  const { authorization } = headers;
  const caller = await authenticate(verifyToken, { authorization, requestId });
  if (!isIn(audience, caller.roles)) throw new HubError('FORBIDDEN');
  return caller;
}

/** The request's own name when it is safe to repeat in logs and headers; otherwise a new one. */
export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : randomUUID();
}
