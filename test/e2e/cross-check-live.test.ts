import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { DefineCrossCheckDocument } from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import { AS_OPERATOR, definition, seedCommitments, startCheck } from '../support/cross-check.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS } from '../support/journey.ts';

const ROWS = 60;
const IN_BUSINESS = { stateCode: '1', stateText: '存续（在营、开业、在册）', canceledOn: null };

let hub: TestHub;
beforeAll(async () => {
  const enterprises = makeEnterprises(ROWS).map((one) => ({ ...one, ...IN_BUSINESS }));
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  const budget = { perSecond: 10, perDay: null, inFlightMax: null, reserveShare: 0.2 };
  hub = await startTestHub({ sandbox: { population }, policy: { budget } });
  await seedCommitments(hub.database.db, enterprises, { matter: MATTERS.registration });
  await hub.hub.sources.readCanaries();
});
afterAll(() => hub.stop());

test('progress of a run is heard at another replica while it goes on, until it is complete', async () => {
  const input = definition({
    ...{ key: 'register', left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
    ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'STATUS', rule: 'IN_FORCE' }] },
  });
  await hub.get(DefineCrossCheckDocument, { input }, AS_OPERATOR);
  const { id } = await startCheck(hub, 'register');
  const authorization = `Bearer ${await hub.token('OPERATOR')}`;
  const client = createClient({
    ...{ url: `${hub.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket },
    ...{ connectionParams: { authorization }, retryAttempts: 0 },
  });
  const heard: { state: string; progress: { read: number } }[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    client.subscribe<{ crossCheckProgress: (typeof heard)[number] }>(
      {
        query: `subscription ($id: ID!) {
          crossCheckProgress(runId: $id) { state progress { read subjects } }
        }`,
        variables: { id },
      },
      {
        next: ({ data }) => heard.push(data!.crossCheckProgress),
        complete: resolve,
        error: reject,
      },
    );
  });

  const other = await hub.replicate();
  await other.runCrossChecks(AbortSignal.timeout(60_000));
  await ended;

  expect(heard[0]).toMatchObject({ progress: { read: 0 } });
  expect(heard.at(-1)).toMatchObject({ state: 'COMPLETE', progress: { read: ROWS } });
  const reads = heard.map(({ progress }) => progress.read);
  expect(reads).toEqual(reads.toSorted((one, next) => one - next));
}, 90_000);
