import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import type { Config } from '../config.ts';
import { openHub, type Hub } from '../hub.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../model/clock.ts';
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts';
import { migrate } from '../store/migrate.ts';
import { openDatabase } from '../store/database.ts';
import { bannerOf } from './banner.ts';
import {
  loadKeeping,
  mintDemoTokens,
  signingKeysOf,
  vaultKeysOf,
  writeFiles,
  type Keeping,
} from './keeping.ts';
import { seed } from './seed.ts';
import { DEMO_EGRESS, listOfSandbox } from './sandbox-list.ts';

const DATABASE = 'hecha';
const CLERK_MS = 1_500;

/** Everything on one machine: database, simulated sources, hub, sample case. */
export interface Demo {
  readonly url: string;
  readonly hub: Hub;
  readonly sandbox: Sandbox;
  /** Role to bearer token. */
  readonly tokens: Readonly<Record<string, string>>;
  /** What a person has to know to begin. */
  readonly banner: string;
  /** In reverse. Idempotent. */
  stop(): Promise<void>;
}

/** What a demo is started with. */
export interface DemoOptions {
  readonly config: Config;
  readonly migrations: string;
  readonly consoleFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (text: string) => void;
}

/**
 * Starts a demo in `config.dataFolder`. Starting again finds what the last one left, also when it
 * was killed. When one part does not start, those that did are stopped.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { config } = options;
  const stops: (() => Promise<void>)[] = [];
  let stopping: Promise<void> | null = null;
  const stopAll = async () => {
    for (const stop of stops.reverse()) await stop();
  };
  const stop = () => (stopping ??= stopAll());

  try {
    await mkdir(config.dataFolder, { recursive: true });
    const keeping = await loadKeeping(config.dataFolder);
    const [databaseUrl, sandbox] = await Promise.all([
      prepareDatabase(options, stops),
      startSources(keeping, stops),
    ]);
    return await startHub(options, { keeping, databaseUrl, sandbox, stops, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The database of the demo, migrated: its own, or the one DATABASE_URL names. */
async function prepareDatabase(
  { config, migrations, tell }: DemoOptions,
  stops: (() => Promise<void>)[],
): Promise<string> {
  let url = config.databaseUrl;
  if (url === null) {
    const folder = join(resolve(config.dataFolder), 'postgres');
    const server = await startEmbeddedPostgres({ folder, log: tell });
    stops.push(() => server.stop());
    url = await ensureDatabase(server.url);
  }
  const db = openDatabase(url, { connectionsMax: 2, applicationName: 'hecha-demo-migrate' });
  try {
    await migrate(db, migrations);
  } finally {
    await db.destroy();
  }
  return url;
}

async function ensureDatabase(serverUrl: string): Promise<string> {
  const server = openDatabase(serverUrl, { connectionsMax: 1, applicationName: 'hecha-demo' });
  try {
    const { rows } = await server.raw<{ rows: unknown[] }>(
      'select from pg_database where datname = ?',
      [DATABASE],
    );
    if (rows.length === 0) await server.raw('create database ??', [DATABASE]);
  } finally {
    await server.destroy();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${DATABASE}`;
  return url.href;
}

async function startSources(keeping: Keeping, stops: (() => Promise<void>)[]): Promise<Sandbox> {
  const sandbox = await startSandbox({
    credentials: keeping.credentials,
    replyAfterMs: CLERK_MS,
  });
  stops.push(() => sandbox.stop());
  return sandbox;
}

async function startHub(
  options: DemoOptions,
  parts: {
    keeping: Keeping;
    databaseUrl: string;
    sandbox: Sandbox;
    stops: (() => Promise<void>)[];
    stop: () => Promise<void>;
  },
): Promise<Demo> {
  const { config, clock, log } = options;
  const { keeping, sandbox, stops, stop } = parts;
  const list = listOfSandbox(sandbox, 'PLAIN');
  const hub = openHub({
    config,
    databaseUrl: parts.databaseUrl,
    keys: { keys: [keeping.publicJwk] },
    digestSecret: keeping.digestSecret,
    founding: list.sources,
    egress: DEMO_EGRESS,
    ...{ vaultKeys: vaultKeysOf(keeping), signingKeys: signingKeysOf(keeping) },
    clock,
    log,
    replica: `demo-${process.pid}`,
    graphiql: true,
    consoleFolder: options.consoleFolder,
    runsJobs: true,
  });
  stops.push(() => hub.stop());
  const { url } = await hub.start();
  const tokens = await mintDemoTokens({ keeping, config, clock });
  await tellClerk(sandbox, { url: `${url}/graphql`, token: tokens['ASSIST_UNIT'] ?? '' });
  await seed({ hub, clock });
  await writeFiles(config.dataFolder, { tokens, sandbox, list, keeping });
  return { url, hub, sandbox, tokens, banner: bannerOf({ url, tokens, config }), stop };
}

/** The simulated clerk answers in the hub's inbox, as a person with a token would. */
async function tellClerk(sandbox: Sandbox, hub: { url: string; token: string }): Promise<void> {
  const response = await fetch(`${sandbox.sources.assistance.controlUrl}/hub`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(hub),
  });
  if (!response.ok) throw new Error(`The simulated clerk did not take the hub's address.`);
}
