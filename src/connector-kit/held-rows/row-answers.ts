import type { HubError } from '../../errors.ts';
import { compileAnswerMapping } from '../answer-settings.ts';
import type { Capabilities } from '../connector.ts';
import { driftFault } from '../fault.ts';
import { heldKeyOf, heldKeysOf, type MappedCapability } from '../mapping/keys.ts';
import type { CompiledMapping } from '../mapping/mapping.ts';
import type { HeldAnswers, HeldRow } from '../scan.ts';
import { findKeyColumns, type KeyColumns, type RowValues } from './key-columns.ts';
import type { RowAnswersSetting } from './row-answers-setting.ts';

/** How one capability is answered from flat rows. */
export interface RowAnswer<N extends MappedCapability> {
  readonly capability: N;
  readonly keyColumns: KeyColumns<N>;
  readonly answers: HeldAnswers<N>;
  /** Columns that the mapping looks at. */
  readonly columns: readonly string[];
  /** The keys of a row, and why it could not be read as a record; null where it could. */
  find(values: RowValues): { readonly keys: readonly string[]; readonly fault: HubError | null };
}

/** @throws {HubError} UNSAFE_CONFIGURATION for a mapping that does not hold together. */
export function createRowAnswer<N extends MappedCapability>(
  settings: RowAnswersSetting,
  capability: N,
): RowAnswer<N> | null {
  const answer = settings[capability];
  const keyColumns = findKeyColumns(settings, capability);
  if (answer === undefined || keyColumns === null) return null;
  const mapping = compileAnswerMapping(`/answers/${capability}`, capability, answer);
  const { collection } = keyColumns;
  return {
    capability,
    keyColumns,
    columns: [...new Set(mapping.pointers.map(firstStep))],
    answers: {
      keyOf: (key) =>
        keyColumns.spellings(key) === null ? null : heldKeyOf<MappedCapability>(capability, key),
      assemble: (rows, key) => {
        const own = rows.filter((row) => row.collection === collection);
        return assemble({ capability, mapping, keyColumns }, own, key);
      },
      absence: answer.absence,
      follow: [],
    },
    find(values) {
      const key = keyColumns.keyOf(values);
      const read = mapping.map(values, '');
      // A row that cannot be read is found all the same, and then answers with a fault: if it were
      // not found, it would look as if the source did not know its subject.
      const keys = read.ok ? heldKeysOf(capability, read.record) : [];
      return {
        keys: [...new Set(key === null ? keys : [key, ...keys])],
        fault: read.ok ? null : read.fault,
      };
    },
  };
}

interface Reading<N extends MappedCapability> {
  readonly capability: N;
  readonly mapping: CompiledMapping<N>;
  readonly keyColumns: KeyColumns<N>;
}

/** The records that the key names. Rows about the same subject may be of another key. */
function assemble<N extends MappedCapability>(
  { capability, mapping, keyColumns }: Reading<N>,
  rows: readonly HeldRow[],
  key: Capabilities[N]['key'],
): readonly Capabilities[N]['record'][] {
  const wanted = heldKeyOf(capability, key);
  return rows.flatMap(({ values }) => {
    const own = keyColumns.keyOf(values);
    const read = mapping.map(values, '');
    if (!read.ok) {
      // A row of somebody else may be unreadable; one that might be the wanted one may not.
      if (own !== null && own !== wanted) return [];
      throw read.fault;
    }
    if (wanted !== null && heldKeysOf(capability, read.record).includes(wanted)) {
      return [read.record];
    }
    // By its columns it is the wanted one, by the mapping it is another: neither is to be believed.
    if (own !== null && own === wanted) throw driftFault('', 'OTHER_KEY');
    return [];
  });
}

/** The column of a pointer: its first step, unescaped. */
function firstStep(pointer: string): string {
  const [, step = ''] = pointer.split('/');
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
