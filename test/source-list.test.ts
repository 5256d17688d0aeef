import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { readSourceList } from '../src/source-list.ts';

const OWNER = '11370800MB28559184';
const EGRESS = { zones: [] };
const ONE = { id: 'one', title: '一', ownerAgency: OWNER, kind: 'license-library', settings: {} };

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
  const file = write({ sources: [{ ...ONE, secrets }], egress: EGRESS });

  const { sources } = await readSourceList(file, { B: 'from the environment' });

  expect(sources[0]?.secrets).toEqual({
    a: 'as is',
    b: 'from the environment',
    c: 'from a file',
  });
});

test.each<[string, unknown, RegExp]>([
  ['no JSON', '{', /cannot be read as JSON/],
  ['an unknown field', { sources: [{ ...ONE, url: 'x' }], egress: EGRESS }, /\/sources\/0/],
  ['an id with a slash', { sources: [{ ...ONE, id: 'a/b' }], egress: EGRESS }, /\/sources\/0\/id/],
  ['an id twice', { sources: [ONE, ONE], egress: EGRESS }, /one is listed twice/],
  ['no owner', { sources: [{ ...ONE, ownerAgency: undefined }], egress: EGRESS }, /ownerAgency/],
  ['no egress', { sources: [ONE] }, /\/egress/],
  [
    'a zone without a port',
    {
      sources: [ONE],
      egress: { zones: [{ name: 'z', blocks: ['10.0.0.0/8'], ports: [], protocols: ['https'] }] },
    },
    /\/egress\/zones\/0\/ports/,
  ],
  [
    'a secret that is not set',
    { sources: [{ ...ONE, secrets: { token: { env: 'MISSING' } } }], egress: EGRESS },
    /token of source one: MISSING is not set/,
  ],
])('a list with %s is refused, and the place is named', async (_what, json, problem) => {
  await expect(readSourceList(write(json), {})).rejects.toThrow(problem);
});
