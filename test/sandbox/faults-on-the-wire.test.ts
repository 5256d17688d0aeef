import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { askCredit, control, read } from './sandbox-client.ts';
import type { Heard, Spoken } from './sandbox-client.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterEach(async () => {
  await control(sandbox, 'credit-platform', 'DELETE /fault');
});

afterAll(async () => {
  await sandbox.stop();
});

const setFault = (fault: object): Promise<unknown> =>
  control(sandbox, 'credit-platform', 'PUT /fault', fault);

const ask = (spoken: Spoken = {}): Promise<Heard> =>
  askCredit(
    sandbox,
    [{ category: '自然人', identify: SUBJECTS.p1.code15, subjectName: '张三' }],
    spoken,
  );

const codeOf = (promise: Promise<Heard>): Promise<unknown> =>
  promise.then(
    () => 'answered',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );

test('down is a 503 with a page in HTML', async () => {
  await setFault({ kind: 'down' });

  const heard = await ask();

  expect(heard.status).toBe(503);
  expect(heard.headers['content-type']).toContain('text/html');
});

test('refuse closes the listener and removing it listens on the same port again', async () => {
  await setFault({ kind: 'refuse' });
  const refused = await codeOf(ask());

  await control(sandbox, 'credit-platform', 'DELETE /fault');
  const heard = await ask();

  expect(refused).toBe('ECONNREFUSED');
  expect(heard.status).toBe(200);
});

test('reset breaks the connection after the request', async () => {
  await setFault({ kind: 'reset' });

  const code = await codeOf(ask());

  expect(code).toBe('ECONNRESET');
});

test('hang never answers', async () => {
  await setFault({ kind: 'hang' });

  const code = await codeOf(ask({ timeoutMs: 300 }));

  expect(code).toBe('TIMEOUT');
});

test('slow answers rightly after the time given', async () => {
  await setFault({ kind: 'slow', ms: 200 });
  const startedAt = performance.now();

  const heard = await ask();

  expect(heard.status).toBe(200);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(190);
});

test('slow-body sends its headers at once and its body over the time given', async () => {
  await setFault({ kind: 'slow-body', ms: 400 });
  const startedAt = performance.now();

  const heard = await ask();

  expect(read(heard)['code']).toBe(0);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(380);
});

test('errors hit the share of calls asked for, the same ones for the same seed', async () => {
  const run = async (): Promise<readonly string[]> => {
    await setFault({ kind: 'errors', percent: 50, seed: 11 });
    const heard: string[] = [];
    for (let i = 0; i < 40; i += 1) {
      const { status, headers } = await ask();
      heard.push(`${status} ${headers['content-type'] ?? ''}`);
    }
    return heard;
  };

  const first = await run();
  const second = await run();

  expect(second).toEqual(first);
  expect(first.filter((line) => line.startsWith('200')).length).toBeGreaterThan(8);
  expect(new Set(first).size).toBe(3);
});

test('a fault with times ends after so many calls', async () => {
  await setFault({ kind: 'down', times: 2 });

  const statuses = [await ask(), await ask(), await ask()].map((each) => each.status);

  expect(statuses).toEqual([503, 503, 200]);
});

test('a fault confined to an operation leaves the others alone', async () => {
  await setFault({ kind: 'down', operation: 'ping' });

  const heard = await ask();

  expect(heard.status).toBe(200);
});

test('the gzip bomb is small on the wire and 200 MB inflated', async () => {
  await setFault({ kind: 'malformed', body: 'gzip-bomb' });

  const heard = await ask({ timeoutMs: 20_000 });

  expect(heard.body.length).toBeLessThan(400 * 1024);
  expect(heard.headers['content-encoding']).toBe('gzip');
  expect(() => gunzipSync(heard.body, { maxOutputLength: 199 * 1024 * 1024 })).toThrow();
});

test('an infinite body goes on for as long as it is read', async () => {
  await setFault({ kind: 'malformed', body: 'infinite' });

  const code = await codeOf(ask());

  expect(code).toBe('TOO_LARGE');
});

test('duplicate keys keep the right value first and an empty one last', async () => {
  await setFault({ kind: 'malformed', body: 'duplicate-keys' });

  const heard = await ask();

  expect(heard.body.toString('utf8').match(/"data":/g)).toHaveLength(2);
  expect(read(heard)['data']).toEqual({});
});

test('an unsafe integer stands where a code or number was text', async () => {
  const soundly = (await ask()).body.toString('utf8');
  await setFault({ kind: 'malformed', body: 'unsafe-integer' });

  const text = (await ask()).body.toString('utf8');

  expect(soundly).not.toMatch(/:\d{16,}/);
  expect(text).toMatch(/:\d{16,}/);
});

test('GBK bytes are no UTF-8 and become the right text when read as GBK', async () => {
  await setFault({ kind: 'charset', how: 'gbk-declared-as-utf8' });

  const heard = await ask();

  expect(heard.headers['content-type']).toContain('UTF-8');
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(heard.body)).toThrow();
  expect(new TextDecoder('gb18030').decode(heard.body)).toContain('张三');
});

test('quota is the source’s own refusal with the time it ends', async () => {
  await setFault({ kind: 'quota', resetAt: '2126-09-19T00:00:00+08:00' });

  const heard = await ask();

  expect(heard.status).toBe(429);
  expect(read(heard)['data']).toEqual({ resetAt: '2126-09-19T00:00:00+08:00' });
  expect(Number(heard.headers['retry-after'])).toBeGreaterThan(0);
});

test('an announced outage says when it ends', async () => {
  await setFault({ kind: 'outage', until: '2126-09-18T06:00:00+08:00' });

  const heard = await ask();

  expect(heard.status).toBe(503);
  expect(heard.headers['retry-after']).toBe('Tue, 17 Sep 2126 22:00:00 GMT');
  expect(read(heard)['data']).toEqual({ until: '2126-09-18T06:00:00+08:00' });
});

test('a skewed clock shows in the Date header', async () => {
  await setFault({ kind: 'clock-skew', ms: 3_600_000 });

  const heard = await ask();

  const skewMs = Date.parse(heard.headers.date ?? '') - Date.now();
  expect(Math.abs(skewMs - 3_600_000)).toBeLessThan(5_000);
});

test('one connection carries several calls', async () => {
  const { port } = new URL(sandbox.sources['credit-platform'].baseUrl);
  const socket = connect(Number(port), '127.0.0.1');
  const heard: string[] = [];
  socket.on('data', (part: Buffer) => heard.push(part.toString('utf8')));
  const line = 'GET /api/v1/ping HTTP/1.1\r\nHost: sandbox\r\n\r\n';

  socket.write(line);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write(line);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();

  expect(heard.join('').match(/HTTP\/1\.1 401/g)).toHaveLength(2);
});
