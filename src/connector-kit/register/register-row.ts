import { z } from 'zod';

import { parseShape, toPointer } from '../decode.ts';
import { driftFault } from '../fault.ts';
import { readText, type HeldDay } from '../held-value.ts';

/** A row or an element of the service's reply, read without regard to the case of its keys. */
export interface Row {
  /** RFC 6901. */
  readonly pointer: string;
  pointerOf(key: string): string;
  has(key: string): boolean;
  /** Without highlight tags and outer space; null when blank. @throws {HubError} drift. */
  text(key: string): string | null;
  /** @throws {HubError} drift when the key is missing or neither text, number nor null. */
  day(key: string): HeldDay;
  /** The rows of a table. @throws {HubError} drift when it is missing or no list. */
  table(key: string): readonly Row[];
}

const objectShape = z.record(z.string(), z.unknown());
// Some provinces send states and amounts as numbers. Long ones stay lossless and are refused.
const textShape = z.union([z.string(), z.number()]).nullable();
const dayShape = z.union([z.string(), z.number().int()]).nullable();
const tableShape = z.array(z.unknown());

const TAG = /<\/?[a-z][^<>]*>/giu;

/**
 * A row whose keys may be in any case.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT for what is no object, or has one key in two spellings.
 */
export function readRow(value: unknown, pointer: string): Row {
  const held = parseShape(objectShape, value, pointer);
  const spelled = new Map<string, string>();
  for (const key of Object.keys(held)) {
    const folded = key.toLowerCase();
    if (spelled.has(folded)) throw driftFault(`${pointer}${toPointer([key])}`, 'DUPLICATE_KEY');
    spelled.set(folded, key);
  }
  const pointerOf = (key: string): string =>
    `${pointer}${toPointer([spelled.get(key.toLowerCase()) ?? key])}`;
  const get = (key: string): unknown => {
    const spelling = spelled.get(key.toLowerCase());
    if (spelling === undefined) throw driftFault(pointerOf(key));
    return held[spelling];
  };
  return {
    pointer,
    pointerOf,
    has: (key) => spelled.has(key.toLowerCase()),
    text(key) {
      const text = parseShape(textShape, get(key), pointerOf(key));
      return text === null ? null : readText(String(text).replace(TAG, ''));
    },
    day: (key) => parseShape(dayShape, get(key), pointerOf(key)),
    table: (key) =>
      parseShape(tableShape, get(key), pointerOf(key)).map((row, index) =>
        readRow(row, `${pointerOf(key)}/${index}`),
      ),
  };
}
