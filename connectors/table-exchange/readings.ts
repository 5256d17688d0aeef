import { createRowAnswer, type RowAnswer } from '../../src/connector-kit/held-rows/row-answers.ts';
import {
  createRegisterAnswer,
  type RegisterAnswer,
} from '../../src/connector-kit/register/register-answer.ts';
import {
  MAPPED_CAPABILITIES,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import type { TableReading } from '../../src/connector-kit/tables/change-row.ts';
import { columnName } from '../../src/connector-kit/tables/table-names.ts';
import { HubError } from '../../src/errors.ts';
import type { TableExchangeSettings } from './settings.ts';

/** What is answered, by capability, from flat rows. */
export type RowAnswers = { readonly [N in MappedCapability]: RowAnswer<N> | null };

/** Settings that hold together: tables, what is read of them, and what they answer. */
export interface Agreement {
  readonly readings: readonly TableReading[];
  readonly answers: RowAnswers;
  /** The tables of the register as one enterprise. Null where there are none. */
  readonly register: RegisterAnswer | null;
  /** In the order of the contract. */
  readonly offered: readonly MappedCapability[];
}

/** @throws {HubError} UNSAFE_CONFIGURATION with the field and a reason. */
export function createAgreement(settings: TableExchangeSettings): Agreement {
  const { collections, answerFrom } = settings;
  const tables = collections.map(({ table }) => table);
  if (new Set(tables).size < tables.length) throw unsafe('/collections', 'DUPLICATE_TABLE');
  collections.forEach(({ time }, at) => {
    // Without times nobody can tell what changed, nor which of two rows stands.
    if (time === null && answerFrom === 'HOLDINGS') {
      throw unsafe(`/collections/${at}/time`, 'NO_TIME_COLUMN');
    }
  });
  const answers: RowAnswers = {
    'license.byIdentifier': createRowAnswer(settings.answers, 'license.byIdentifier'),
    'license.byHolder': createRowAnswer(settings.answers, 'license.byHolder'),
    'enterprise.registration': createRowAnswer(settings.answers, 'enterprise.registration'),
    'credit.profile': createRowAnswer(settings.answers, 'credit.profile'),
  };
  const register = createRegister(settings);
  const offered = MAPPED_CAPABILITIES.filter((name) => answers[name] !== null);
  offered.forEach((name) => requireSound(settings, answers, name));
  const readings = collections.map((setting) => {
    const own = offered
      .map((name) => answers[name])
      .filter((each) => each?.keyColumns.collection === setting.table);
    const columns = own.flatMap((each) =>
      each === null ? [] : [...each.keyColumns.columns, ...each.columns],
    );
    const finders = register?.finders.filter(({ collection }) => collection === setting.table);
    return {
      setting,
      columns: [...new Set([...columns, ...(register?.columnsOf(setting.table) ?? [])])],
      keysOf: (values: Readonly<Record<string, string | null>>) => [
        ...new Set([
          ...own.flatMap((each) => each?.find(values).keys ?? []),
          ...(finders ?? []).flatMap((each) => each.find(values).keys),
        ]),
      ],
    };
  });
  return { readings, answers, register, offered };
}

/** They are joined from kept rows: asked one by one, the tables would be of different instants. */
function createRegister({
  register,
  collections,
  answers,
  answerFrom,
}: TableExchangeSettings): RegisterAnswer | null {
  if (register === null) return null;
  if (answerFrom !== 'HOLDINGS') throw unsafe('/register', 'NEEDS_HOLDINGS');
  if (answers['enterprise.registration'] !== undefined) throw unsafe('/register', 'TWO_ANSWERS');
  return createRegisterAnswer(
    register,
    collections.map(({ table: name, about }) => ({ name, about })),
  );
}

function requireSound(
  { collections, answers: settings, answerFrom }: TableExchangeSettings,
  answers: RowAnswers,
  name: MappedCapability,
): void {
  const [answer, at] = [settings[name], `/answers/${name}`];
  const table = collections.find((each) => each.table === answer?.collection);
  if (table === undefined) throw unsafe(`${at}/collection`, 'UNKNOWN_COLLECTION');
  const isSilent = answerFrom === 'TABLE' && table.holds === 'CHANGES';
  if (isSilent && answer?.absence === 'COVERED') {
    // What was taken out of such a table is not gone: only the hub has seen it.
    throw unsafe(`${at}/absence`, 'CLEARED_TABLE');
  }
  const isName = (column: string): boolean => columnName.safeParse(column).success;
  if (answers[name]?.columns.every(isName) !== true) throw unsafe(`${at}/mapping`, 'COLUMN_NAME');
  const holder = settings['license.byHolder'];
  if (name !== 'license.byHolder' || holder === undefined) return;
  const { typeCode, typeCodeOfAll } = holder.keys;
  if ((typeCode === null) === (typeCodeOfAll === null)) throw unsafe(`${at}/keys`, 'TYPE_CODE');
}

function unsafe(field: string, reason: string): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field, reason } });
}
