import { beforeAll, expect, test } from '@jest/globals';

import { tableExchange } from '../../connectors/table-exchange/connector.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import type { CheckLine, Connector } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { NOW } from '../connector-kit/tables-rig.ts';
import { within } from './rig.ts';
import {
  describeExchange,
  ENTERPRISE_MAPPING,
  parse,
  type ExchangeRig,
} from './table-exchange-rig.ts';

const enterprise = (code: string) => ({ kind: 'ENTERPRISE', code, name: null });
const ANSWER = {
  collection: 'E_BASEINFO',
  mapping: ENTERPRISE_MAPPING,
  absence: 'COVERED',
  kinds: ['ENTERPRISE'],
  keys: { code: 'UNISCID' },
};
const answers = (present: string, absent: string) => ({
  answers: {
    'enterprise.registration': {
      ...ANSWER,
      canary: { present: enterprise(present), absent: enterprise(absent) },
    },
  },
});
const HEALTHY = answers(SUBJECTS.canary.code, CANARIES.absentCode);

/** With the machine's own clock, which is that of the databases. */
function connect(rig: ExchangeRig, overrides: object, now: () => Date = () => new Date()) {
  const { reader } = rig.tables.twin;
  return tableExchange.create({
    settings: parse(rig.settings({ ...HEALTHY, ...overrides })),
    secrets: { password: reader.password },
    clock: { now },
    network: OPEN_NETWORK,
  });
}

async function check(connector: Connector): Promise<readonly CheckLine[]> {
  const lines = await connector.check(within(5_000).signal);
  await connector.close();
  return lines;
}

function shown(lines: readonly CheckLine[]): readonly string[] {
  return lines.map(({ probe, result, code }) => `${probe}: ${result} ${code}`);
}

const SKIPPED = [
  'clock',
  'read-only',
  'read CERT_LICENSE',
  'read E_BASEINFO',
  'read enterprise.registration',
].map((probe) => `${probe}: SKIP OK`);

describeExchange('a check of table exchange', (rigOf) => {
  beforeAll(() => rigOf().tables.twin.seed({ time: '2026-09-18 06:00:00' }));

  test('passes line by line, and warns of a plain connection', async () => {
    const lines = await check(connect(rigOf(), {}));

    expect(shown(lines)).toEqual([
      'network: PASS OK',
      'TLS: WARN OK',
      'credentials: PASS OK',
      'clock: PASS OK',
      'read-only: PASS OK',
      'read CERT_LICENSE: PASS OK',
      'read E_BASEINFO: PASS OK',
      'read enterprise.registration: PASS OK',
    ]);
  });

  test('names the table that may not be read, and none beside it', async () => {
    const { twin } = rigOf().tables;
    await twin.allow('CERT_LICENSE', false);

    const lines = await check(connect(rigOf(), {}));
    await twin.allow('CERT_LICENSE', true);

    const failed = shown(lines.filter(({ result }) => result === 'FAIL'));
    const reason = twin.dialect === 'postgresql' ? 'SOURCE_UNAUTHORIZED' : 'SOURCE_SCHEMA_DRIFT';
    expect(failed).toEqual([`read CERT_LICENSE: FAIL ${reason}`]);
  });

  test('fails at the network, at the password or at TLS, and skips what is behind', async () => {
    const rig = rigOf();
    const wrong = tableExchange.create({
      settings: parse(rig.settings(HEALTHY)),
      secrets: { password: 'wrong' },
      clock: { now: () => NOW },
      network: OPEN_NETWORK,
    });

    const refused = shown(await check(connect(rig, { port: 1 })));
    const unauthorized = shown(await check(wrong));
    const plain = shown(await check(connect(rig, { encryption: 'TLS' })));

    expect(refused).toEqual([
      'network: FAIL SOURCE_UNREACHABLE',
      'TLS: WARN OK',
      'credentials: SKIP OK',
      ...SKIPPED,
    ]);
    expect(unauthorized).toEqual([
      'network: PASS OK',
      'TLS: WARN OK',
      'credentials: FAIL SOURCE_UNAUTHORIZED',
      ...SKIPPED,
    ]);
    expect(plain.slice(0, 3)).toEqual([
      'network: PASS OK',
      'TLS: FAIL SOURCE_UNREACHABLE',
      'credentials: SKIP OK',
    ]);
  });
});

describeExchange('what a check of table exchange reads', (rigOf) => {
  beforeAll(() => rigOf().tables.twin.seed({ time: '2026-09-18 06:00:00' }));

  test('sees clocks that are apart', async () => {
    const at = (ms: number) => () => new Date(Date.now() + ms);

    const near = await check(connect(rigOf(), {}, at(-120_000)));
    const far = await check(connect(rigOf(), {}, at(3_600_000)));

    expect(shown(near)).toContain('clock: WARN OK');
    expect(shown(far)).toContain('clock: FAIL OK');
  });

  test('fails a canary that is not found, and one that should not be', async () => {
    const { canary } = SUBJECTS;
    const gone = await check(connect(rigOf(), answers(CANARIES.absentCode, CANARIES.absentCode)));
    const there = await check(connect(rigOf(), answers(canary.code, SUBJECTS.e1.code)));

    const line = 'read enterprise.registration: FAIL SOURCE_INTEGRITY_FAILED';
    expect(shown(gone)).toContain(line);
    expect(shown(there)).toContain(line);
  });

  test('finds tables and columns with their types and comments', async () => {
    const connector = connect(rigOf(), {});

    const collections = await connector.discover?.(within(5_000).signal);
    await connector.close();

    expect(collections?.map(({ name }) => name).toSorted()).toEqual(
      rigOf().tables.twin.tables.toSorted(),
    );
    const base = collections?.find(({ name }) => name === 'E_BASEINFO');
    expect(base?.fields).toHaveLength(25);
    expect(base?.fields.filter(({ type }) => type !== 'TEXT')).toEqual([
      { pointer: '/cd_id', type: 'NUMBER', title: '流水号' },
      { pointer: '/cd_time', type: 'INSTANT', title: '变更时间' },
    ]);
    expect(base?.fields[0]).toEqual({ pointer: '/PRIPID', type: 'TEXT', title: '主体身份代码' });
  });
});
