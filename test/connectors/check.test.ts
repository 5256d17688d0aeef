import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { CANARIES } from '../../sandbox/fixtures.ts';
import { SOURCE_IDS, type SourceId } from '../../sandbox/wire.ts';
import type { CheckLine } from '../../src/connector-kit/connector.ts';
import { FAULT_CODES } from '../../src/errors.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

/** `probe: RESULT CODE` of each line. */
async function check(id: SourceId, baseUrl?: string): Promise<readonly string[]> {
  const connector = rig.connect(id, baseUrl === undefined ? {} : { baseUrl });
  const lines = await connector.check(AbortSignal.timeout(1_500));
  lines.forEach((line: CheckLine) => {
    expect(['OK', ...FAULT_CODES]).toContain(line.code);
    expect(line.result === 'FAIL' || line.result === 'WARN' ? line.advice : '').not.toBeNull();
  });
  return lines.map(({ probe, result, code }) => `${probe}: ${result} ${code}`);
}

const READS: Readonly<Record<SourceId, readonly string[]>> = {
  'license-library': ['read license.byIdentifier', 'read license.byHolder'],
  'publicity-system': ['read enterprise.registration'],
  'credit-platform': ['read credit.profile'],
  assistance: [],
};

describe.each(SOURCE_IDS)('checking %s', (id) => {
  const reads = (result: string): readonly string[] =>
    READS[id].map((read) => `${read}: ${result}`);

  test('passes while the source is well', async () => {
    expect(await check(id)).toEqual([
      'network: PASS OK',
      'TLS: PASS OK',
      'credentials: PASS OK',
      'clock: PASS OK',
      ...reads('PASS OK'),
    ]);
  });

  test('warns of plain HTTP', async () => {
    expect(await check(id, rig.sandbox.sources[id].baseUrl)).toContain('TLS: WARN OK');
  });

  test.each([
    [{ kind: 'refuse' }, 'network: FAIL SOURCE_UNREACHABLE', 'credentials: SKIP OK'],
    [{ kind: 'hang' }, 'network: FAIL SOURCE_TIMEOUT', 'TLS: SKIP OK'],
    [{ kind: 'tls', how: 'expired' }, 'network: PASS OK', 'TLS: FAIL SOURCE_UNREACHABLE'],
    [{ kind: 'unauthorized' }, 'TLS: PASS OK', 'credentials: FAIL SOURCE_UNAUTHORIZED'],
    [
      { kind: 'malformed', body: 'html-200' },
      'network: PASS OK',
      'credentials: FAIL SOURCE_MALFORMED',
    ],
  ])('under %j tells which part fails, and skips the rest', async (fault, ...expected) => {
    await rig.setFault(id, fault);

    const lines = await check(id);
    await rig.clearFault(id);

    expect(lines).toEqual(expect.arrayContaining([...expected, ...reads('SKIP OK')]));
  });
});

test('a clock that is an hour off fails', async () => {
  await rig.setFault('credit-platform', { kind: 'clock-skew', ms: 3_600_000 });

  const lines = await check('credit-platform');
  await rig.clearFault('credit-platform');

  expect(lines).toContain('clock: FAIL OK');
});

test('a source that no longer finds its test record fails to read', async () => {
  const { controlUrl } = rig.sandbox.sources['credit-platform'];
  const url = `${controlUrl}/records/profiles/${CANARIES.presentCode}`;
  const held = await (await fetch(url)).text();
  await fetch(url, { method: 'DELETE' });

  const lines = await check('credit-platform');
  await fetch(url, { method: 'PUT', body: held });

  expect(lines).toContain('read credit.profile: FAIL SOURCE_INTEGRITY_FAILED');
});
