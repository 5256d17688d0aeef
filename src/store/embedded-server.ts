import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import pg from 'pg';

import type { Account } from './embedded-account.ts';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const WAIT_MS_MAX = 1_000;
const OUTPUT_LENGTH_MAX = 2_000;

/** A running PostgreSQL. */
export interface Server {
  readonly port: number;
  /** Ends it and waits. May be called twice. */
  stop(): Promise<void>;
}

interface Login {
  readonly user: string;
  readonly password: string;
}

/** The server an interrupted process left running on these files. Null when there is none. */
export async function adoptServer(cluster: string, login: Login): Promise<Server | null> {
  const pidFile = join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  // The port may be another program's by now, and the pid another process's: only a server that
  // takes our password and shows these files is ours.
  if (!pid || !port || !(await isServing(port, login, cluster))) return null;
  return { port, stop: () => stopProcess(pid) };
}

/** Starts a server and waits until it answers. */
export async function launchServer(given: {
  program: string;
  account: Account;
  cluster: string;
  login: Login;
  settings: Readonly<Record<string, string>>;
  log: (message: string) => void;
}): Promise<Server> {
  const { cluster, login, log } = given;
  const port = await freePort();
  const until = performance.now() + START_MS_MAX;
  // The children of a killed server hold its shared memory for a moment, and a new one ends at once:
  // the next try goes through.
  for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, WAIT_MS_MAX)) {
    const attempt = spawnServer(given, port);
    while (attempt.ended() === null) {
      if (await isServing(port, login, cluster)) return serverOf(port, attempt);
      if (performance.now() > until) {
        attempt.child.kill('SIGQUIT');
        throw new Error(`PostgreSQL did not answer within 60 s: ${attempt.output()}`);
      }
      await sleep(20);
    }
    if (performance.now() > until)
      throw new Error(`PostgreSQL ended at start: ${attempt.ended()} ${attempt.output()}`);
    log(`PostgreSQL ended at start (${attempt.ended()}), trying again`);
    await sleep(waitMs);
  }
}

interface Attempt {
  readonly child: ChildProcess;
  /** How it ended. Null while it runs. */
  ended(): string | null;
  output(): string;
}

function spawnServer(
  given: {
    program: string;
    account: Account;
    cluster: string;
    settings: Readonly<Record<string, string>>;
  },
  port: number,
): Attempt {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    ...given.settings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [given.program, '-D', given.cluster, ...args];
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  // With setpriv the server goes down when this process is killed; without, the next start adopts it.
  const [program = '', ...rest] =
    process.platform === 'linux' && setpriv !== undefined
      ? [setpriv, '--pdeathsig', 'INT', ...command]
      : command;
  const child = spawn(program, rest, {
    ...given.account.ids,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let ended: string | null = null;
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_LENGTH_MAX);
  });
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = signal === null ? `code ${code}` : `signal ${signal}`;
  });
  return { child, ended: () => ended, output: () => output };
}

function serverOf(port: number, attempt: Attempt): Server {
  let stopping: Promise<void> | null = null;
  const end = async () => {
    if (attempt.ended() !== null) return;
    const exited = new Promise<void>((resolve) => attempt.child.once('exit', () => resolve()));
    attempt.child.kill('SIGINT');
    const hurry = setTimeout(() => attempt.child.kill('SIGQUIT'), STOP_MS_MAX);
    await exited;
    clearTimeout(hurry);
  };
  return { port, stop: () => (stopping ??= end()) };
}

async function stopProcess(pid: number): Promise<void> {
  const until = performance.now() + STOP_MS_MAX;
  for (let signal: NodeJS.Signals | 0 = 'SIGINT'; performance.now() < until; signal = 0) {
    try {
      process.kill(pid, signal);
    } catch {
      // No such process any more: it has ended.
      return;
    }
    await sleep(20);
  }
}

async function isServing(port: number, login: Login, cluster: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    database: 'postgres',
    ...login,
    connectionTimeoutMillis: 1_500,
    query_timeout: 1_500,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory === cluster;
  } catch {
    // Not up yet, not ours, or gone.
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
