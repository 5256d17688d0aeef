import type { SpokenLogic } from './exchange.ts';
import type { Fault } from './faults.ts';
import { textInShanghai } from './shanghai-time.ts';
import { answerFrom } from './signed-gateway-service.ts';
import type { GatewayService, ServiceAnswer } from './signed-gateway-service.ts';
import { startSpokenSource } from './spoken-source.ts';
import type { SpokenSource } from './spoken-source.ts';
import { htmlReply, isObject, jsonReply } from './wire.ts';
import type { Trouble, WireReply, WireRequest } from './wire.ts';

/** An ordinary API over JSON: one service, one secret header. */
export interface OpenApiOptions {
  readonly path: string;
  readonly secret: string;
  readonly service: GatewayService;
}

/** Starts the API that docs/sources/rest.md describes: `POST path {codes}` → `{code, data}`. */
export function startRestApi(options: OpenApiOptions): Promise<SpokenSource> {
  return startSpokenSource({
    logic: {
      ...describing(options, (request) => keysAt(request.json, options.service.asks)),
      answer: (request, fault) =>
        guarded(options, request, () => {
          const { code, message, data } = answerFrom(options.service, request, fault);
          return jsonReply(200, { code, message, data });
        }) ?? jsonReply(200, { code: '4010', message: '认证失败', data: null }),
      trouble: (trouble) => restTrouble(trouble),
    },
  });
}

/** Starts the API of docs/sources/graphql.md: `variables.codes` → `data.enterprises`. */
export function startGraphqlApi(options: OpenApiOptions): Promise<SpokenSource> {
  const variablesOf = ({ json }: WireRequest): unknown => (isObject(json) ? json['variables'] : {});
  return startSpokenSource({
    logic: {
      ...describing(options, (request) => keysAt(variablesOf(request), options.service.asks)),
      answer: (request, fault) =>
        guarded(options, request, () => {
          const inner = { ...request, json: variablesOf(request) };
          return graphqlReply(answerFrom(options.service, inner, fault), fault);
        }) ?? failed('UNAUTHENTICATED'),
      trouble: (trouble) => graphqlTrouble(trouble),
    },
  });
}

function describing(
  { path }: OpenApiOptions,
  keysOf: (request: WireRequest) => readonly string[],
): Pick<SpokenLogic, 'describe'> {
  return {
    describe: (request) => ({
      operation: request.path === path ? 'query' : 'unknown',
      keys: keysOf(request),
    }),
  };
}

function keysAt(value: unknown, field: string): readonly string[] {
  const keys = isObject(value) ? value[field] : undefined;
  return Array.isArray(keys) ? keys.map(String) : [];
}

/** Null where the secret is not right. */
function guarded(
  { path, secret }: OpenApiOptions,
  request: WireRequest,
  answer: () => WireReply,
): WireReply | null {
  if (request.path !== path) return htmlReply(404, '404 Not Found');
  return request.headers['x-api-key'] === secret ? answer() : null;
}

function graphqlReply({ code, data }: ServiceAnswer, fault: Fault | null): WireReply {
  if (code !== '200') return failed(code === '5001' ? 'KEY_UNREADABLE' : 'BAD_USER_INPUT');
  const isBare = fault?.kind === 'drift' && fault.how === 'list-instead-of-object';
  if (isBare) return jsonReply(200, { data });
  const { dataTime, list } = data as { dataTime: string; list: readonly unknown[] };
  return jsonReply(200, { data: { dataTime, enterprises: list } });
}

function failed(code: string): WireReply {
  return jsonReply(200, { data: null, errors: [{ message: '失败', extensions: { code } }] });
}

function restTrouble(trouble: Trouble): WireReply {
  switch (trouble.kind) {
    case 'error':
      return jsonReply(200, { code: '5000', message: '系统繁忙', data: null });
    case 'unauthorized':
      return jsonReply(200, { code: '4010', message: '认证失败', data: null });
    case 'quota':
      return jsonReply(200, {
        ...{ code: '4290', message: '超出限额' },
        data: { until: textInShanghai(trouble.resetAt) },
      });
    case 'outage':
      return outage(trouble.until);
  }
}

function graphqlTrouble(trouble: Trouble): WireReply {
  switch (trouble.kind) {
    case 'error':
      return failed('INTERNAL_SERVER_ERROR');
    case 'unauthorized':
      return failed('UNAUTHENTICATED');
    case 'quota':
      return {
        ...htmlReply(429, 'Too Many Requests'),
        headers: { 'retry-after': new Date(trouble.resetAt).toUTCString() },
      };
    case 'outage':
      return outage(trouble.until);
  }
}

function outage(until: number): WireReply {
  return {
    ...htmlReply(503, '系统维护'),
    headers: { 'retry-after': new Date(until).toUTCString() },
  };
}
