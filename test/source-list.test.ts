import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { readSourceList } from '../src/source-list.ts';

const ROUTES = { LICENSE: 'one', REGISTRATION: 'one', CREDIT: 'one', ASSISTANCE: 'one' };
const ONE = { id: 'one', title: '一', kind: 'license-library', settings: {} };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hecha-list-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(json: unknown): string {
  const file = join(folder, 'sources.json');
  writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json));
  return file;
}

test('secrets come from the list, from the environment or from a file', async () => {
  writeFileSync(join(folder, 'key'), 'from a file\n');
  const secrets = { a: 'as is', b: { env: 'B' }, c: { file: join(folder, 'key') } };
  const file = write({ sources: [{ ...ONE, secrets }], routes: ROUTES });

  const { sources } = await readSourceList(file, { B: 'from the environment' });

  expect(sources[0]?.secrets).toEqual({
    a: 'as is',
    b: 'from the environment',
    c: 'from a file',
  });
});

test.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /cannot be read as JSON/],
  ['an unknown field', { sources: [{ ...ONE, url: 'x' }], routes: ROUTES }, /\/sources\/0/],
  ['an id with a slash', { sources: [{ ...ONE, id: 'a/b' }], routes: ROUTES }, /\/sources\/0\/id/],
  ['an id twice', { sources: [ONE, ONE], routes: ROUTES }, /one is listed twice/],
  ['a missing route', { sources: [ONE], routes: { LICENSE: 'one' } }, /\/routes/],
  [
    'a route to nowhere',
    { sources: [ONE], routes: { ...ROUTES, CREDIT: 'two' } },
    /route CREDIT names no source/,
  ],
  [
    'a secret that is not set',
    { sources: [{ ...ONE, secrets: { token: { env: 'MISSING' } } }], routes: ROUTES },
    /token of source one: MISSING is not set/,
  ],
])('a list with %s is refused, and the place is named', async (_what, json, problem) => {
  await expect(readSourceList(write(json), {})).rejects.toThrow(problem);
});
