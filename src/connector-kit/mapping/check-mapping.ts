import { HubError } from '../../errors.ts';
import { toPointer } from '../decode.ts';
import type { ZodType } from 'zod';

import type { CanonicalField, CanonicalFields, CanonicalRecord } from './canonical-field.ts';
import type { RecordRules } from './fields.ts';
import { parsePointer } from './pointer.ts';
import { isJoined, pointersOf } from './read.ts';
import type { FieldRule } from './rule.ts';
import { SHIPPED_TABLES } from './tables/shipped.ts';
import { foldCode } from './tables/table.ts';

/** Rules of one mapping, those inside lists included. */
const RULES_MAX = 200;
/** Own codes of one mapping, over all of its rules. */
const PAIRS_MAX = 5_000;

/** Why a mapping was not compiled. */
export type MappingMistake =
  | 'SHAPE'
  | 'POINTER'
  | 'UNKNOWN_FIELD'
  | 'NOTHING_TO_READ'
  | 'TWO_RULES'
  | 'MISSING_FIELD'
  | 'CONSTANT'
  | 'READ'
  | 'UNKNOWN_TABLE'
  | 'NO_TABLE'
  | 'TABLE_VALUE'
  | 'TWO_MEANINGS'
  | 'FORM'
  | 'TOO_MANY_RULES'
  | 'TOO_MANY_PAIRS';

/** A mapping that holds together. */
export interface CheckedMapping<R extends RecordRules> {
  readonly rules: R;
  /** Of rows, and below `/list/-` of the elements of a list; sorted, each once. */
  readonly pointers: readonly string[];
}

/**
 * Judges a mapping as a whole.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION with `field` (a pointer into the mapping) and `reason`
 * (a `MappingMistake`) for the first mistake.
 */
export function checkMapping<R extends RecordRules>(
  shape: ZodType<R>,
  mapping: unknown,
  canonical: CanonicalRecord,
): CheckedMapping<R> {
  const rules = parseRules(shape, mapping);
  requireSize(rules);
  for (const name of Object.keys(rules.lists)) {
    if (own(rules.fields, name) !== null) throw mistake(['lists', name], 'TWO_RULES');
  }
  checkFields(rules.fields, canonical.fields, ['fields']);
  for (const [name, lists] of Object.entries(rules.lists)) {
    const inner = own(canonical.lists, name);
    if (inner === null) throw mistake(['lists', name], 'UNKNOWN_FIELD');
    lists.forEach((list, index) => {
      const path = ['lists', name, index];
      if (parsePointer(list.each) === null) throw mistake([...path, 'each'], 'POINTER');
      if (Object.keys(list.fields).length === 0) {
        throw mistake([...path, 'fields'], 'NOTHING_TO_READ');
      }
      checkFields(list.fields, inner, [...path, 'fields']);
      requireValues(list.fields, inner, [...path, 'fields']);
    });
  }
  requireIdentity(rules, canonical);
  return { rules, pointers: listPointers(rules) };
}

type Path = readonly PropertyKey[];

/** Everything of a record that must never be blank has a rule. */
function requireValues(
  fields: RecordRules['fields'],
  canonical: CanonicalFields,
  path: Path,
): void {
  const missing = Object.entries(canonical).find(
    ([name, { must }]) => must === 'VALUE' && own(fields, name) === null,
  );
  if (missing !== undefined) throw mistake([...path, missing[0]], 'MISSING_FIELD');
}

function requireIdentity({ fields }: RecordRules, { identity }: CanonicalRecord): void {
  const gaps = identity.map((names) => names.find((name) => own(fields, name) === null) ?? null);
  const [gap = null] = gaps;
  if (gap !== null && gaps.every((one) => one !== null)) {
    throw mistake(['fields', gap], 'MISSING_FIELD');
  }
}

function parseRules<R extends RecordRules>(shape: ZodType<R>, mapping: unknown): R {
  const result = shape.safeParse(mapping);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const reason = issue?.code === 'invalid_format' ? 'POINTER' : 'SHAPE';
  throw mistake(issue?.path ?? [], reason);
}

function requireSize({ fields, lists }: RecordRules): void {
  const inner = Object.values(lists).flat();
  const all = [fields, ...inner.map((list) => list.fields)].flatMap((each) => Object.values(each));
  if (all.length + inner.length > RULES_MAX) throw mistake([], 'TOO_MANY_RULES');
  const pairs = all.reduce((sum, rule) => sum + Object.keys(rule.pairs ?? {}).length, 0);
  if (pairs > PAIRS_MAX) throw mistake([], 'TOO_MANY_PAIRS');
}

function checkFields(fields: RecordRules['fields'], canonical: CanonicalFields, path: Path): void {
  for (const [name, rule] of Object.entries(fields)) {
    const field = own(canonical, name);
    if (field === null) throw mistake([...path, name], 'UNKNOWN_FIELD');
    const wrong = checkPlaces(rule, field) ?? checkRead(rule, field) ?? checkTable(rule, field);
    if (wrong !== null) throw mistake([...path, name, ...wrong.at], wrong.reason);
  }
}

interface Wrong {
  readonly at: Path;
  readonly reason: MappingMistake;
}

function checkPlaces(rule: FieldRule, field: CanonicalField): Wrong | null {
  const pointers = pointersOf(rule);
  if (rule.constant !== null) {
    if (!field.constant) return { at: ['constant'], reason: 'CONSTANT' };
    return rule.from === null ? null : { at: ['constant'], reason: 'TWO_RULES' };
  }
  if (pointers.length === 0) return { at: ['from'], reason: 'NOTHING_TO_READ' };
  const index = pointers.findIndex((pointer) => parsePointer(pointer) === null);
  if (index === -1) return null;
  return { at: typeof rule.from === 'string' ? ['from'] : ['from', index], reason: 'POINTER' };
}

function checkRead(rule: FieldRule, field: CanonicalField): Wrong | null {
  if (rule.read !== null && !field.reads.includes(rule.read))
    return { at: ['read'], reason: 'READ' };
  const isDay = field.reads.some((read) => read === 'DAY' || read === 'LAST_DAY');
  // A number is either; nobody could tell which.
  const isTwofold = ['EPOCH_S', 'EPOCH_MS'].every((each) => rule.form?.some((one) => one === each));
  if (rule.form !== null && (!isDay || isTwofold)) return { at: ['form'], reason: 'FORM' };
  if (rule.several === 'AGREE' && field.vocabulary === null) {
    return { at: ['several'], reason: 'READ' };
  }
  if (isJoined(rule) && field.vocabulary !== null) {
    return { at: ['several'], reason: 'READ' };
  }
  return null;
}

function checkTable(rule: FieldRule, field: CanonicalField): Wrong | null {
  const table = rule.table === null ? null : SHIPPED_TABLES.get(rule.table);
  if (table === undefined) return { at: ['table'], reason: 'UNKNOWN_TABLE' };
  const hasTable = rule.table !== null || rule.pairs !== null;
  if (hasTable && !field.reads.includes('TABLE')) return { at: ['table'], reason: 'READ' };
  const needsTable = field.unknown?.finding === 'UNKNOWN_STATUS' || rule.read === 'TABLE';
  if (needsTable && !hasTable) return { at: ['table'], reason: 'NO_TABLE' };
  if (rule.constant !== null && field.vocabulary !== null && !hasTable) {
    const isKnown = field.vocabulary.includes(rule.constant);
    if (!isKnown) return { at: ['constant'], reason: 'TABLE_VALUE' };
  }
  const { vocabulary } = field;
  if (vocabulary === null) return findTwoMeanings(rule);
  const isForeign = (value: string): boolean => !vocabulary.includes(value);
  if (Object.values(table ?? {}).some(isForeign)) return { at: ['table'], reason: 'TABLE_VALUE' };
  const pair = Object.entries(rule.pairs ?? {}).find(([, value]) => isForeign(value));
  if (pair !== undefined) return { at: ['pairs', pair[0]], reason: 'TABLE_VALUE' };
  return findTwoMeanings(rule);
}

/** Two spellings of one code must not mean two things. */
function findTwoMeanings({ pairs }: FieldRule): Wrong | null {
  const meanings = new Map<string, string>();
  for (const [text, value] of Object.entries(pairs ?? {})) {
    const code = foldCode(text);
    if ((meanings.get(code) ?? value) !== value) {
      return { at: ['pairs', text], reason: 'TWO_MEANINGS' };
    }
    meanings.set(code, value);
  }
  return null;
}

function listPointers({ fields, lists }: RecordRules): readonly string[] {
  const outer = Object.values(fields).flatMap(pointersOf);
  const inner = Object.values(lists)
    .flat()
    .flatMap((list) => [
      list.each,
      ...Object.values(list.fields)
        .flatMap(pointersOf)
        .map((pointer) => `${list.each}/-${pointer}`),
    ]);
  return [...new Set([...outer, ...inner])].toSorted();
}

/** An own property: a mapping may well name `constructor`. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(record, name) ? (record[name] ?? null) : null;
}

/** The pointer may hold names and codes of the mapping, which are the operator's own. */
function mistake(path: Path, reason: MappingMistake): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field: toPointer(path), reason } });
}
