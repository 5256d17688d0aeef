import { crc32 } from 'node:zlib';

/** Types of columns by which rows of two collections are matched. */
export const KEY_TYPES = ['TEXT', 'INTEGER', 'DATE', 'UUID'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

declare const rowKey: unique symbol;

/**
 * Key of a row, of one or several columns, as one text. Keys compare code point by code point as
 * their columns compare one after the other: integers by size, everything else as text. What
 * `src/differ` writes as SQL gives the same text.
 */
export type RowKey = string & { readonly [rowKey]: true };

/** Sorts before every character that a text can hold, but for the zero that no database takes. */
const SEPARATOR = '\u0001';
const ESCAPE = '\u0002';
const SIGN = 1n << 63n;
/** Signs of a number that is exact in 64 bits of a floating point. */
const PLAIN_DIGITS_MAX = 15;
/** Buckets that keys fall into, whatever is done with them: a power of two. */
export const BUCKETS = 64;

/**
 * The key of these values. Null where one of them is null: such a row has no key.
 *
 * @throws {RangeError} for an INTEGER that is no whole number of 64 bits.
 */
export function encodeKey(
  values: readonly (string | null)[],
  types: readonly KeyType[],
): RowKey | null {
  const parts: string[] = [];
  for (const [at, type] of types.entries()) {
    const value = values[at] ?? null;
    if (value === null) return null;
    parts.push(encodePart(value, type));
  }
  return parts.join(SEPARATOR) as RowKey;
}

/** The values that a key was made of. */
export function decodeKey(key: RowKey, types: readonly KeyType[]): readonly string[] {
  return key.split(SEPARATOR).map((part, at) => decodePart(part, types[at] ?? 'TEXT'));
}

/** As texts compare in a database with collation "C": less than, equal to or above 0. */
export function compareKeys(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at += 1) {
    const left = one.charCodeAt(at);
    const right = other.charCodeAt(at);
    if (left !== right) return rankOf(left) - rankOf(right);
  }
  return one.length - other.length;
}

/** The bucket of a key, from 0 to 63: what a row is placed by, on one server or on several. */
export function bucketOf(key: RowKey): number {
  return crc32(key) & (BUCKETS - 1);
}

/** Halves of characters beyond the first plane come after all that is within it. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function encodePart(value: string, type: KeyType): string {
  if (type === 'INTEGER') return encodeInteger(value);
  if (type === 'UUID') return value.toLowerCase();
  if (type !== 'TEXT') return value;
  if (!value.includes(SEPARATOR) && !value.includes(ESCAPE)) return value;
  return value.replaceAll(ESCAPE, `${ESCAPE}\u0003`).replaceAll(SEPARATOR, `${ESCAPE}${ESCAPE}`);
}

function decodePart(part: string, type: KeyType): string {
  if (type === 'INTEGER') return String(BigInt.asIntN(64, BigInt(`0x${part}`) ^ SIGN));
  if (type !== 'TEXT' || !part.includes(ESCAPE)) return part;
  return part.replaceAll(/\u0002([\u0002\u0003])/gu, (_, mark: string) =>
    mark === ESCAPE ? SEPARATOR : ESCAPE,
  );
}

function encodeInteger(value: string): string {
  if (!/^-?\d{1,19}$/u.test(value)) throw new RangeError('A key is no integer.');
  if (value.length <= PLAIN_DIGITS_MAX) return encodePlain(Number(value));
  const number = BigInt(value);
  if (BigInt.asIntN(64, number) !== number) throw new RangeError('A key is beyond 64 bits.');
  return (BigInt.asUintN(64, number) ^ SIGN).toString(16).padStart(16, '0');
}

/** The same of a number that is exact as it is: most keys, at a fraction of the time. */
function encodePlain(number: number): string {
  const high = Math.floor(number / 2 ** 32);
  const low = number - high * 2 ** 32;
  const first = (high + 2 ** 31).toString(16);
  return first.padStart(8, '0') + low.toString(16).padStart(8, '0');
}
