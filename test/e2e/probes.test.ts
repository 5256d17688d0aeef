import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { createOperators, type Operators } from '../registry/operators.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';

/** What a scanner would like to read in a report. */
const BANNER = 'OpenSSH_9.6p1-internal-host-42';
const OWNER = 'county-credit';

let hub: TestHub;
let operators: Operators;
const servers: Server[] = [];
const sockets = new Set<Socket>();
beforeAll(async () => {
  hub = await startTestHub();
  operators = createOperators(hub);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((one) => new Promise((done) => one.close(done))));
  await hub.stop();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

const raw = (behave: (socket: Socket) => void) => listen(createServer(behave));
const http = (status: number, headers: Record<string, string>, body: string | Buffer) =>
  listen(
    createHttpServer((_request, response) => {
      response.writeHead(status, { server: BANNER, ...headers });
      response.end(body);
    }),
  );

/** Twenty places an operator might be curious about. */
async function targets(): Promise<readonly string[]> {
  const here = (port: number, scheme = 'http') => `${scheme}://127.0.0.1:${port}`;
  const json = { 'content-type': 'application/json' };
  const closed = await raw(() => undefined);
  await new Promise((done) => servers.pop()?.close(done));
  const talkative = await raw((socket) => socket.write(`SSH-2.0-${BANNER}\r\n`));
  return [
    here(closed),
    here(closed, 'https'),
    here(talkative),
    here(talkative, 'https'),
    here(await raw((socket) => socket.end(`220 ${BANNER} ESMTP\r\n`))),
    here(await raw((socket) => socket.destroy())),
    here(await raw(() => undefined)),
    here(await http(200, json, JSON.stringify({ secret: BANNER }))),
    here(await http(200, { 'content-type': 'text/html' }, `<h1>${BANNER}</h1>`)),
    here(await http(301, { location: `http://${BANNER}/` }, BANNER)),
    here(await http(401, { 'www-authenticate': `Basic realm="${BANNER}"` }, BANNER)),
    here(await http(403, {}, BANNER)),
    here(await http(404, {}, BANNER)),
    here(await http(500, {}, BANNER)),
    here(await http(503, { 'retry-after': '99' }, BANNER)),
    here(await http(200, { ...json, 'content-encoding': 'gzip' }, gzipSync(BANNER))),
    here(await http(200, json, `{"code":0,"data":"${BANNER}"`)),
    here(await http(200, { ...json, 'content-length': '999999' }, BANNER)),
    'http://no-such-host.invalid:80',
    'http://169.254.169.254:80',
  ];
}

async function probe(baseUrl: string, index: number) {
  const who = index < 10 ? operators.one : operators.two;
  const revision = {
    kind: 'credit-platform',
    settings: { baseUrl, allowPlainHttp: true, canary: operators.canary },
    routes: [{ dataset: 'CREDIT' as const, regions: ['370811'], rank: 5 }],
    note: '试连接',
  };
  if (index === 0) await who.register(OWNER, revision);
  else await who.revise(OWNER, revision);
  await who.setSecrets(OWNER, { appKey: 'an-app-key-for-probes' });
  return who.check(OWNER);
}

test('twenty probes of inner places tell no more than a class of reason, in tenths of a second', async () => {
  const files = [];
  const all = await targets();
  for (const [index, baseUrl] of all.entries()) files.push(await probe(baseUrl, index));

  const reports = files.map(({ file }) => file?.candidate?.checks[0]);
  const lines = reports.flatMap((report) => report?.probes ?? []);
  expect(files.map(({ errors }) => errors)).toEqual(all.map(() => []));
  expect(reports.every((report) => report?.passed === false)).toBe(true);
  for (const { code, tookTenths } of lines) {
    expect(code).toMatch(/^(?:OK|SOURCE_[A-Z_]+|UNSAFE_CONFIGURATION)$/u);
    expect(Number.isInteger(tookTenths)).toBe(true);
  }
  const told = JSON.stringify(files);
  for (const word of [
    BANNER,
    'SSH',
    'ESMTP',
    'realm',
    'retry-after',
    'nginx',
    'ECONN',
    'ENOTFOUND',
  ])
    expect(told).not.toContain(word);
  const checks = await hub.database
    .db<{ source: string; checked_by: string }>('source_check')
    .where({ source: OWNER });
  expect(checks).toHaveLength(all.length);
  expect(new Set(checks.map(({ checked_by: by }) => by))).toEqual(
    new Set(['operator-1', 'operator-2']),
  );
}, 120_000);

test('the eleventh probe of an operator within the hour is refused, and that is on record', async () => {
  const { errors } = await operators.one.check(OWNER);

  expect(errors).toMatchObject([{ code: 'TOO_MANY_PROBES' }]);
  const refused = await hub.database.db('refusal').where({ code: 'TOO_MANY_PROBES' });
  expect(refused).toMatchObject([{ actor: 'operator-1' }]);
});
