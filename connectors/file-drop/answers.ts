import type { Capabilities } from '../../src/connector-kit/connector.ts';
import { driftFault } from '../../src/connector-kit/fault.ts';
import {
  heldKeyOf,
  heldKeysOf,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import { compileMapping, type CompiledMapping } from '../../src/connector-kit/mapping/mapping.ts';
import type { HeldAnswers, HeldRow, Holdings } from '../../src/connector-kit/scan.ts';
import type { HubError } from '../../src/errors.ts';
import type { AnswersSettings } from './answers-settings.ts';
import { listKeyColumns, type KeyColumns } from './key-columns.ts';

type Values = Readonly<Record<string, string | null>>;

/** One way in which the rows of a collection are found. */
export interface RowFinder {
  readonly collection: string;
  /** Columns without which no row can be found so. */
  readonly columns: readonly string[];
  /** The keys of a row, and why it could not be read as a record; null where it could. */
  find(values: Values): { readonly keys: readonly string[]; readonly fault: HubError | null };
}

/** What can be answered from rows, and how rows are found for it. */
export interface Answering {
  readonly answers: Holdings['answers'];
  readonly finders: readonly RowFinder[];
}

/** @throws {HubError} UNSAFE_CONFIGURATION for a mapping that does not hold together. */
export function createAnswering(settings: AnswersSettings): Answering {
  const parts = listKeyColumns(settings).map((keyColumns) => {
    const { capability } = keyColumns;
    switch (capability) {
      case 'license.byIdentifier':
        return createPart(capability, keyColumns, settings);
      case 'license.byHolder':
        return createPart(capability, keyColumns, settings);
      case 'enterprise.registration':
        return createPart(capability, keyColumns, settings);
      case 'credit.profile':
        return createPart(capability, keyColumns, settings);
    }
  });
  return {
    answers: Object.fromEntries(parts.map(({ capability, answers }) => [capability, answers])),
    finders: parts.map(({ finder }) => finder),
  };
}

interface Part<N extends MappedCapability> {
  readonly capability: N;
  readonly answers: HeldAnswers<N>;
  readonly finder: RowFinder;
}

function createPart<N extends MappedCapability>(
  capability: N,
  keyColumns: KeyColumns,
  settings: AnswersSettings,
): Part<N> {
  const answer = settings[capability];
  if (answer === undefined) throw new RangeError('A capability without an answer has no keys.');
  const mapping = compileMapping(capability, answer.mapping);
  const { collection, columns } = keyColumns;
  return {
    capability,
    answers: {
      keyOf: (key) => heldKeyOf(capability, key),
      assemble: (rows, key) => {
        const own = rows.filter((row) => row.collection === collection);
        return assemble({ capability, mapping, keyColumns }, own, key);
      },
      absence: answer.absence,
    },
    finder: {
      collection,
      columns,
      find(values) {
        const key = keyColumns.keyOf(values);
        const read = mapping.map(values, '');
        // A row that cannot be read is found all the same, and then answers with a fault: if it
        // were not found, it would look as if the source did not know its subject.
        const keys = read.ok ? heldKeysOf(capability, read.record) : [];
        return {
          keys: [...new Set(key === null ? keys : [key, ...keys])],
          fault: read.ok ? null : read.fault,
        };
      },
    },
  };
}

interface Reading<N extends MappedCapability> {
  readonly capability: N;
  readonly mapping: CompiledMapping<N>;
  readonly keyColumns: KeyColumns;
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
