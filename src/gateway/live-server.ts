import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

import {
  GraphQLError,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { makeServer, type SubscribePayload, type WebSocket as ProtocolSocket } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';

import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import { authenticate, requestIdOf } from './authenticate.ts';
import { createRequestContext } from './context.ts';
import type { Deadline } from './deadline.ts';
import { findExceeded, isTooDeep } from './document-shape.ts';
import { formatError } from './format-error.ts';
import type { GatewayDependencies, Pace } from './gateway.ts';
import { LIMITS, LIVE_LIMITS, tooLarge } from './limits.ts';
import { createOperationCheck } from './operation-guard.ts';
import { refusal } from './refusal.ts';

/** Live parts: subscriptions over WebSockets, under the rules of every other operation. */
export interface LiveServer {
  /** From now on takes upgrades of `POST /graphql`'s path. */
  serve(server: Server): void;
  /** Says goodbye (1001) to all who listen. */
  stop(): Promise<void>;
}

interface Listener {
  readonly caller: Caller;
  /** Aborted when the socket is closed. */
  readonly gone: AbortController;
}

const PATH = '/graphql';
const PROTOCOL = 'graphql-transport-ws';
const UNAUTHORIZED = 4401;
const TOO_MANY = 4429;
const INTERNAL = 4500;
const GOING_AWAY = 1001;
const PING_MS = 20_000;
/** Whoever listens waits for events, not for an answer. */
const UNBOUND: Deadline = { race: (work) => work, end: () => undefined };

/** Nothing listens before `serve`. */
export function createLiveServer(
  deps: GatewayDependencies & { readonly schema: GraphQLSchema; readonly pace: Pace },
): LiveServer {
  const { log, schema, pace } = deps;
  const check = createOperationCheck(schema);
  const listeners = new Map<WebSocket, Listener>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.bodyBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const protocol = makeServer<
    Record<string, unknown>,
    { socket: WebSocket; request: IncomingMessage }
  >({
    schema,
    connectionInitWaitTimeout: LIVE_LIMITS.helloMs,
    onConnect: ({ extra: { socket, request }, connectionParams }) =>
      welcome(socket, request, connectionParams),
    onSubscribe: ({ extra: { socket }, subscriptions }, _id, payload) =>
      prepare(socket, payload, Object.keys(subscriptions).length),
    onNext: (_context, _id, _payload, _args, { data, errors }) =>
      errors === undefined ? undefined : { data: data ?? null, errors: errors.map(formatted) },
    onError: (_context, _id, _payload, errors) => errors.map(formatted),
  });
  sockets.on('connection', (socket, request) => {
    const closed = protocol.opened(wire(socket), { socket, request });
    socket.once('close', (code, reason) => void closed(code, reason.toString()));
    keepAlive(socket);
  });

  /** A message is sent when the one before was taken: nothing piles up. */
  function wire(socket: WebSocket): ProtocolSocket {
    return {
      protocol: socket.protocol,
      close: (code, reason) => socket.close(code, reason),
      send: (data) =>
        new Promise((resolve) => {
          if (socket.readyState !== socket.OPEN) {
            resolve();
            return;
          }
          const tooSlow = setTimeout(() => socket.terminate(), pace.sendMs);
          socket.send(data, () => {
            clearTimeout(tooSlow);
            resolve();
          });
        }),
      onMessage: (take) => {
        socket.on('message', (data: Buffer) => {
          take(data.toString()).catch((error: unknown) => {
            log.error({ err: error }, 'bug');
            socket.close(INTERNAL, 'Internal error');
          });
        });
      },
    };
  }

  async function welcome(
    socket: WebSocket,
    request: IncomingMessage,
    params: Readonly<Record<string, unknown>> | undefined,
  ): Promise<boolean> {
    const told = params?.['authorization'] ?? request.headers.authorization;
    const authorization = typeof told === 'string' ? told : undefined;
    const requestId = requestIdOf(request.headers['x-request-id']);
    const caller = await identify({ authorization, requestId });
    if (caller === null) return refuse(socket, UNAUTHORIZED, 'Unauthorized');
    const own = [...listeners.values()].filter(({ caller: { account, agencyCode } }) => {
      return account === caller.account && agencyCode === caller.agencyCode;
    });
    if (own.length >= LIVE_LIMITS.socketsPerAccount) return refuse(socket, TOO_MANY, 'Too many');
    const timer = setInterval(() => {
      void identify({ authorization, requestId }).then((still) => {
        if (still === null) socket.close(UNAUTHORIZED, 'Token expired');
      });
    }, pace.tokenLookMs).unref();
    const gone = new AbortController();
    listeners.set(socket, { caller, gone });
    socket.once('close', () => {
      clearInterval(timer);
      gone.abort();
      listeners.delete(socket);
    });
    return true;
  }

  /** Null where the token is not good (any more), for whatever reason. */
  async function identify(given: {
    readonly authorization: string | undefined;
    readonly requestId: string;
  }): Promise<Caller | null> {
    try {
      return await authenticate(deps.verifyToken, given);
    } catch {
      return null;
    }
  }

  function prepare(
    socket: WebSocket,
    { query, variables, operationName }: SubscribePayload,
    subscriptions: number,
  ): ExecutionArgs | readonly GraphQLError[] {
    const listener = listeners.get(socket);
    if (listener === undefined) return [refused(new HubError('UNAUTHENTICATED'))];
    try {
      if (subscriptions > LIVE_LIMITS.subscriptionsPerSocket) throw new HubError('OVERLOADED');
      if (isTooDeep(variables)) throw tooLarge('variablesDepth');
      const exceeded = findExceeded(query);
      if (exceeded !== null) throw tooLarge(exceeded);
      const document = parseDocument(query);
      const invalid = validate(schema, document, undefined, { maxErrors: LIMITS.errors - 1 });
      if (invalid.length > 0) return invalid.slice(0, LIMITS.errors).map(withoutSuggestion);
      const [operation] = document.definitions;
      if (operation === undefined || !isSubscription(operation)) throw onlySubscriptions();
      const { caller, gone } = listener;
      check(document, { roles: caller.roles, variables: variables ?? {} });
      const { signal } = gone;
      const contextValue = createRequestContext({ ...deps, caller, deadline: UNBOUND, signal });
      const values = variables ?? {};
      return { schema, document, operationName, variableValues: values, contextValue };
    } catch (error) {
      return [refused(error)];
    }
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname } = new URL(request.url ?? '/', 'http://hub');
    const isFull = sockets.clients.size >= LIVE_LIMITS.sockets;
    if (pathname !== PATH || !isSameOrigin(request) || isFull) {
      const status = pathname !== PATH ? '404 Not Found' : isFull ? '503 Busy' : '403 Forbidden';
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', (error) => log.debug({ err: error }, 'a listener went away'));
      sockets.emit('connection', opened, request);
    });
  }

  return {
    serve: (server) => void server.on('upgrade', upgrade),
    async stop() {
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
      await new Promise((resolve) => sockets.close(resolve));
    },
  };
}

/** One that does not answer a ping before the next one is gone. */
function keepAlive(socket: WebSocket): void {
  let isThere = true;
  socket.on('pong', () => (isThere = true));
  const timer = setInterval(() => {
    if (!isThere) {
      socket.terminate();
      return;
    }
    isThere = false;
    socket.ping();
  }, PING_MS).unref();
  socket.once('close', () => clearInterval(timer));
}

function formatted(error: GraphQLError): GraphQLFormattedError {
  return formatError(error.toJSON(), error);
}

function refuse(socket: WebSocket, code: number, reason: string): boolean {
  socket.close(code, reason);
  return true;
}

/** Pages of another origin may not listen with what a browser knows of its user. */
function isSameOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

function isSubscription(definition: { readonly kind: string }): boolean {
  return 'operation' in definition && definition.operation === OperationTypeNode.SUBSCRIPTION;
}

function onlySubscriptions(): GraphQLError {
  return new GraphQLError('Only subscriptions are served by WebSocket.', {
    extensions: { code: 'BAD_REQUEST' },
  });
}

/** @throws {GraphQLError} */
function parseDocument(query: string): DocumentNode {
  try {
    return parse(query, { maxLexicalTokens: LIMITS.tokens });
  } catch (error) {
    const message = error instanceof GraphQLError ? error.message : 'Syntax error.';
    throw new GraphQLError(message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
  }
}

/** The schema is not told field by field to whoever guesses. */
function withoutSuggestion({ message }: GraphQLError): GraphQLError {
  const plain = message.replace(/ ?Did you mean .*$/su, '');
  return new GraphQLError(plain, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
}

function refused(error: unknown): GraphQLError {
  if (error instanceof HubError) return refusal(error);
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('Internal error.', {
    originalError: error instanceof Error ? error : new Error('unknown'),
  });
}
