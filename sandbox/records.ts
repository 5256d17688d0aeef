import { findShapeProblem } from './shape.ts';
import type { Shape, ShapeProblem } from './shape.ts';

/** One collection of a source's records: what they look like. */
export interface CollectionRule {
  readonly shape: Shape;
  /** The id a record has by its own fields; null where the id is free. */
  readonly idOf: ((record: Readonly<Record<string, unknown>>) => string) | null;
}

/** The records a source holds, by collection and id; they may be changed while it runs. */
export interface RecordStore {
  readonly collections: readonly string[];
  /** Null for an id the collection lacks. The type is what the collection's shape checked. */
  find<T>(collection: string, id: string): T | null;
  list<T>(collection: string): readonly T[];
  /** How often records changed, for whoever keeps an index. */
  readonly revision: () => number;
  /** What is wrong with the record, or null when it was put. */
  put(collection: string, id: string, record: unknown): ShapeProblem | null;
  remove(collection: string, id: string): boolean;
}

/** A store with empty collections, among them `settings` whose records are `{ value }`. */
export function createRecordStore(rules: Readonly<Record<string, CollectionRule>>): RecordStore {
  const all: Readonly<Record<string, CollectionRule>> = {
    settings: { shape: { value: { type: 'text' } }, idOf: null },
    ...rules,
  };
  const held = new Map(Object.keys(all).map((name) => [name, new Map<string, unknown>()]));
  let revision = 0;
  return {
    collections: Object.keys(all),
    find: <T>(collection: string, id: string) =>
      (held.get(collection)?.get(id) ?? null) as T | null,
    list: <T>(collection: string) => [...(held.get(collection)?.values() ?? [])] as readonly T[],
    revision: () => revision,
    put(collection, id, record) {
      const rule = all[collection];
      if (rule === undefined) return { field: 'collection', allowed: Object.keys(all) };
      const problem = findShapeProblem(record, rule.shape);
      if (problem !== null) return problem;
      const own = rule.idOf?.(record as Readonly<Record<string, unknown>>) ?? id;
      if (own !== id) return { field: 'id', allowed: own };
      held.get(collection)?.set(id, record);
      revision += 1;
      return null;
    },
    remove(collection, id) {
      revision += 1;
      return held.get(collection)?.delete(id) ?? false;
    },
  };
}
