import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { CANARIES } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  ConnectorKindsDocument,
  DiscoverSourceDocument,
  TraverseDocument,
  TryMappingDocument,
} from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { fieldOf, MATTERS, openCase, verify } from '../support/journey.ts';
import {
  OPAQUE_TOKEN,
  startOpaqueServer,
  type OpaqueEntry,
  type OpaqueServer,
} from './opaque-server.ts';
import { createOperators, type Operators } from './operators.ts';

const ID = 'county-register';
const OPERATOR = { role: 'OPERATOR' } as const;
const { e1, e2, e3 } = SUBJECTS;

function entry({ code, name }: { code: string; name: string }): OpaqueEntry {
  return {
    tyshxydm: code,
    qymc: name,
    djzt: '存续',
    clrq: '2019年3月5日',
    fddbr: '张三',
    yyqxq: '20190305',
    yyqxz: '长期',
  };
}

const MAPPING = {
  fields: {
    code: { from: '/tyshxydm' },
    name: { from: '/qymc' },
    status: { from: '/djzt', table: 'registration-status' },
    establishedOn: { from: '/clrq' },
    validFrom: { from: '/yyqxq' },
    validUntil: { from: '/yyqxz' },
    legalRepresentative: { from: '/fddbr' },
  },
};

function settings(mapping: object) {
  return {
    baseUrl: server.url,
    allowPlainHttp: true,
    auth: { style: 'HEADER', header: 'x-qhzd', prefix: 'T ' },
    answers: {
      'enterprise.registration': {
        path: '/dj/chaxun',
        query: { tiaojian: { $join: 'dm:{code}', separator: ';' } },
        batchMax: 5,
        keyPointer: '/tyshxydm',
        paging: { style: 'PAGE', parameter: 'yehao', size: 2, totalPointer: '/sj/zs' },
        envelope: {
          codePointer: '/jg',
          ok: ['CG'],
          faults: { SQSB: 'AUTH' },
          recordsPointer: '/sj/lb',
          asOfPointer: '/gxsj',
        },
        mapping,
        absence: 'COVERED',
        canary: operators.canary,
      },
    },
  };
}

let hub: TestHub;
let server: OpaqueServer;
let operators: Operators;
beforeAll(async () => {
  hub = await startTestHub();
  operators = createOperators(hub);
  const present = { code: CANARIES.presentCode, name: '测试记录' };
  server = await startOpaqueServer([present, e1, e2, e3].map(entry));
});
afterAll(async () => {
  await hub.stop();
  await server.stop();
});

test('the kind says in a schema what it must be told', async () => {
  const { connectorKinds } = await hub.get(ConnectorKindsDocument, {}, OPERATOR);

  const rest = connectorKinds.find(({ name }) => name === 'rest');
  expect(rest?.settingsSchema).toMatchObject({ $schema: expect.stringContaining('2020-12') });
  expect(JSON.stringify(rest?.secretsSchema)).toContain('"writeOnly":true');
});

test('a mapping is tried on a sample before anything is registered', async () => {
  const input = { capability: 'enterprise.registration', mapping: MAPPING, sample: entry(e1) };

  const { tryMapping } = await hub.get(
    TryMappingDocument,
    { input: { ...input, sample: { ...input.sample } } },
    OPERATOR,
  );

  expect(tryMapping.userErrors).toEqual([]);
  expect(tryMapping.record).toMatchObject({ code: e1.code, status: 'ACTIVE', longTerm: true });
  expect(tryMapping.lines).toContainEqual(
    expect.objectContaining({ field: 'status', held: '存续', value: 'ACTIVE' }),
  );
});

test('an API nobody here has seen goes from nothing to ACTIVE, by GraphQL alone', async () => {
  const { one, two } = operators;
  const registered = await one.register(ID, {
    kind: 'rest',
    settings: settings(MAPPING),
    routes: [{ dataset: 'REGISTRATION', regions: ['3708'], rank: 10 }],
    note: '任城区登记库接入',
  });
  expect(registered.userErrors).toEqual([]);
  await one.setSecrets(ID, { secret: OPAQUE_TOKEN });

  const { discoverSource } = await hub.get(
    DiscoverSourceDocument,
    { input: { id: ID } },
    { ...OPERATOR, account: 'operator-1' },
  );
  const [collection] = discoverSource.collections;
  expect(collection?.fields.map(({ pointer }) => pointer)).toContain('/qymc');

  const { file, errors } = await one.check(ID);
  expect(errors).toEqual([]);
  const failed = (file?.candidate?.checks[0]?.rules ?? []).filter(
    ({ result }) => result === 'FAIL',
  );
  expect(failed).toEqual([]);
  expect(file?.candidate?.state).toBe('CHECKED');
  expect(await one.move(ID, 'SUBMIT')).toEqual([]);
  expect(await two.move(ID, 'APPROVE')).toEqual([]);
  expect(await one.move(ID, 'ACTIVATE')).toEqual([]);
  await operators.untilAsked(ID, 'rest@1.0.0+r1');
});

test('its data is verified against, because it is the nearest register', async () => {
  const opened = await openCase(hub, {
    matter: MATTERS.waterTransport,
    subjects: [{ kind: 'ENTERPRISE', code: e1.code, name: e1.name }],
  });

  const verified = await verify(hub, { caseId: opened.id, subjectId: opened.subjects[0]!.id });

  expect(verified.verdict.code).toBe('CONFIRMED');
  const sources = fieldOf(verified, verified.verdict.requirements[0]!.id, 'STATUS').bySource;
  expect(sources.map(({ source }) => source)).toContain(ID);
});

test('its data is traversed, several pages at a time', async () => {
  const subjects = [e1, e2, e3].map(({ code, name }) => ({
    kind: 'ENTERPRISE' as const,
    code,
    name,
  }));
  const opened = await openCase(hub, { matter: MATTERS.waterTransport, subjects });

  const { case: found } = await hub.get(TraverseDocument, { caseId: opened.id });

  const answered = found?.subjects.map((subject) =>
    'registration' in subject ? subject.registration?.registration?.name : null,
  );
  expect(answered?.[0]).toBe(e1.name);
  expect(server.calls.some((url) => url.includes('yehao=2'))).toBe(true);
});
