import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import {
  buildSchema,
  findBreakingChanges,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';

import { GOLDEN_SDL, printContract, readContract } from './support/golden-schema.ts';

// Names that say it all, so that a sentence would only repeat them.
const SELF_EXPLAINING = /^(id|name|kind|code|type|label|version|title|nodes|pageInfo|userErrors)$/;

test('the contract is the one on record; `npm run golden` records a new one', () => {
  expect(printContract()).toBe(readFileSync(GOLDEN_SDL, 'utf8'));
});

test('nothing that callers may rely on is taken away', () => {
  const golden = buildSchema(readFileSync(GOLDEN_SDL, 'utf8'));

  expect(findBreakingChanges(golden, readContract())).toEqual([]);
});

test('every type, operation and input says what it is', () => {
  const silent = Object.values(readContract().getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isBuiltIn(type.name))
    .flatMap((type) => {
      const isRoot = type.name === 'Query' || type.name === 'Mutation';
      const fields = isRoot && isObjectType(type) ? Object.values(type.getFields()) : [];
      const inputs = isInputObjectType(type) ? Object.values(type.getFields()) : [];
      return [
        ...(isRoot || isPayload(type.name) || hasWord(type.description) ? [] : [type.name]),
        ...[...fields, ...inputs]
          .filter(({ name, description }) => !hasWord(description) && !SELF_EXPLAINING.test(name))
          .map(({ name }) => `${type.name}.${name}`),
      ];
    });

  expect(silent.filter((name) => !OBVIOUS.includes(name))).toEqual([]);
});

function isBuiltIn(name: string): boolean {
  return name.startsWith('__') || ['String', 'Int', 'Float', 'Boolean', 'ID'].includes(name);
}

function isPayload(name: string): boolean {
  return name.endsWith('Payload') || name.endsWith('Connection');
}

function hasWord(description: string | null | undefined): boolean {
  return (description ?? '').trim().length > 0;
}

// Their fields, standards and values say it all.
const OBVIOUS: readonly string[] = [];
