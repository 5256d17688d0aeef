import { SaxesParser } from 'saxes';

import { startGraphqlApi, startRestApi } from '../../sandbox/open-api.ts';
import { startSignedGateway } from '../../sandbox/signed-gateway.ts';
import { startSoapService } from '../../sandbox/soap.ts';
import {
  EXCHANGE_ANSWER,
  GRAPHQL_ANSWER,
  REST_ANSWER,
  SOAP_ANSWER,
  SOAP_NAMESPACE,
} from './answers.ts';
import type { Asked } from './asked-kind.ts';
import { build, listIn, PLAIN, ROUNDS_OF_A_SLICE, SUBJECTS } from './measured-kind.ts';

const SECRET = '0123456789abcdef0123456789abcdef';

/** The kinds that an operator fills without code. */
export const DECLARED_KINDS = [startRest, startGraphql, startSoap, startExchange] as const;

const rows = SUBJECTS.map(({ code, name }) => ({
  ...{ code, name, state: '1', person: '王示例', from: '2019-03-01', to: '' },
  since: '2019-03-01 08:00:00',
}));

async function startRest(): Promise<Asked<'enterprise.registration'>> {
  const path = '/v1/enterprises';
  const service = { name: path, asks: 'codes', keyField: 'code', keysMax: 20, rows, poison: [] };
  const api = await startRestApi({ path, secret: SECRET, service });
  return {
    ...{ kind: 'rest', bare: 'JSON.parse', capability: 'enterprise.registration' },
    ...{ keys: SUBJECTS, rounds: ROUNDS_OF_A_SLICE, upstream: api.baseUrl, path },
    connect: (baseUrl) => {
      const auth = { style: 'HEADER', header: 'x-api-key' };
      const answers = { 'enterprise.registration': REST_ANSWER };
      return build('rest', { baseUrl, ...PLAIN, auth, answers }, { secret: SECRET });
    },
    decode: (body) => listIn(body, (json: { data: { list: [] } }) => json.data.list),
    stop: () => api.stop(),
  };
}

async function startGraphql(): Promise<Asked<'enterprise.registration'>> {
  const path = '/v1/enterprises';
  const service = { name: path, asks: 'codes', keyField: 'code', keysMax: 20, rows, poison: [] };
  const api = await startGraphqlApi({ path, secret: SECRET, service });
  return {
    ...{ kind: 'graphql', bare: 'JSON.parse', capability: 'enterprise.registration' },
    ...{ keys: SUBJECTS, rounds: ROUNDS_OF_A_SLICE, upstream: api.baseUrl, path },
    connect: (baseUrl) => {
      const auth = { style: 'HEADER', header: 'x-api-key' };
      const answers = { 'enterprise.registration': GRAPHQL_ANSWER };
      return build('graphql', { baseUrl, ...PLAIN, path, auth, answers }, { secret: SECRET });
    },
    decode: (body) => listIn(body, (json: { data: { enterprises: [] } }) => json.data.enterprises),
    stop: () => api.stop(),
  };
}

async function startSoap(): Promise<Asked<'enterprise.registration'>> {
  const path = '/services/registry/';
  const { operation, action } = SOAP_ANSWER;
  const service = await startSoapService({
    ...{ path, namespace: SOAP_NAMESPACE, operation, action, user: 'hecha', password: SECRET },
    ...{ keyColumn: 'TYSHXYDM', keysMax: 10, poison: [] },
    rows: SUBJECTS.map(({ code, name }) => ({
      ...{ TYSHXYDM: code, JGMC: name, FDDBR: '王示例', CLRQ: '2019-03-01' },
      ...{ JYQXZ: null, ZT: '1' },
    })),
  });
  return {
    ...{ kind: 'soap', bare: 'saxes, twice', capability: 'enterprise.registration' },
    ...{ keys: SUBJECTS, rounds: ROUNDS_OF_A_SLICE, upstream: service.baseUrl, path },
    connect: (baseUrl) => {
      const answers = { 'enterprise.registration': SOAP_ANSWER };
      const settings = { baseUrl, ...PLAIN, path, namespace: SOAP_NAMESPACE, returned: 'out' };
      return build('soap', { ...settings, answers }, { secret: SECRET });
    },
    decode: (body) => countRows(textOf(body.toString())),
    stop: () => service.stop(),
  };
}

/** The text in the envelope: CDATA with a document of its own. */
function textOf(xml: string): string {
  const parser = new SaxesParser();
  let text = '';
  parser.on('cdata', (part) => (text += part));
  parser.on('text', (part) => (text += part));
  parser.write(xml).close();
  return text.trim();
}

function countRows(xml: string): number {
  const parser = new SaxesParser();
  const found: Record<string, string>[] = [];
  let row: Record<string, string> | null = null;
  let text = '';
  parser.on('opentag', ({ name }) => {
    text = '';
    if (name === 'row') row = {};
  });
  parser.on('text', (part) => (text += part));
  parser.on('closetag', ({ name }) => {
    if (name === 'row' && row !== null) found.push(row);
    else if (row !== null) row[name] = text;
  });
  parser.write(xml).close();
  return found.length;
}

async function startExchange(): Promise<Asked<'enterprise.registration'>> {
  const path = '/api/enterprise';
  const service = { name: path, asks: 'codes', keyField: 'code', keysMax: 20, rows, poison: [] };
  const gateway = await startSignedGateway({
    ...{ style: 'HMAC_SHA256', caller: 'hecha-demo', secret: SECRET, services: [service] },
  });
  return {
    ...{ kind: 'exchange-platform', bare: 'JSON.parse', capability: 'enterprise.registration' },
    ...{ keys: SUBJECTS, rounds: ROUNDS_OF_A_SLICE, upstream: gateway.baseUrl, path },
    connect: (baseUrl) => {
      const scheme = { style: 'SORTED_HMAC', appKey: 'hecha-demo' };
      const answers = { 'enterprise.registration': { ...EXCHANGE_ANSWER, path } };
      return build('exchange-platform', { baseUrl, ...PLAIN, scheme, answers }, { secret: SECRET });
    },
    decode: (body) => listIn(body, (json: { data: { list: [] } }) => json.data.list),
    stop: () => gateway.stop(),
  };
}
