import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { compileQuestion } from '../../connectors/rest/question.ts';
import { judgeQuery } from '../../connectors/graphql/query-text.ts';

/** What people and attackers put into a name. */
const HOSTILE = [
  ...['..', '.', '../..', '/', '//', '/admin', '\\', '%2e%2e', '%2f', '%00', '..%2f', '.%2e'],
  ...['?a=b', '&a=b', '#x', ';', '=', '+', ' ', '\t', '\r\nX-Evil: 1', '\n', '\r', '{code}'],
  ...['"', "'", '`', '\\"', '","x":"', '{"a":1}', ']', '$&', '$1', '济宁', '示例（高新）', '𠮷'],
];

let server: Server;
let base: string;
let seen: { url: string; body: string }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', body });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
});

const ANSWER = {
  method: 'POST',
  path: '/find/{name}/in',
  query: { who: '{name}' },
  body: { name: '{name}' },
  keyPointer: null,
  paging: null,
  batchMax: 1,
} as const;

test('a part of a key is one value in its place, at the server too', async () => {
  seen = [];
  const question = compileQuestion('enterprise.registration', ANSWER);
  let placed = 0;
  for (const name of HOSTILE) {
    const parts = { kind: 'ENTERPRISE', code: '', name, identifier: '', typeCode: '' };
    const { path, body } = question.write([parts], {});
    await fetch(`${base}${path}`, { method: 'POST', body });

    const received = seen.at(-1) ?? { url: '', body: '' };
    const url = new URL(received.url, base);
    const segments = url.pathname.split('/');
    expect([segments.length, segments[1], segments[3]]).toEqual([4, 'find', 'in']);
    const segment = decodeURIComponent(segments[2] ?? '');
    // Dots alone would climb, so they are written once more; they are still one segment.
    expect(/^\.{1,2}$/u.test(name) ? decodeURIComponent(segment) : segment).toBe(name);
    expect([...url.searchParams]).toEqual([['who', name]]);
    expect(JSON.parse(received.body)).toEqual({ name });
    placed += 3;
  }
  expect(placed).toBeGreaterThanOrEqual(60);
});

test.each([
  ['query A { a }', null],
  ['{ a(x: "mutation { b }") }', null],
  ['# mutation\nquery { a }', null],
  ['query A($x: [ID!]! = ["}"]) { a(x: $x) { ...F } } fragment F on T { b }', null],
  ['mutation { a }', 'NOT_A_QUERY'],
  ['subscription { a }', 'NOT_A_QUERY'],
  ['query A { a } query B { b }', 'NOT_ONE_OPERATION'],
  ['query A { a } mutation B { b }', 'NOT_A_QUERY'],
  ['{ a } { b }', 'NOT_ONE_OPERATION'],
  ['query { a', 'NOT_BALANCED'],
  ['fragment F on T { b }', 'NOT_ONE_OPERATION'],
])('the text %j is judged before it is ever sent', (text, problem) => {
  expect(judgeQuery(text)).toBe(problem);
});
