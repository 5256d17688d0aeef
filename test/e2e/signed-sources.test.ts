import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  SECRET,
  SID,
  startGatewayRig,
  type GatewayRig,
} from '../connectors/exchange-platform-rig.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, mendSource, verifySubject } from '../support/journey.ts';
import { createKeeper } from './kept-rows-rig.ts';

const ID = 'province-exchange';
const CALLERS = 50;
const HOUR_MS = 3_600_000;
const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;

let hub: TestHub;
let rig: GatewayRig;
beforeAll(async () => {
  [hub, rig] = await Promise.all([startTestHub(), startGatewayRig('GJGXJHPT')]);
});
afterAll(async () => {
  await hub.stop();
  await rig.stop();
});
afterEach(() => mendSource(hub, 'license-library'));

const verifyLicense = () => verifySubject(hub, { matter: MATTERS.waterTransport, subject: E1 });

test('scenario 15: both orders of an SM2 envelope open, and a corrupted one tells nothing', async () => {
  const upper = await verifyLicense();
  await breakSource(hub, 'license-library', { kind: 'integrity', how: 'mode-swapped' });
  const swapped = await verifyLicense();
  await breakSource(hub, 'license-library', { kind: 'integrity', how: 'corrupted' });
  const corrupted = await verifyLicense();

  expect([upper.verdict.code, swapped.verdict.code]).toEqual(['CONFIRMED', 'CONFIRMED']);
  expect(corrupted.verdict.refutation).toBeNull();
  const [asked] = corrupted.verdict.observations.filter(
    ({ source }) => source === 'license-library',
  );
  expect(asked).toMatchObject({ transport: 'INTEGRITY_FAILED', hop: 'SOURCE' });
  expect(JSON.stringify(corrupted)).not.toMatch(/[0-9A-Fa-f]{70}/u);
});

test('scenario 16: fifty callers get over -19 and then -50 with one renewal', async () => {
  const settings = rig.settingsOf() as Record<string, unknown>;
  const scheme = { style: 'GJGXJHPT', rid: 'hecha-demo', refreshWaitMs: 300 };
  const policy = {
    ...{ deadlineMs: 20_000, attemptMs: 20_000, concurrencyMax: 50, waitingMax: 100 },
    batchWindowMs: 0,
  };
  const keeper = createKeeper(hub, ID);
  await keeper.activate(
    'exchange-platform',
    { settings: { ...settings, scheme }, policy },
    { secret: SECRET },
  );
  const verify = () => verifySubject(hub, { matter: MATTERS.registration, subject: E1 });
  await verify();
  const { gateway } = rig;
  const before = gateway.countRenewals();
  await gateway.setFault({ kind: 'clock-skew', ms: HOUR_MS });
  gateway.rotate(200);

  const verified = await Promise.all(Array.from({ length: CALLERS }, verify));
  const renewals = gateway.countRenewals() - before;

  const own = verified.flatMap(({ verdict }) =>
    verdict.observations.filter(({ source }) => source === ID),
  );
  expect(verified.map(({ verdict }) => verdict.code)).toEqual(Array(CALLERS).fill('CONFIRMED'));
  expect(own.map(({ transport }) => transport)).toEqual(Array(CALLERS).fill('ANSWERED'));
  expect(renewals).toBe(1);
  expect(gateway.listCalls().some(({ operation }) => operation === SID)).toBe(true);
}, 60_000);
