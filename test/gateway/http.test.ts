import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { AGENCY, startWorld, type World } from './world.ts';

const ME = '{ me { account } }';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe('only JSON by POST reaches GraphQL', () => {
  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])('%s: 405', async (method) => {
    const response = await fetch(`${world.url}/graphql?query={me{account}}`, {
      method,
      headers: { authorization: `Bearer ${await world.token()}`, 'apollo-require-preflight': '1' },
    });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'text/plain; application/json',
    'application/jsonx',
  ])('content type %s: 415', async (type) => {
    const answer = await world.post(JSON.stringify({ query: ME }), {
      headers: { 'content-type': type },
    });

    expect(answer.status).toBe(415);
    expect(answer.codes).toEqual(['BAD_REQUEST']);
  });

  test.each([
    ['nothing', ''],
    ['half an object', '{"query":'],
    ['a list', `[{"query":"${ME}"}]`],
    ['a text', '"x"'],
    ['null', 'null'],
    ['no query', '{}'],
    ['an empty query', '{"query":" "}'],
    ['a query that is an object', '{"query":{"kind":"Document"}}'],
    ['variables that are a text', `{"query":"${ME}","variables":"{}"}`],
    ['variables that are a list', `{"query":"${ME}","variables":[]}`],
    ['an operation name that is a number', `{"query":"${ME}","operationName":1}`],
    ['a prototype', `{"query":"${ME}","__proto__":{"a":1}}`],
    ['a persisted query alone', '{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}'],
  ])('a body with %s: 400', async (_what, body) => {
    const answer = await world.post(body);

    expect(answer.status).toBe(400);
    expect(answer.codes).toEqual(['BAD_REQUEST']);
  });

  test('an operation name that the document does not have: 400', async () => {
    const answer = await world.post({ query: 'query A { schemaVersion }', operationName: 'B' });

    expect(answer.status).toBe(400);
    expect(answer.codes).toEqual(['OPERATION_RESOLUTION_FAILURE']);
  });
});

describe('whoever does not identify themselves gets one constant answer', () => {
  const headers = [
    ['no header', {}],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['no token', { authorization: 'Bearer ' }],
    ['a word', { authorization: 'Bearer token' }],
    ['three words', { authorization: 'Bearer a.b.c' }],
    ['two tokens', { authorization: 'Bearer a.b.c, Bearer a.b.c' }],
    ['a large token', { authorization: `Bearer a.${'b'.repeat(9_000)}.c` }],
  ] as const;

  test.each(headers)('%s: 401', async (_what, given) => {
    const answer = await world.post({ query: ME }, { token: null, headers: given });

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.text).toBe(
      '{"errors":[{"message":"The caller did not identify itself.","extensions":{"code":"UNAUTHENTICATED","retryable":false}}]}',
    );
  });

  test('a good token behind other words: 401', async () => {
    const authorization = `Basic x Bearer ${await world.token()}`;

    const answer = await world.post({ query: ME }, { token: null, headers: { authorization } });

    expect(answer.status).toBe(401);
  });

  test('the body is not even read', async () => {
    const answer = await world.post('}{', { token: null });

    expect(answer.status).toBe(401);
  });
});

describe('every request has an id, in its answer and in the log', () => {
  test('a safe one of the caller is kept', async () => {
    const answer = await world.post({ query: ME }, { headers: { 'x-request-id': 'case-1.A_b' } });

    expect(answer.headers.get('x-request-id')).toBe('case-1.A_b');
    const line = world.logLines.find((one) => one.includes('"case-1.A_b"')) ?? '';
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: expect.any(String),
      requestId: 'case-1.A_b',
      method: 'POST',
      route: '/graphql',
      status: 200,
      ms: expect.any(Number),
      operation: null,
      agency: AGENCY,
      codes: [],
      msg: 'request',
    });
  });

  test.each(['a b', 'x'.repeat(65), 'a"b', '张三', ''])('%j is replaced', async (id) => {
    const answer = await world.post(
      { query: ME },
      { headers: { 'x-request-id': Buffer.from(id).toString('latin1') } },
    );

    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/u);
  });

  test('the line of a request names its operation and codes, and holds nothing of what it says', async () => {
    const sent = {
      query: 'query FindCase($id: ID!) { case(id: $id) { id } cases(first: 500) { nodes { id } } }',
      variables: { id: '张三丰' },
    };

    await world.post(sent, { headers: { 'x-request-id': 'quiet-1' } });

    const line = world.logLines.find((one) => one.includes('"quiet-1"')) ?? '';
    expect(JSON.parse(line)).toMatchObject({
      operation: 'FindCase',
      status: 400,
      codes: ['BAD_USER_INPUT'],
    });
    expect(line).not.toMatch(/张三丰|eyJ/u);
  });
});

test('the hub closes a connection that sends its headers slowly', async () => {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  let text = '';
  const startedAt = performance.now();
  for await (const chunk of socket) text += String(chunk);

  expect(text).toMatch(/^HTTP\/1\.1 408/u);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
}, 20_000);

test('a request that smuggles another is refused', async () => {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  socket.end(
    'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  let text = '';
  for await (const chunk of socket) text += String(chunk);

  expect(text).toMatch(/^HTTP\/1\.1 400/u);
  expect(text).not.toContain('hecha_requests');
});
