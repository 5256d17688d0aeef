/** How an operator fills the declarative kinds for the simulated sources of this bench. */
const CANARY = {
  present: { kind: 'ENTERPRISE', code: '91370811MA3TE0T0XE', name: null },
  absent: { kind: 'ENTERPRISE', code: '91370800MB28559184', name: null },
};

const STATES = { '1': 'ACTIVE', '2': 'LICENSE_WITHDRAWN' };

const JSON_ANSWER = {
  ...{ keyPointer: '/code', batchMax: 20, absence: 'COVERED', canary: CANARY },
  mapping: {
    fields: {
      code: { from: '/code' },
      name: { from: '/name' },
      legalRepresentative: { from: '/person' },
      establishedOn: { from: '/since' },
      validFrom: { from: '/from' },
      validUntil: { from: '/to' },
      status: { from: '/state', pairs: STATES },
    },
  },
};

const ENVELOPE = {
  codePointer: '/code',
  ok: ['200'],
  faults: { '5001': 'KEY' },
  recordsPointer: '/data/list',
  asOfPointer: '/data/dataTime',
};

export const REST_ANSWER = {
  ...JSON_ANSWER,
  ...{ method: 'POST', path: '/v1/enterprises', body: { codes: { $list: '{code}' } } },
  envelope: ENVELOPE,
};

export const EXCHANGE_ANSWER = {
  ...JSON_ANSWER,
  ...{ body: { codes: { $list: '{code}' } }, envelope: ENVELOPE },
  kinds: { ENTERPRISE: '企业', INDIVIDUAL_BUSINESS: '个体' },
};

export const GRAPHQL_ANSWER = {
  ...JSON_ANSWER,
  query: `query Find($codes: [ID!]!) {
    dataTime
    enterprises(codes: $codes) { code name person from to since state }
  }`,
  variables: { codes: { $list: '{code}' } },
  ...{ recordsPointer: '/data/enterprises', asOfPointer: '/data/dataTime' },
};

export const SOAP_NAMESPACE = 'http://ws.example.gov.cn/';

export const SOAP_ANSWER = {
  ...{ operation: 'queryByCode', action: 'urn:queryByCode', keyColumn: 'TYSHXYDM', batchMax: 10 },
  question: {
    name: 'request',
    children: [
      {
        name: 'head',
        children: [
          { name: 'user', text: 'hecha' },
          { name: 'password', secret: true },
        ],
      },
      { name: 'codes', children: [{ $list: { name: 'code', text: '{code}' } }] },
    ],
  },
  envelope: {
    codePath: '/response/head/code',
    ok: ['0'],
    faults: { '5001': 'KEY' },
    rowsPath: '/response/body/rows/row',
    asOfPath: '/response/body/dataTime',
  },
  mapping: {
    fields: {
      code: { from: '/TYSHXYDM' },
      name: { from: '/JGMC' },
      legalRepresentative: { from: '/FDDBR' },
      establishedOn: { from: '/CLRQ' },
      validFrom: { from: '/CLRQ' },
      validUntil: { from: '/JYQXZ' },
      status: { from: '/ZT', pairs: STATES },
    },
  },
  ...{ absence: 'COVERED', canary: CANARY },
};

const HELD_MAPPING = {
  fields: {
    code: { from: '/UNISCID' },
    name: { from: '/ENTNAME' },
    entityId: { from: '/PRIPID' },
    status: { from: '/REGSTATE_CN', pairs: { 存续: 'ACTIVE', 注销: 'DEREGISTERED' } },
    validUntil: { from: '/OPTO' },
  },
};

/** Registrations that the hub keeps rows of. */
export const HELD_ANSWER = {
  ...{ mapping: HELD_MAPPING, absence: 'COVERED', kinds: ['ENTERPRISE', 'INDIVIDUAL_BUSINESS'] },
  keys: { code: 'UNISCID' },
};
