import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import pg from 'pg';

import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { identifyProcess } from '../../src/store/process-identity.ts';
import { FAST_SETTINGS } from './server.ts';

const CHILD = fileURLToPath(new URL('embedded-child.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a process of `embedded-child.ts` said. */
export interface ChildReport {
  readonly url: string;
  readonly port: number;
  readonly adopted: boolean;
  /** What the start logged. */
  readonly messages: readonly string[];
  /** Null when the server runs. */
  readonly error: string | null;
}

export interface Child {
  readonly report: ChildReport;
  kill(): Promise<void>;
  /** Lets it stop its server and end. */
  finish(): Promise<void>;
}

/** An empty folder that is removed by `remove`, of the account with that id. */
export function createFolder(uid = process.getuid?.() ?? -1): {
  folder: string;
  remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'hecha-embedded-'));
  chmodSync(folder, 0o711);
  chownSync(folder, uid, -1);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts a server in this process, without waiting for the disk, saying nothing. */
export function startFast(folder: string, messages: string[] = []): Promise<EmbeddedPostgres> {
  const log = (message: string) => void messages.push(message);
  return startEmbeddedPostgres({ folder, log, settings: FAST_SETTINGS });
}

/** Starts a server in a process of its own, as the account with that id. */
export async function startInChild(folder: string, uid?: number): Promise<Child> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder], {
    cwd: ROOT,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const gone = once(child, 'exit');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    report: JSON.parse(line) as ChildReport,
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
    finish: async () => {
      child.stdin.end();
      await gone;
    },
  };
}

/** One statement on a connection of its own. */
export async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The process id of the server whose files are in the folder. */
export function postmasterOf(folder: string): number {
  return Number.parseInt(readFileSync(join(folder, 'pgdata', 'postmaster.pid'), 'utf8'));
}

/** Kills the server outright, as a machine short of memory would, and waits for its end. */
export async function killPostmaster(folder: string): Promise<void> {
  const pid = postmasterOf(folder);
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);
}

export async function untilGone(pid: number): Promise<void> {
  while (identifyProcess(pid) !== null) await sleep(20);
}
