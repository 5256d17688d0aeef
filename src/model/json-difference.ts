/** One place at which two values differ. */
export interface JsonDifference {
  /** RFC 6901. */
  readonly pointer: string;
  /** As JSON text. Null where there was nothing. */
  readonly before: string | null;
  /** As JSON text. Null where there is nothing any more. */
  readonly after: string | null;
}

/** Every place at which two JSON values differ, in the order of the pointers. */
export function listDifferences(before: unknown, after: unknown): readonly JsonDifference[] {
  const old = new Map(leavesOf(before, ''));
  const fresh = new Map(leavesOf(after, ''));
  const pointers = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return pointers.flatMap((pointer) => {
    const [was, is] = [old.get(pointer) ?? null, fresh.get(pointer) ?? null];
    return was === is ? [] : [{ pointer, before: was, after: is }];
  });
}

/** Empty lists and objects are leaves too: that something is empty can be what changed. */
function leavesOf(value: unknown, pointer: string): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null) return [[pointer, textOf(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[pointer, textOf(value)]];
  return entries.flatMap(([name, inner]) => leavesOf(inner, `${pointer}/${escapeToken(name)}`));
}

function textOf(value: unknown): string {
  return JSON.stringify(value);
}

function escapeToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
