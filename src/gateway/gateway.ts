import type { GraphQLSchema } from 'graphql';

import type { TokenVerifier } from '../access/tokens.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { createGraphQLServer } from './graphql-server.ts';
import { createHttpServer } from './http-server.ts';
import { createLiveServer } from './live-server.ts';
import type { Ended } from './response-plugin.ts';
import { createSchema } from './schema.ts';
import type { Services } from './services.ts';

/** What the hub cannot do without, and whether it is there. */
export interface Readiness {
  readonly name: string;
  readonly ok: boolean;
}

/** What a deployment may choose. */
export interface GatewayOptions {
  /** Let callers read the schema. */
  readonly introspection: boolean;
  /** Serve the GraphiQL page at /graphiql. */
  readonly graphiql: boolean;
  /** Folder whose files are served at /console. Null serves none. */
  readonly consoleFolder: string | null;
  /** Run operations that come again as compiled functions. */
  readonly compiled: boolean;
  readonly pace?: Partial<Pace>;
}

/** How much at once, and how long. */
export interface Pace {
  readonly inFlightMax: number;
  readonly inFlightPerAgencyMax: number;
  /** The whole of one request. */
  readonly requestMs: number;
  /** Between being told to stop and stopping to listen, for load balancers to look elsewhere. */
  readonly drainMs: number;
  /** How long requests under way may go on when told to stop. */
  readonly stopMs: number;
  /** How long a listener may take to read one message. */
  readonly sendMs: number;
  /** How soon a token that is no longer good ends its listening. */
  readonly tokenLookMs: number;
}

const DEFAULT_PACE: Pace = {
  inFlightMax: 200,
  inFlightPerAgencyMax: 50,
  requestMs: 10_000,
  drainMs: 0,
  stopMs: 12_000,
  sendMs: 10_000,
  tokenLookMs: 15_000,
};

/** What the edge needs of the hub. */
export interface GatewayDependencies {
  readonly services: Services;
  readonly verifyToken: TokenVerifier;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Never names a source: one agency's outage must not take the hub down. */
  readonly readiness: () => Promise<readonly Readiness[]>;
  readonly options: GatewayOptions;
  /** Default: the contract. */
  readonly schema?: GraphQLSchema;
}

/** The hub's edge: HTTP and GraphQL. */
export interface Gateway {
  /** Listens; port 0 takes any free one. To be called once. */
  start(place: { host: string; port: number }): Promise<{ readonly url: string }>;
  /** Not ready, then no new requests, then those under way end. Idempotent. */
  stop(): Promise<void>;
}

/** @throws {Error} that names every field of the schema without `@access`. */
export function createGateway(deps: GatewayDependencies): Gateway {
  const { log, options } = deps;
  // A caller object is made for one request and never shared.
  const endings = new WeakMap<Caller, Ended>();
  const schema = deps.schema ?? createSchema();
  const graphql = createGraphQLServer({
    schema,
    log,
    introspection: options.introspection,
    compiled: options.compiled,
    onCompiledRun: deps.metrics.countCompiledRun,
    onEnded: ({ caller }, ended) => endings.set(caller, ended),
  });
  const pace = { ...DEFAULT_PACE, ...options.pace };
  const http = createHttpServer({
    ...deps,
    graphql,
    live: createLiveServer({ ...deps, schema, pace }),
    pace,
    endingOf: (caller) => endings.get(caller) ?? null,
  });
  let stopping: Promise<void> | null = null;

  async function end(): Promise<void> {
    await http.stop();
    await graphql.stop();
    deps.metrics.stop();
  }

  return {
    async start(place) {
      await graphql.start();
      return http.start(place);
    },
    stop: () => (stopping ??= end()),
  };
}
