import type { Collection } from '../connector.ts';
import { CANONICAL_RECORDS } from './canonical-field.ts';
import type { MappedCapability } from './keys.ts';
import {
  CREDIT_NAMES,
  ENTERPRISE_NAMES,
  LICENSE_NAMES,
  LIST_NAMES,
  STATUS_TABLES,
  type KnownNames,
} from './known-names.ts';
import type { Mapping } from './mapping.ts';
import { fieldRule, listRule, type FieldRule, type ListRule } from './rule.ts';

/** A mapping to begin with, and what an operator has to look at. */
export interface MappingDraft {
  readonly mapping: Mapping;
  /** Pointers of the collection that no canonical field is known for, in its order. */
  readonly unplaced: readonly string[];
  /** Canonical fields of the record that nothing was found for; lists are left out. */
  readonly missing: readonly string[];
}

const NAMES: Readonly<Record<MappedCapability, KnownNames>> = {
  'license.byIdentifier': LICENSE_NAMES,
  'license.byHolder': LICENSE_NAMES,
  'enterprise.registration': ENTERPRISE_NAMES,
  'credit.profile': CREDIT_NAMES,
};

/** Fields that may stand in several places: each row fills one, or all have to agree. */
const SEVERAL = new Set(['name', 'address', 'status']);

/** Tables by canonical name. A license's status has another in every register. */
const TABLES: ReadonlyMap<string, string> = new Map([
  ['holderType', 'holder-type'],
  ['category', 'subject-category'],
  ['grade', 'credit-grade'],
  ['list', 'credit-list'],
  ['fulfillment', 'commitment-fulfillment'],
]);

/**
 * Places what a collection holds by the names that fields have in the standards and registers of
 * the country, in any case. Nothing is guessed: what is not known by name is left to the
 * operator, so the draft may lack what `compileMapping` demands.
 */
export function draftMapping(capability: MappedCapability, collection: Collection): MappingDraft {
  const all = collection.fields.map(({ pointer }) => pointer);
  const flat = all.filter((pointer) => splitList(pointer) === null);
  const fields = placeFields(capability, flat);
  const lists = placeLists(capability, all);
  const placed = new Set([...placesOf(fields), ...lists.flatMap(placesOfList)]);
  const canonical = Object.keys(CANONICAL_RECORDS[capability].fields);
  return {
    mapping: {
      keys: 'EXACT',
      fields,
      lists: Object.fromEntries(lists.map(({ name, rule }) => [name, [rule]])),
    },
    unplaced: all.filter((pointer) => !placed.has(pointer)),
    missing: canonical.filter((name) => fields[name] === undefined),
  };
}

function placeFields(
  capability: MappedCapability,
  pointers: readonly string[],
): Readonly<Record<string, FieldRule>> {
  const rules = place(pointers, NAMES[capability], (name, found) => {
    const [first = ''] = found;
    const isSeveral =
      found.length > 1 && capability === 'enterprise.registration' && SEVERAL.has(name);
    return { from: isSeveral ? [...found] : first, table: tableOf(capability, name, first) };
  });
  if (capability !== 'enterprise.registration') return rules;
  return { ...rules, ...placeCapital(pointers) };
}

/** The amount is in 万 of the currency beside it; without one it would say something else. */
function placeCapital(pointers: readonly string[]): Readonly<Record<string, FieldRule>> {
  const found = ['regcap', 'regcapcur_cn'].flatMap(
    (name) => pointers.find((pointer) => lastStep(pointer) === name) ?? [],
  );
  if (found.length < 2) return {};
  return { capital: fieldRule.parse({ from: found, several: 'JOIN_ALL', joinedBy: '万' }) };
}

interface PlacedList {
  readonly name: string;
  readonly rule: ListRule;
}

/** An array is the list of which it has the most fields, at least two, and all that must be. */
function placeLists(
  capability: MappedCapability,
  pointers: readonly string[],
): readonly PlacedList[] {
  const split = pointers.flatMap((pointer) => splitList(pointer) ?? []);
  const arrays = new Set(split.map(({ each }) => each));
  const canonical = CANONICAL_RECORDS[capability].lists;
  const candidates = [...arrays].flatMap((each) =>
    Object.entries(canonical).flatMap(([name, fields]) => {
      const rules = place(
        split.filter((one) => one.each === each).map(({ pointer }) => pointer),
        LIST_NAMES[name] ?? {},
        (field, [from = '']) => ({ from, table: TABLES.get(field) ?? null }),
      );
      const isWhole = Object.entries(fields).every(
        ([field, { must }]) => must === 'NONE' || rules[field] !== undefined,
      );
      const rule = listRule.parse({ each, fields: rules });
      return isWhole && Object.keys(rules).length > 1 ? [{ name, rule }] : [];
    }),
  );
  const best = candidates.toSorted((left, right) => sizeOf(right) - sizeOf(left));
  return best.filter(
    (one, index) =>
      best.findIndex((other) => other.name === one.name || other.rule.each === one.rule.each) ===
      index,
  );
}

function sizeOf({ rule }: PlacedList): number {
  return Object.keys(rule.fields).length;
}

/** Rules of the canonical fields of which a known name is among the last steps. */
function place(
  pointers: readonly string[],
  names: KnownNames,
  draft: (
    name: string,
    found: readonly string[],
  ) => { from: string | string[]; table: string | null },
): Readonly<Record<string, FieldRule>> {
  const taken = new Set<string>();
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, known]) => {
      const found = known.flatMap(
        (one) => pointers.find((each) => lastStep(each) === one && !taken.has(each)) ?? [],
      );
      if (found.length === 0) return [];
      const rule = fieldRule.parse(draft(name, found));
      placesOf({ rule }).forEach((pointer) => taken.add(pointer));
      return [[name, rule] as const];
    }),
  );
}

function tableOf(capability: MappedCapability, name: string, pointer: string): string | null {
  if (name !== 'status') return TABLES.get(name) ?? null;
  if (capability === 'enterprise.registration') return 'registration-status';
  return STATUS_TABLES[lastStep(pointer)] ?? null;
}

/** An array's pointer and the way below its elements, which `-` or an index stands for. */
function splitList(pointer: string): { readonly each: string; readonly pointer: string } | null {
  const found = /^(.*?)\/(?:-|\d+)(\/.*)$/u.exec(pointer);
  const [, each, below] = found ?? [];
  return each === undefined || below === undefined ? null : { each, pointer: below };
}

function lastStep(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1).toLowerCase();
}

function placesOf(rules: Readonly<Record<string, FieldRule>>): readonly string[] {
  return Object.values(rules).flatMap(({ from }) => from ?? []);
}

/** Elements may be named by `-` or by an index. */
function placesOfList({ rule }: PlacedList): readonly string[] {
  return placesOf(rule.fields).flatMap((pointer) =>
    ['-', '0'].map((element) => `${rule.each}/${element}${pointer}`),
  );
}
