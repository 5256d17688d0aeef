import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { HubError } from '../errors.ts';
import type { RequestOutcome } from '../metrics.ts';
import type { Caller } from '../model/caller.ts';
import { createAdmission } from './admission.ts';
import { authenticate } from './authenticate.ts';
import { createRequestContext, type RequestContext } from './context.ts';
import { startDeadline, type Deadline } from './deadline.ts';
import { findExceeded, isTooDeep } from './document-shape.ts';
import type { HttpDependencies } from './http-server.ts';
import { tooLarge } from './limits.ts';
import { complaint } from './refused-request.ts';
import type { Ended } from './response-plugin.ts';

const PATH = '/graphql';
const OTHER_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Questions to sources end a little earlier than their request, so that the rest is answered. */
const SOURCES_END_BEFORE_MS = 500;

interface GraphQLBody {
  readonly query: string;
  readonly variables: object | null;
  readonly operationName: unknown;
}

/**
 * POST /graphql. In this order, each step before anything of the next is paid for: token, size and
 * form of the body, limits of the text, a place, the operation.
 */
export function serveGraphQL(app: FastifyInstance, deps: HttpDependencies): void {
  const { pace, metrics } = deps;
  const callers = new WeakMap<FastifyRequest, Caller>();
  const deadlines = new WeakMap<FastifyRequest, Deadline>();
  const admission = createAdmission({ ...pace, onChange: metrics.setInFlight });
  const execute = fastifyApolloHandler<RequestContext>(deps.graphql, {
    context: async (request) =>
      createRequestContext({
        ...deps,
        caller: get(callers, request),
        deadline: get(deadlines, request),
      }),
  });

  async function identify(request: FastifyRequest): Promise<void> {
    const { authorization } = request.headers;
    const caller = await authenticate(deps.verifyToken, { authorization, requestId: request.id });
    callers.set(request, caller);
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const leave = admission.enter(get(callers, request).agencyCode);
    const ofRequest = startDeadline(pace.requestMs);
    const ofSources = startDeadline(Math.max(1, pace.requestMs - SOURCES_END_BEFORE_MS));
    deadlines.set(request, ofSources);
    // The place is taken for as long as the work goes on, heard or not.
    const work = Promise.resolve(execute.call(app, request as never, reply as never)).finally(
      () => {
        leave();
        ofSources.end();
      },
    );
    try {
      return await ofRequest.race(work, 'OVERLOADED');
    } finally {
      ofRequest.end();
    }
  }

  app.route({
    method: 'POST',
    url: PATH,
    onRequest: identify,
    preValidation: async (request) => {
      request.body = checkBody(request.body);
    },
    handler: answer,
    onResponse: async (request, reply) => {
      const caller = callers.get(request) ?? null;
      const ended = caller === null ? null : deps.endingOf(caller);
      tell(deps, { request, reply, caller, ended });
    },
  });
  app.route({
    method: OTHER_METHODS,
    url: PATH,
    handler: async (_request, reply) =>
      reply
        .code(405)
        .header('allow', 'POST')
        .header('content-type', 'application/json; charset=utf-8')
        .send(complaint('Operations are sent by POST.')),
  });
}

function get<T>(of: WeakMap<FastifyRequest, T>, request: FastifyRequest): T {
  const found = of.get(request);
  if (found === undefined) throw new HubError('UNAUTHENTICATED');
  return found;
}

/** Only what GraphQL needs is passed on. @throws {HubError} QUERY_TOO_LARGE. */
function checkBody(body: unknown): GraphQLBody {
  if (typeof body !== 'object' || body === null || !('query' in body)) throw malformed();
  const { query } = body;
  const variables = 'variables' in body ? body.variables : null;
  const operationName = 'operationName' in body ? body.operationName : null;
  if (typeof query !== 'string' || query.trim() === '') throw malformed();
  if (typeof variables !== 'object' || Array.isArray(variables)) throw malformed();
  if (typeof operationName !== 'string' && operationName !== null) throw malformed();
  if (isTooDeep(variables)) throw tooLarge('variablesDepth');
  const exceeded = findExceeded(query);
  if (exceeded !== null) throw tooLarge(exceeded);
  return { query, variables, operationName };
}

function malformed(): Error {
  return Object.assign(new Error('malformed body'), { statusCode: 400 });
}

/** One line a request, and its count. */
function tell(
  { log, metrics }: HttpDependencies,
  ended: {
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
    readonly caller: Caller | null;
    readonly ended: Ended | null;
  },
): void {
  const { request, reply, caller } = ended;
  const tookMs = reply.elapsedTime;
  const codes = ended.ended?.codes ?? [];
  metrics.countRequest({ outcome: outcomeOf(reply.statusCode, codes), tookMs });
  log.info(
    {
      requestId: request.id,
      method: request.method,
      route: PATH,
      status: reply.statusCode,
      ms: Math.round(tookMs),
      operation: ended.ended?.operation ?? null,
      agency: caller?.agencyCode ?? null,
      codes,
    },
    'request',
  );
}

/** How a request is counted, by its HTTP status and the codes of its errors. */
export function outcomeOf(status: number, codes: readonly string[]): RequestOutcome {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 503) return 'unavailable';
  if (status >= 500 || codes.includes('INTERNAL_SERVER_ERROR')) return 'failed';
  if (status >= 400) return 'refused';
  return codes.length === 0 ? 'answered' : 'answered_in_part';
}
