import type { Held } from './held.ts';

/** Steps of a pointer, at most. */
const STEPS_MAX = 16;

/** Whether keys are told apart by case. Some systems spell one key in several ways. */
export type KeyCase = 'EXACT' | 'ANY_CASE';

/** Finds a value in a row. Undefined where nothing stands there; never throws. */
export type Place = (row: Held) => Held;

/**
 * The steps of a JSON pointer (RFC 6901), unescaped. Null for what is none, or leads deeper than
 * any row of a source, or names `__proto__`.
 */
export function parsePointer(pointer: string): readonly string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/u.test(pointer)) return null;
  const steps = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.length > STEPS_MAX || steps.includes('__proto__') ? null : steps;
}

/** Where a pointer leads, resolved once. Only own properties and elements are ever seen. */
export function compilePlace(steps: readonly string[], keys: KeyCase): Place {
  const moves = steps.map((step) => (keys === 'EXACT' ? exactStep(step) : foldedStep(step)));
  const [first, second] = moves;
  if (first === undefined) return (row) => row;
  if (second === undefined) return first;
  return (row) => moves.reduce((value, move) => move(value), row);
}

function exactStep(step: string): Place {
  const index = indexOf(step);
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return index === null ? undefined : elementOf(value, index);
    return Object.hasOwn(value, step) ? (value as Readonly<Record<string, Held>>)[step] : undefined;
  };
}

/** One key in two spellings is found in neither: nobody can tell which is meant. */
function foldedStep(step: string): Place {
  const [index, wanted] = [indexOf(step), step.toLowerCase()];
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return index === null ? undefined : elementOf(value, index);
    const spelled = Object.keys(value).filter((key) => key.toLowerCase() === wanted);
    const [key] = spelled;
    if (key === undefined || spelled.length > 1) return undefined;
    return (value as Readonly<Record<string, Held>>)[key];
  };
}

function elementOf(list: readonly Held[], index: number): Held {
  return list[index];
}

/** Null for a step that is no index of an array: signs, leading zeros, `-`. */
function indexOf(step: string): number | null {
  return /^(?:0|[1-9]\d{0,8})$/u.test(step) ? Number(step) : null;
}
