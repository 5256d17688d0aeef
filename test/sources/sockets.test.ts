import { once } from 'node:events';
import { createServer, get, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import type { LicenseIdentifierKey } from '../../src/connector-kit/connector.ts';
import { HubError } from '../../src/errors.ts';
import { fakeSource, found, identifiers, openWorld, type World } from './world.ts';

interface RealSource {
  readonly url: string;
  /** How many requests it has received. */
  readonly requests: () => number;
  readonly sockets: () => number;
  close(): Promise<void>;
}

let world: World;
let servers: RealSource[];

beforeEach(() => void (servers = []));

afterEach(async () => {
  await world.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function serve(reply: (response: ServerResponse) => void): Promise<RealSource> {
  let requests = 0;
  let sockets = 0;
  const server: Server = createServer((_, response) => {
    requests += 1;
    reply(response);
  });
  server.on('connection', (socket) => {
    sockets += 1;
    socket.on('close', () => (sockets -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const source = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: () => requests,
    sockets: () => sockets,
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  servers.push(source);
  return source;
}

/** One request over a socket of its own, closed when the signal aborts. */
function lookUpAt(url: string) {
  return async (keys: readonly LicenseIdentifierKey[], call: { signal: AbortSignal }) => {
    await new Promise<void>((resolve, reject) => {
      const request = get(url, { agent: false, signal: call.signal }, (response) => {
        response.resume();
        response.on('end', resolve);
        response.on('error', reject);
      });
      request.on('error', (cause) => reject(new HubError('SOURCE_UNREACHABLE', { cause })));
    });
    return keys.map(found);
  };
}

const answerAfter = (ms: number) => (response: ServerResponse) =>
  void setTimeout(() => response.end('{}'), ms);
const neverAnswer = (): void => undefined;

test('a source that hangs holds no more sockets than allowed, and none after the deadline', async () => {
  const hung = await serve(neverAnswer);
  const policy = { deadlineMs: 400, attemptMs: 200, concurrencyMax: 4, failuresMax: 1_000 };
  world = await openWorld(fakeSource('hung', { policy, lookup: lookUpAt(hung.url) }));
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, hung.sockets())), 5);

  const observations = await Promise.all(identifiers(40).map((one) => world.ask(one)));
  await pause(100);
  clearInterval(watching);

  expect(new Set(observations.map(({ transport }) => transport))).toEqual(new Set(['TIMEOUT']));
  expect(most).toBeLessThanOrEqual(2 * 4);
  expect(hung.sockets()).toBe(0);
});

test('a refused connection is a value with its hop, on record', async () => {
  const gone = await serve(neverAnswer);
  await gone.close();
  const source = fakeSource('gone', { policy: { attemptsMax: 1 }, lookup: lookUpAt(gone.url) });
  world = await openWorld(source);

  const observation = await world.ask('L-1');

  expect(observation).toMatchObject({ transport: 'UNREACHABLE', hop: 'NETWORK' });
  expect(await world.rows('source_outcome')).toMatchObject([
    { transport: 'UNREACHABLE', reason: 'SOURCE_UNREACHABLE' },
  ]);
});

test('the source has received no question of which the hub has no intent', async () => {
  const real = await serve(answerAfter(1));
  world = await openWorld(fakeSource('real', { lookup: lookUpAt(real.url) }));

  const asking = identifiers(40).map(async (identifier, index) => {
    await pause(index % 7);
    if (index === 20) await world.database.db.raw('alter table source_intent rename to elsewhere');
    return world.ask(identifier);
  });
  await Promise.allSettled(asking);
  await world.database.db.raw('alter table elsewhere rename to source_intent');

  const intents = await world.rows('source_intent');
  expect(real.requests()).toBeLessThanOrEqual(intents.length);
});

test('a source that hangs does not slow another one', async () => {
  const [hung, healthy] = [await serve(neverAnswer), await serve(answerAfter(20))];
  const policy = { deadlineMs: 2_000, attemptMs: 1_000, failuresMax: 1_000 };
  world = await openWorld(
    fakeSource('healthy', { policy: { concurrencyMax: 8 }, lookup: lookUpAt(healthy.url) }),
    fakeSource('hung', { policy, lookup: lookUpAt(hung.url) }),
  );
  await medianOf(() => world.ask('warm'));

  const alone = await medianOf(() => world.ask('L-1'));
  const asking = identifiers(50).map((one) => world.ask(one, { source: 'hung' }));
  const beside = await medianOf(() => world.ask('L-1'));
  await Promise.all(asking);

  // A ratio with a floor, for the machine is shared.
  expect(beside).toBeLessThanOrEqual(Math.max(1.5 * alone, alone + 15));
});

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const tookMs: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    const began = performance.now();
    await work();
    tookMs.push(performance.now() - began);
  }
  return tookMs.toSorted((a, b) => a - b)[7] ?? Number.NaN;
}
