import { expect, test } from '@jest/globals';

import { signingSetting } from '../../src/connector-kit/signing/signing.ts';
import { E1, startGatewayRig } from './exchange-platform-rig.ts';
import { within } from './rig.ts';

const HOUR_MS = 3_600_000;

test('fifty lookups survive -19 and then -50 with one renewal, and all find the record', async () => {
  const rig = await startGatewayRig('GJGXJHPT');
  const { gateway } = rig;
  const capability = rig.connect().capabilities['enterprise.registration'];
  const ask = async () => {
    const key = { kind: 'ENTERPRISE', code: E1, name: null } as const;
    return capability?.lookup([key], within(10_000));
  };
  await ask();
  const before = gateway.countRenewals();
  await gateway.setFault({ kind: 'clock-skew', ms: HOUR_MS });
  gateway.rotate(200);

  const results = await Promise.all(Array.from({ length: 50 }, ask));
  const renewals = gateway.countRenewals() - before;
  await rig.stop();

  expect(results.map((each) => each?.[0]?.ok)).toEqual(Array(50).fill(true));
  expect(renewals).toBe(1);
});

test('a platform that renews its keys is left alone for 20 seconds unless told otherwise', () => {
  const settings = signingSetting.parse({ style: 'GJGXJHPT', rid: 'r' });

  expect(settings).toMatchObject({ refreshWaitMs: 20_000, patienceMs: 120_000 });
});
