import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { exchangePlatform } from '../../connectors/exchange-platform/connector.ts';
import { createKeyReader } from '../../src/connector-kit/json-reply.ts';
import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { startSignedGateway, type SignedGateway } from '../../sandbox/signed-gateway.ts';
import type { Connector, SubjectKey } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import { systemClock } from '../../src/model/clock.ts';
import { E1, H1 } from './exchange-platform-rig.ts';
import { within } from './rig.ts';

const TYPE = '11100000000013338W011';
const OTHER_TYPE = '11100000000013338W012';
const SECRET = 'a token of sixteen';

const license = (id: string, holder: string, type: string) => {
  return { id, holder, type, state: '0', from: '2020-01-01', to: '2030-01-01' };
};
const ROWS = [
  license(LICENSE_IDS.canary, E1, TYPE),
  license('1.2.156.3005.2.A', E1, OTHER_TYPE),
  license('1.2.156.3005.2.B', H1, TYPE),
  license('1.2.156.3005.2.C', H1, TYPE),
];

const ENVELOPE = {
  codePointer: '/code',
  ok: ['200'],
  recordsPointer: '/data/list',
};

const MAPPING = {
  fields: {
    identifier: { from: '/id' },
    holderCode: { from: '/holder' },
    typeCode: { from: '/type' },
    status: { from: '/state', pairs: { '0': 'VALID' } },
    validFrom: { from: '/from' },
    validUntil: { from: '/to' },
  },
};

let gateway: SignedGateway;
const open: Connector[] = [];
beforeAll(async () => {
  const services = (['id', 'holder'] as const).map((keyField) => ({
    ...{ name: `/by/${keyField}`, asks: keyField, keyField, keysMax: 5, rows: ROWS, poison: [] },
  }));
  gateway = await startSignedGateway({ style: 'TIF', caller: 'hecha', secret: SECRET, services });
});
afterAll(async () => {
  await Promise.all(open.map((each) => each.close()));
  await gateway.stop();
});

function connect(byHolder: object = {}): Connector {
  const answer = { envelope: ENVELOPE, mapping: MAPPING, absence: 'COVERED' };
  const settings = exchangePlatform.settings.parse({
    ...{ baseUrl: gateway.baseUrl, allowPlainHttp: true },
    scheme: { style: 'TIF', paasid: 'hecha' },
    answers: {
      'license.byIdentifier': { ...answer, path: '/by/id', body: { id: '{identifier}' } },
      'license.byHolder': {
        ...answer,
        ...{ path: '/by/holder', method: 'GET', query: { holder: '{code}' } },
        ...byHolder,
      },
    },
  });
  const deps = { settings, clock: systemClock, network: OPEN_NETWORK };
  const made = exchangePlatform.create({ ...deps, secrets: { secret: SECRET } });
  open.push(made);
  return made;
}

async function ofHolder(connector: Connector, code: string, typeCode: string) {
  const capability = connector.capabilities['license.byHolder'];
  const holder: SubjectKey = { kind: 'ENTERPRISE', code, name: null };
  return capability?.lookup([{ holder, typeCode }], within(5_000));
}

test('a license is found by its identifier and by no other', async () => {
  const capability = connect().capabilities['license.byIdentifier'];

  const results = [
    await capability?.lookup([{ identifier: LICENSE_IDS.canary }], within(5_000)),
    await capability?.lookup([{ identifier: LICENSE_IDS.absent }], within(5_000)),
  ];

  expect(results).toMatchObject([
    [{ ok: true, answer: { records: [{ holderCode: E1, typeCode: TYPE }] } }],
    [{ ok: true, answer: { records: [], absence: 'COVERED' } }],
  ]);
});

test('an answer about another license than the one asked for is no answer', async () => {
  const capability = connect().capabilities['license.byIdentifier'];
  await gateway.setFault({ kind: 'integrity', how: 'wrong-row' });

  const asked = capability?.lookup([{ identifier: LICENSE_IDS.canary }], within(5_000));
  const fault: unknown = await asked?.catch((error: unknown) => error);
  await gateway.setFault(null);

  expect(fault).toMatchObject({
    code: 'SOURCE_INTEGRITY_FAILED',
    details: { reason: 'OTHER_SUBJECT', pointer: '/data/list/0' },
  });
});

describe('licenses of a holder', () => {
  test('are several where there are several', async () => {
    const [result] = (await ofHolder(connect(), H1, TYPE)) ?? [];

    expect(result).toMatchObject({ ok: true, answer: { records: [{}, {}] } });
  });

  test('of another type are left out where the source was not told the type', async () => {
    const results = [
      await ofHolder(connect(), E1, TYPE),
      await ofHolder(connect(), H1, OTHER_TYPE),
    ];

    expect(results).toMatchObject([
      [{ ok: true, answer: { records: [{ typeCode: TYPE }] } }],
      [{ ok: true, answer: { records: [] } }],
    ]);
  });

  test('of another type are an error where the source was told the type', async () => {
    const told = connect({ query: { holder: '{code}', type: '{typeCode}' } });

    const fault: unknown = await ofHolder(told, E1, TYPE).catch((error: unknown) => error);

    expect(fault).toMatchObject({ code: 'SOURCE_INTEGRITY_FAILED' });
  });
});

test('recorded bytes of one key are no answer to another', async () => {
  const connector = connect();
  const [result] = (await ofHolder(connector, H1, TYPE)) ?? [];
  const raw = result?.ok ? result.answer.raw : new Uint8Array();
  const holder: SubjectKey = { kind: 'ENTERPRISE', code: E1, name: null };

  const again = [
    connector.reread?.('license.byHolder', { holder, typeCode: TYPE }, raw),
    connector.reread?.('credit.profile', holder, raw),
  ];

  expect(again).toMatchObject([
    { ok: false, fault: { code: 'SOURCE_INTEGRITY_FAILED' } },
    { ok: false, fault: { code: 'SOURCE_UNSUPPORTED' } },
  ]);
});

test('recorded bytes about somebody else are refused where a call has one key', async () => {
  const connector = connect({ keyPointer: '/holder' });
  const [result] = (await ofHolder(connector, H1, TYPE)) ?? [];
  const raw = result?.ok ? result.answer.raw : new Uint8Array();
  const holder: SubjectKey = { kind: 'ENTERPRISE', code: E1, name: null };

  const again = connector.reread?.('license.byHolder', { holder, typeCode: TYPE }, raw);

  expect(again).toMatchObject({ ok: false, fault: { details: { reason: 'OTHER_SUBJECT' } } });
});

test.each([{}, { code: null }, { code: ' ' }, { code: [] }])(
  'a record %j does not say whom it is about',
  (value) => {
    const readKey = createKeyReader('/code');

    expect(() => readKey?.({ value, pointer: '/data/0' })).toThrow(
      expect.objectContaining({
        details: { hop: 'SOURCE', reason: 'SCHEMA', pointer: '/data/0/code' },
      }),
    );
  },
);
