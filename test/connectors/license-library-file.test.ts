import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sm2 } from 'sm-crypto-v2';

import { licenseLibrary } from '../../connectors/license-library/connector.ts';
import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { createNetwork } from '../../src/connector-kit/egress.ts';
import { OPEN_NETWORK, type Network } from '../../src/connector-kit/network.ts';
import type { Connector } from '../../src/connector-kit/connector.ts';
import { HubError } from '../../src/errors.ts';
import { systemClock } from '../../src/model/clock.ts';
import { need } from './questions.ts';
import { within } from './rig.ts';

const IDENTIFIER = LICENSE_IDS.endsOn17;
const TOKEN = 'a-token-that-must-not-travel';
const PDF = '%PDF-1.4 a small file';
const keys = sm2.generateKeyPairHex();

let heard: IncomingMessage[] = [];
let answer: (response: ServerResponse) => void = (response) => sendPdf(response);
let address = (): object => ({ certIdentifier: IDENTIFIER, content: '/zzgxpt/download?id=1' });
let library: Server;
let fileServer: Server;
let baseUrl: string;
let fileBaseUrl: string;
const connectors: Connector[] = [];

beforeAll(async () => {
  const serveFile = (request: IncomingMessage, response: ServerResponse): void => {
    heard.push(request);
    answer(response);
  };
  library = createServer((request, response) => {
    if (request.method === 'GET') {
      serveFile(request, response);
      return;
    }
    const sealed = `04${sm2.doEncrypt(JSON.stringify(address()), keys.publicKey, 0)}`;
    const reply = { head: { status: 0 }, data: { certData: sealed.toUpperCase() } };
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(reply));
    });
  });
  fileServer = createServer(serveFile);
  baseUrl = await listen(library);
  fileBaseUrl = await listen(fileServer);
});
afterEach(() => {
  heard = [];
  answer = (response) => sendPdf(response);
  address = () => ({ certIdentifier: IDENTIFIER, content: '/zzgxpt/download?id=1' });
});
afterAll(async () => {
  await Promise.all(connectors.map((one) => one.close()));
  for (const server of [library, fileServer]) {
    server.closeAllConnections();
    server.close();
  }
});

function sendPdf(response: ServerResponse): void {
  response.setHeader('content-type', 'application/pdf').end(PDF);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connect(settings: object = {}, network: Network = OPEN_NETWORK): Connector {
  const whole = { baseUrl, allowPlainHttp: true, accessId: 'hecha', ...settings };
  const made = licenseLibrary.create({
    settings: licenseLibrary.settings.parse(whole),
    secrets: { accessToken: TOKEN, sm2PrivateKey: keys.privateKey },
    ...{ clock: systemClock, network },
  });
  connectors.push(made);
  return made;
}

async function read(connector: Connector): Promise<string> {
  const file = need(await need(connector.files).open(IDENTIFIER, within(3_000)));
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.bytes) chunks.push(chunk);
  return `${file.mediaType} ${Buffer.concat(chunks).toString('latin1')}`;
}

async function faultOf(pending: Promise<unknown>): Promise<string> {
  const error: unknown = await pending.catch((reason: unknown) => reason);
  if (!(error instanceof HubError)) return 'no fault';
  return `${error.code}:${String(error.details['reason'])}`;
}

test('the file comes from its address, and neither account nor token goes there', async () => {
  const text = await read(connect());

  expect(text).toBe(`application/pdf ${PDF}`);
  expect(heard.map(({ url }) => url)).toEqual(['/zzgxpt/download?id=1']);
  const told = JSON.stringify([heard[0]?.headers, heard[0]?.url]);
  expect(told).not.toContain(TOKEN);
  expect(Object.keys(heard[0]?.headers ?? {}).toSorted()).toEqual([
    ...['accept', 'accept-encoding', 'connection', 'host'],
  ]);
});

test('a server of files is another place, which the settings name and zones judge', async () => {
  address = () => ({ certIdentifier: IDENTIFIER, content: `${fileBaseUrl}/a?id=2` });
  const port = Number(new URL(baseUrl).port);
  const onlyLibrary = createNetwork({
    zones: [],
    ...{ directories: [], allowsLoopback: true },
    own: [],
    resolve: async () => ['127.0.0.1'],
  });
  const guarded: Network = {
    ...onlyLibrary,
    resolve: (origin) =>
      origin.port === port
        ? onlyLibrary.resolve(origin)
        : createNetwork({ zones: [], directories: [], allowsLoopback: false, own: [] }).resolve(
            origin,
          ),
  };

  const named = await read(connect({ fileBaseUrl }));
  const unnamed = await faultOf(read(connect()));
  const denied = await faultOf(read(connect({ fileBaseUrl }, guarded)));

  expect(named).toBe(`application/pdf ${PDF}`);
  expect(unnamed).toBe('SOURCE_MALFORMED:OTHER_ORIGIN');
  expect(denied).toBe('SOURCE_UNREACHABLE:EGRESS_DENIED');
  expect(heard).toHaveLength(1);
  const settings = { baseUrl, fileBaseUrl, accessId: 'a' };
  expect(licenseLibrary.origins(licenseLibrary.settings.parse(settings))).toHaveLength(2);
});

test.each([
  ['an address for another license', { certIdentifier: LICENSE_IDS.reissued, content: '/x' }],
  ['an address without license', { content: '/x' }],
  ['no address', { certIdentifier: IDENTIFIER }],
  ['an address with a user', { certIdentifier: IDENTIFIER, content: 'http://u@127.0.0.1/x' }],
  ['an address that is a script', { certIdentifier: IDENTIFIER, content: 'javascript:1' }],
  ['an address of the machine', { certIdentifier: IDENTIFIER, content: 'file:///etc/passwd' }],
])('%s is a fault, and nothing is fetched', async (_what, told) => {
  address = () => told;

  expect(await faultOf(read(connect()))).toMatch(/^SOURCE_/u);
  expect(heard).toEqual([]);
});

test.each<[string, (response: ServerResponse) => void, string]>([
  [
    'breaks off',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/pdf' });
      response.write(PDF);
      setTimeout(() => response.destroy(), 50);
    },
    'SOURCE_UNREACHABLE:RESET',
  ],
  [
    'is shorter than it says',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/pdf', 'content-length': '999' });
      response.write(PDF);
      setTimeout(() => response.destroy(), 50);
    },
    'SOURCE_UNREACHABLE:RESET',
  ],
  [
    'does not say that it is larger than allowed',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/pdf' });
      response.end(PDF + ' '.repeat(4_096));
    },
    'SOURCE_MALFORMED:TOO_LARGE',
  ],
  [
    'is compressed',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/pdf', 'content-encoding': 'gzip' });
      response.end(PDF);
    },
    'SOURCE_MALFORMED:ENCODING',
  ],
])('a file that %s is never taken for whole', async (_what, respond, fault) => {
  answer = respond;

  expect(await faultOf(read(connect({ fileBytesMax: 1_024 })))).toBe(fault);
});

test('a file that never comes ends with its call', async () => {
  answer = (response) =>
    response.writeHead(200, { 'content-type': 'application/pdf' }).flushHeaders();
  const files = need(connect().files);

  const fault = await faultOf(files.open(IDENTIFIER, within(200)));

  expect(fault).toMatch(/^SOURCE_TIMEOUT/u);
});
