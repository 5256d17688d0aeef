import type { FastifyReply, FastifyRequest } from 'fastify';

import { outcomeOf } from './graphql-route.ts';
import type { HttpDependencies } from './http-server.ts';

/** A request to a path that serves files, and what is known of its caller. */
export interface RouteVisit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Further facts of the line. */
  readonly facts?: object;
}

/** One line a request, and its count. The line has the pattern of the path, never its values. */
export function tellOfRoute(
  { log, metrics }: Pick<HttpDependencies, 'log' | 'metrics'>,
  { request, reply, facts }: RouteVisit,
): void {
  const { statusCode: status, elapsedTime: tookMs } = reply;
  metrics.countRequest({ outcome: outcomeOf(status, []), tookMs });
  const { method, id: requestId } = request;
  const route = request.routeOptions.url;
  log.info({ requestId, method, route, status, ms: Math.round(tookMs), ...facts }, 'request');
}
