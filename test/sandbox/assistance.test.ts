import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { control, notification, notify, read } from './sandbox-client.ts';

let sandbox: Sandbox;
let hub: Server;
let hubUrl: string;
let replies: { readonly authorization: string; readonly body: unknown }[] = [];
let userErrors: readonly object[] = [];

beforeAll(async () => {
  hub = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
      replies.push({ authorization: request.headers.authorization ?? '', body });
      response.end(JSON.stringify({ data: { replyToAssistance: { request: null, userErrors } } }));
    });
  });
  await new Promise<void>((resolve) => {
    hub.listen(0, '127.0.0.1', () => resolve());
  });
  hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/graphql`;
});

beforeEach(async () => {
  replies = [];
  userErrors = [];
  sandbox = await startSandbox();
  await control(sandbox, 'assistance', 'PUT /hub', { url: hubUrl, token: 'clerk-token' });
});

afterEach(async () => {
  await sandbox.stop();
});

afterAll(() => {
  hub.closeAllConnections();
  hub.close();
});

test('the same notification again gets the same receipt, another one a refusal', async () => {
  const first = await notify(sandbox, notification('r-1'));
  const again = await notify(sandbox, notification('r-1'));
  const other = await notify(sandbox, { ...notification('r-1'), caseNo: 'another' });

  expect(read(first)).toEqual({
    receiptNo: expect.stringMatching(/^济医保协〔\d{4}〕1号$/),
    requestNo: 'r-1',
    receivedAt: expect.stringMatching(/\+08:00$/),
  });
  expect(read(again)).toEqual(read(first));
  expect([other.status, read(other)['code']]).toEqual([409, 'REQUEST_DIFFERS']);
});

test.each([
  ['matterName', { matterName: '' }],
  ['dueOn', { dueOn: 'soon' }],
  ['subject.code', { subject: { kind: 'PERSON', name: '张三' } }],
  ['questions', { questions: [] }],
  ['questions[0].text', { questions: [{ code: 'A' }] }],
])('a notification without a right %s is refused by that name', async (field, change) => {
  const heard = await notify(sandbox, { ...notification('r-2'), ...change });

  expect(heard.status).toBe(400);
  expect(read(heard)).toMatchObject({ code: 'BAD_REQUEST', field });
});

test('the clerk answers each question from the registers, in the hub, with his token', async () => {
  await notify(sandbox, notification('r-3'));

  const replied = await control(sandbox, 'assistance', 'POST /reply/r-3');

  expect(replied.json).toEqual({ state: 'REPLIED', replyError: null });
  expect(replies).toEqual([
    {
      authorization: 'Bearer clerk-token',
      body: {
        query: expect.stringContaining('replyToAssistance(input: $input)'),
        variables: {
          input: {
            requestId: 'r-3',
            answers: [
              { question: 'INSURED_SINCE_2020', outcome: 'CONFIRMED', note: null },
              { question: 'UNHEARD_OF', outcome: 'CANNOT_DETERMINE', note: null },
            ],
            answererName: '李经办',
            asOf: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
          },
        },
      },
    },
  ]);
});

test('a clerk with a pace answers by himself', async () => {
  await control(sandbox, 'assistance', 'PUT /reply-after', { ms: 20 });

  await notify(sandbox, notification('r-4'));
  const deadline = Date.now() + 3000;
  while (replies.length === 0 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }

  expect(replies).toHaveLength(1);
});

test('a reply the hub refuses is listed with the reason', async () => {
  userErrors = [{ code: 'ALREADY_REPLIED', field: null, message: 'no' }];
  await notify(sandbox, notification('r-5'));

  await control(sandbox, 'assistance', 'POST /reply/r-5');
  const listed = read(await notify(sandbox, undefined, { method: 'GET' }));

  expect(listed['requests']).toMatchObject([
    { requestNo: 'r-5', state: 'REPLY_FAILED', replyError: 'userErrors: ALREADY_REPLIED' },
  ]);
});

test('a receipt for another request is sent under the integrity fault', async () => {
  await control(sandbox, 'assistance', 'PUT /fault', { kind: 'integrity', how: 'other-request' });

  const heard = await notify(sandbox, notification('r-6'));

  expect(read(heard)['requestNo']).not.toBe('r-6');
});

test('a wrong token is 401', async () => {
  const heard = await notify(sandbox, notification('r-7'), {
    headers: { authorization: 'Bearer guess' },
  });

  expect([heard.status, read(heard)['code']]).toEqual([401, 'UNAUTHORIZED']);
});
