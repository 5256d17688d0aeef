import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { createSigningKey, mintToken } from '../../src/access/tokens.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import { readConfig } from '../../src/config.ts';
import { DEMO_ACCOUNTS } from '../../src/demo/keeping.ts';
import { DEMO_EGRESS, listOfSandbox } from '../../src/demo/sandbox-list.ts';
import { openHub } from '../../src/hub.ts';
import { createLog } from '../../src/log.ts';
import { systemClock } from '../../src/model/clock.ts';
import type { SourcePolicy } from '../../src/sources/policy.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { migrate } from '../../src/store/migrate.ts';
import { MIGRATIONS } from './database.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS_MAX = 60_000;
const TOKEN_SECONDS = 7_200;

/** A hub as `hecha serve` runs it: a built process, on a PostgreSQL that loses nothing. */
export interface ServedHub {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

/** Everything around such a hub, which outlives it. */
export interface ServedWorld {
  readonly db: Database;
  readonly sandbox: Sandbox;
  /** Bearer token of a counter. */
  readonly token: string;
  /** Bearer token of an operator of sources. */
  readonly operatorToken: string;
  serve(): Promise<ServedHub>;
  /** A process of `hecha worker`. */
  work(): Promise<Omit<ServedHub, 'url'>>;
  stop(): Promise<void>;
}

export async function startServedWorld(
  options: SandboxOptions & {
    /** By id of the source. */
    readonly policies?: Readonly<Record<string, Partial<SourcePolicy>>>;
  },
): Promise<ServedWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'hecha-served-'));
  // As root, PostgreSQL runs under another account, which has to pass through.
  chmodSync(folder, 0o711);
  const [postgres, sandbox, key] = await Promise.all([
    startEmbeddedPostgres({ folder: join(folder, 'postgres'), log: () => undefined }),
    startSandbox(options),
    createSigningKey('test'),
  ]);
  const databaseUrl = await createDatabase(postgres.url);
  const db = openDatabase(databaseUrl, { connectionsMax: 4, applicationName: 'test' });
  await migrate(db, MIGRATIONS);
  const list = listOfSandbox(sandbox, 'PLAIN');
  const digestSecret = randomBytes(32).toString('hex');
  const config = readConfig({ PORT: '0' });
  const keys = { keys: [key.publicJwk] };
  await seed({ databaseUrl, keys, digestSecret, config });

  const files = {
    HECHA_JWKS_FILE: write('jwks.json', JSON.stringify(keys)),
    HECHA_VAULT_KEYS_FILE: write('vault-keys', `test:${randomBytes(32).toString('base64')}\n`),
    HECHA_SOURCES_FILE: write(
      'sources.json',
      JSON.stringify({ egress: { zones: [ZONE], allowsLoopback: true }, sources: listed() }),
    ),
  };
  const children: ChildProcess[] = [];

  function write(name: string, text: string): string {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  }

  function listed() {
    return list.sources.map(({ catalogReference: _reference, note: _note, ...one }) => ({
      ...one,
      policy: options.policies?.[one.id] ?? {},
    }));
  }

  async function start(command: 'serve' | 'worker', ready: RegExp) {
    const child = spawn(process.execPath, [join(ROOT, 'bin', 'hecha.js'), command], {
      cwd: ROOT,
      env: {
        ...{ PATH: process.env['PATH'], HOME: folder, PORT: '0', LOG_LEVEL: 'warn' },
        ...{ DATABASE_URL: databaseUrl, HECHA_DIGEST_SECRET: digestSecret, ...files },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const url = await untilSaid(child, ready);
    const kill = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { url, child, kill };
  }

  const mint = (role: 'COUNTER' | 'OPERATOR') =>
    mintToken({
      ...{ ...DEMO_ACCOUNTS[role], privateJwk: key.privateJwk, clock: systemClock },
      ...{ issuer: config.issuer, audience: config.audience, roles: [role], scopes: [] },
      lifetimeSeconds: TOKEN_SECONDS,
    });

  return {
    db,
    sandbox,
    token: await mint('COUNTER'),
    operatorToken: await mint('OPERATOR'),
    serve: () => start('serve', /serving (http:\/\/\S+)\/graphql/u),
    work: () => start('worker', /(working)/u),
    async stop() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all([db.destroy(), sandbox.stop()]);
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const ZONE = { name: 'test', blocks: ['127.0.0.0/8'], ports: [1], protocols: ['http'] };

/** With a login that owns it and is no superuser, as a hub wants it. */
async function createDatabase(serverUrl: string): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`create role served login password '${password}'`);
  await client.query('create database served owner served');
  await client.end();
  const url = new URL(serverUrl);
  Object.assign(url, { pathname: '/served', username: 'served', password });
  return url.href;
}

/** The agencies and matters to start from. */
async function seed(given: {
  readonly databaseUrl: string;
  readonly keys: Parameters<typeof openHub>[0]['keys'];
  readonly digestSecret: string;
  readonly config: ReturnType<typeof readConfig>;
}): Promise<void> {
  const hub = openHub({
    ...{
      ...given,
      founding: [],
      egress: DEMO_EGRESS,
      vaultKeys: [{ id: 'test', key: randomBytes(32) }],
      signingKeys: [],
      clock: systemClock,
    },
    ...{ log: createLog({ level: 'error' }), replica: 'seed', graphiql: false },
    ...{ consoleFolder: null, runsJobs: false },
  });
  for (const agency of Object.values(AGENCIES)) await hub.agencies.register(agency, 'deployment');
  await hub.catalog.publish(STARTER_MATTERS);
  await hub.stop();
}

/** What it said once it was ready. */
async function untilSaid(child: ChildProcess, ready: RegExp): Promise<string> {
  const began = performance.now();
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  for (;;) {
    const found = ready.exec(output);
    if (found?.[1] !== undefined) return found[1];
    if (child.exitCode !== null || performance.now() - began > START_MS_MAX)
      throw new Error(`the hub did not start: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
