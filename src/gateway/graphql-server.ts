import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';

import type { Log } from '../log.ts';
import { createCompiledOperations } from './compiled-operations.ts';
import type { RequestContext } from './context.ts';
import { formatError } from './format-error.ts';
import { LIMITS } from './limits.ts';
import { createOperationGuard } from './operation-guard.ts';
import { createResponsePlugin, type Ended } from './response-plugin.ts';

/** GraphQL over the schema, with every limit and access rule, and without HTTP. */
export function createGraphQLServer(deps: {
  schema: GraphQLSchema;
  log: Log;
  introspection: boolean;
  compiled: boolean;
  onCompiledRun: (run: 'compiled' | 'repeated') => void;
  onEnded: (context: RequestContext, ended: Ended) => void;
}): ApolloServer<RequestContext> {
  const { schema, log, introspection } = deps;
  const operations = deps.compiled
    ? createCompiledOperations({ schema, onRun: deps.onCompiledRun })
    : null;
  const plugins: ApolloServerPlugin<RequestContext>[] = [
    ...disabled(),
    createOperationGuard(schema),
    createResponsePlugin({ log, onEnded: deps.onEnded }),
    ...(operations === null ? [] : [operations.plugin]),
  ];
  return new ApolloServer<RequestContext>({
    schema,
    plugins,
    formatError,
    introspection,
    stringifyResult: operations?.stringifyResult ?? ((result) => JSON.stringify(result)),
    // The server must not behave otherwise under test than in service.
    nodeEnv: 'production',
    logger: apolloLogger(log),
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !introspection,
    persistedQueries: false,
    csrfPrevention: true,
    parseOptions: { maxLexicalTokens: LIMITS.tokens },
    // One more is told when there are too many.
    validationOptions: { maxErrors: LIMITS.errors - 1 },
    // Its own handler would end the process before the rest of the hub has stopped.
    stopOnTerminationSignals: false,
  });
}

/** What would be switched on by default or by an environment variable. */
function disabled(): readonly ApolloServerPlugin[] {
  return [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
  ];
}

function apolloLogger(log: Log) {
  const write = (name: 'debug' | 'info' | 'warn' | 'error') => (message: unknown) => {
    log[name]({ part: 'graphql' }, String(message));
  };
  return {
    debug: write('debug'),
    info: write('debug'),
    warn: write('warn'),
    error: write('error'),
  };
}
