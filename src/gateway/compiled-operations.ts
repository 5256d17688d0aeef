import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server';
import { getOperationAST, OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';

import type { RequestContext } from './context.ts';
import { createResponseWriter, type WriteAnswer } from './response-writer.ts';
import { partsOf } from './visit-fields.ts';

/** Compiling costs about as much as a hundred runs save, so whatever is asked once is not. */
const SEEN_BEFORE_COMPILING = 1;
const COMPILED_MAX = 500;

/** Marks the data of a compiled run, so that the writer made for it writes it. */
const WRITE = Symbol('write');

type Answer = Record<string, unknown> & { [WRITE]?: WriteAnswer };

/** Null where an operation cannot be compiled; then it is interpreted for ever. */
type Compiled = {
  readonly run: CompiledQuery<Answer, object>['query'];
  readonly write: WriteAnswer;
} | null;

/**
 * Runs queries that come again as compiled functions, which takes a fraction of the time that
 * interpreting them takes. Any error at all, and the interpreter runs the operation anew, so that
 * errors are always its own; whatever was asked is remembered by the request's context, so nothing
 * is asked twice. Mutations are never compiled.
 */
export function createCompiledOperations(deps: {
  schema: GraphQLSchema;
  /** Told how each compiled operation ended: written by it, or run again by the interpreter. */
  onRun: (run: 'compiled' | 'repeated') => void;
}): {
  readonly plugin: ApolloServerPlugin<RequestContext>;
  readonly stringifyResult: NonNullable<ApolloServerOptions<RequestContext>['stringifyResult']>;
} {
  const { schema, onRun } = deps;
  const seen = new WeakMap<DocumentNode, number>();
  const compiled = new Map<DocumentNode, Compiled>();

  /** Null until an operation comes for the second time. */
  function find(document: DocumentNode): Compiled {
    const known = compiled.get(document);
    if (known !== undefined) return known;
    const times = seen.get(document) ?? 0;
    seen.set(document, times + 1);
    if (times < SEEN_BEFORE_COMPILING) return null;

    const oldest = compiled.size < COMPILED_MAX ? undefined : compiled.keys().next().value;
    if (oldest !== undefined) compiled.delete(oldest);
    const made = compile(schema, document);
    compiled.set(document, made);
    return made;
  }

  return {
    plugin: {
      requestDidStart: async () => ({
        async responseForOperation({ document, contextValue, request, response }) {
          // An operation name that the document does not have gives none.
          const operation = getOperationAST(document, request.operationName);
          if (operation?.operation !== OperationTypeNode.QUERY) return null;
          const runnable = find(document);
          if (runnable === null) return null;
          const result = await runnable.run(undefined, contextValue, request.variables ?? {});
          const { data, errors } = result;
          const isGood = errors === undefined && data != null;
          onRun(isGood ? 'compiled' : 'repeated');
          if (!isGood) return null;
          data[WRITE] = runnable.write;
          return { http: response.http, body: { kind: 'single', singleResult: { data } } };
        },
      }),
    },
    stringifyResult: (result) => {
      const write = (result.data as Answer | null | undefined)?.[WRITE];
      return write === undefined || result.errors !== undefined
        ? JSON.stringify(result)
        : write({ data: result.data });
    },
  };
}

function compile(schema: GraphQLSchema, document: DocumentNode): Compiled {
  const parts = partsOf(document);
  if (parts === null) return null;
  try {
    const made = compileQuery<Answer>(schema, document, '');
    if (!isCompiledQuery(made)) return null;
    return { run: made.query, write: createResponseWriter(schema, parts) };
  } catch {
    // The interpreter can run whatever is valid.
    return null;
  }
}
