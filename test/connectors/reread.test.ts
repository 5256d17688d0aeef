import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { SOURCE_IDS, type SourceId } from '../../sandbox/wire.ts';
import type { CapabilityName, Connector, KeyResult } from '../../src/connector-kit/connector.ts';
import { CANARY_SUBJECTS, startRig, within, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const ENTERPRISES = Object.values(SUBJECTS)
  .filter(({ code }) => code.startsWith('9'))
  .map(({ code }) => ({
    kind: code.startsWith('92') ? ('INDIVIDUAL_BUSINESS' as const) : ('ENTERPRISE' as const),
    code,
    name: null,
  }));
const PERSONS = [SUBJECTS.p1, SUBJECTS.p2].map(({ code }) => ({
  kind: 'PERSON' as const,
  code,
  name: null,
}));
const BUSINESS_LICENSE = '11100000MB0143028R001';

const KEYS: Readonly<Record<string, readonly unknown[]>> = {
  'license.byIdentifier': Object.values(LICENSE_IDS).map((identifier) => ({ identifier })),
  'license.byHolder': ENTERPRISES.map((holder) => ({ holder, typeCode: BUSINESS_LICENSE })),
  'enterprise.registration': [...ENTERPRISES, CANARY_SUBJECTS.absent],
  'credit.profile': [...ENTERPRISES, ...PERSONS, CANARY_SUBJECTS.absent],
};

test.each(SOURCE_IDS.filter((id) => id !== 'assistance'))(
  'the recorded bytes of %s say again what the lookup said, of every subject it holds',
  async (id: SourceId) => {
    const connector = rig.connect(id);
    let compared = 0;
    for (const name of Object.keys(connector.capabilities) as CapabilityName[]) {
      const keys = KEYS[name] ?? [];
      for (const [key, said] of await lookUp(connector, name, keys)) {
        if (!said.ok) continue;

        const again = connector.reread?.(name, key as never, said.answer.raw);

        expect(again).toEqual(said);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(3);
  },
);

/** In as few calls as the source takes, so that bytes of several keys are read again. */
async function lookUp(
  connector: Connector,
  name: CapabilityName,
  keys: readonly unknown[],
): Promise<readonly (readonly [unknown, KeyResult<unknown>])[]> {
  const capability = connector.capabilities[name];
  if (capability === undefined) return [];
  const size = Math.min(capability.batchMax, 10);
  const said: (readonly [unknown, KeyResult<unknown>])[] = [];
  for (let at = 0; at < keys.length; at += size) {
    const together = keys.slice(at, at + size);
    try {
      const results = await capability.lookup(together as never, within(5_000));
      results.forEach((result, index) => said.push([together[index], result]));
    } catch {
      // A license type the library does not publish has no bytes to read again.
    }
  }
  return said;
}
