import { z, type ZodType } from 'zod';

import { HubError } from '../../errors.ts';
import { titled, type Capabilities } from '../connector.ts';
import { driftFault } from '../fault.ts';
import { CANONICAL_RECORDS } from './canonical-field.ts';
import { checkMapping } from './check-mapping.ts';
import { compileCreditProfile } from './credit.ts';
import { compileEnterprise } from './enterprise.ts';
import { createRecordFields, type RecordFields } from './fields.ts';
import { isRow } from './held.ts';
import {
  MAPPED_CAPABILITIES as CAPABILITIES,
  type MappedCapability as Capability,
} from './keys.ts';
import { compileLicense } from './license.ts';
import type { Read } from './read.ts';
import { fieldRule, listRule } from './rule.ts';

/** Lists of a source that may feed one canonical list. */
const LIST_RULES_MAX = 8;

/** What rows of a source can be read into. */
export const MAPPED_CAPABILITIES = CAPABILITIES;
/** A member of `MAPPED_CAPABILITIES`. */
export type MappedCapability = Capability;

const mappingShape = z.strictObject({
  keys: z
    .enum(['EXACT', 'ANY_CASE'])
    .default('EXACT')
    .meta(titled('键名大小写', 'Case of keys'))
    .describe('Whether keys are told apart by letter case.'),
  fields: z
    .record(z.string().max(64), fieldRule)
    .meta(titled('字段', 'Fields'))
    .describe('Rules by canonical name.'),
  lists: z
    .record(z.string().max(64), z.array(listRule).min(1).max(LIST_RULES_MAX))
    .default({})
    .meta(titled('列表', 'Lists'))
    .describe('Rules by canonical name of the list; several where the source has several.'),
});

/** How rows of a source become records: data, no expressions. */
export type Mapping = z.infer<typeof mappingShape>;

/** One mapping as operators write it; docs/reference/mapping.md explains it. */
export const mappingSetting: ZodType<Mapping> = mappingShape
  .meta(titled('字段映射', 'Mapping'))
  .describe('JSON pointer or column to canonical field, with code tables and forms of days.');

/** What became of one row. */
export type MappedRow<R> =
  { readonly ok: true; readonly record: R } | { readonly ok: false; readonly fault: HubError };

/** A mapping, ready for rows. */
export interface CompiledMapping<N extends MappedCapability> {
  /** Every place that is looked at, lists and their elements (`/list/-/name`) included, sorted. */
  readonly pointers: readonly string[];
  /**
   * Total and pure: any value gives a record or a fault (SOURCE_SCHEMA_DRIFT with the pointer of
   * what is to blame), the same value the same one.
   *
   * @param row a parsed JSON value, or text by column; its columns are then pointers `/COLUMN`.
   * @param pointer where the row stands, for faults.
   */
  map(row: unknown, pointer: string): MappedRow<Capabilities[N]['record']>;
}

/**
 * Makes a mapping into functions, once.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION with `field`, a pointer into the mapping, and `reason`:
 * for what is no mapping, names what does not exist, leaves out who a record is about, or would
 * say of every record the same status.
 */
export function compileMapping<N extends MappedCapability>(
  capability: N,
  mapping: Mapping,
): CompiledMapping<N> {
  const { fields, pointers } = checkFields(capability, mapping);
  const read = COMPILERS[capability](fields);
  return {
    pointers,
    map(row, pointer) {
      try {
        if (!isRow(row)) throw driftFault(pointer);
        return { ok: true, record: read(row, { at: pointer, findings: [] }) };
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        return { ok: false, fault: error };
      }
    },
  };
}

/** A mapping that was checked: its rules, and the reads that its fields give. */
export interface CheckedFields {
  readonly rules: Mapping;
  readonly fields: RecordFields;
  readonly pointers: readonly string[];
}

/** The parts of which `compileMapping` makes records. @throws {HubError} as it does. */
export function checkFields(capability: MappedCapability, mapping: unknown): CheckedFields {
  const canonical = CANONICAL_RECORDS[capability];
  const { rules, pointers } = checkMapping(mappingShape, mapping, canonical);
  return {
    rules,
    pointers,
    fields: createRecordFields(rules, canonical, NEVER_BLANK[capability]),
  };
}

/** What a question goes by must be there, or the record would never be found. */
const NEVER_BLANK: Readonly<Record<MappedCapability, readonly string[]>> = {
  'license.byIdentifier': ['identifier'],
  'license.byHolder': ['holderCode'],
  'enterprise.registration': [],
  'credit.profile': [],
};

const COMPILERS: {
  readonly [N in MappedCapability]: (fields: RecordFields) => Read<Capabilities[N]['record']>;
} = {
  'license.byIdentifier': compileLicense,
  'license.byHolder': compileLicense,
  'enterprise.registration': compileEnterprise,
  'credit.profile': compileCreditProfile,
};
