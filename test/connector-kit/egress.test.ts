import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createNetwork, type Egress } from '../../src/connector-kit/egress.ts';
import { createHttpClient } from '../../src/connector-kit/http.ts';
import type { Network } from '../../src/connector-kit/network.ts';
import { originOf, TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';
import { HubError } from '../../src/errors.ts';
import { z } from 'zod';

/** The extranet of a city: two blocks, one port of HTTPS. */
const EGRESS: Egress = {
  zones: [
    {
      name: 'extranet',
      blocks: ['10.20.0.0/16', 'fd00:20::/64'],
      ports: [443],
      protocols: ['https'],
    },
  ],
  directories: [],
  allowsLoopback: false,
  own: [{ address: '10.20.0.99', port: 443 }],
};

const transport = z.object(TRANSPORT_SHAPE);

let listener: Server;
let port: number;
let connects = 0;
beforeAll(async () => {
  listener = createServer((_request, response) => response.end('{}'));
  listener.on('connection', () => (connects += 1));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  ({ port } = listener.address() as AddressInfo);
});
afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
});

/** Names of an attacker's own server, and what they resolve to. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'loopback.example': ['127.0.0.1'],
  'loopback6.example': ['::1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'mapped-inside.example': ['::ffff:10.20.0.7'],
  'metadata.example': ['169.254.169.254'],
  'both.example': ['10.20.0.7', '127.0.0.1'],
  'outside.example': ['10.21.0.7'],
  'public.example': ['93.184.216.34'],
  'nothing.example': [],
  'garbage.example': ['not an address'],
  'scoped.example': ['fe80::1%eth0'],
  'unspecified.example': ['0.0.0.0'],
  'own.example': ['10.20.0.99'],
  'broadcast.example': ['255.255.255.255'],
  'multicast.example': ['224.0.0.1'],
  'link.example': ['fe80::1'],
  'nat64.example': ['64:ff9b::7f00:1'],
  '6to4.example': ['2002:7f00:1::'],
  'teredo.example': ['2001:0:7f00:1::'],
};

function networkOf(resolve: Egress['resolve'] = async (host) => NAMES[host] ?? []): Network {
  return createNetwork({ ...EGRESS, resolve });
}

/** As an operator would try them: spellings of this machine, of its neighbors, of the world. */
const URLS: readonly string[] = [
  ...['127.0.0.1', '127.1', '127.0.1', '0x7f.1', '0x7f000001', '2130706433', '017700000001'],
  ...['127.255.255.254', '0', '0.0.0.0', '00.0.0.0', 'localhost', 'localhost.', 'LOCALHOST'],
  ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:127.0.0.1]'],
  ...['[::ffff:10.20.0.7]', '[fe80::1]', '[ff02::1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]'],
  ...['169.254.169.254', '0xa9fea9fe', '2852039166', '169.254.1.1', '100.64.0.1', '192.168.0.1'],
  ...['10.21.0.1', '10.19.255.255', '172.16.0.1', '198.18.0.1', '224.0.0.1', '239.1.2.3'],
  ...['255.255.255.255', '240.0.0.1', '192.0.2.1', '8.8.8.8', '93.184.216.34', '10.20.0.99'],
  ...[
    '[fd00:21::1]',
    '[fd00:20:0:1::1]',
    '[2001:db8::1]',
    '１２７.0.0.1',
    '127。0。0。1',
    '①②⑦.0.0.1',
  ],
  ...Object.keys(NAMES),
];

test(`none of ${URLS.length} spellings leads outside the zones`, async () => {
  expect(URLS.length).toBeGreaterThanOrEqual(60);
  const network = networkOf();

  const passed: string[] = [];
  for (const host of URLS)
    for (const scheme of ['https', 'http'])
      for (const at of ['', ':443', `:${port}`]) {
        const url = `${scheme}://${host}${at}`;
        if (!URL.canParse(url)) continue;
        const judged = await network
          .resolve(originOf(new URL(url)))
          .catch((fault: unknown) => fault);
        if (!(judged instanceof HubError)) passed.push(url);
        else expect(judged.code).toBe('SOURCE_UNREACHABLE');
      }

  expect(passed).toEqual([]);
  expect(connects).toBe(0);
});

test.each([
  ['https://user:secret@10.20.0.7', 'at sign'],
  ['https://@10.20.0.7', 'empty user'],
  ['https://10.20.0.7?x=1', 'query'],
  ['https://10.20.0.7#x', 'fragment'],
  ['file:///etc/passwd', 'another scheme'],
  ['gopher://10.20.0.7', 'another scheme still'],
  ['//10.20.0.7', 'no scheme'],
])('%s is no base URL: %s', (baseUrl) => {
  expect(transport.safeParse({ baseUrl, allowPlainHttp: true }).success).toBe(false);
});

test.each([
  ['https://10.20.0.7', '10.20.0.7'],
  ['https://10.20.255.254:443', '10.20.255.254'],
  ['https://[fd00:20::7]', 'fd00:20::7'],
  ['https://library.extranet', '10.20.3.4'],
])('%s lies in the zone and is reached at %s', async (url, address) => {
  const network = networkOf(async () => ['10.20.3.4']);

  const judged = await network.resolve(originOf(new URL(url)));

  expect(judged.address).toBe(address);
});

test.each([
  ['another port', 'https://10.20.0.7:8443'],
  ['another protocol', 'http://10.20.0.7:443'],
])('%s of an allowed address is not reached', async (_what, url) => {
  await expect(networkOf().resolve(originOf(new URL(url)))).rejects.toMatchObject({
    details: { hop: 'HUB', reason: 'EGRESS_DENIED' },
  });
});

describe('a client', () => {
  const settings = (baseUrl: string) => transport.parse({ baseUrl, allowPlainHttp: true });
  const clock = { now: () => new Date(0) };
  const ask = { method: 'GET', path: '/', headers: {}, body: null } as const;

  test('connects to the address that was judged, even when the name changes its mind', async () => {
    let asked = 0;
    // A rebinding name server: inside the zone when judged, this machine when connected.
    const resolve = async () => ((asked += 1) === 1 ? ['127.0.0.2'] : ['127.0.0.1']);
    const network = createNetwork({ ...EGRESS, allowsLoopback: true, resolve });
    const http = createHttpClient({
      settings: settings(`http://rebinding.example:${port}`),
      clock,
      network,
    });

    const failed = await http.request(ask, AbortSignal.timeout(2_000)).catch((e: unknown) => e);
    await http.close();

    expect(failed).toBeInstanceOf(HubError);
    expect([asked, connects]).toEqual([1, 0]);
  });

  test('that is not allowed out says so as the hub, without a connection', async () => {
    const http = createHttpClient({
      settings: settings(`http://127.0.0.1:${port}`),
      clock,
      network: networkOf(),
    });

    await expect(http.request(ask, AbortSignal.timeout(2_000))).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      details: { hop: 'HUB', reason: 'EGRESS_DENIED' },
    });
    await http.close();
    expect(connects).toBe(0);
  });

  test('ignores the proxies of the environment', async () => {
    const proxies = {
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      http_proxy: `http://127.0.0.1:${port}`,
    };
    Object.assign(process.env, proxies);
    const network = createNetwork({ ...EGRESS, allowsLoopback: true });
    const http = createHttpClient({ settings: settings('http://127.0.0.1:9'), clock, network });

    await http.request(ask, AbortSignal.timeout(2_000)).catch(() => null);
    await http.close();
    for (const name of Object.keys(proxies)) Reflect.deleteProperty(process.env, name);

    expect(connects).toBe(0);
  });
});
