import { LosslessNumber } from 'lossless-json';

import { BRACKET_RULE, CASE_RULE, RADICAL_RULE, SPACE_RULE, WIDTH_RULE } from '../../model/text.ts';
import type { NormalizerName } from './rule.ts';

/** Whatever a source may hold at a place. Undefined where nothing stands there. */
export type Held = unknown;

/** Turns the held text into the one that is read. */
export type Normalize = (text: string) => string;

/** Changes a text; ids as operators write them. */
const NORMALIZER: Readonly<Record<NormalizerName, Normalize>> = {
  TAGS: (text) => (text.includes('<') ? text.replace(TAG, '') : text),
  SPACES: SPACE_RULE.apply,
  WIDTH: WIDTH_RULE.apply,
  BRACKETS: BRACKET_RULE.apply,
  CASE: CASE_RULE.apply,
  RADICALS: RADICAL_RULE.apply,
};

/** Highlighting (`<font color=red>`); an opening sign without an end is text. */
const TAG = /<\/?[a-z][^<>]{0,200}>/giu;

/** The normalizers of a rule, one after the other. Null where there are none. */
export function compileNormalizers(names: readonly NormalizerName[]): Normalize | null {
  if (names.length === 0) return null;
  const steps = names.map((name) => NORMALIZER[name]);
  return (text) => steps.reduce((current, step) => step(current), text);
}

/**
 * What a source holds, as it is written: numbers digit by digit, however long. Null for null,
 * undefined for what is neither text nor number (booleans are, in code tables only) or is a
 * number with an exponent, which has lost digits or never was one of a register. Halves of
 * characters (lone surrogates) and U+0000, which no database keeps, become the sign for a lost
 * character.
 */
export function writtenText(value: Held, allowed: 'TEXT' | 'CODE'): string | null | undefined {
  if (value === null) return null;
  if (typeof value === 'string') {
    return UNSTORABLE.test(value) ? value.replace(LOST, '\uFFFD') : value;
  }
  if (typeof value === 'boolean') return allowed === 'CODE' ? String(value) : undefined;
  if (typeof value !== 'number' && !(value instanceof LosslessNumber)) return undefined;
  const digits = value.toString();
  return DECIMAL.test(digits) ? digits : undefined;
}

/** Whether a value can hold fields: an object that is neither an array nor a long number. */
export function isRow(value: Held): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof LosslessNumber)
  );
}

// Without the flag u it tests units, which is cheap; whole pairs it hits are left alone by LOST.
const UNSTORABLE = /[\0\uD800-\uDFFF]/;
const LOST = /[\0\p{Cs}]/gu;
const DECIMAL = /^-?\d+(?:\.\d+)?$/u;
