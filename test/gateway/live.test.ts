import { once } from 'node:events';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

import type { CrossCheckRun } from '../../src/model/cross-check-run.ts';
import { LIVE_LIMITS } from '../../src/gateway/limits.ts';
import { createTestClock } from '../support/hub.ts';
import { createRooms } from './rooms.ts';
import { startWorld, type TokenFor, type World } from './world.ts';

const PROGRESS = 'subscription ($id: ID!) { crossCheckProgress(runId: $id) { id state } }';
const OPERATOR: TokenFor = { roles: ['OPERATOR'] };

const clock = createTestClock('2026-11-24T02:00:00Z');
const { crossChecks } = createRooms().services;
/** What the watched run does in a test. */
let told: (signal: AbortSignal) => AsyncGenerator<CrossCheckRun>;
let world: World;
beforeAll(async () => {
  const watch: typeof crossChecks.watch = (_id, signal) => told(signal);
  world = await startWorld({
    ...{ clock, services: { crossChecks: { ...crossChecks, watch } } },
    options: { pace: { sendMs: 500, tokenLookMs: 100 } },
  });
});
beforeEach(() => {
  clock.set('2026-11-24T02:00:00Z');
  told = twice;
});
afterAll(() => world.stop());

async function* twice(): AsyncGenerator<CrossCheckRun> {
  const run = (await crossChecks.findRun('any'))!;
  yield { ...run, state: 'RUNNING' };
  yield run;
}

async function* forEver(signal: AbortSignal): AsyncGenerator<CrossCheckRun> {
  yield* twice();
  if (!signal.aborted) await once(signal, 'abort');
}

const urlOf = ({ url }: World = world) => `${url.replace('http', 'ws')}/graphql`;

async function connect(as: TokenFor | null = OPERATOR, of: World = world): Promise<Client> {
  const authorization = as === null ? undefined : `Bearer ${await of.token(as)}`;
  return createClient({
    ...{ url: urlOf(of), webSocketImpl: WebSocket, retryAttempts: 0, lazy: true },
    connectionParams: authorization === undefined ? {} : { authorization },
    onNonLazyError: () => undefined,
  });
}

/** Every event, and how it ended: `COMPLETE`, codes of errors, or the code of the close. */
async function listen(client: Client, query = PROGRESS, variables: object = { id: 'any' }) {
  const events: unknown[] = [];
  const ended = await new Promise<unknown>((resolve) => {
    client.subscribe(
      { query, variables: variables as Record<string, unknown> },
      {
        next: ({ data, errors }) => events.push(data ?? errors),
        complete: () => resolve('COMPLETE'),
        error: (error) =>
          resolve(
            Array.isArray(error)
              ? error.map((one: { extensions?: { code?: string } }) => one.extensions?.code)
              : (error as { code?: number }).code,
          ),
      },
    );
  });
  return { events, ended };
}

test('a run is told whenever it moves, and its end ends the subscription', async () => {
  const { events, ended } = await listen(await connect());

  expect(events).toMatchObject([
    { crossCheckProgress: { state: 'RUNNING' } },
    { crossCheckProgress: { state: 'COMPLETE' } },
  ]);
  expect(ended).toBe('COMPLETE');
});

test.each<[string, TokenFor | null, string, object, unknown]>([
  ['nobody', null, PROGRESS, { id: 'x' }, 4401],
  ['another role', { roles: ['COUNTER'] }, PROGRESS, { id: 'x' }, ['FORBIDDEN']],
  ['a query', OPERATOR, '{ me { account } }', {}, ['BAD_REQUEST']],
  ['a mutation', OPERATOR, 'mutation { nothing }', {}, ['GRAPHQL_VALIDATION_FAILED']],
  ['no document', OPERATOR, 'subscription {', {}, ['GRAPHQL_PARSE_FAILED']],
  [
    'an unknown field',
    OPERATOR,
    'subscription { crossCheckProgres }',
    {},
    ['GRAPHQL_VALIDATION_FAILED'],
  ],
  ['no variables', OPERATOR, PROGRESS, {}, ['BAD_USER_INPUT']],
  [
    'too many aliases',
    OPERATOR,
    `subscription { crossCheckProgress(runId: "x") { ${Array.from({ length: 16 }, (_, n) => `a${n}: id`).join(' ')} } }`,
    {},
    ['QUERY_TOO_LARGE'],
  ],
])('%s is refused', async (_who, as, query, variables, expected) => {
  const { events, ended } = await listen(await connect(as), query, variables);

  expect(events).toEqual([]);
  expect(ended).toEqual(expected);
});

test('a guess is not told what there is', async () => {
  const client = await connect();
  const told = await new Promise<string>((resolve) => {
    client.subscribe(
      { query: 'subscription { crossCheckProgres }' },
      {
        next: () => undefined,
        complete: () => resolve(''),
        error: (e) => resolve(JSON.stringify(e)),
      },
    );
  });

  expect(told).toContain('Cannot query field');
  expect(told).not.toContain('Did you mean');
});

test('a subscription is not answered by POST', async () => {
  const { status, codes } = await world.ask(PROGRESS, { id: 'x' }, OPERATOR);

  expect([status, codes]).toEqual([400, ['BAD_REQUEST']]);
});

test('what fails is told by its code and nothing else', async () => {
  told = async function* () {
    yield* twice();
    throw new Error('select secret from table');
  };
  const { ended } = await listen(await connect());

  expect(JSON.stringify(ended)).not.toContain('secret');
  expect(ended).not.toBe('COMPLETE');
});

test('sockets of an account and subscriptions of a socket are bounded', async () => {
  told = forEver;
  const clients: Client[] = [];
  const opened: Promise<unknown>[] = [];
  for (let count = 0; count < LIVE_LIMITS.socketsPerAccount; count += 1) {
    const client = await connect();
    clients.push(client);
    opened.push(firstOf(client));
  }
  await Promise.all(opened);
  const oneMore = await listen(await connect());
  const [first] = clients;
  for (let count = 1; count < LIVE_LIMITS.subscriptionsPerSocket; count += 1) await firstOf(first!);
  const tooMany = await listen(first!);
  await Promise.all(clients.map(async (client) => client.dispose()));

  expect(oneMore.ended).toBe(4429);
  expect(tooMany.ended).toEqual(['OVERLOADED']);
});

test('an origin of its own, a long message, silence and another path are refused', async () => {
  const refused = async (url: string, options: object) => {
    const socket = new WebSocket(url, 'graphql-transport-ws', options);
    const [error] = (await once(socket, 'error')) as [Error];
    return error.message;
  };
  const long = new WebSocket(urlOf(), 'graphql-transport-ws');
  await once(long, 'open');
  long.send('x'.repeat(300_000));
  const [code] = (await once(long, 'close')) as [number];

  expect(await refused(urlOf(), { origin: 'https://elsewhere.example' })).toContain('403');
  expect(await refused(urlOf().replace('/graphql', '/other'), {})).toContain('404');
  expect(code).toBe(1009);
});

test('whoever does not read is closed instead of being buffered for', async () => {
  told = async function* () {
    const run = (await crossChecks.findRun('any'))!;
    for (;;) {
      yield { ...run, id: 'x'.repeat(60_000) };
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const socket = new WebSocket(urlOf(), 'graphql-transport-ws');
  await once(socket, 'open');
  const authorization = `Bearer ${await world.token(OPERATOR)}`;
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
  await once(socket, 'message');
  const payload = { query: PROGRESS, variables: { id: 'any' } };
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
  await once(socket, 'message');
  socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const closed = once(socket, 'close');
  socket.resume();
  const [code] = (await closed) as [number];

  expect(code).toBe(1006);
}, 30_000);

test('a token that expires ends what listens', async () => {
  told = forEver;
  const client = await connect();
  const listening = listen(client);
  await new Promise((resolve) => setTimeout(resolve, 300));
  clock.set('2026-11-24T03:00:00Z');

  expect((await listening).ended).toBe(4401);
});

test('a hub that stops says goodbye', async () => {
  const own = await startWorld({
    services: { crossChecks: { ...crossChecks, watch: (_id, signal) => forEver(signal) } },
  });
  const listening = listen(await connect(OPERATOR, own));
  await new Promise((resolve) => setTimeout(resolve, 300));
  await own.stop();

  expect((await listening).ended).toBe(1001);
});

/** Resolves with the first event; the subscription goes on. */
function firstOf(client: Client): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.subscribe(
      { query: PROGRESS, variables: { id: 'any' } },
      { next: resolve, complete: () => undefined, error: reject },
    );
  });
}
