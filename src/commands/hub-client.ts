import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import type { Config } from '../config.ts';
import type { World } from './hecha.ts';

/** Sends operations to a running hub, as whoever holds the token. */
export type AskHub = <T>(document: string, variables: object, shape: z.ZodType<T>) => Promise<T>;

const ANSWER_MS_MAX = 120_000;
const FILE_MS_MAX = 600_000;

const Answer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/**
 * A client for the hub of HECHA_URL with the token of HECHA_TOKEN; without them, for the demo of
 * this folder, as its operator.
 *
 * @throws {Error} that says what to set.
 */
export async function createHubClient(config: Config, world: World): Promise<AskHub> {
  const { url, token } = await findHub(config, world);
  return async (document, variables, shape) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: document, variables }),
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    }).catch((cause: unknown) => {
      throw new Error(`No hub answers at ${url}. Set HECHA_URL, or start one.`, { cause });
    });
    const { data, errors = [] } = Answer.parse(await response.json());
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join(' '));
    return shape.parse(data);
  };
}

/**
 * A file of the same hub, e.g. `/cross-check-runs/<id>/report.csv`, piece by piece.
 *
 * @throws {Error} that says what to set, or what the hub answers.
 */
export async function* readHubFile(
  config: Config,
  world: World,
  path: string,
): AsyncGenerator<Uint8Array> {
  const { url, token } = await findHub(config, world);
  const headers = { authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(FILE_MS_MAX);
  const response = await fetch(new URL(path, url), { headers, signal });
  if (!response.ok || response.body === null)
    throw new Error(`The hub answers ${response.status} for ${path}.`);
  yield* response.body;
}

async function findHub(config: Config, world: World) {
  const url = world.environment['HECHA_URL'] ?? `http://127.0.0.1:${config.port}/graphql`;
  const token = world.environment['HECHA_TOKEN'] ?? (await readDemoToken(config));
  return { url, token };
}

async function readDemoToken({ dataFolder }: Config): Promise<string> {
  try {
    const text = await readFile(join(dataFolder, 'demo-tokens.json'), 'utf8');
    return z.object({ OPERATOR: z.string() }).parse(JSON.parse(text)).OPERATOR;
  } catch (cause) {
    throw new Error('HECHA_TOKEN is not set: a token with the role OPERATOR.', { cause });
  }
}
