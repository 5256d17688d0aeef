import type { Capabilities, SubjectKey } from '../connector.ts';
import { heldKeyOf, type MappedCapability } from '../mapping/keys.ts';
import type { RowAnswersSetting } from './row-answers-setting.ts';

/** Column to text, as held. */
export type RowValues = Readonly<Record<string, string | null>>;

/** How the rows of a collection are found, by one capability. */
export interface KeyColumns<N extends MappedCapability> {
  readonly capability: N;
  readonly collection: string;
  /** Every column it looks at, in the order of `spellings`. */
  readonly columns: readonly string[];
  /** The text that a question finds the row by. Null where the row does not say whose it is. */
  keyOf(values: RowValues): string | null;
  /**
   * What may stand in the columns under this key, one list for each way of writing it. Null where
   * the rows say nothing about such a key at all: then their silence means nothing.
   */
  spellings(key: Capabilities[N]['key']): readonly (readonly string[])[] | null;
}

type Finders = {
  readonly [N in MappedCapability]: (answers: RowAnswersSetting) => KeyColumns<N> | null;
};

/** Null where the settings do not answer this. */
export function findKeyColumns<N extends MappedCapability>(
  answers: RowAnswersSetting,
  capability: N,
): KeyColumns<N> | null {
  return FINDERS[capability](answers);
}

const FINDERS: Finders = {
  'license.byIdentifier': findByIdentifier,
  'license.byHolder': findByHolder,
  'enterprise.registration': (answers) => findBySubject(answers, 'enterprise.registration'),
  'credit.profile': (answers) => findBySubject(answers, 'credit.profile'),
};

function findByIdentifier(answers: RowAnswersSetting): KeyColumns<'license.byIdentifier'> | null {
  const capability = 'license.byIdentifier';
  const answer = answers[capability];
  if (answer === undefined) return null;
  const { identifier: column } = answer.keys;
  return {
    capability,
    collection: answer.collection,
    columns: [column],
    keyOf: (values) => heldKeyOf(capability, { identifier: values[column] ?? '' }),
    spellings(key) {
      const canonical = heldKeyOf(capability, key);
      return canonical === null ? null : unique([[canonical], [key.identifier]]);
    },
  };
}

function findByHolder(answers: RowAnswersSetting): KeyColumns<'license.byHolder'> | null {
  const capability = 'license.byHolder';
  const answer = answers[capability];
  if (answer === undefined) return null;
  const { kinds, keys, collection } = answer;
  const { code, typeCode, typeCodeOfAll, typeCodes } = keys;
  const toOurs = (held: string): string =>
    Object.hasOwn(typeCodes, held) ? (typeCodes[held] ?? held) : held;
  const typeOf = (values: RowValues): string =>
    toOurs((typeCode === null ? typeCodeOfAll : values[typeCode]) ?? '');
  const isType = (one: string, other: string): boolean => {
    const of = (type: string) => heldKeyOf(capability, { holder: subjectOf('X'), typeCode: type });
    return of(one) === of(other);
  };
  return {
    capability,
    collection,
    columns: typeCode === null ? [code] : [code, typeCode],
    keyOf: (values) =>
      heldKeyOf(capability, { holder: subjectOf(values[code]), typeCode: typeOf(values) }),
    spellings(key) {
      const codes = spellingsOf(key.holder, kinds);
      if (codes === null || heldKeyOf(capability, key) === null) return null;
      // Rows of one type are silent about every other.
      if (typeCode === null) return isType(typeOf({}), key.typeCode) ? codes : null;
      const held = Object.keys(typeCodes).filter((each) => isType(toOurs(each), key.typeCode));
      const types = Object.hasOwn(typeCodes, key.typeCode) ? held : [key.typeCode, ...held];
      const pairs = codes.flatMap(([first = '']) => types.map((type) => [first, type]));
      return pairs.length === 0 ? null : pairs;
    },
  };
}

function findBySubject<N extends 'enterprise.registration' | 'credit.profile'>(
  answers: RowAnswersSetting,
  capability: N,
): KeyColumns<N> | null {
  const answer = answers[capability];
  if (answer === undefined) return null;
  const { code } = answer.keys;
  return {
    capability,
    collection: answer.collection,
    columns: [code],
    keyOf: (values) => heldKeyOf('credit.profile', subjectOf(values[code])),
    spellings: (key) => spellingsOf(key, answer.kinds),
  };
}

/** Keys are made of codes alone; the kind of the subject is not among them. */
function subjectOf(code: string | null | undefined): SubjectKey {
  return { kind: 'ENTERPRISE', code: code ?? '', name: null };
}

/** A code as it is asked, canonical, and a resident id in the fifteen digits it once had. */
function spellingsOf(
  key: SubjectKey,
  kinds: readonly SubjectKey['kind'][],
): readonly (readonly string[])[] | null {
  const canonical = heldKeyOf('credit.profile', key);
  if (canonical === null || !kinds.includes(key.kind)) return null;
  const short = key.kind === 'PERSON' ? fifteenDigitsOf(canonical) : null;
  return unique([[canonical], [key.code], ...(short === null ? [] : [[short]])]);
}

/** Of people born before 2000, whose ids were issued without century and check character. */
function fifteenDigitsOf(code: string): string | null {
  return /^\d{6}19\d{9}[\dX]$/u.test(code) ? `${code.slice(0, 6)}${code.slice(8, 17)}` : null;
}

function unique(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const seen = new Map(lists.map((list) => [JSON.stringify(list), list]));
  return [...seen.values()];
}
