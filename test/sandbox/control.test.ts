import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FAULT_KINDS } from '../../sandbox/faults.ts';
import { createLicense } from '../../sandbox/population.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { SOURCE_IDS } from '../../sandbox/wire.ts';
import { askCredit, askLibrary, control, read } from './sandbox-client.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(async () => {
  await sandbox.stop();
});

test('calls are counted with what they asked for until they are forgotten', async () => {
  await control(sandbox, 'credit-platform', 'DELETE /calls');
  const subject = { category: '自然人', identify: '370800900101001' };
  await askCredit(sandbox, [subject, { category: '自然人', identify: '1' }]);
  await control(sandbox, 'credit-platform', 'PUT /fault', { kind: 'down', times: 1 });
  await askCredit(sandbox, [subject]);

  const { json } = await control(sandbox, 'credit-platform', 'GET /calls');
  await control(sandbox, 'credit-platform', 'DELETE /calls');
  const forgotten = await control(sandbox, 'credit-platform', 'GET /calls');

  const at = expect.any(String);
  expect(json).toEqual({
    total: 2,
    calls: [
      { at, operation: 'query', keys: ['370800900101001', '1'], status: 200, fault: null },
      { at, operation: 'query', keys: ['370800900101001'], status: 503, fault: 'down' },
    ],
  });
  expect(forgotten.json).toEqual({ total: 0, calls: [] });
});

test.each([
  [{ kind: 'broken' }, 'kind', FAULT_KINDS],
  [{ kind: 'slow' }, 'ms', 'a number from 0 to 86400000'],
  [{ kind: 'tls', how: 'odd' }, 'how', expect.arrayContaining(['self-signed', 'reset'])],
  [{ kind: 'down', color: 'red' }, 'color', expect.arrayContaining(['kind', 'times'])],
  [{ kind: 'integrity', how: 'corrupted' }, 'how', ['reordered', 'missing', 'extra']],
  [{ kind: 'down', operation: 'guess' }, 'operation', ['query', 'ping', 'push', 'push-status']],
])('a wrong order %j is refused by the name of field %s', async (order, field, allowed) => {
  const refused = await control(sandbox, 'credit-platform', 'PUT /fault', order);

  expect(refused.status).toBe(400);
  expect(refused.json).toEqual({ error: 'wrong field', field, allowed });
});

test('a record put at run time is served at once and one removed is gone', async () => {
  const identifier = '1.2.156.3005.2.TEST.1';
  const path = `/records/licenses/${encodeURIComponent(identifier)}`;
  const record = createLicense({ identifier, holder: '某公司', holderCode: 'X' });
  const statusOf = async (): Promise<unknown> => {
    const heard = await askLibrary(sandbox, 'queryCertInfo', { certIdentifier: identifier });
    return (read(heard)['head'] as { status: number }).status;
  };

  const put = await control(sandbox, 'license-library', `PUT ${path}`, record);
  const held = await statusOf();
  const got = await control(sandbox, 'license-library', `GET ${path}`);
  await control(sandbox, 'license-library', `DELETE ${path}`);
  const gone = await statusOf();

  expect([put.status, held, got.json, gone]).toEqual([200, 0, record, 10]);
});

test('a record of another shape is refused by the name of the field', async () => {
  const refused = await control(sandbox, 'assistance', 'PUT /records/facts/1:2', {
    subjectCode: '1',
    question: '2',
    outcome: 'MAYBE',
  });

  expect(refused.json).toEqual({
    error: 'wrong field',
    field: 'outcome',
    allowed: ['CONFIRMED', 'DENIED', 'NO_RECORD'],
  });
});

test.each(SOURCE_IDS)('the control port of %s says what can be done', async (id) => {
  const { json } = await control(sandbox, id, 'GET /');

  expect(json['source']).toBe(id);
  expect(json['baseUrl']).toBe(sandbox.sources[id].baseUrl);
  expect(json['caPem']).toContain('BEGIN CERTIFICATE');
  expect(json['routes']).toEqual(expect.arrayContaining([expect.stringContaining('PUT /fault')]));
});

test('stopping twice waits for one stop and leaves nothing listening', async () => {
  const another = await startSandbox();
  await control(another, 'credit-platform', 'PUT /fault', { kind: 'hang' });
  const hanging = askCredit(another, []).catch((error: NodeJS.ErrnoException) => error.code);

  await Promise.all([another.stop(), another.stop()]);
  const after = await askCredit(another, []).catch((error: NodeJS.ErrnoException) => error.code);

  expect(await hanging).toMatch(/ECONNRESET|ECONNREFUSED/);
  expect(after).toBe('ECONNREFUSED');
});
