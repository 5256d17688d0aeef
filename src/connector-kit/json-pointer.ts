import { z } from 'zod';

/** A JSON pointer (RFC 6901) as operators write it; empty for the whole reply. */
export const pointerSetting = z
  .string()
  .max(512)
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/u, { error: 'a JSON pointer such as /data/list' });

/** The parts of a pointer, unescaped. */
export function pointerParts(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * What stands at a pointer. Undefined where nothing does, so that a null of the source is told
 * from a field that it left out.
 */
export function findAt(value: unknown, pointer: string): unknown {
  return pointerParts(pointer).reduce<unknown>(stepInto, value);
}

function stepInto(value: unknown, part: string): unknown {
  if (Array.isArray(value)) {
    return /^(?:0|[1-9]\d{0,8})$/u.test(part)
      ? (value as readonly unknown[])[Number(part)]
      : undefined;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[part];
}
