import type { JWK } from 'jose';

import { createSigningKey, createTokenVerifier, mintToken } from '../../src/access/tokens.ts';
import { createGateway, type GatewayDependencies } from '../../src/gateway/gateway.ts';
import type { Services } from '../../src/gateway/services.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Role } from '../../src/model/caller.ts';
import { systemClock, type Clock } from '../../src/model/clock.ts';
import { createRooms, type Rooms } from './rooms.ts';

export const ISSUER = 'https://id.example';
export const AUDIENCE = 'hecha';
export const AGENCY = '11370800MB28559184';

/** A gateway over rooms in memory, reached over HTTP. */
export interface World {
  readonly url: string;
  readonly rooms: Rooms;
  readonly privateJwk: JWK;
  readonly logLines: readonly string[];
  token(given?: TokenFor): Promise<string>;
  /** Sends a body as it is. */
  post(body: unknown, options?: PostOptions): Promise<Answered>;
  ask(query: string, variables?: object, options?: TokenFor): Promise<Answered>;
  stop(): Promise<void>;
}

export interface TokenFor {
  readonly roles?: readonly Role[];
  readonly agencyCode?: string;
  readonly scopes?: readonly string[];
}

export interface PostOptions {
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read what they expect
  readonly json: any;
  readonly codes: readonly string[];
}

export async function startWorld(
  given: {
    readonly options?: Partial<GatewayDependencies['options']>;
    readonly services?: Partial<Services>;
    readonly readiness?: GatewayDependencies['readiness'];
    readonly clock?: Clock;
  } = {},
): Promise<World> {
  const clock = given.clock ?? systemClock;
  const key = await createSigningKey('test');
  const logLines: string[] = [];
  const rooms = createRooms();
  const gateway = createGateway({
    services: { ...rooms.services, ...given.services },
    verifyToken: createTokenVerifier({
      keys: { keys: [key.publicJwk] },
      issuer: ISSUER,
      audience: AUDIENCE,
      clock,
    }),
    log: createLog({ level: 'debug', write: (line) => logLines.push(line) }),
    metrics: createMetrics(),
    clock,
    readiness: given.readiness ?? (async () => [{ name: 'database', ok: true }]),
    options: {
      introspection: false,
      graphiql: false,
      consoleFolder: null,
      compiled: true,
      ...given.options,
    },
  });
  const { url } = await gateway.start({ host: '127.0.0.1', port: 0 });

  const token = (wanted: TokenFor = {}) =>
    mintToken({
      privateJwk: key.privateJwk,
      issuer: ISSUER,
      audience: AUDIENCE,
      account: 'officer-1',
      agencyCode: wanted.agencyCode ?? AGENCY,
      roles: wanted.roles ?? ['COUNTER'],
      scopes: wanted.scopes ?? [],
      lifetimeSeconds: 600,
      clock,
    });

  async function post(body: unknown, options: PostOptions = {}): Promise<Answered> {
    const bearer = options.token === undefined ? await token() : options.token;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...options.headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return answeredOf(response);
  }

  return {
    url,
    rooms,
    privateJwk: key.privateJwk,
    logLines,
    token,
    post,
    ask: async (query, variables = {}, wanted = {}) =>
      post({ query, variables }, { token: await token(wanted) }),
    stop: () => gateway.stop(),
  };
}

export async function answeredOf(response: Response): Promise<Answered> {
  const text = await response.text();
  const json: unknown = text.startsWith('{') ? JSON.parse(text) : null;
  const { errors = [] } = (json ?? {}) as {
    errors?: readonly { extensions?: { code?: string } }[];
  };
  const codes = errors.map(({ extensions }) => extensions?.code ?? 'NONE');
  return { status: response.status, headers: response.headers, text, json, codes };
}
