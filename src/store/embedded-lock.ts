import {
  closeSync,
  openSync,
  readFileSync,
  rmSync,
  rmdirSync,
  mkdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { codeOf } from './error-code.ts';
import { identifyProcess } from './process-identity.ts';

/** Longer than any start takes; the holder lives, or the lock would have been taken over. */
const WAIT_MS_MAX = 10 * 60_000;
const POLL_MS = 50;
/** How long a file may stay without the name of its holder, who writes it at once. */
const NAMELESS_POLLS_MAX = 40;

/**
 * Runs `work` while no other process, and no other call in this one, runs it for the same file. A
 * lock whose holder has ended, even one killed, is taken over.
 *
 * @throws {Error} that names the file when its holder does not let go within 10 minutes.
 */
export async function withFolderLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + WAIT_MS_MAX;
  let nameless = 0;
  while (!tryLock(path)) {
    if (performance.now() > until)
      throw new Error(`Another process has held ${path} for ${WAIT_MS_MAX / 60_000} minutes.`);
    nameless = holderOf(path) === '' ? nameless + 1 : 0;
    if (nameless > NAMELESS_POLLS_MAX || isAbandoned(path)) takeAway(path);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function tryLock(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o644);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  writeSync(file, identifyProcess(process.pid) ?? String(process.pid));
  closeSync(file);
  return true;
}

/** Empty while the holder is between making the file and writing; null when nobody holds it. */
function holderOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Let go since the last look.
    return null;
  }
}

function isAbandoned(path: string): boolean {
  const holder = holderOf(path);
  return holder !== null && holder !== '' && identifyProcess(Number.parseInt(holder)) !== holder;
}

/**
 * Only one process at a time takes a lock away, and it looks again before it does: otherwise the
 * second of two would take away the lock that the first has just made its own.
 */
function takeAway(path: string): void {
  const turn = `${path}.turn`;
  try {
    mkdirSync(turn);
  } catch {
    // Somebody else is at it. A turn lasts microseconds: one that is old was interrupted.
    const made = statSync(turn, { throwIfNoEntry: false });
    if (made !== undefined && ageOf(made.mtimeMs) > 10_000) rmSync(turn, { recursive: true });
    return;
  }
  if (holderOf(path) === '' || isAbandoned(path)) rmSync(path, { force: true });
  rmdirSync(turn);
}

function ageOf(epochMs: number): number {
  return performance.timeOrigin + performance.now() - epochMs;
}
