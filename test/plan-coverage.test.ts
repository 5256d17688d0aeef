import { existsSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { isObjectType } from 'graphql';

import { createSchema } from '../src/gateway/schema.ts';

const page = readFileSync('docs/plan-coverage.md', 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| \d+ /u.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const namedIn = (column: number) =>
  rows.flatMap((cells) =>
    [...(cells[column] ?? '').matchAll(/`([^`]+)`/gu)].map(([, name]) => name),
  );

test('every item of the plan has its line, with an operation and a test or what is open', () => {
  expect(rows.map(([item]) => Number(item))).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  for (const [, , operations, shown, open] of rows)
    expect((operations !== '' && shown !== '') || open !== '').toBe(true);
});

test('every operation that the page names is in the schema', () => {
  const schema = createSchema();

  const unknown = namedIn(2).filter((name = '') => {
    const [type = '', field = ''] = name.split('.');
    const root = schema.getType(type);
    return !isObjectType(root) || root.getFields()[field] === undefined;
  });

  expect(unknown).toEqual([]);
});

test('every test that the page names is there', () => {
  const missing = namedIn(3).filter((path = '') => !existsSync(path));

  expect(missing).toEqual([]);
});
