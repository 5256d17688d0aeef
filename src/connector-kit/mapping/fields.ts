import type { BusinessDate } from '../../model/business-date.ts';
import { driftFault } from '../fault.ts';
import type { readLastDay } from '../held-value.ts';
import type { CanonicalFields, CanonicalRecord } from './canonical-field.ts';
import { isRow, type Held } from './held.ts';
import { compilePlace, parsePointer, type KeyCase } from './pointer.ts';
import {
  compileDay,
  compileLastDay,
  compileText,
  compileUntold,
  compileWord,
  pointersOf,
  type CheckedRule,
  type Read,
  type ReadWord,
} from './read.ts';
import type { FieldRule, ListRule } from './rule.ts';

/**
 * Reads by canonical name. A field without a rule reads as null everywhere; a name that the
 * record does not have is a mistake in this folder, not in a mapping.
 */
export interface Fields {
  has(name: string): boolean;
  /** First place of the field's rule, below the row. Empty text where it has none. */
  pointer(name: string): string;
  text(name: string): Read<string | null>;
  word(name: string): Read<ReadWord>;
  day(name: string): Read<BusinessDate | null>;
  lastDay(name: string): Read<ReturnType<typeof readLastDay>>;
}

/** What a record is read with. */
export interface RecordFields extends Fields {
  hasList(name: string): boolean;
  /** Reads the elements of a list; no elements where it has no rule. */
  list<T>(name: string, element: (fields: Fields) => Read<T>): Read<readonly T[]>;
}

/** The rules of one mapping, by canonical name. */
export interface RecordRules {
  readonly keys: KeyCase;
  readonly fields: Readonly<Record<string, FieldRule>>;
  readonly lists: Readonly<Record<string, readonly ListRule[]>>;
}

/**
 * Gives the reads of checked rules.
 *
 * @param never names of fields that identify the record for this capability: never blank.
 */
export function createRecordFields(
  { keys, fields, lists }: RecordRules,
  canonical: CanonicalRecord,
  never: readonly string[],
): RecordFields {
  const checked = new Map(
    Object.entries(fields).flatMap(([name, rule]) => {
      const field = canonical.fields[name];
      if (field === undefined) return [];
      const must = never.includes(name) ? 'VALUE' : field.must;
      return [[name, { label: name, field: { ...field, must }, rule, keys }] as const];
    }),
  );
  return {
    ...createFields(checked, canonical.fields),
    hasList: (name) => lists[name] !== undefined,
    list(name, element) {
      const rules = lists[name] ?? [];
      const inner = canonical.lists[name] ?? {};
      const reads = rules.map((rule) => compileList(rule, { name, inner, keys }, element));
      const [only] = reads;
      if (only === undefined) return () => [];
      if (reads.length === 1) return only;
      return (row, reading) => reads.flatMap((read) => read(row, reading));
    },
  };
}

function createFields(
  checked: ReadonlyMap<string, CheckedRule>,
  canonical: CanonicalFields,
): Fields {
  const read = <T>(compile: (rule: CheckedRule) => Read<T>, none: T) => {
    return (name: string): Read<T> => {
      const rule = checked.get(name);
      return rule === undefined ? () => none : compile(rule);
    };
  };
  return {
    has: (name) => checked.has(name),
    pointer(name) {
      const rule = checked.get(name);
      return rule === undefined ? '' : (pointersOf(rule.rule)[0] ?? '');
    },
    text: read<string | null>(compileText, null),
    word(name) {
      const rule = checked.get(name);
      return rule === undefined ? compileUntold(canonical[name] ?? null, name) : compileWord(rule);
    },
    day: read<BusinessDate | null>(compileDay, null),
    lastDay: read<ReturnType<typeof readLastDay>>(compileLastDay, NOT_TOLD),
  };
}

const NOT_TOLD = { validUntil: null, longTerm: false } as const;

function compileList<T>(
  rule: ListRule,
  list: { readonly name: string; readonly inner: CanonicalFields; readonly keys: KeyCase },
  element: (fields: Fields) => Read<T>,
): Read<readonly T[]> {
  const { name, inner, keys } = list;
  const checked = new Map(
    Object.entries(rule.fields).flatMap(([own, fieldRule]) => {
      const field = inner[own];
      return field === undefined ? [] : [[own, { label: name, field, rule: fieldRule, keys }]];
    }),
  );
  const read = element(createFields(checked, inner));
  const elements = compileElements(rule, keys);
  return (row, { at, findings }) =>
    elements(row, at).map((each, index) =>
      read(each, { at: `${at}${rule.each}/${String(index)}`, findings }),
    );
}

/** The elements of a list: rows, or texts where a rule reads the element itself. */
function compileElements(rule: ListRule, keys: KeyCase): (row: Held, at: string) => Held[] {
  const place = compilePlace(parsePointer(rule.each) ?? [], keys);
  const { split } = rule;
  const isOfTexts = Object.values(rule.fields).some((own) => pointersOf(own).includes(''));
  return (row, at) => {
    const value = place(row);
    if (!rule.required && (value === undefined || value === null)) return [];
    if (split !== null && (value === null || typeof value === 'string')) {
      return (value ?? '').split(split).filter((part) => part.trim() !== '');
    }
    if (!Array.isArray(value) || split !== null) throw driftFault(at + rule.each);
    const list: Held[] = value;
    const wrong = list.findIndex((each) => !isRow(each) && !isOfTexts);
    if (wrong !== -1) throw driftFault(`${at}${rule.each}/${String(wrong)}`);
    return list;
  };
}
