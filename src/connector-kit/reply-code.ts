import { LosslessNumber } from 'lossless-json';

import { findAt } from './json-pointer.ts';

/**
 * The business code at this place of a reply (RFC 6901), as text: sources write `0` and `"0"`
 * for the same. Null where there is none.
 */
export function findCode(value: unknown, pointer: string): string | null {
  return codeText(findAt(value, pointer));
}

/** A code as text. Null for what is no code. */
export function codeText(held: unknown): string | null {
  if (typeof held === 'string') return held.trim();
  if (typeof held === 'boolean') return String(held);
  if (held instanceof LosslessNumber) return held.toString();
  return typeof held === 'number' ? String(held) : null;
}
