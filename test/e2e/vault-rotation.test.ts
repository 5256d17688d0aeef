import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { rotateVaultKeys } from '../../src/hub/vault-keys.ts';
import { createVault } from '../../src/vault/vault.ts';
import { PlanSamplingDocument, StepSamplingDocument } from '../generated/operations.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { matterCode, MATTERS } from '../support/journey.ts';

const OLD = { id: 'test', key: Buffer.alloc(32, 7) };
const NEW = { id: 'new', key: Buffer.alloc(32, 8) };
const PLANNER = { role: 'REGULATOR', account: 'planner' } as const;

const clock = createTestClock('2026-09-18T04:00:00Z');
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
afterAll(() => hub.stop());

const rotate = () =>
  rotateVaultKeys({ db: hub.database.db, vault: createVault([NEW, OLD]), clock });

test('a key that seals the seed of a draw is needed until the seed is revealed', async () => {
  const input = {
    matterCodes: [matterCode(MATTERS.waterTransport)],
    ...{ from: '2026-09-01', through: '2026-09-17', idempotencyKey: randomUUID() },
    strata: [{ name: 'all', sharePermille: 500 }],
    inspectors: ['inspector-1', 'inspector-2'],
  };
  const { planSampling } = await hub.get(PlanSamplingDocument, { input }, PLANNER);
  const sealed = await rotate();
  const cancel = { drawId: planSampling.draw!.id, version: 1, step: 'CANCEL', reason: '改期' };

  const { stepSampling } = await hub.get(
    StepSamplingDocument,
    { input: { ...cancel, step: 'CANCEL' } },
    PLANNER,
  );
  const revealed = await rotate();

  expect(sealed).toEqual({ rewrapped: 4, versions: 4, keysInUse: ['new', 'test'] });
  expect(stepSampling.draw).toMatchObject({ state: 'CANCELED', seed: expect.any(String) });
  expect(revealed).toEqual({ rewrapped: 0, versions: 4, keysInUse: ['new'] });
});
