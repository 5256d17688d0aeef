import type { RowKey } from './row-key.ts';

/** Words for what can be wrong with a key that two collections are compared by. */
export const DIFFERENCE_TYPES = [
  'LEFT_ONLY',
  'RIGHT_ONLY',
  'DIFFERS',
  'DUPLICATE_KEY',
  'IN_FLIGHT',
] as const;
export type DifferenceType = (typeof DIFFERENCE_TYPES)[number];

/** A row of one side. */
export interface ComparedRow {
  readonly key: RowKey;
  /** In the order of the fields; in the canonical text of their types. */
  readonly values: readonly (string | null)[];
  /** Whether it was changed so lately that the other side may not know yet. */
  readonly isYoung: boolean;
}

/** A key under which the two sides do not hold the same rows, and what they hold. */
export interface Difference {
  readonly type: DifferenceType;
  readonly key: RowKey;
  /** Names of the fields that differ, in order. Empty where no two rows face each other. */
  readonly fields: readonly string[];
  /** Rows of the left side under this key: none, one, or several. */
  readonly left: readonly ComparedRow['values'][];
  readonly right: readonly ComparedRow['values'][];
}

/**
 * What is to be said of a key, from all rows that the two sides hold under it. Null where they
 * hold the same rows, each as often: a key that stands twice on both sides alike is no difference.
 * IN_FLIGHT comes before everything else, DUPLICATE_KEY before the rest.
 */
export function compareRows(
  left: readonly ComparedRow[],
  right: readonly ComparedRow[],
  names: readonly string[],
): Difference | null {
  const key = (left[0] ?? right[0])?.key;
  if (key === undefined || isSameRows(left, right)) return null;
  const sides = { left: left.map(valuesOf), right: right.map(valuesOf) };
  const type = typeOf(left, right);
  const fields = left.length === 1 && right.length === 1 ? differing(sides, names) : [];
  return { type, key, fields, ...sides };
}

function typeOf(left: readonly ComparedRow[], right: readonly ComparedRow[]): DifferenceType {
  if ([...left, ...right].some(({ isYoung }) => isYoung)) return 'IN_FLIGHT';
  if (left.length > 1 || right.length > 1) return 'DUPLICATE_KEY';
  if (right.length === 0) return 'LEFT_ONLY';
  return left.length === 0 ? 'RIGHT_ONLY' : 'DIFFERS';
}

function isSameRows(left: readonly ComparedRow[], right: readonly ComparedRow[]): boolean {
  if (left.length !== right.length) return false;
  const texts = (rows: readonly ComparedRow[]): readonly string[] =>
    rows.map(({ values }) => JSON.stringify(values)).toSorted();
  const others = texts(right);
  return texts(left).every((text, at) => text === others[at]);
}

function differing(
  { left: [left = []], right: [right = []] }: Pick<Difference, 'left' | 'right'>,
  names: readonly string[],
): readonly string[] {
  return names.filter((_, at) => (left[at] ?? null) !== (right[at] ?? null));
}

function valuesOf({ values }: ComparedRow): ComparedRow['values'] {
  return values;
}
