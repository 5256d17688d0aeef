import type { KeyColumns, RowValues } from '../../src/connector-kit/held-rows/key-columns.ts';
import { createRowAnswer, type RowAnswer } from '../../src/connector-kit/held-rows/row-answers.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { unsafeAnswer } from '../../src/connector-kit/answer-settings.ts';
import { createRegisterAnswer } from '../../src/connector-kit/register/register-answer.ts';
import type { Holdings } from '../../src/connector-kit/scan.ts';
import type { HubError } from '../../src/errors.ts';
import type { FileDropSettings } from './settings.ts';

/** One way in which the rows of a collection are found. */
export interface RowFinder {
  readonly collection: KeyColumns<MappedCapability>['collection'];
  /** False where a row that is found by nothing is no mistake. */
  readonly mustFind: boolean;
  /** Columns without which no row can be found so. */
  readonly columns: readonly string[];
  /** The keys of a row, and why it could not be read as a record; null where it could. */
  find(values: RowValues): { readonly keys: readonly string[]; readonly fault: HubError | null };
}

/** What can be answered from rows, and how rows are found for it. */
export interface Answering {
  readonly answers: Holdings['answers'];
  readonly finders: readonly RowFinder[];
  /** Columns of a collection that are needed besides those of its finders. */
  columnsOf(collection: string): readonly string[];
}

/** @throws {HubError} UNSAFE_CONFIGURATION for a mapping that does not hold together. */
export function createAnswering({
  answers: settings,
  collections,
  register,
}: Pick<FileDropSettings, 'answers' | 'collections' | 'register'>): Answering {
  const parts = [
    createPart(createRowAnswer(settings, 'license.byIdentifier')),
    createPart(createRowAnswer(settings, 'license.byHolder')),
    createPart(createRowAnswer(settings, 'enterprise.registration')),
    createPart(createRowAnswer(settings, 'credit.profile')),
  ].filter((part) => part !== null);
  const registered = register === null ? null : createRegisterAnswer(register, collections);
  if (registered !== null && settings['enterprise.registration'] !== undefined)
    throw unsafeAnswer('/register', 'TWO_ANSWERS');
  return {
    answers: {
      ...(Object.assign({}, ...parts.map(({ answers }) => answers)) as Holdings['answers']),
      ...(registered === null ? {} : { 'enterprise.registration': registered.answers }),
    },
    finders: [...parts.map(({ finder }) => finder), ...(registered?.finders ?? [])],
    columnsOf: (collection) => registered?.columnsOf(collection) ?? [],
  };
}

function createPart<N extends MappedCapability>(
  answer: RowAnswer<N> | null,
): { readonly answers: Holdings['answers']; readonly finder: RowFinder } | null {
  if (answer === null) return null;
  const { capability, answers, keyColumns, find } = answer;
  const { collection, columns } = keyColumns;
  return {
    answers: { [capability]: answers },
    finder: { collection, mustFind: true, columns, find },
  };
}
