import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Place } from './embedded-account.ts';
import type { Login } from './embedded-cluster.ts';
import { becomeOwner, readOwner } from './embedded-owner.ts';
import { findFreePort, probe } from './embedded-probe.ts';
import { endProcess, spawnServer, stopServer, type Attempt } from './embedded-server.ts';
import { identifyProcess, isPostmasterOf } from './process-identity.ts';

/** Without a sign of life. A recovery may take longer, and says so. */
const SILENCE_MS_MAX = 60_000;
/** How long a server that goes down with its killed owner may still answer. */
const FOLLOW_MS_MAX = 2_000;
const RETRY_MS_MAX = 1_000;
const POLL_MS = 20;

/** A running PostgreSQL. */
export interface Server {
  readonly port: number;
  /** E.g. 18.4. */
  readonly version: string;
  readonly adopted: boolean;
  /** Ends it and waits, unless another living process owns it. May be called twice. */
  stop(): Promise<void>;
}

/** What a server is started with. */
export interface Start {
  readonly program: string;
  readonly place: Place;
  readonly login: Login;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (message: string) => void;
}

/**
 * Adopts the server that is running on the files, or starts one. A server that is starting, or that
 * goes down with its killed owner, is waited for; one that has lost its owner and does not answer
 * is ended; a start that fails, because the children of a killed server still hold its memory or
 * because the port was taken, is tried again.
 *
 * @throws {Error} when there is no server after 60 s without a sign of life, with what it said.
 */
export async function adoptOrLaunch(start: Start): Promise<Server> {
  const began = performance.now();
  let failed = '';
  let lastSignAt = began;
  for (let retryMs = 50; ;) {
    const left = findLeftBehind(start.place);
    if (left !== null) {
      const sign = await probe(left.port, start.login, start.place.cluster);
      if (sign.kind === 'REFUSING') throw refusal(start.place, left.pid);
      if (sign.kind === 'BUSY') lastSignAt = performance.now();
      const isFollowing =
        isGoingDown(start.place, left) && performance.now() - began < FOLLOW_MS_MAX;
      if (sign.kind === 'SERVING' && !isFollowing) return adopt(start, left, sign.version);
      if (performance.now() - lastSignAt > SILENCE_MS_MAX) {
        await replace(start, left);
        lastSignAt = performance.now();
      }
      await sleep(POLL_MS);
      continue;
    }
    disown(start.place);
    const launched = await launch(start);
    if (typeof launched !== 'string') return launched;
    failed = launched;
    if (performance.now() - lastSignAt > SILENCE_MS_MAX)
      throw new Error(`PostgreSQL cannot run on ${start.place.cluster}: ${failed}`);
    start.log(`PostgreSQL ended at its start, trying again in ${retryMs} ms`);
    await sleep(retryMs);
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
  }
}

interface LeftBehind {
  readonly pid: number;
  readonly identity: string;
  readonly port: number;
}

/** The server on these files that this process did not start. Null when none runs. */
function findLeftBehind({ cluster, account }: Place): LeftBehind | null {
  const lines = readPidFile(cluster);
  const pid = Number(lines?.[0]);
  const identity = identifyProcess(pid);
  if (identity === null || !isPostmasterOf(cluster, pid, account.uid)) return null;
  return { pid, identity, port: Number(lines?.[3] ?? 0) };
}

/**
 * PostgreSQL refuses to start while the process that its pid file names runs, even if that is
 * another program by now. The id of its parent it takes for its own, and goes on to look whether
 * children of the former server still use these files; deleting the pid file would skip that.
 */
function disown({ cluster }: Place): void {
  const lines = readPidFile(cluster);
  if (lines === null || identifyProcess(Number(lines[0])) === null) return;
  writeFileSync(pidFileOf(cluster), [String(process.pid), ...lines.slice(1)].join('\n'));
}

function readPidFile(cluster: string): readonly string[] | null {
  const file = pidFileOf(cluster);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : null;
}

function pidFileOf(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

function isGoingDown({ folder }: Place, { identity }: LeftBehind): boolean {
  const owner = readOwner(folder, identity);
  return owner !== null && owner.isTied && !owner.isAlive;
}

function adopt({ place, log }: Start, left: LeftBehind, version: string): Server {
  const { pid, identity, port } = left;
  log(`using the PostgreSQL that runs on port ${port} (process ${pid})`);
  // Its owner needs it: then ending it is not ours to do.
  if (readOwner(place.folder, identity)?.isAlive === true)
    return { port, version, adopted: true, stop: async () => undefined };
  becomeOwner(place.folder, identity, 'free');
  let stopping: Promise<void> | null = null;
  const stop = () => (stopping ??= stopServer(pid, identity));
  return { port, version, adopted: true, stop };
}

async function replace({ place, log }: Start, { pid, identity }: LeftBehind): Promise<void> {
  if (readOwner(place.folder, identity)?.isAlive === true)
    throw new Error(
      `PostgreSQL (process ${pid}) on ${place.cluster} does not answer, and the process that ` +
        `started it still runs. Stop that one first.`,
    );
  log(`ending the PostgreSQL that was left behind and does not answer (process ${pid})`);
  await endProcess(pid, identity, 'SIGQUIT');
  if (identifyProcess(pid) === identity)
    throw new Error(`PostgreSQL (process ${pid}) on ${place.cluster} does not end: kill it.`);
}

function refusal({ folder, cluster }: Place, pid: number): Error {
  return new Error(
    `PostgreSQL (process ${pid}) on ${cluster} does not accept the password in ` +
      `${join(folder, 'pg.secret')}. Put that file back from a backup of the folder.`,
  );
}

/** The server, or what it said when it ended before it served. */
async function launch(start: Start): Promise<Server | string> {
  const { program, place, login, settings } = start;
  const port = await findFreePort();
  const attempt = spawnServer({
    program,
    account: place.account,
    cluster: place.cluster,
    port,
    settings,
  });
  const identity = identifyProcess(attempt.pid);
  if (identity !== null) becomeOwner(place.folder, identity, attempt.isTied ? 'tied' : 'free');
  let lastSignAt = performance.now();
  while (attempt.ended() === null) {
    const sign = await probe(port, login, place.cluster);
    if (sign.kind === 'SERVING')
      return { port, version: sign.version, adopted: false, stop: attempt.stop };
    if (sign.kind === 'REFUSING') return giveUp(attempt, refusal(place, process.pid));
    if (sign.kind === 'BUSY') lastSignAt = performance.now();
    if (performance.now() - lastSignAt > SILENCE_MS_MAX)
      return giveUp(attempt, new Error(`PostgreSQL does not answer on ${place.cluster}.`));
    await sleep(POLL_MS);
  }
  return `${attempt.ended()} ${attempt.output()}`;
}

async function giveUp(attempt: Attempt, error: Error): Promise<never> {
  await attempt.stop();
  throw error;
}
