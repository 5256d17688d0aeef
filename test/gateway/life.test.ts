import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Readiness } from '../../src/gateway/gateway.ts';
import { createRooms } from './rooms.ts';
import { answeredOf, startWorld, type World } from './world.ts';

const ME = '{ me { account } }';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test('alive means that the process turns, and ready that nothing is missing', async () => {
  const alive = await fetch(`${world.url}/livez`);
  const ready = await fetch(`${world.url}/readyz`);

  expect([alive.status, ready.status]).toEqual([200, 200]);
});

test.each<[string, () => Promise<readonly Readiness[]>, readonly string[]]>([
  [
    'what is not there',
    async () => [
      { name: 'database', ok: false },
      { name: 'schema', ok: true },
    ],
    ['database'],
  ],
  ['a check that fails', () => Promise.reject(new Error('secret')), ['readiness']],
])('not ready names %s', async (_what, readiness, missing) => {
  const ill = await startWorld({ readiness });

  const response = await fetch(`${ill.url}/readyz`);
  const alive = await fetch(`${ill.url}/livez`);

  const body: unknown = await response.json();
  await ill.stop();
  expect(response.status).toBe(503);
  expect(body).toEqual({ ready: false, missing });
  expect(alive.status).toBe(200);
});

test('metrics count requests by outcome, and name no person, agency or case', async () => {
  await world.ask(ME);
  await world.post({ query: ME }, { token: null });
  await world.ask('{ sources { id } }');
  await world.ask('{ nobody }');

  const response = await fetch(`${world.url}/metrics`);

  const text = await response.text();
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/u);
  for (const outcome of ['answered', 'unauthenticated', 'forbidden', 'refused'])
    expect(text).toMatch(new RegExp(`hecha_requests_total\\{outcome="${outcome}"\\} [1-9]`));
  expect(text).toMatch(/hecha_event_loop_lag_seconds [\d.e-]+\n/u);
  expect(text).toContain('hecha_requests_in_flight 0');
  expect(text).not.toMatch(/officer|MB28559184|="\d{15}/u);
});

/** A hub whose list of cases waits until it is let go. */
async function startWaiting(pace: { inFlightMax?: number; inFlightPerAgencyMax?: number }) {
  const { services } = createRooms();
  let letGo: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const waiting = await startWorld({
    options: { pace },
    services: {
      casework: {
        ...services.casework,
        pageOfCases: async (agencyCode, page) => {
          await gate;
          return services.casework.pageOfCases(agencyCode, page);
        },
      },
    },
  });
  const inFlight = async (count: number) => {
    for (;;) {
      const text = await (await fetch(`${waiting.url}/metrics`)).text();
      if (text.includes(`hecha_requests_in_flight ${count}\n`)) return;
    }
  };
  return { waiting, inFlight, letGo: () => letGo() };
}

const WAIT = '{ cases(first: 1) { nodes { id } } }';

test('an agency that has all of its places is told to come back, and others are served', async () => {
  const { waiting, inFlight, letGo } = await startWaiting({ inFlightPerAgencyMax: 2 });
  const held = [waiting.ask(WAIT), waiting.ask(WAIT)];
  await inFlight(2);

  const refused = await waiting.ask(ME);
  const other = await waiting.ask(ME, {}, { agencyCode: '11370800MB2855926Y' });
  letGo();
  const served = await Promise.all(held);
  const again = await waiting.ask(ME);

  await waiting.stop();
  expect(refused.status).toBe(503);
  expect(refused.codes).toEqual(['OVERLOADED']);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect([other.status, again.status]).toEqual([200, 200]);
  expect(served.map(({ status }) => status)).toEqual([200, 200]);
});

test('when all places are taken, every agency is told to come back', async () => {
  const { waiting, inFlight, letGo } = await startWaiting({ inFlightMax: 1 });
  const held = waiting.ask(WAIT);
  await inFlight(1);

  const refused = await waiting.ask(ME, {}, { agencyCode: '11370800MB2855926Y' });
  letGo();
  await held;

  await waiting.stop();
  expect(refused.status).toBe(503);
});

test('told to stop, the hub finishes what is under way, takes nothing new, and may be told twice', async () => {
  const { waiting, inFlight, letGo } = await startWaiting({});
  const held = waiting.ask(WAIT);
  await inFlight(1);

  const stops = [waiting.stop(), waiting.stop()];
  await new Promise((resolve) => setTimeout(resolve, 50));
  const late = await fetch(`${waiting.url}/livez`).then(
    ({ status }) => status,
    () => 'refused',
  );
  letGo();
  const answer = await held;
  await Promise.all(stops);

  expect(answer.status).toBe(200);
  expect(answer.headers.get('connection')).toBe('close');
  expect(['refused', 503]).toContain(late);
  expect(waiting.logLines.join('')).not.toContain('cut off');
});

test('told to stop, the hub is not ready for a while before it stops to listen', async () => {
  const draining = await startWorld({ options: { pace: { drainMs: 500 } } });

  const stopped = draining.stop();
  const ready = await answeredOf(await fetch(`${draining.url}/readyz`));
  const served = await draining.ask(ME);
  await stopped;

  expect(ready.status).toBe(503);
  expect(ready.json).toEqual({ ready: false, missing: ['draining'] });
  expect(served.status).toBe(200);
});
