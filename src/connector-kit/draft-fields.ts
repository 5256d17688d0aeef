import { LosslessNumber } from 'lossless-json';

import type { Collection } from './connector.ts';
import { toPointer } from './decode.ts';

type Field = Collection['fields'][number];

/** Fields of one draft, and levels within one another, at most. */
const FIELDS_MAX = 500;
const LEVELS_MAX = 6;

const DAY = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日)$/u;
const INSTANT = /^\d{4}-\d{1,2}-\d{1,2}[ T]\d{2}:\d{2}/u;

/**
 * The fields of a sample row, in its order, for a mapping to be drafted from. Of a list the first
 * element stands for all, as `-`. Holds names and kinds of values, never a value.
 */
export function draftFields(row: unknown): readonly Field[] {
  return listFields(row, []).slice(0, FIELDS_MAX);
}

function listFields(value: unknown, path: readonly string[]): readonly Field[] {
  if (value === null || typeof value !== 'object' || value instanceof LosslessNumber) {
    return [{ pointer: toPointer(path), type: typeOf(value), title: null }];
  }
  if (path.length >= LEVELS_MAX) return [];
  const own: readonly Field[] =
    path.length === 0 ? [] : [{ pointer: toPointer(path), type: 'OTHER', title: null }];
  const parts = Array.isArray(value)
    ? (value as readonly unknown[]).slice(0, 1).map((each) => ['-', each] as const)
    : Object.entries(value);
  return [...own, ...parts.flatMap(([name, part]) => listFields(part, [...path, name]))];
}

function typeOf(value: unknown): Field['type'] {
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number')
    return Number.isInteger(value) && value > 1e11 ? 'INSTANT' : 'NUMBER';
  if (typeof value !== 'string') return 'OTHER';
  if (DAY.test(value)) return 'DAY';
  return INSTANT.test(value) ? 'INSTANT' : 'TEXT';
}
