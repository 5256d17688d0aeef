import { generateKeyPairSync } from 'node:crypto';

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { JWK } from 'jose';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { createSigningKey, mintToken } from '../../src/access/tokens.ts';
import { readConfig, type Config } from '../../src/config.ts';
import { DEMO_ACCOUNTS } from '../../src/demo/keeping.ts';
import { DEMO_EGRESS, listOfSandbox, type Transport } from '../../src/demo/sandbox-list.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import { openHub, type Hub, type HubOptions } from '../../src/hub.ts';
import { createLog } from '../../src/log.ts';
import { systemClock, type Clock } from '../../src/model/clock.ts';
import type { Role } from '../../src/model/caller.ts';
import type { SourcePolicy } from '../../src/sources/policy.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const TOKEN_SECONDS = 600;

/** The key that hubs of tests sign by. */
const signing = generateKeyPairSync('ed25519');
export const TEST_SIGNING_KEY = {
  id: 'test-1',
  key: signing.privateKey,
  publicKey: signing.publicKey,
};

/** A whole hub on a private database with simulated sources, reached over HTTP. */
export interface TestHub {
  url: string;
  hub: Hub;
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  /** Sends an operation as the demo account of this role. */
  ask<T, V>(
    document: TypedDocumentNode<T, V>,
    variables: V,
    options?: AskOptions,
  ): Promise<Reply<T>>;
  /** The answer's data; fails the test when there is an error. */
  get<T, V>(document: TypedDocumentNode<T, V>, variables: V, options?: AskOptions): Promise<T>;
  token(role: Role, options?: Omit<AskOptions, 'role'>): Promise<string>;
  /** Another replica on the same database, by this clock if given; stopped with the hub. */
  replicate(clock?: Clock): Promise<Hub>;
  /** Stops the hub and starts another on the same database, at another address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface AskOptions {
  readonly role?: Role;
  readonly agencyCode?: string;
  /** Another account of that role. */
  readonly account?: string;
  readonly scopes?: readonly string[];
}

export interface Reply<T> {
  readonly status: number;
  /** Null where the request was refused as a whole. */
  readonly data: T | null;
  readonly errors: readonly ReplyError[];
}

export interface ReplyError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

export async function startTestHub(
  options: {
    clock?: Clock;
    sandbox?: SandboxOptions;
    policy?: Partial<SourcePolicy>;
    transport?: Transport;
    /** Folders that sources may drop files in. */
    directories?: readonly string[];
    /** Where the hub finds its database, when not directly. */
    throughPort?: (port: number) => Promise<number>;
  } = {},
): Promise<TestHub> {
  const clock = options.clock ?? systemClock;
  const [database, sandbox, key] = await Promise.all([
    createTestDatabase(),
    startSandbox({ now: () => clock.now().getTime(), ...options.sandbox }),
    createSigningKey('test'),
  ]);
  const config = readConfig({ PORT: '0', HECHA_INTROSPECTION: 'on' });
  const list = listOfSandbox(sandbox, options.transport ?? 'PLAIN');
  const databaseUrl = await reroute(database.url, options.throughPort);
  const sources = list.sources.map((one) => ({ ...one, policy: { ...options.policy } }));
  const egress = { ...DEMO_EGRESS, directories: options.directories ?? [] };
  const composed = {
    ...compose({ config, databaseUrl, sources, clock, publicJwk: key.publicJwk }),
    egress,
  };
  const hub = openHub(composed);
  const replicas: Hub[] = [];
  for (const agency of Object.values(AGENCIES)) await hub.agencies.register(agency, 'deployment');
  await hub.catalog.publish(STARTER_MATTERS);
  const { url } = await hub.start();

  const token = createMint({ privateJwk: key.privateJwk, config, clock });

  async function ask<T, V>(
    document: TypedDocumentNode<T, V>,
    variables: V,
    chosen: AskOptions = {},
  ): Promise<Reply<T>> {
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await token(chosen.role ?? 'COUNTER', chosen)}`,
      },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const body = (await response.json()) as { data?: T | null; errors?: readonly ReplyError[] };
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
  }

  async function get<T, V>(
    document: TypedDocumentNode<T, V>,
    variables: V,
    chosen: AskOptions = {},
  ): Promise<T> {
    const { data, errors } = await ask(document, variables, chosen);
    if (data === null || errors.length > 0) throw new Error(JSON.stringify(errors));
    return data;
  }

  const world: TestHub = {
    url,
    hub,
    sandbox,
    database,
    ask,
    get,
    token,
    async replicate(own = clock) {
      const replica = openHub({ ...composed, clock: own, replica: `test-${replicas.length + 2}` });
      replicas.push(replica);
      await replica.start();
      return replica;
    },
    async restart() {
      await world.hub.stop();
      world.hub = openHub(composed);
      world.url = (await world.hub.start()).url;
    },
    stop: async () => {
      await Promise.all([world.hub, ...replicas].map((one) => one.stop()));
      await sandbox.stop();
      await database.drop();
    },
  };
  return world;
}

/** Tokens of the demo accounts, as the identity provider would issue them. */
function createMint(given: {
  readonly privateJwk: JWK;
  readonly config: Config;
  readonly clock: Clock;
}): TestHub['token'] {
  const { privateJwk, config, clock } = given;
  return (role, chosen = {}) =>
    mintToken({
      ...DEMO_ACCOUNTS[role],
      ...(chosen.agencyCode === undefined ? {} : { agencyCode: chosen.agencyCode }),
      ...(chosen.account === undefined ? {} : { account: chosen.account }),
      privateJwk,
      issuer: config.issuer,
      audience: config.audience,
      roles: [role],
      scopes: chosen.scopes ?? [],
      lifetimeSeconds: TOKEN_SECONDS,
      clock,
    });
}

/** What a hub of a test is told. */
function compose(given: {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sources: HubOptions['founding'];
  readonly clock: Clock;
  readonly publicJwk: JWK;
}): HubOptions {
  const { config, databaseUrl, sources, clock, publicJwk } = given;
  return {
    ...{ config, databaseUrl, clock },
    keys: { keys: [publicJwk] },
    digestSecret: 'a secret for tests, long enough to be one',
    founding: sources,
    egress: DEMO_EGRESS,
    vaultKeys: [{ id: 'test', key: Buffer.alloc(32, 7) }],
    signingKeys: [TEST_SIGNING_KEY],
    log: createLog({ level: 'error' }),
    replica: 'test',
    graphiql: true,
    consoleFolder: null,
    runsJobs: false,
  };
}

/** A clock that a test sets, and that stands still in between. */
export function createTestClock(instant: string): Clock & { set(instant: string): void } {
  let now = new Date(instant);
  return {
    now: () => new Date(now),
    set: (next) => {
      now = new Date(next);
    },
  };
}

async function reroute(
  url: string,
  throughPort: ((port: number) => Promise<number>) | undefined,
): Promise<string> {
  if (throughPort === undefined) return url;
  const rerouted = new URL(url);
  rerouted.port = String(await throughPort(Number(rerouted.port)));
  return rerouted.href;
}
