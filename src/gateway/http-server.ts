import type { ApolloServer } from '@apollo/server';
import fastifyStatic from '@fastify/static';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { requestIdOf } from './authenticate.ts';
import { serveBulks } from './bulk-route.ts';
import { serveCrossChecks } from './cross-check-route.ts';
import type { RequestContext } from './context.ts';
import type { GatewayDependencies, Pace } from './gateway.ts';
import { serveDocuments } from './document-route.ts';
import { serveFiles } from './file-route.ts';
import { serveGraphiql } from './graphiql.ts';
import { serveGraphQL } from './graphql-route.ts';
import { serveHealth } from './health.ts';
import { LIMITS } from './limits.ts';
import type { LiveServer } from './live-server.ts';
import type { Caller } from '../model/caller.ts';
import { answerRefusal } from './refused-request.ts';
import type { Ended } from './response-plugin.ts';

/** What serving HTTP needs besides: the operations, and how much at once. */
export interface HttpDependencies extends Omit<GatewayDependencies, 'schema'> {
  readonly graphql: ApolloServer<RequestContext>;
  readonly live: LiveServer;
  readonly pace: Pace;
  /** What became of the caller's operation. Null when none was executed. */
  endingOf(caller: Caller): Ended | null;
}

/** `stop` lets requests under way end, for a bounded time. Each is to be called once. */
export interface HttpServer {
  start(place: { host: string; port: number }): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

const HEADERS_MS = 5_000;
const REQUEST_MS = 15_000;
/** Longer than load balancers keep theirs, so that they are the ones who close. */
const KEEP_ALIVE_MS = 72_000;
const CHECK_EVERY_MS = 1_000;

const CONSOLE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Everything the hub serves over HTTP. */
export function createHttpServer(deps: HttpDependencies): HttpServer {
  const { log, options, pace } = deps;
  const app: FastifyInstance = fastify({
    genReqId: ({ headers }) => requestIdOf(headers['x-request-id']),
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: CHECK_EVERY_MS },
  });
  let isDraining = false;

  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
  });
  // A connection that is kept after its answer would keep a hub alive that was told to stop.
  app.addHook('onSend', async (_request, reply) => {
    if (isDraining) void reply.header('connection', 'close');
  });
  app.setErrorHandler((error, request, reply) => answerRefusal(log, error, { request, reply }));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not found.' }));

  function addRoutes(): void {
    serveHealth(app, { ...deps, isDraining: () => isDraining });
    serveGraphQL(app, deps);
    serveFiles(app, deps);
    serveDocuments(app, deps);
    serveBulks(app, deps);
    serveCrossChecks(app, deps);
    if (options.graphiql) serveGraphiql(app);
    if (options.consoleFolder !== null) serveConsole(app, options.consoleFolder);
  }

  async function start(place: { host: string; port: number }) {
    addRoutes();
    await app.listen(place);
    deps.live.serve(app.server);
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : place.port;
    const host = place.host.includes(':') ? `[${place.host}]` : place.host;
    return { url: `http://${host}:${port}` };
  }

  async function stop(): Promise<void> {
    isDraining = true;
    await new Promise((resolve) => setTimeout(resolve, pace.drainMs));
    await deps.live.stop();
    const cutOff = setTimeout(() => {
      log.warn({ stopMs: pace.stopMs }, 'requests under way were cut off');
      app.server.closeAllConnections();
    }, pace.stopMs);
    await app.close();
    clearTimeout(cutOff);
  }

  return { start, stop };
}

function serveConsole(app: FastifyInstance, folder: string): void {
  app.register(fastifyStatic, {
    root: folder,
    prefix: '/console/',
    dotfiles: 'deny',
    cacheControl: false,
    setHeaders: (response) => {
      response.header('content-security-policy', CONSOLE_POLICY);
    },
  });
  const redirect = (_request: FastifyRequest, reply: FastifyReply) => reply.redirect('/console/');
  app.get('/', redirect);
  app.get('/console', redirect);
}
