import { z } from 'zod';

import { HubError } from '../errors.ts';
import { SUBJECT_KINDS } from '../model/subject-code.ts';
import { canarySettingOf } from './answer-canary.ts';
import { titled } from './connector.ts';
import type { KeyPart, Template } from './json-template.ts';
import type { MappedCapability } from './mapping/keys.ts';
import {
  compileMapping,
  mappingSetting,
  type CompiledMapping,
  type Mapping,
} from './mapping/mapping.ts';

/** Keys of one call, at most, whatever the source takes. */
const BATCH_MAX = 200;

/**
 * What every answer says besides how it is asked and where its rows are; spread into the answers
 * of a kind. The key of a row is named by the kind, for it knows how rows look.
 */
export function answerShapeOf<N extends MappedCapability>(capability: N) {
  return {
    kinds: z
      .partialRecord(z.enum(SUBJECT_KINDS), z.string().min(1).max(64))
      .nullable()
      .default(null)
      .meta(titled('主体类别用词', 'Kinds of subject'))
      .describe('The source’s word for each kind it is asked about, as {kind}; null for all.'),
    batchMax: z
      .number()
      .int()
      .min(1)
      .max(BATCH_MAX)
      .default(1)
      .meta(titled('批量上限', 'Keys a call at most'))
      .describe('Keys the source takes in one call; above 1 the question holds a list of them.'),
    mapping: mappingSetting,
    absence: z
      .enum(['COVERED', 'UNCOVERED'])
      .meta(titled('查无的含义', 'Worth of absence'))
      .describe('COVERED only where the source would show the record whatever its state.'),
    canary: canarySettingOf(capability),
  };
}

/** The parts of a key that say whom or what a question is about. */
const NAMING: Readonly<Record<MappedCapability, readonly KeyPart[]>> = {
  'license.byIdentifier': ['identifier'],
  'license.byHolder': ['code', 'name'],
  'enterprise.registration': ['code', 'name'],
  'credit.profile': ['code', 'name'],
};

/**
 * Checks that a question can be asked for as many keys as it says, and that its rows can then be
 * told apart.
 *
 * @param at the answer in the settings, as a JSON pointer.
 * @throws {HubError} UNSAFE_CONFIGURATION, reason `KEY_NOT_ASKED`, `NO_LIST` or `NO_ROW_KEY`.
 */
export function requireAskable(
  at: string,
  asked: {
    readonly capability: MappedCapability;
    readonly template: Template;
    readonly batchMax: number;
    readonly hasRowKey: boolean;
  },
): void {
  const { capability, template, batchMax, hasRowKey } = asked;
  // Without it every subject gets the same reply, and absence would be said of all of them.
  const isAbout = NAMING[capability].some((part) => template.parts.includes(part));
  if (!isAbout) throw unsafeAnswer(at, 'KEY_NOT_ASKED');
  if (batchMax > 1 && !template.takesMany) throw unsafeAnswer(`${at}/batchMax`, 'NO_LIST');
  if (batchMax > 1 && !hasRowKey) throw unsafeAnswer(`${at}/batchMax`, 'NO_ROW_KEY');
}

/** What the absence of a credit profile denies: all of it has to be told of those who have one. */
const DENIED_BY_ABSENCE = ['listings', 'penalties', 'commitments'];

/**
 * The mapping of an answer.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION that says where it stands; reason `ABSENCE_OF_UNTOLD`
 * where absence would deny what the mapping does not even read.
 */
export function compileAnswerMapping<N extends MappedCapability>(
  at: string,
  capability: N,
  { mapping, absence }: { readonly mapping: Mapping; readonly absence: 'COVERED' | 'UNCOVERED' },
): CompiledMapping<N> {
  const isWhole =
    mapping.fields['grade'] !== undefined &&
    DENIED_BY_ABSENCE.every((list) => mapping.lists[list] !== undefined);
  if (capability === 'credit.profile' && absence === 'COVERED' && !isWhole)
    throw unsafeAnswer(`${at}/absence`, 'ABSENCE_OF_UNTOLD');
  try {
    return compileMapping(capability, mapping);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const field = `${at}/mapping${String(error.details['field'] ?? '')}`;
    throw new HubError(error.code, { details: { ...error.details, field } });
  }
}

/** A setting of an answer that must not be used. */
export function unsafeAnswer(field: string, reason: string): HubError {
  return new HubError('UNSAFE_CONFIGURATION', { details: { field, reason } });
}
