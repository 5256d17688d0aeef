/** Objects and lists within one another, at most. */
const DEPTH_MAX = 64;

/** Why a JSON text must not be given to a parser. */
export type JsonHazard = 'TOO_DEEP' | 'DUPLICATE_KEY' | 'PROTOTYPE_KEY';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Looks for what parsers accept silently or die of: deep nesting, a key twice in one object, and
 * `__proto__`. Null for a text without them, which need not be JSON: judging that is the
 * parser's work.
 */
export function findJsonHazard(text: string): JsonHazard | null {
  // The keys of each open object; null for an open list.
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (character === QUOTE) {
      const end = findStringEnd(text, i);
      if (end === -1) return null;
      const hazard = judgeKey(open.at(-1) ?? null, readKey(text, i, end));
      if (hazard !== null) return hazard;
      i = end;
    } else if (character === 0x7b || character === 0x5b) {
      if (open.length === DEPTH_MAX) return 'TOO_DEEP';
      open.push(character === 0x7b ? new Set() : null);
    } else if (character === 0x7d || character === 0x5d) {
      open.pop();
    }
  }
  return null;
}

function judgeKey(keys: Set<string> | null, key: string | null): JsonHazard | null {
  if (keys === null || key === null) return null;
  if (key === '__proto__') return 'PROTOTYPE_KEY';
  if (keys.has(key)) return 'DUPLICATE_KEY';
  keys.add(key);
  return null;
}

/** Position of the closing quote. -1 when there is none. */
function findStringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (character === QUOTE) return i;
    if (character === BACKSLASH) i += 1;
  }
  return -1;
}

/** The string as a key, escapes resolved. Null when it is a value, or no JSON string. */
function readKey(text: string, start: number, end: number): string | null {
  let next = end + 1;
  while (' \t\r\n'.includes(text.charAt(next)) && next < text.length) next += 1;
  if (text.charCodeAt(next) !== COLON) return null;
  const plain = text.slice(start + 1, end);
  if (!plain.includes('\\')) return plain;
  try {
    return String(JSON.parse(text.slice(start, end + 1)));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
