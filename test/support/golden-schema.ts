import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeExecutableSchema } from '@graphql-tools/schema';
import { lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';

const ROOT = new URL('../..', import.meta.url).pathname;

export const GOLDEN_SDL = join(ROOT, 'docs', 'reference', 'schema.golden.graphql');

/** The contract as one sorted text. */
export function printContract(): string {
  return `${printSchema(lexicographicSortSchema(readContract()))}\n`;
}

export function readContract(): GraphQLSchema {
  const folder = join(ROOT, 'schema');
  const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
  return makeExecutableSchema({
    typeDefs: files.sort().map((name) => readFileSync(join(folder, name), 'utf8')),
  });
}
