/** In the order of `ids`; null where none of `found` has the id. */
export function inOrderOf<T extends { readonly id: string }>(
  ids: readonly string[],
  found: readonly T[],
): readonly (T | null)[] {
  const byId = new Map(found.map((one) => [one.id, one]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** In the order of `ids`, for each those of `all` that belong to it, in the order of `all`. */
export function groupedBy<T>(
  ids: readonly string[],
  all: readonly T[],
  idOf: (one: T) => string,
): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>(ids.map((id) => [id, []]));
  for (const one of all) groups.get(idOf(one))?.push(one);
  return ids.map((id) => groups.get(id) ?? []);
}
