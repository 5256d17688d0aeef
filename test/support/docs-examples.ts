import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { format } from 'prettier';

import { readConfig } from '../../src/config.ts';
import { startDemo, type Demo } from '../../src/demo/demo.ts';
import { createLog } from '../../src/log.ts';
import { systemClock } from '../../src/model/clock.ts';
import { createTestDatabase, MIGRATIONS } from './database.ts';
import { listFiles, readPage, ROOT } from './docs-includes.ts';

const FOLDER = 'docs/examples';

/** The demo as the README starts it, except that its database is one of the tests'. */
export interface ExampleDemo {
  /** Sends an example as the counter would, and gives the answer as it came. */
  run(example: string): Promise<unknown>;
  /** From now on the simulated clerk answers only when he is told to. */
  holdReplies(): Promise<void>;
  /** The simulated clerk answers whatever waits for him. */
  replyToAll(): Promise<void>;
  stop(): Promise<void>;
}

/** Names of the operations that the pages quote, without their ending. */
export function listExamples(): readonly string[] {
  return listFiles(`${FOLDER}/*.graphql`)
    .map((path) => basename(path, '.graphql'))
    .sort();
}

/** The answer the pages quote. */
export function readAnswer(example: string): unknown {
  return JSON.parse(readPage(`${FOLDER}/${example}.json`));
}

/** Makes an answer the one the pages quote; `npm run docs` then takes it into them. */
export async function writeAnswer(example: string, answer: unknown): Promise<void> {
  // In one line first, so that prettier breaks only what does not fit.
  const text = await format(JSON.stringify(answer), { parser: 'json', printWidth: 100 });
  writeFileSync(join(ROOT, FOLDER, `${example}.json`), text);
}

export async function startExampleDemo(): Promise<ExampleDemo> {
  const folder = mkdtempSync(join(tmpdir(), 'hecha-examples-'));
  const database = await createTestDatabase();
  const demo = await startDemo({
    config: readConfig({ PORT: '0', HECHA_DATA: folder, DATABASE_URL: database.url }),
    migrations: MIGRATIONS,
    consoleFolder: join(ROOT, 'console'),
    clock: systemClock,
    log: createLog({ level: 'error' }),
    tell: () => undefined,
  });
  return {
    run: (example) => ask(demo, readPage(`${FOLDER}/${example}.graphql`)),
    holdReplies: () => control(demo, 'PUT', '/reply-after', {}),
    replyToAll: async () => {
      for (const id of await listWaiting(demo)) await control(demo, 'POST', `/reply/${id}`, {});
    },
    stop: async () => {
      await demo.stop();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ask(demo: Demo, query: string, role = 'COUNTER'): Promise<unknown> {
  const response = await fetch(`${demo.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${demo.tokens[role] ?? ''}`,
    },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

async function listWaiting(demo: Demo): Promise<readonly string[]> {
  const query = '{ assistanceRequests(box: INBOX, first: 100, state: SUBMITTED) { nodes { id } } }';
  const answer = (await ask(demo, query, 'ASSIST_UNIT')) as {
    data: { assistanceRequests: { nodes: readonly { id: string }[] } };
  };
  return answer.data.assistanceRequests.nodes.map(({ id }) => id);
}

async function control(
  demo: Demo,
  method: 'PUT' | 'POST',
  path: string,
  body: unknown,
): Promise<void> {
  const response = await fetch(`${demo.sandbox.sources.assistance.controlUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
}
