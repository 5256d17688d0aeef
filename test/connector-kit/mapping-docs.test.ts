import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { CANONICAL_RECORDS } from '../../src/connector-kit/mapping/canonical-field.ts';
import { compileMapping } from '../../src/connector-kit/mapping/mapping.ts';
import {
  DAY_FORMS,
  fieldRule,
  listRule,
  NORMALIZERS,
  READS,
} from '../../src/connector-kit/mapping/rule.ts';
import { SHIPPED_TABLES } from '../../src/connector-kit/mapping/tables/shipped.ts';
import { write } from './mapping-samples.ts';

const page = readFileSync(new URL('../../docs/reference/mapping.md', import.meta.url), 'utf8');

/** What stands first, as code, in the lines of tables. */
const rows = [...page.matchAll(/^\| `([^`]+)`/gmu)].map(([, name]) => name);

test('the page lists every shipped table, and no other', () => {
  const listed = rows.filter((name) => /^[a-z]+-[a-z]+(?:\.[a-z-]+)?$/u.test(name ?? ''));

  expect(listed.toSorted()).toEqual([...SHIPPED_TABLES.keys()].toSorted());
});

test('the page explains every part of a rule and of a list, every form, way and normalizer', () => {
  const parts = [...Object.keys(fieldRule.shape), ...Object.keys(listRule.shape)];
  const words = [...READS, ...NORMALIZERS].filter((word) => !page.includes(`\`${word}\``));

  expect([...parts, ...DAY_FORMS].filter((part) => !rows.includes(part))).toEqual([]);
  expect(words).toEqual([]);
});

test('the page names every canonical field with its demands', () => {
  const records = Object.values(CANONICAL_RECORDS).flatMap(({ fields, lists }) => [
    fields,
    ...Object.values(lists),
  ]);
  const marks = { VALUE: '\\*', KEY: '!', NONE: '' };

  const untold = records
    .flatMap((fields) => Object.entries(fields))
    .map(([name, { must }]) => `\`${name}\`${marks[must]}`)
    .filter((field) => !page.includes(field));

  expect([...new Set(untold)]).toEqual([]);
});

test('the mapping on the page compiles', () => {
  const [, example = ''] = /```json\n([\s\S]*?)```/u.exec(page) ?? [];

  const { pointers } = compileMapping(
    'enterprise.registration',
    write(JSON.parse(example) as object),
  );

  expect(pointers).toContain('/E_ALTER_RECODER/-/ALTBE');
});
