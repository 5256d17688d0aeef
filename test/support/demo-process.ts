import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS_MAX = 60_000;

/** The demo as `npm start` runs it: a built process of its own. */
export interface DemoProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Milliseconds from its start to its banner. */
  readonly tookMs: number;
  /** Resolves with exit code and signal, whenever it ends. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  ask<T = unknown>(query: string, role?: string): Promise<{ data: T; errors?: unknown[] }>;
}

export async function startDemoProcess(options: {
  folder: string;
  ids?: { uid: number; gid: number };
  environment?: Readonly<Record<string, string>>;
}): Promise<DemoProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'hecha.js'), 'demo', '--quiet'], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: options.folder,
      PORT: '0',
      HECHA_DATA: options.folder,
      ...options.environment,
    },
    ...options.ids,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

  const url = await untilBanner(() => output, child, startedAt);
  const tookMs = performance.now() - startedAt;
  async function ask<T>(query: string, role = 'COUNTER') {
    const tokens = JSON.parse(
      readFileSync(join(options.folder, 'demo-tokens.json'), 'utf8'),
    ) as Record<string, string>;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens[role] ?? ''}`,
      },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as { data: T; errors?: unknown[] };
  }
  return { url, child, output: () => output, tookMs, ended, ask };
}

async function untilBanner(
  output: () => string,
  child: ChildProcess,
  startedAt: number,
): Promise<string> {
  for (;;) {
    const found = /GraphQL\s+(http:\/\/\S+)\/graphql/.exec(output());
    if (found?.[1] !== undefined) return found[1];
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the demo ended at start: ${output()}`);
    if (performance.now() - startedAt > START_MS_MAX)
      throw new Error(`the demo did not start: ${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
