import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Account } from './embedded-account.ts';
import { PROGRAM_ENVIRONMENT } from './embedded-binaries.ts';
import { identifyProcess } from './process-identity.ts';

const STOP_MS_MAX = 20_000;
const POLL_MS = 20;
const OUTPUT_LENGTH_MAX = 2_000;

/** One try at running PostgreSQL, as a child of this process. */
export interface Attempt {
  /** Of the server; 0 when no process could be made. */
  readonly pid: number;
  /** Whether it ends by itself when this process is killed. */
  readonly isTied: boolean;
  /** How it ended. Null while it runs. */
  ended(): string | null;
  /** The last of what it said. It may quote statements: for failures at the start only. */
  output(): string;
  /** Ends it in an orderly way and waits. May be called twice; both wait for the same end. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL on the files of `cluster`. Does not wait for it to serve. */
export function spawnServer(given: {
  program: string;
  account: Account;
  cluster: string;
  port: number;
  settings: Readonly<Record<string, string>>;
}): Attempt {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(given.port),
    unix_socket_directories: '',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...given.settings,
  };
  const pairs = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = [given.program, '-D', given.cluster, ...pairs];
  const setpriv = findSetpriv();
  // The tie is to the thread that spawns: only the main thread may start a server.
  const [program = '', ...rest] =
    setpriv === null ? command : [setpriv, '--pdeathsig', 'INT', ...command];
  const child = spawn(program, rest, {
    ...(given.account.ids ?? {}),
    cwd: '/',
    env: PROGRAM_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C is for this process, which then stops the server when its own work is done.
    detached: true,
  });
  return watch(child, setpriv !== null);
}

/** Ends a server that is not a child of this process and waits. */
export async function stopServer(pid: number, identity: string): Promise<void> {
  await endProcess(pid, identity, 'SIGINT');
  if (identifyProcess(pid) === identity) await endProcess(pid, identity, 'SIGQUIT');
}

/** Signals the process unless its id is another's by now, and waits up to 20 s for its end. */
export async function endProcess(
  pid: number,
  identity: string,
  signal: 'SIGINT' | 'SIGQUIT',
): Promise<void> {
  const until = performance.now() + STOP_MS_MAX;
  if (identifyProcess(pid) === identity) process.kill(pid, signal);
  while (identifyProcess(pid) === identity && performance.now() < until) await sleep(POLL_MS);
}

function watch(child: ChildProcess, isTied: boolean): Attempt {
  let ended: string | null = null;
  let output = '';
  let stopping: Promise<void> | null = null;
  child.stderr?.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-OUTPUT_LENGTH_MAX);
  });
  const over = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      ended = signal === null ? `code ${code}` : `signal ${signal}`;
      resolve();
    });
  });
  const end = async () => {
    if (ended !== null) return;
    // SIGINT closes connections and writes everything out; SIGQUIT leaves it to the next recovery.
    child.kill('SIGINT');
    const hurry = setTimeout(() => child.kill('SIGQUIT'), STOP_MS_MAX);
    await over;
    clearTimeout(hurry);
  };
  return {
    pid: child.pid ?? 0,
    isTied,
    ended: () => ended,
    output: () => output,
    stop: () => (stopping ??= end()),
  };
}

/** With it the server goes down when this process is killed; without, the next start adopts it. */
function findSetpriv(): string | null {
  if (process.platform !== 'linux') return null;
  const works = (path: string) =>
    existsSync(path) && spawnSync(path, ['--pdeathsig', 'INT', '/bin/true']).status === 0;
  return ['/usr/bin/setpriv', '/bin/setpriv'].find(works) ?? null;
}
