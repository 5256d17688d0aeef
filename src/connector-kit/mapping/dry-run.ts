import { HubError } from '../../errors.ts';
import type { Finding } from '../../model/finding.ts';
import { CANONICAL_RECORDS, type CanonicalField } from './canonical-field.ts';
import type { Capabilities } from '../connector.ts';
import type { Fields } from './fields.ts';
import { writtenText, type Held } from './held.ts';
import type { MappedCapability } from './keys.ts';
import { compileHolder, compileIdentity, compileReplaced } from './license.ts';
import { checkFields, compileMapping, type MappedRow, type Mapping } from './mapping.ts';
import { compilePlace, parsePointer, type KeyCase } from './pointer.ts';
import { pointersOf, type Read, type Reading } from './read.ts';
import type { FieldRule } from './rule.ts';
import { compileName, compileSubjectCode } from './subject.ts';

/** Elements of a list that are shown, and characters of a held text. */
const ELEMENTS_MAX = 20;
const HELD_LENGTH_MAX = 200;

/** What one rule makes of a row. Holds what the source holds: only for whoever may see it. */
export interface DryRunLine {
  /** Canonical name; `changes/0/item` inside a list. */
  readonly field: string;
  /** Pointers of the rule. Empty for a constant. */
  readonly from: readonly string[];
  /** What stands there, the places joined by ` | `; of lists the count. Null for nothing. */
  readonly held: string | null;
  /** The canonical value as text. Null for none, or where the rule faulted. */
  readonly value: string | null;
  readonly findings: readonly Finding[];
  /** Reason of the fault, where this rule is to blame for one. Else null. */
  readonly fault: string | null;
}

/** A mapping tried on one row. */
export interface DryRun<N extends MappedCapability> {
  /** In the order of the mapping. */
  readonly lines: readonly DryRunLine[];
  readonly result: MappedRow<Capabilities[N]['record']>;
}

/**
 * Shows side by side what a source holds and what the mapping makes of it, rule by rule: one rule
 * that fails does not hide what the others do.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION as `compileMapping` does.
 */
export function dryRun<N extends MappedCapability>(
  capability: N,
  mapping: Mapping,
  row: unknown,
): DryRun<N> {
  const { rules, fields } = checkFields(capability, mapping);
  const canonical = CANONICAL_RECORDS[capability];
  const outer = Object.entries(rules.fields).map(([field, rule]) =>
    tryRule({ field, rule, keys: rules.keys, at: '' }, row, probe(fields, field, canonical.fields)),
  );
  const inner = Object.entries(rules.lists).flatMap(([name, lists]) => {
    const shown = lists.map(({ each }) => each);
    const ruleOf = lists.map(({ fields: own }) => own);
    let next = 0;
    const read = fields.list(name, (each) => {
      const own = ruleOf[next] ?? {};
      next += 1;
      return (element, reading) =>
        Object.entries(own).map(([field, rule]) =>
          tryRule(
            { field, rule, keys: rules.keys, at: reading.at },
            element,
            probe(each, field, canonical.lists[name] ?? {}),
          ),
        );
    });
    return tryList({ name, from: shown }, row, read);
  });
  return { lines: [...outer, ...inner], result: compileMapping(capability, mapping).map(row, '') };
}

/** Reads one field as text, the way the record does. */
function probe(
  fields: Fields,
  name: string,
  canonical: Readonly<Record<string, CanonicalField>>,
): Read<string | null> {
  const special = SPECIAL.get(name);
  const field = canonical[name];
  if (special !== undefined && field?.reads.includes('CODE') === true) return special(fields);
  if (name === 'name' || name === 'holderName') return compileName(fields, name);
  if (field === undefined) return () => null;
  if (field.vocabulary !== null) {
    const word = fields.word(name);
    return (row, reading) => word(row, reading).value;
  }
  if (field.reads.includes('LAST_DAY')) {
    const last = fields.lastDay(name);
    return (row, reading) => {
      const { validUntil, longTerm } = last(row, reading);
      return longTerm ? '长期' : validUntil;
    };
  }
  return field.reads.includes('DAY') ? fields.day(name) : fields.text(name);
}

const SPECIAL: ReadonlyMap<string, (fields: Fields) => Read<string | null>> = new Map([
  ['code', codeOf(compileSubjectCode)],
  ['holderCode', codeOf(compileHolder)],
  [
    'identifier',
    (fields: Fields): Read<string | null> => {
      const read = compileIdentity(fields);
      return (row, reading) => read(row, reading).identifier;
    },
  ],
  ['replaces', compileReplaced],
]);

function codeOf(
  compile: (fields: Fields) => Read<{ readonly code: string } | null>,
): (fields: Fields) => Read<string | null> {
  return (fields) => {
    const read = compile(fields);
    return (row, reading) => read(row, reading)?.code ?? null;
  };
}

interface Tried {
  readonly field: string;
  readonly rule: FieldRule;
  readonly keys: KeyCase;
  readonly at: string;
}

function tryRule(
  { field, rule, keys, at }: Tried,
  row: Held,
  read: Read<string | null>,
): DryRunLine {
  const from = pointersOf(rule);
  const held = from.flatMap((pointer) => {
    const value = compilePlace(parsePointer(pointer) ?? [], keys)(row);
    return value === undefined ? [] : [showHeld(value)];
  });
  const reading: Reading = { at, findings: [] };
  const tried = attempt(() => read(row, reading));
  return {
    field,
    from,
    held: held.length === 0 ? rule.constant : held.join(' | '),
    value: tried.value,
    findings: reading.findings,
    fault: tried.fault,
  };
}

function tryList(
  { name, from }: { readonly name: string; readonly from: readonly string[] },
  row: Held,
  read: Read<readonly (readonly DryRunLine[])[]>,
): readonly DryRunLine[] {
  const { value, fault } = attempt(() => read(row, { at: '', findings: [] }));
  const count = value === null ? null : String(value.length);
  const lines = (value ?? [])
    .slice(0, ELEMENTS_MAX)
    .flatMap((element, index) =>
      element.map((line) => ({ ...line, field: `${name}/${String(index)}/${line.field}` })),
    );
  return [{ field: name, from, held: count, value: count, findings: [], fault }, ...lines];
}

/** @throws what is no fault of the row, for that is a bug. */
function attempt<T>(read: () => T): { readonly value: T | null; readonly fault: string | null } {
  try {
    return { value: read(), fault: null };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { value: null, fault: String(error.details['reason'] ?? error.code) };
  }
}

function showHeld(value: Held): string {
  const text = writtenText(value, 'CODE');
  if (text === undefined) return Array.isArray(value) ? '[…]' : '{…}';
  return text === null ? 'null' : [...text].slice(0, HELD_LENGTH_MAX).join('');
}
