import { HubError } from '../errors.ts';
import type { KeyParts } from './mapping/keys.ts';

/** A value that JSON can write. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object that JSON can write. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** The parts of a key that a template may name. */
const KEY_PARTS: readonly KeyPart[] = ['kind', 'code', 'name', 'identifier', 'typeCode'];
export type KeyPart = keyof KeyParts;

/**
 * A question as an operator writes it: JSON whose texts may name parts of a key, `{code}`.
 * `{"$list": T}` stands for a list with T once for every key; `{"$join": T, "separator": S}` for
 * one text of them all. A part of a key is only ever placed inside a JSON text, whatever it holds.
 */
export interface Template {
  /** Whether it takes any number of keys. Without a list it takes exactly one. */
  readonly takesMany: boolean;
  /** The parts of a key that it names. */
  readonly parts: readonly KeyPart[];
  /** Why this key cannot be put into the template, in one word. Null when it can. */
  problemOf(key: KeyParts): string | null;
  /** The question about these keys. Deterministic. */
  fill(keys: readonly KeyParts[]): JsonValue;
}

interface Found {
  readonly names: Set<KeyPart>;
  readonly separators: Set<string>;
  lists: number;
  /** Whether a part is named outside a list. */
  outside: boolean;
}

const PLACEHOLDER = /\{([A-Za-z]\w*)\}/gu;

/**
 * Checks a template once, so that filling it cannot fail.
 *
 * @param field the setting it is written in, for the fault.
 * @throws {HubError} UNSAFE_CONFIGURATION, reason `UNKNOWN_PLACEHOLDER`, `PLACEHOLDER_IN_NAME`,
 * `LIST_SHAPE`, `TWO_LISTS`, or `KEY_OUTSIDE_LIST`.
 */
export function compileTemplate(template: JsonValue, field: string): Template {
  const found: Found = { names: new Set(), separators: new Set(), lists: 0, outside: false };
  inspect(template, { found, field, isInList: false });
  if (found.lists > 1) throw unsafe(field, 'TWO_LISTS');
  if (found.lists === 1 && found.outside) throw unsafe(field, 'KEY_OUTSIDE_LIST');
  return {
    takesMany: found.lists === 1,
    parts: [...found.names],
    problemOf(key) {
      const missing = [...found.names].find((name) => key[name] === '');
      if (missing !== undefined) return `KEY_WITHOUT_${missing.toUpperCase()}`;
      const parts = [...found.names].map((name) => key[name]);
      const breaksOut = [...found.separators].some((separator) =>
        parts.some((part) => part.includes(separator)),
      );
      return breaksOut ? 'KEY_HOLDS_SEPARATOR' : null;
    },
    fill: (keys) => fill(template, keys, null),
  };
}

interface Place {
  readonly found: Found;
  readonly field: string;
  readonly isInList: boolean;
}

function inspect(template: JsonValue, place: Place): void {
  if (typeof template === 'string') {
    inspectText(template, place);
    return;
  }
  if (typeof template !== 'object' || template === null) return;
  if (Array.isArray(template)) {
    (template as readonly JsonValue[]).forEach((each) => inspect(each, place));
    return;
  }
  const list = readList(template as JsonObject, place.field);
  if (list !== null) {
    place.found.lists += 1;
    if (place.isInList) throw unsafe(place.field, 'TWO_LISTS');
    if (list.separator !== null) place.found.separators.add(list.separator);
    inspect(list.each, { ...place, isInList: true });
    return;
  }
  for (const [name, value] of Object.entries(template as JsonObject)) {
    if (name.search(PLACEHOLDER) !== -1) throw unsafe(place.field, 'PLACEHOLDER_IN_NAME');
    inspect(value, place);
  }
}

function inspectText(text: string, { found, field, isInList }: Place): void {
  for (const [, name] of text.matchAll(PLACEHOLDER)) {
    const part = KEY_PARTS.find((each) => each === name);
    if (part === undefined) throw unsafe(field, 'UNKNOWN_PLACEHOLDER');
    found.names.add(part);
    if (!isInList) found.outside = true;
  }
}

interface List {
  readonly each: JsonValue;
  /** Null for a list of JSON; a text for one that is joined. */
  readonly separator: string | null;
}

/** Null for an object that is no list of keys. */
function readList(template: JsonObject, field: string): List | null {
  const { $list: each, $join: text, separator } = template;
  const names = Object.keys(template).length;
  if (each === undefined && text === undefined) return null;
  if (each !== undefined && names === 1) return { each, separator: null };
  const isJoin = typeof text === 'string' && typeof separator === 'string' && separator !== '';
  if (!isJoin || names !== 2) throw unsafe(field, 'LIST_SHAPE');
  return { each: text, separator };
}

/** `key` is the one of the list that is being filled; outside lists there is only one. */
function fill(template: JsonValue, keys: readonly KeyParts[], key: KeyParts | null): JsonValue {
  if (typeof template === 'string') return fillText(template, key ?? keys[0] ?? null);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) {
    return (template as readonly JsonValue[]).map((each) => fill(each, keys, key));
  }
  const list = readList(template as JsonObject, '');
  if (list === null) {
    const filled = Object.entries(template as JsonObject).map(
      ([name, value]) => [name, fill(value, keys, key)] as const,
    );
    return Object.fromEntries(filled);
  }
  const each = keys.map((one) => fill(list.each, keys, one));
  return list.separator === null ? each : each.map(String).join(list.separator);
}

// A function as replacement: `$&` in a name must stay `$&`.
function fillText(text: string, key: KeyParts | null): string {
  return text.replace(PLACEHOLDER, (_whole, name: string) => key?.[name as KeyPart] ?? '');
}

function unsafe(field: string, reason: string): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field, reason } });
}
