import type { ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import type { FormattedExecutionResult } from 'graphql';

import { HubError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { RequestContext } from './context.ts';
import { isBug, unwrap } from './format-error.ts';
import { LIMITS } from './limits.ts';
import { RETRY_AFTER_SECONDS, statusOf } from './refusal.ts';

/** What became of an operation. */
export interface Ended {
  /** Null when it has none, or one that is no safe identifier. */
  readonly operation: string | null;
  /** Codes of its errors, each once. */
  readonly codes: readonly string[];
  /** Whether any field of the root was answered. */
  readonly isAnswered: boolean;
}

const REFUSAL_BYTES_MAX = 2_000;
const OPERATION_NAME = /^[A-Za-z]\w{0,63}$/u;

/** Faults that make the request as a whole unavailable, where they left nothing to answer. */
const UNAVAILABLE = ['STORE_UNAVAILABLE', 'AUDIT_UNAVAILABLE', 'OVERLOADED'] as const;

/** Reports bugs, keeps refusals short, and lets the HTTP status say when nothing was answered. */
export function createResponsePlugin(deps: {
  log: Log;
  onEnded: (context: RequestContext, ended: Ended) => void;
}): ApolloServerPlugin<RequestContext> {
  const { log, onEnded } = deps;

  return {
    requestDidStart: async () => ({
      async didEncounterErrors({ errors, contextValue }) {
        const { requestId } = contextValue.caller;
        for (const error of errors.filter(isBug))
          log.error({ err: unwrap(error), requestId, path: error.path?.join('.') }, 'bug');
        for (const error of errors) {
          const fault = unwrap(error);
          if (fault instanceof HubError && fault.cause !== undefined)
            log.debug({ err: fault.cause, requestId, code: fault.code }, 'cause of a fault');
        }
      },

      async willSendResponse({ response, contextValue, operationName }) {
        const result = shorten(response);
        const codes = codesOf(result);
        const isAnswered = Object.values(result.data ?? {}).some((value) => value !== null);
        const unavailable = UNAVAILABLE.find((code) => codes.includes(code));
        if (!isAnswered && unavailable !== undefined) {
          response.http.status = statusOf(unavailable);
          response.http.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
        }
        const isSafe = OPERATION_NAME.test(operationName ?? '');
        const operation = isSafe ? (operationName ?? null) : null;
        onEnded(contextValue, { operation, codes, isAnswered });
      },
    }),
  };
}

/** An answer without data is a refusal; it must not be a means to make the hub send much. */
function shorten(response: GraphQLResponse): FormattedExecutionResult {
  if (response.body.kind !== 'single') return {};
  const { singleResult } = response.body;
  const { errors } = singleResult;
  if (errors === undefined || singleResult.data != null) return singleResult;
  let kept = errors.slice(0, LIMITS.errors);
  while (kept.length > 1 && bytesOf(kept) > REFUSAL_BYTES_MAX) kept = kept.slice(0, -1);
  response.body.singleResult = { ...singleResult, errors: kept };
  return response.body.singleResult;
}

function bytesOf(errors: unknown): number {
  return Buffer.byteLength(JSON.stringify({ errors }));
}

function codesOf({ errors = [] }: FormattedExecutionResult): readonly string[] {
  return [...new Set(errors.map(({ extensions }) => String(extensions?.['code'])))];
}
