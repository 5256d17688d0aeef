import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { buildSchema, isEnumType, parse, validate, type GraphQLSchema } from 'graphql';

const ROOT = join(import.meta.dirname, '..', '..');
const CONSOLE = join(ROOT, 'console');

/** Enums of the schema that the console shows, by the prefix of their words. */
const SHOWN = {
  verdict: 'VerdictCode',
  belief: 'Belief',
  outcome: 'FieldOutcome',
  transport: 'TransportOutcome',
  field: 'ClaimField',
  state: 'AssistanceState',
  answer: 'AssistanceOutcome',
  kind: 'FollowUpKind',
  breaker: 'BreakerState',
};

async function readSchema(): Promise<GraphQLSchema> {
  const folder = join(ROOT, 'schema');
  const names = await readdir(folder);
  const parts = names
    .filter((name) => name.endsWith('.graphql') && !name.includes('golden'))
    .map((name) => readFile(join(folder, name), 'utf8'));
  return buildSchema((await Promise.all(parts)).join('\n'));
}

async function readConsole(): Promise<readonly { name: string; text: string }[]> {
  const names = await readdir(CONSOLE);
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(CONSOLE, name), 'utf8') })),
  );
}

async function importConsole<T>(file: string): Promise<T> {
  const path: string = join(CONSOLE, file);
  return (await import(path)) as T;
}

test('everything the console asks is valid against the schema', async () => {
  const schema = await readSchema();
  const operations = await importConsole<Readonly<Record<string, string>>>('operations.js');

  const errors = Object.entries(operations).flatMap(([name, text]) =>
    validate(schema, parse(text)).map(({ message }) => `${name}: ${message}`),
  );

  expect(errors).toEqual([]);
});

test('the console makes no markup from what it is told and has nothing inline', async () => {
  const files = await readConsole();

  const found = files.flatMap(({ name, text }) =>
    [...text.matchAll(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|https?:/g)]
      .concat(
        name.endsWith('.html') ? [...text.matchAll(/\sstyle=|\son\w+=|<style|<script>/g)] : [],
      )
      .map(([match]) => `${name}: ${match}`),
  );

  expect(found).toEqual([]);
});

test('the console has a word in both languages for all it shows', async () => {
  const schema = await readSchema();
  const { PAIRS } = await importConsole<{ PAIRS: Record<string, string[]> }>('words.js');
  const files = await readConsole();
  const named = files.flatMap(({ text }) =>
    [...text.matchAll(/data-word="([^"]+)"|\b(?:word|say)\('([^']+)'/g)].map(
      ([, inPage, inCode]) => inPage ?? inCode ?? '',
    ),
  );
  const values = Object.entries(SHOWN).flatMap(([prefix, type]) => {
    const shown = schema.getType(type);
    return isEnumType(shown) ? shown.getValues().map(({ name }) => `${prefix}.${name}`) : [type];
  });

  const wordless = [...named, ...values].filter((key) => PAIRS[key]?.length !== 2);

  expect(wordless).toEqual([]);
});
