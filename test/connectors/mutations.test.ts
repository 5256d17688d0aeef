import { isDeepStrictEqual } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { wrapSecret } from '../../sandbox/exchange-platform.ts';
import { createRandom } from '../../sandbox/random.ts';
import type { SourceId } from '../../sandbox/wire.ts';
import type { Connector, KeyResult } from '../../src/connector-kit/connector.ts';
import { HubError } from '../../src/errors.ts';
import { rawReply, startRawServer, type RawServer } from '../connector-kit/raw-server.ts';
import { answerOf, askMain, conclude } from './questions.ts';
import { connectTo, startRig, within, type Rig } from './rig.ts';

const MUTATIONS = Number(process.env['HECHA_MUTATIONS'] ?? 500);
const SEED = Number(process.env['HECHA_SEED'] ?? 20_260_918);

let rig: Rig;
let server: RawServer;
beforeAll(async () => {
  rig = await startRig();
  server = await startRawServer();
});
afterAll(async () => {
  await rig.stop();
  await server.stop();
});

/** A good body and the connector that reads it from a server of the test's own. */
interface Trial {
  readonly good: Uint8Array;
  readonly clean: readonly unknown[];
  readonly connector: Connector;
}

async function prepare(id: SourceId): Promise<Trial> {
  const results = await askMain(id, rig.connect(id), within(5_000));
  const connector = connectTo(rig.sandbox, id, server.baseUrl);
  return { good: answerOf(results).raw, clean: conclude(results), connector };
}

function serve(body: Uint8Array): void {
  const { exchangeAppKey } = rig.sandbox.credentials;
  const secret = wrapSecret('working-secret', exchangeAppKey, 'ECB');
  const granted = JSON.stringify({
    code: '0',
    data: { secret, secretEndTime: Date.now() + 1_800_000 },
  });
  server.answer = (path) => rawReply(path.startsWith('/sysapi') ? granted : body);
}

/** One to three bytes flipped, put in or taken out; mostly such as keep a JSON text plausible. */
function mutate(good: Uint8Array, random: () => number): Uint8Array {
  const bytes = [...good];
  const pick = (n: number): number => Math.floor(random() * n);
  const likely = '0123456789"{}[],:truefalsn. -\\';
  for (let count = 1 + pick(3); count > 0; count -= 1) {
    const at = pick(bytes.length);
    const written = likely.charCodeAt(pick(likely.length));
    const kind = pick(5);
    if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8));
    if (kind === 1) bytes[at] = written;
    if (kind === 2) bytes.splice(at, 0, written);
    if (kind === 3) bytes.splice(at, 1 + pick(4));
    if (kind === 4) bytes.splice(at, 0, ...bytes.slice(at, at + 1 + pick(40)));
  }
  return Uint8Array.from(bytes);
}

/** The document as an ordinary parser reads it. Undefined when it does not. */
function oracle(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What became of each key: its records, or null for a fault. */
async function read(id: SourceId, connector: Connector): Promise<readonly unknown[]> {
  const results = await askMain(id, connector, within(5_000)).catch((error: unknown) => {
    if (!(error instanceof HubError)) throw error;
    return [] as readonly KeyResult<unknown>[];
  });
  return results.map((result) => (result.ok ? conclude([result])[0] : null));
}

/** Every text and number a conclusion shows that the clean one does not. */
function strange(got: unknown, clean: unknown): readonly string[] {
  const known = new Set(leaves(clean));
  return leaves(got).filter((leaf) => !known.has(leaf));
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
  return typeof value === 'string' ? [value] : [];
}

describe.each(['publicity-system', 'credit-platform', 'assistance'] as const)('%s', (id) => {
  test(`concludes nothing from ${MUTATIONS} spoiled bodies that they do not validly say`, async () => {
    const { good, clean, connector } = await prepare(id);
    const random = createRandom(SEED);
    const wrong: unknown[] = [];
    let refused = 0;

    for (let i = 0; i < MUTATIONS; i += 1) {
      const body = mutate(good, random);
      serve(body);
      const got = await read(id, connector);
      const said = oracle(body);
      const differing = got.filter(
        (each, key) => each !== null && !isDeepStrictEqual(each, clean[key]),
      );
      if (got.every((each) => each === null)) refused += 1;
      if (differing.length === 0) continue;
      const isOtherDocument = said !== undefined && !isDeepStrictEqual(said, oracle(good));
      // Dates are rewritten and words translated; what is taken over must stand in the document.
      const written = JSON.stringify(said).replace(/<[^<>]*>/gu, '');
      const invented = strange(differing, clean).filter(
        (leaf) => /[^\x20-\x7e]/u.test(leaf) && !written.includes(leaf.replace(/万元人民币$/u, '')),
      );
      if (!isOtherDocument || invented.length > 0) wrong.push({ i, invented, differing });
    }
    await connector.close();

    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(MUTATIONS / 10);
  }, 120_000);
});

describe('license-library', () => {
  test(`concludes nothing but the clean answer from ${MUTATIONS} spoiled bodies`, async () => {
    const { good, clean, connector } = await prepare('license-library');
    const random = createRandom(SEED);
    const wrong: unknown[] = [];

    for (let i = 0; i < MUTATIONS; i += 1) {
      serve(mutate(good, random));
      const got = await read('license-library', connector);
      if (got.some((each, key) => each !== null && !isDeepStrictEqual(each, clean[key]))) {
        wrong.push({ i, got });
      }
    }
    await connector.close();

    expect(wrong).toEqual([]);
  }, 120_000);

  test('refuses every change of the ciphertext', async () => {
    const { good, connector } = await prepare('license-library');
    const text = Buffer.from(good).toString();
    const start = text.indexOf('"certData":"') + '"certData":"'.length;
    const random = createRandom(SEED);
    const answered: number[] = [];

    for (let i = 0; i < MUTATIONS / 2; i += 1) {
      const cipher = Buffer.from(text.slice(start, text.indexOf('"', start)));
      const at = Math.floor(random() * cipher.length);
      const bit = 1 << Math.floor(random() * 7);
      cipher[at] = (cipher[at] ?? 0) ^ bit;
      serve(Buffer.concat([Buffer.from(text.slice(0, start)), cipher, Buffer.from('"}}')]));
      if ((await read('license-library', connector)).some((each) => each !== null))
        answered.push(i);
    }
    await connector.close();

    expect(answered).toEqual([]);
  }, 120_000);
});
