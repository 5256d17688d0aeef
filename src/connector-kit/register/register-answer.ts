import { z } from 'zod';

import { HubError } from '../../errors.ts';
import { ENTERPRISE_STATUSES, type Enterprise } from '../../model/enterprise.ts';
import { canarySettingOf } from '../answer-canary.ts';
import { titled, type SubjectKey } from '../connector.ts';
import { driftFault, integrityFault } from '../fault.ts';
import type { RowValues } from '../held-rows/key-columns.ts';
import { readSubjectCode } from '../held-value.ts';
import { heldKeyOf } from '../mapping/keys.ts';
import type { HeldAnswers, HeldRow } from '../scan.ts';
import { readEnterprises } from './register-enterprise.ts';
import { readRow } from './register-row.ts';
import { createStateReader } from './register-state.ts';
import { OTHER_FAMILY, REGISTER_TABLES, type RegisterTable } from './register-tables.ts';

const NAME = 'enterprise.registration';
/** Parties of cases: found by their code as well, for PRIPID is blank where a case is old. */
const PARTIES = 'CASE_CF_PARTYINFO';
const statuses = z.record(z.string(), z.enum(ENTERPRISE_STATUSES)).default({});

/** How the tables of the register, read as collections of these names, become one enterprise. */
export const registerSetting = z
  .strictObject({
    stateCodes: statuses
      .meta(titled('登记状态代码对照', 'Registration states by code'))
      .describe('Registration state by REGSTATE, over those that are shipped.'),
    stateWords: statuses
      .meta(titled('登记状态文字对照', 'Registration states by word'))
      .describe('Registration state by REGSTATE_CN, over those that are shipped.'),
    absence: z
      .enum(['COVERED', 'UNCOVERED'])
      .meta(titled('查无的含义', 'Worth of absence'))
      .describe('COVERED only where the base tables show every entity whatever its state.'),
    canary: canarySettingOf(NAME),
  })
  .nullable()
  .default(null)
  .meta(titled('企业公示库表', 'Tables of the register'))
  .describe('Joins the tables of the enterprise register by PRIPID; null where there are none.');
export type RegisterSetting = NonNullable<z.infer<typeof registerSetting>>;

/** What the tables of the register answer, and how their rows are found. */
export interface RegisterAnswer {
  readonly answers: HeldAnswers<typeof NAME>;
  /** Columns that are needed of a collection. Empty for one that is no table of the register. */
  columnsOf(collection: string): readonly string[];
  /** Of the base tables that there are, and of the parties of cases. */
  readonly finders: readonly {
    readonly collection: string;
    /** False where rows may be about somebody without a code. */
    readonly mustFind: boolean;
    readonly columns: readonly string[];
    find(values: RowValues): { readonly keys: readonly string[]; readonly fault: HubError | null };
  }[];
}

/**
 * The answer from these collections. Tables that are missing among them are not told of.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION, reason `NO_BASE_TABLE`, or `ABOUT` for a table whose
 * rows would not be found with those they belong to.
 */
export function createRegisterAnswer(
  setting: RegisterSetting,
  collections: readonly { readonly name: string; readonly about: string | null }[],
): RegisterAnswer {
  const told = collections.flatMap(({ name, about }, at) => {
    const table = REGISTER_TABLES.find((one) => one.name === name);
    if (table !== undefined && about !== table.about)
      throw unsafe(`/collections/${at}/about`, 'ABOUT');
    return table === undefined ? [] : [table];
  });
  const bases = told.filter(({ part }) => part === 'BASE');
  if (bases.length === 0) throw unsafe('/register', 'NO_BASE_TABLE');
  const readState = createStateReader(setting);

  function assemble(
    rows: readonly HeldRow[],
    key: SubjectKey,
    unsettled: readonly string[],
  ): readonly Enterprise[] {
    const own = rows.filter(({ collection }) => bases.some(({ name }) => name === collection));
    const [first, ...others] = new Set(own.map(({ collection }) => collection));
    if (first === undefined) return [];
    if (others.length > 0) throw driftFault('', 'TWO_FAMILIES');
    const element = Object.fromEntries(
      REGISTER_TABLES.filter(({ name }) => OTHER_FAMILY[first]?.includes(name) !== true).map(
        ({ name }) => [name, valuesOf(rows, name)],
      ),
    );
    const known = (table: RegisterTable) => told.includes(table) && !unsettled.includes(table.name);
    const notTold = REGISTER_TABLES.filter((table) => Object.hasOwn(element, table.name))
      .filter((table) => !known(table))
      .flatMap(({ lists }) => lists);
    const enterprises = readEnterprises(readRow(element, ''), readState);
    if (enterprises.some(({ code }) => code !== key.code)) throw integrityFault('OTHER_SUBJECT');
    return enterprises.map((one) => ({ ...one, notTold: [...new Set(notTold)] }));
  }

  return {
    answers: {
      keyOf: (key) => (key.kind === 'PERSON' ? null : heldKeyOf(NAME, key)),
      assemble,
      absence: setting.absence,
      follow: [{ from: PARTIES, column: 'CASEID' }],
    },
    columnsOf: (collection) => told.find(({ name }) => name === collection)?.columns ?? [],
    finders: told
      .filter(({ name, part }) => part === 'BASE' || name === PARTIES)
      .map(({ name: collection, part, columns }) => {
        return { collection, columns, mustFind: part === 'BASE', find };
      }),
  };
}

/** By its code alone: a row that cannot be read further is found all the same. */
function find(values: RowValues): { keys: readonly string[]; fault: HubError | null } {
  try {
    const held = readRow(values, '').text('UNISCID');
    if (held === null) return { keys: [], fault: null };
    const { code } = readSubjectCode(held);
    const key = heldKeyOf(NAME, { kind: 'ENTERPRISE', code, name: null });
    return { keys: key === null ? [] : [key], fault: null };
  } catch (error) {
    if (error instanceof HubError) return { keys: [], fault: error };
    throw error;
  }
}

function valuesOf(rows: readonly HeldRow[], table: string): readonly HeldRow['values'][] {
  return rows.filter(({ collection }) => collection === table).map(({ values }) => values);
}

function unsafe(field: string, reason: string): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field, reason } });
}
