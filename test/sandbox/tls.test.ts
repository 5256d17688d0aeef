import { connect } from 'node:net';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { call, control, read } from './sandbox-client.ts';

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

async function ping(): Promise<unknown> {
  const { tlsBaseUrl } = sandbox.sources['credit-platform'];
  const headers = { 'x-app-key': sandbox.credentials.creditAppKey };
  return call(`${tlsBaseUrl}/api/v1/ping`, { method: 'GET', headers, ca: sandbox.caPem }).then(
    (heard) => read(heard)['code'],
    (error: NodeJS.ErrnoException) => error.code,
  );
}

test('one port speaks HTTPS to a client that pins the authority of the sandbox', async () => {
  const code = await ping();

  expect(code).toBe(0);
});

test.each([
  ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['expired', 'CERT_HAS_EXPIRED'],
  ['wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['old-protocol', 'EPROTO'],
  ['reset', 'ECONNRESET'],
])('a certificate or handshake that is %s is told apart as %s', async (how, expected) => {
  await control(sandbox, 'credit-platform', 'PUT /fault', { kind: 'tls', how });

  const code = await ping();
  await control(sandbox, 'credit-platform', 'DELETE /fault');
  const after = await ping();

  expect(code).toBe(expected);
  expect(after).toBe(0);
});

test('plain HTTP meets a TLS alert under a TLS fault', async () => {
  await control(sandbox, 'credit-platform', 'PUT /fault', { kind: 'tls', how: 'expired' });
  const { port } = new URL(sandbox.sources['credit-platform'].baseUrl);
  const socket = connect(Number(port), '127.0.0.1');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));

  socket.write('GET / HTTP/1.1\r\nHost: sandbox\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));

  expect(Buffer.concat(parts).subarray(0, 2)).toEqual(Buffer.from([0x15, 0x03]));
});
