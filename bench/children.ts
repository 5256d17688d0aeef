import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const OUTPUT_KEPT = 4_000;

/** A process that the bench started and ends. */
export interface Child {
  readonly pid: number;
  /** The first group of the pattern it was waited for with. */
  readonly said: string;
  /** Asks it to end and waits; insists after ten seconds. May be called twice. */
  stop(): Promise<void>;
}

/** Starts processes and can end all of them, the latest first. */
export interface Children {
  /** Runs TypeScript of this folder. Ready once it has printed a line of JSON. */
  startEntry(file: string, environment?: Readonly<Record<string, string>>): Promise<Child>;
  /** Runs the hub's command line, built. Ready once `ready` matches what it has printed. */
  startHecha(
    args: readonly string[],
    ready: RegExp,
    environment: Readonly<Record<string, string>>,
  ): Promise<Child>;
  stopAll(): Promise<void>;
}

export function createChildren(): Children {
  const started: ChildProcess[] = [];

  async function start(
    args: readonly string[],
    ready: RegExp,
    environment: Readonly<Record<string, string>>,
  ): Promise<Child> {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    started.push(child);
    const said = await untilSaid(child, ready);
    return { pid: child.pid ?? 0, said, stop: () => end(child) };
  }

  return {
    startEntry: (file, environment = {}) =>
      start(['--import', 'tsx', join('bench', file)], /^(\{.*\})$/m, environment),
    startHecha: (args, ready, environment) => start(['bin/hecha.js', ...args], ready, environment),
    async stopAll() {
      for (const child of started.toReversed()) await end(child);
    },
  };
}

/** Everything printed later is read and dropped, so that the child never waits for a reader. */
function untilSaid(child: ChildProcess, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    let isReady = false;
    const fail = (why: string) => {
      reject(new Error(`${child.spawnargs.slice(1).join(' ')}: ${why}\n${output}`));
    };
    const timer = setTimeout(() => {
      fail('did not start in a minute');
    }, START_MS_MAX);
    const read = (chunk: Buffer) => {
      if (isReady) return;
      output += chunk.toString();
      const found = ready.exec(output)?.[1];
      if (found === undefined) return;
      isReady = true;
      clearTimeout(timer);
      resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      output = output.slice(-OUTPUT_KEPT);
      fail(`ended at start (${signal ?? code})`);
      // Asked to end, it has received a signal by now.
      if (isReady && !child.killed)
        process.stderr.write(`${child.spawnargs.join(' ')} ended by itself (${signal ?? code})\n`);
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
