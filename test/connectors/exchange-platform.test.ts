import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { exchangePlatform } from '../../connectors/exchange-platform/connector.ts';
import type { GatewayStyle } from '../../sandbox/signed-gateway.ts';
import type { Connector, SubjectKey } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';
import {
  ABSENT,
  BATCH_ANSWER,
  E1,
  ENVELOPE,
  H1,
  PERSON,
  SUBJECTS,
  UNREADABLE,
  startGatewayRig,
  type GatewayRig,
} from './exchange-platform-rig.ts';
import { within } from './rig.ts';

const E2 = '91370812MA3TE0T18W';

function subject(code: string, kind: SubjectKey['kind'] = 'ENTERPRISE'): SubjectKey {
  return { kind, code, name: null };
}

function need<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('missing');
  return value;
}

async function ask(connector: Connector, ...keys: readonly SubjectKey[]) {
  const capability = need(connector.capabilities['enterprise.registration']);
  return capability.lookup(keys, within(5_000));
}

/** `name` of each record, `none`, or the code and reason of the fault. */
async function tell(connector: Connector, ...keys: readonly SubjectKey[]) {
  const results = await ask(connector, ...keys);
  return results.map((result) => {
    if (!result.ok) return `${result.fault.code} ${String(result.fault.details['reason'])}`;
    return result.answer.records.map(({ name }) => name).join() || 'none';
  });
}

async function faultOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => 'an answer',
    (error: unknown) => error,
  );
}

const STYLES = ['GJGXJHPT', 'TIF', 'REQUEST_SECRET', 'HMAC_SHA256', 'HMAC_SM3'] as const;

describe.each(STYLES)('through a gateway of style %s', (style: GatewayStyle) => {
  let rig: GatewayRig;
  beforeAll(async () => {
    rig = await startGatewayRig(style);
  });
  beforeEach(() => rig.gateway.setFault(null));
  afterAll(() => rig.stop());

  test('finds what is held and says none of what is not, each under its own key', async () => {
    const connector = rig.connect();

    const told = await tell(connector, subject(ABSENT), subject(E2), subject(E1), subject(E2));

    expect(told).toEqual([
      'none',
      '兖州示例建筑有限公司',
      '济宁市任城区（高新）示例商贸有限公司',
      '兖州示例建筑有限公司',
    ]);
  });

  test('checks network, credentials, clock and each capability', async () => {
    const lines = await rig.connect().check(AbortSignal.timeout(5_000));

    expect(lines.map(({ probe, result }) => `${probe} ${result}`)).toEqual([
      'network PASS',
      'TLS PASS',
      'credentials PASS',
      'clock PASS',
      'read enterprise.registration PASS',
    ]);
  });

  test('tells a wrong secret from a source that is down', async () => {
    const settings = exchangePlatform.settings.parse(rig.settingsOf());
    const secrets = { secret: 'not the secret of this caller' };
    const deps = { settings, secrets, clock: systemClock, network: OPEN_NETWORK };
    const stranger = exchangePlatform.create(deps);

    const refused = await stranger.check(AbortSignal.timeout(5_000));
    await rig.gateway.setFault({ kind: 'refuse' });
    const down = await stranger.check(AbortSignal.timeout(5_000));
    await stranger.close();

    const failed = [refused, down].map((lines) =>
      lines.filter(({ result }) => result === 'FAIL').map(({ probe, code }) => `${probe} ${code}`),
    );
    expect(failed).toEqual([['credentials SOURCE_UNAUTHORIZED'], ['network SOURCE_UNREACHABLE']]);
  });

  test.each([
    [{ kind: 'errors', percent: 100, seed: 3 }, ['SOURCE_UNREACHABLE']],
    [{ kind: 'quota', resetAt: null }, ['SOURCE_QUOTA_EXHAUSTED']],
    [{ kind: 'unauthorized' }, ['SOURCE_UNAUTHORIZED']],
    [{ kind: 'outage', until: null }, ['SOURCE_SCHEDULED_OUTAGE']],
    [{ kind: 'integrity', how: 'extra' }, ['SOURCE_INTEGRITY_FAILED']],
    [{ kind: 'drift', how: 'list-instead-of-object' }, ['SOURCE_SCHEMA_DRIFT']],
    [{ kind: 'drift', how: 'field-missing' }, ['SOURCE_SCHEMA_DRIFT']],
    [{ kind: 'drift', how: 'type-changed' }, ['SOURCE_SCHEMA_DRIFT']],
    [{ kind: 'malformed', body: 'business-error-200' }, ['SOURCE_SCHEMA_DRIFT']],
    [{ kind: 'malformed', body: 'html-200' }, ['SOURCE_MALFORMED']],
    [{ kind: 'malformed', body: 'duplicate-keys' }, ['SOURCE_MALFORMED']],
    [{ kind: 'charset', how: 'gbk-declared-as-utf8' }, ['SOURCE_MALFORMED']],
  ] as const)('trouble %j is a fault and never an answer', async (fault, codes) => {
    const connector = rig.connect();
    await ask(connector, subject(E1));
    await rig.gateway.setFault(fault);

    const said = await faultOf(ask(connector, subject(E1)));

    expect(codes).toContain((said as { code?: unknown }).code);
  });
});

test.each([
  [{ present: SUBJECTS.absent, absent: SUBJECTS.absent }],
  [{ present: SUBJECTS.present, absent: SUBJECTS.present }],
])('a canary that is not as it was told fails the check: %j', async (canary) => {
  const rig = await startGatewayRig('TIF');

  const lines = await rig.connect({ answer: { canary } }).check(AbortSignal.timeout(5_000));
  await rig.stop();

  expect(lines.at(-1)).toMatchObject({ result: 'FAIL', code: 'SOURCE_INTEGRITY_FAILED' });
});

test('a code of the service is read as the service means it, before the platform’s table', async () => {
  const rig = await startGatewayRig('GJGXJHPT');
  const envelope = { ...ENVELOPE, faults: { '1': 'TRANSIENT' } };
  const connector = rig.connect({ answer: { envelope } });
  rig.gateway.force(null, '1');

  const fault = await faultOf(ask(connector, subject(E1)));
  await rig.stop();

  expect(fault).toMatchObject({ code: 'SOURCE_UNREACHABLE', details: { reason: 'CODE_1' } });
});

describe('a batch', () => {
  test('is halved until the key is found on which the source chokes', async () => {
    const rig = await startGatewayRig('TIF', { poison: [E2] });
    const keys = [E1, ABSENT, E2, H1].map((code) => subject(code));

    const told = await tell(rig.connect(), ...keys);
    const calls = rig.gateway.listCalls().map((call) => call.keys);
    await rig.stop();

    expect(told).toEqual([
      '济宁市任城区（高新）示例商贸有限公司',
      'none',
      'SOURCE_UNSUPPORTED CODE_5001',
      '任城区示例小吃店',
    ]);
    expect(calls).toEqual([[E1, ABSENT, E2, H1], [E1, ABSENT], [E2, H1], [E2], [H1]]);
  });

  test('of keys that are all refused here is not asked at all', async () => {
    const rig = await startGatewayRig('TIF');

    const told = await tell(rig.connect(), subject(PERSON, 'PERSON'), subject(' '));
    const calls = rig.gateway.listCalls();
    await rig.stop();

    expect(told).toEqual([
      'SOURCE_UNSUPPORTED SUBJECT_KIND',
      'SOURCE_UNSUPPORTED KEY_NAMES_NOBODY',
    ]);
    expect(calls).toEqual([]);
  });

  test('larger than the source takes is refused before any call', async () => {
    const rig = await startGatewayRig('TIF');

    const said = await faultOf(ask(rig.connect(), ...Array<SubjectKey>(21).fill(subject(E1))));
    await rig.stop();

    expect(said).toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  });

  test('loses only the answer of the row that cannot be read', async () => {
    const rig = await startGatewayRig('TIF');

    const told = await tell(rig.connect(), subject(E1), subject(UNREADABLE), subject(H1));
    await rig.stop();

    expect(told).toEqual([
      '济宁市任城区（高新）示例商贸有限公司',
      'SOURCE_SCHEMA_DRIFT BAD_DATE',
      '任城区示例小吃店',
    ]);
  });
});

describe('a key', () => {
  test.each([
    '{"codes":["x"]}',
    '"],"codes":["91370812MA3TE0T18W',
    '{name}',
    '&code=1',
    '$&',
    'a\\"',
  ])('of %j stays one text inside the question', async (code) => {
    const rig = await startGatewayRig('HMAC_SHA256');

    const told = await tell(rig.connect(), subject(code));
    const calls = rig.gateway.listCalls().map((call) => call.keys);
    await rig.stop();

    expect(told).toEqual(['none']);
    expect(calls).toEqual([[code]]);
  });

  test('is encoded where it stands in a query', async () => {
    const rig = await startGatewayRig('HMAC_SHA256');
    const answer = {
      method: 'GET',
      body: null,
      query: { codes: { $join: '{code}', separator: ',' } },
    };
    const connector = rig.connect({ answer });

    const told = await tell(connector, subject(E1), subject('a&codes=b#c d'), subject('a,b'));
    const calls = rig.gateway.listCalls().map((call) => call.keys);
    await rig.stop();

    expect(told).toEqual([
      '济宁市任城区（高新）示例商贸有限公司',
      'none',
      'SOURCE_UNSUPPORTED KEY_HOLDS_SEPARATOR',
    ]);
    expect(calls).toEqual([[E1, 'a&codes=b#c d']]);
  });
});

test('recorded bytes are read again without a call, for each key of the batch they answered', async () => {
  const rig = await startGatewayRig('TIF');
  const connector = rig.connect();
  const results = await ask(connector, subject(E1), subject(ABSENT));
  const { raw } = need(results.map((result) => (result.ok ? result.answer : null))[0]);
  rig.gateway.forgetCalls();

  const again = [E1, ABSENT].map((code) =>
    need(connector.reread)('enterprise.registration', subject(code), raw),
  );
  const calls = rig.gateway.listCalls();
  await rig.stop();

  expect(again).toEqual(results);
  expect(calls).toEqual([]);
});

test('a reply in GB18030 is read as declared, as told, and again from its bytes', async () => {
  const rig = await startGatewayRig('TIF');
  const connector = rig.connect({ settings: { charset: 'GB18030' } });
  await rig.gateway.setFault({ kind: 'charset', how: 'gbk-undeclared' });

  const [result] = await ask(connector, subject(E1));
  const again = result?.ok
    ? need(rig.connect().reread)('enterprise.registration', subject(E1), result.answer.raw)
    : null;
  await rig.stop();

  expect(result).toMatchObject({ ok: true, answer: { records: [{ name: expect.any(String) }] } });
  expect(again).toEqual(result);
});

test('the date of the holdings is told with the answer', async () => {
  const rig = await startGatewayRig('TIF');

  const [result] = await ask(rig.connect(), subject(E1));
  await rig.stop();

  const asOf = result?.ok ? need(result.answer.asOf).getTime() : 0;
  expect(Date.now() - asOf).toBeLessThan(3_600_000);
  expect(asOf % 3_600_000).toBe(0);
});

test('a draft of a mapping names the fields of a canary and none of its values', async () => {
  const rig = await startGatewayRig('TIF');

  const drafted = await need(rig.connect().discover)(AbortSignal.timeout(5_000));
  await rig.stop();

  expect(drafted).toEqual([
    {
      name: 'enterprise.registration',
      fields: [
        ['/code', 'TEXT'],
        ['/name', 'TEXT'],
        ['/state', 'TEXT'],
        ['/person', 'TEXT'],
        ['/from', 'DAY'],
        ['/to', 'TEXT'],
        ['/since', 'INSTANT'],
      ].map(([pointer, type]) => ({ pointer, type, title: null })),
    },
  ]);
});

describe('settings', () => {
  const create = (answer: object, settings: object = {}): unknown => {
    const parsed = exchangePlatform.settings.safeParse({
      baseUrl: 'https://127.0.0.1:1',
      scheme: { style: 'TIF', paasid: 'a' },
      answers: { 'enterprise.registration': { ...BATCH_ANSWER, ...answer } },
      ...settings,
    });
    if (!parsed.success) return parsed.error.issues[0]?.path.join('/');
    const secrets = { secret: 'long enough' };
    const deps = { settings: parsed.data, secrets, clock: systemClock, network: OPEN_NETWORK };
    try {
      return exchangePlatform.create(deps);
    } catch (error) {
      const { code, details } = error as { code: string; details: Record<string, string> };
      return `${code} ${details['field']} ${details['reason']}`;
    }
  };
  const at = 'UNSAFE_CONFIGURATION /answers/enterprise.registration';

  test.each([
    [{ body: { codes: ['{codes}'] } }, `${at} UNKNOWN_PLACEHOLDER`],
    [{ body: { '{code}': 1 } }, `${at} PLACEHOLDER_IN_NAME`],
    [{ body: { a: { $list: '{code}' }, b: { $list: '{code}' } } }, `${at} TWO_LISTS`],
    [{ body: { a: { $list: '{code}' }, b: '{name}' } }, `${at} KEY_OUTSIDE_LIST`],
    [{ body: { a: { $list: '{code}', b: 1 } } }, `${at} LIST_SHAPE`],
    [{ body: { a: 'all' } }, `${at} KEY_NOT_ASKED`],
    [{ body: { code: '{code}' } }, `${at}/batchMax NO_LIST`],
    [{ keyPointer: null }, `${at}/batchMax NO_ROW_KEY`],
    [{ path: null }, `${at}/path NO_PATH`],
    [{ method: 'GET' }, `${at}/body BODY_OF_GET`],
    [{ query: { a: 1 } }, `${at}/query NOT_TEXT`],
    [{ bodyForm: 'FORM' }, `${at}/body NOT_TEXT`],
    [{ mapping: { fields: {} } }, expect.stringContaining(`${at}/mapping`)],
    [{ path: '/a?b=c' }, 'answers/enterprise.registration/path'],
    [{ path: '/a/../b' }, 'answers/enterprise.registration/path'],
    [{ batchMax: 0 }, 'answers/enterprise.registration/batchMax'],
    [{ canary: { present: SUBJECTS.present } }, 'answers/enterprise.registration/canary/absent'],
    [
      { envelope: { ...ENVELOPE, faults: { '1': 'FATAL' } } },
      'answers/enterprise.registration/envelope/faults/1',
    ],
  ])('of an answer with %j are refused by name', (answer, problem) => {
    expect(create(answer)).toEqual(problem);
  });

  test.each([
    [{ scheme: { style: 'GJGXJHPT', rid: 'a' } }, `${at}/sid NO_SERVICE`],
    [{ answers: {} }, 'answers'],
    [{ charset: 'latin1' }, 'charset'],
    [{ baseUrl: 'http://127.0.0.1:1' }, 'UNSAFE_CONFIGURATION baseUrl PLAIN_HTTP'],
  ])('of the whole with %j are refused likewise', (settings, problem) => {
    expect(create({}, settings)).toEqual(problem);
  });
});
