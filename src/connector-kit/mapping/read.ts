import { noteDay, readDay, readLastDay } from '../held-value.ts';
import { driftFault } from '../fault.ts';
import type { BusinessDate } from '../../model/business-date.ts';
import { finding, type Finding } from '../../model/finding.ts';
import { isBlank } from '../../model/text.ts';
import type { CanonicalField } from './canonical-field.ts';
import { compileDayFilter } from './day-form.ts';
import { compileNormalizers, writtenText, type Held } from './held.ts';
import { compilePlace, parsePointer, type KeyCase, type Place } from './pointer.ts';
import type { FieldRule } from './rule.ts';
import { SHIPPED_TABLES } from './tables/shipped.ts';
import { compileTable, type TableLookup } from './tables/table.ts';

/** What is known while a row is read. */
export interface Reading {
  /** Where the row stands, RFC 6901. */
  readonly at: string;
  readonly findings: Finding[];
}

/**
 * Reads one field of a row.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT with the pointer of the field, never its value.
 */
export type Read<T> = (row: Held, reading: Reading) => T;

/** A rule that was checked, with what the field demands of it. */
export interface CheckedRule {
  /** Canonical name, and where it stands in a list the name of the list. */
  readonly label: string;
  readonly field: CanonicalField;
  readonly rule: FieldRule;
  readonly keys: KeyCase;
}

/** A word of a vocabulary, and how the source says it. Null where the table does not know it. */
export interface ReadWord {
  readonly value: string | null;
  readonly asHeld: string | null;
}

/** Whether the text of a field is put together from several places. */
export function isJoined({ several }: FieldRule): boolean {
  return several === 'JOIN' || several === 'JOIN_ALL';
}

/** The places of a rule, in its order. */
export function pointersOf({ from }: FieldRule): readonly string[] {
  if (from === null) return [];
  return typeof from === 'string' ? [from] : from;
}

/** Text without the space around it; null when blank. */
export function compileText(checked: CheckedRule): Read<string | null> {
  const written = compileWritten(checked);
  if (checked.rule.table === null && checked.rule.pairs === null) return written;
  const lookup = compileLookup(checked);
  return (row, reading) => {
    const text = written(row, reading);
    if (text === null) return null;
    const value = lookup(text);
    if (value === null) reading.findings.push(finding('UNKNOWN_CATEGORY', checked.label));
    return value;
  };
}

/**
 * A word by its table. One that is not in it, or that two places contradict, is what the field
 * calls unknown, with a finding.
 */
export function compileWord(checked: CheckedRule): Read<ReadWord> {
  const lookup = compileLookup(checked);
  const { field, rule, label } = checked;
  const told = compileTold(checked);
  const judge = judgeWord(field, label);
  if (rule.constant !== null) {
    const asHeld = rule.constant;
    return (_row, reading) => judge(lookup(asHeld), asHeld, reading);
  }
  return (row, reading) => {
    const words = told(row, reading);
    const [asHeld = null] = words;
    if (words.length < 2) return judge(asHeld === null ? null : lookup(asHeld), asHeld, reading);
    const [value = null, ...others] = [...new Set(words.map(lookup))];
    return judge(others.length === 0 ? value : null, asHeld, reading);
  };
}

/** A field that a mapping leaves out: unknown, where blanks are. */
export function compileUntold(field: CanonicalField | null, label: string): Read<ReadWord> {
  if (field === null) return () => ({ value: null, asHeld: null });
  const judge = judgeWord(field, label);
  return (_row, reading) => judge(null, null, reading);
}

function judgeWord(
  { unknown }: CanonicalField,
  label: string,
): (value: string | null, asHeld: string | null, reading: Reading) => ReadWord {
  if (unknown === null) return (value, asHeld) => ({ value, asHeld });
  return (value, asHeld, reading) => {
    const isKnown = value !== null && value !== unknown.value;
    if (isKnown || (asHeld === null && !unknown.blank)) return { value, asHeld };
    reading.findings.push(finding(unknown.finding, label));
    return { value: unknown.value, asHeld };
  };
}

/** The words that count: of the first place that is not blank, or of all that must agree. */
function compileTold(checked: CheckedRule): Read<readonly string[]> {
  const { rule, field } = checked;
  const usual = field.unknown?.finding === 'UNKNOWN_STATUS' ? 'AGREE' : 'FIRST';
  const pointers = pointersOf(rule);
  if ((rule.several ?? usual) !== 'AGREE' || pointers.length < 2) {
    const written = compileWritten(checked);
    return (row, reading) => {
      const word = written(row, reading);
      return word === null ? [] : [word];
    };
  }
  const places = compilePlaces(checked);
  const [first = ''] = pointers;
  return (row, reading) => {
    const told = places(row, reading).filter((text) => text !== null);
    if (told.length === 0 && isNeeded(checked)) throw driftFault(reading.at + first, 'BLANK');
    return told;
  };
}

/** A day on which a conclusion rests, or one that only informs, as the field says. */
export function compileDay(checked: CheckedRule): Read<BusinessDate | null> {
  const { rule, field, label } = checked;
  const written = compileWritten(checked);
  const filter = compileDayFilter(rule.form, rule.read === 'INSTANT' ? 'INSTANT' : 'DAY');
  const pointer = compilePointer(checked);
  const isDecisive = field.must !== 'NONE';
  return (row, reading) => {
    const text = written(row, reading);
    const held = filter === null || text === null ? text : (filter(text) ?? BAD_DAY);
    return isDecisive
      ? readDay(held, pointer(row, reading))
      : noteDay(held, { field: label, findings: reading.findings });
  };
}

/** No day, whatever the role. */
const BAD_DAY = '?';

/** The last day of a validity; a blank means 长期 or nothing, as the rule says. */
export function compileLastDay(checked: CheckedRule): Read<ReturnType<typeof readLastDay>> {
  const { rule } = checked;
  const written = isJoined(rule) ? compileJoined(checked) : compileFirst(checked);
  const filter = compileDayFilter(rule.form, 'LAST_DAY');
  const pointer = compilePointer(checked);
  return (row, reading) => {
    const text = written(row, reading);
    if (isBlank(text ?? null) && rule.required === true) {
      throw driftFault(pointer(row, reading), 'BLANK');
    }
    if (text === undefined) return NOT_TOLD;
    if (rule.blank === 'NOT_TOLD' && isBlank(text)) return NOT_TOLD;
    const held = filter === null || text === null ? text : (filter(text) ?? BAD_DAY);
    return readLastDay(held, pointer(row, reading));
  };
}

const NOT_TOLD = { validUntil: null, longTerm: false } as const;

/** Where the text that was read stands: the first place that is not blank, or the first. */
function compilePointer(checked: CheckedRule): Read<string> {
  const pointers = pointersOf(checked.rule);
  const [first = ''] = pointers;
  if (pointers.length < 2) return (_row, { at }) => at + first;
  const places = compilePlaces(checked);
  return (row, reading) => {
    const index = places(row, reading).findIndex((text) => text !== null);
    return reading.at + (pointers[index] ?? first);
  };
}

/** Some fields are never blank, whatever a rule says. */
function isNeeded({ rule, field }: CheckedRule): boolean {
  return rule.required === true || field.must === 'VALUE';
}

function compileLookup({ rule, field }: CheckedRule): TableLookup {
  const named = rule.table === null ? null : (SHIPPED_TABLES.get(rule.table) ?? null);
  const layers = [named, rule.pairs].filter((layer) => layer !== null);
  const own = field.vocabulary ?? [];
  if (layers.length > 0) return compileTable(layers);
  return compileTable([Object.fromEntries(own.map((word) => [word, word]))]);
}

/** Trimmed text of a rule's places, null when blank, as `several` says. */
function compileWritten(checked: CheckedRule): Read<string | null> {
  const { rule } = checked;
  const { constant } = rule;
  if (constant !== null) return () => constant;
  const pointer = pointersOf(rule)[0] ?? '';
  const text = isJoined(rule) ? compileJoined(checked) : trimmed(compileFirst(checked));
  if (!isNeeded(checked)) return text;
  return (row, reading) => {
    const value = text(row, reading);
    if (value === null) throw driftFault(reading.at + pointer, 'BLANK');
    return value;
  };
}

function trimmed(read: Read<string | null | undefined>): Read<string | null> {
  return (row, reading) => {
    const text = read(row, reading);
    return text === null || text === undefined || isBlank(text) ? null : text.trim();
  };
}

function compileJoined(checked: CheckedRule): Read<string | null> {
  const places = compilePlaces(checked);
  const { joinedBy, several } = checked.rule;
  return (row, reading) => {
    const all = places(row, reading);
    const parts = all.filter((text) => text !== null);
    const isWhole = several === 'JOIN' ? parts.length > 0 : parts.length === all.length;
    return isWhole ? parts.join(joinedBy) : null;
  };
}

/** Every place read by itself: trimmed, null when blank or not there. */
function compilePlaces(checked: CheckedRule): Read<readonly (string | null)[]> {
  const parts = pointersOf(checked.rule).map((from) =>
    trimmed(compileFirst({ ...checked, rule: { ...checked.rule, from } })),
  );
  return (row, reading) => parts.map((part) => part(row, reading));
}

/** As written at the first place that is not blank. Undefined where none of the places exists. */
function compileFirst(checked: CheckedRule): Read<string | null | undefined> {
  const { rule, field, keys } = checked;
  const normalize = compileNormalizers(rule.normalize);
  const isCode = rule.table !== null || rule.pairs !== null || field.vocabulary !== null;
  const allowed = isCode ? 'CODE' : 'TEXT';
  const mustExist = rule.required ?? field.must !== 'NONE';
  const pointers = pointersOf(rule);
  const places = pointers.map((pointer): Place => compilePlace(parsePointer(pointer) ?? [], keys));
  const readAt = (row: Held, index: number, reading: Reading): string | null | undefined => {
    const value = places[index]?.(row);
    if (value === undefined) return undefined;
    const text = writtenText(value, allowed);
    if (text === undefined) throw driftFault(reading.at + (pointers[index] ?? ''));
    return text === null || normalize === null ? text : normalize(text);
  };
  return (row, reading) => {
    let best = readAt(row, 0, reading);
    for (let i = 1; i < places.length && isBlank(best ?? null); i += 1) {
      best = readAt(row, i, reading) ?? best;
    }
    if (best === undefined && mustExist) throw driftFault(reading.at + (pointers[0] ?? ''));
    return best;
  };
}
