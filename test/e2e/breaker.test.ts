import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { ReadSourcesDocument } from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import {
  breakSource,
  callsOf,
  forgetCalls,
  MATTERS,
  mendSource,
  verifySubject,
} from '../support/journey.ts';

const REST_MS = 1_500;
const { e1 } = SUBJECTS;
const E1 = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ policy: { failuresMax: 5, restMs: REST_MS } });
});
afterAll(() => hub.stop());

const stateOf = async (id: string) => {
  const { sources } = await hub.get(ReadSourcesDocument, {}, { role: 'OPERATOR' });
  return sources.find((one) => one.id === id);
};

test('a source that keeps failing is left alone, its absence says why, and it comes back by itself', async () => {
  await breakSource(hub, 'publicity-system', { kind: 'down' });
  await forgetCalls(hub);

  for (let times = 0; times < 12; times++)
    await verifySubject(hub, { matter: MATTERS.registration, subject: E1 });
  const resting = await verifySubject(hub, { matter: MATTERS.registration, subject: E1 });
  const calls = await callsOf(hub, 'publicity-system');
  const open = await stateOf('publicity-system');
  await mendSource(hub, 'publicity-system');
  await sleep(REST_MS + 200);
  const back = await verifySubject(hub, { matter: MATTERS.registration, subject: E1 });

  expect(resting.verdict).toMatchObject({ code: 'UNAVAILABLE', refutation: null });
  expect(resting.verdict.retryAt).not.toBeNull();
  expect(resting.verdict.reasons).toMatchObject([
    { code: 'SOURCE_DID_NOT_ANSWER', hop: 'HUB', detail: 'SOURCE_RESTING' },
  ]);
  expect(calls.length).toBeLessThanOrEqual(10);
  expect(open).toMatchObject({ breaker: 'OPEN' });
  expect(back.verdict.code).toBe('CONFIRMED');
  expect(await stateOf('publicity-system')).toMatchObject({ breaker: 'CLOSED' });
});
