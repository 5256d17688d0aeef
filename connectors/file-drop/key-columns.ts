import {
  heldKeyOf,
  MAPPED_CAPABILITIES,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import type { AnswersSettings } from './answers-settings.ts';

type Values = Readonly<Record<string, string | null>>;

/** How the rows of a collection are found, by one capability. */
export interface KeyColumns {
  readonly capability: MappedCapability;
  readonly collection: string;
  /** Every column it looks at. */
  readonly columns: readonly string[];
  /** The text that a question finds the row by. Null where the row does not say whose it is. */
  keyOf(values: Values): string | null;
}

/** One for each capability that the settings answer, in the order of capabilities. */
export function listKeyColumns(answers: AnswersSettings): readonly KeyColumns[] {
  return MAPPED_CAPABILITIES.flatMap((capability) => {
    const found = findKeyColumns(answers, capability);
    return found === null ? [] : [found];
  });
}

function findKeyColumns(answers: AnswersSettings, capability: MappedCapability): KeyColumns | null {
  switch (capability) {
    case 'license.byIdentifier': {
      const answer = answers[capability];
      if (answer === undefined) return null;
      const { identifier: column } = answer.keys;
      return {
        capability,
        collection: answer.collection,
        columns: [column],
        keyOf: (values) => heldKeyOf(capability, { identifier: values[column] ?? '' }),
      };
    }
    case 'license.byHolder': {
      const answer = answers[capability];
      if (answer === undefined) return null;
      const { code, typeCode, typeCodeOfAll, typeCodes } = answer.keys;
      const typeOf = (values: Values): string => {
        const held = (typeCode === null ? typeCodeOfAll : values[typeCode]) ?? '';
        return Object.hasOwn(typeCodes, held) ? (typeCodes[held] ?? held) : held;
      };
      return {
        capability,
        collection: answer.collection,
        columns: typeCode === null ? [code] : [code, typeCode],
        keyOf: (values) =>
          heldKeyOf(capability, { holder: subjectOf(values[code]), typeCode: typeOf(values) }),
      };
    }
    case 'enterprise.registration':
    case 'credit.profile': {
      const answer = answers[capability];
      if (answer === undefined) return null;
      const { code } = answer.keys;
      return {
        capability,
        collection: answer.collection,
        columns: [code],
        keyOf: (values) => heldKeyOf(capability, subjectOf(values[code])),
      };
    }
  }
}

/** Keys are made of codes alone; the kind of the subject is not among them. */
function subjectOf(code: string | null | undefined) {
  return { kind: 'ENTERPRISE', code: code ?? '', name: null } as const;
}
