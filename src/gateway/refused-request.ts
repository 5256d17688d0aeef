import type { FastifyReply, FastifyRequest } from 'fastify';

import { HubError } from '../errors.ts';
import type { Log } from '../log.ts';
import { tooLarge } from './limits.ts';
import { bodyOf, RETRY_AFTER_SECONDS, statusOf } from './refusal.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Answers a request that never became an operation, in the shape of a GraphQL answer. */
export function answerRefusal(
  log: Log,
  error: unknown,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): FastifyReply {
  void reply.header('content-type', JSON_TYPE);
  if (error instanceof HubError) {
    const status = statusOf(error.code);
    if (status === 503) void reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    return reply.code(status).send(bodyOf(error));
  }
  const status = statusOfHttp(error);
  if (status === 413) return reply.code(413).send(bodyOf(tooLarge('bodyBytes')));
  if (status >= 400 && status < 500)
    return reply.code(status).send(complaint(COMPLAINTS[status] ?? 'The request is malformed.'));
  log.error({ err: error, requestId: request.id }, 'bug');
  return reply
    .code(500)
    .send(plain('Internal error.', { code: 'INTERNAL_SERVER_ERROR', retryable: false }));
}

const COMPLAINTS: Readonly<Record<number, string>> = {
  400: 'The body must be a JSON object with `query`, and perhaps `variables` and `operationName`.',
  405: 'Operations are sent by POST.',
  415: 'The content type must be application/json.',
};

/** A body that says in GraphQL's shape what is wrong with the request itself. */
export function complaint(message: string): string {
  return plain(message, { code: 'BAD_REQUEST', retryable: false });
}

function plain(message: string, extensions: object): string {
  return JSON.stringify({ errors: [{ message, extensions }] });
}

function statusOfHttp(error: unknown): number {
  const isKnown = typeof error === 'object' && error !== null && 'statusCode' in error;
  return isKnown && typeof error.statusCode === 'number' ? error.statusCode : 500;
}
