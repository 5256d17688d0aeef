import { z } from 'zod';

import { canarySettingOf } from '../../src/connector-kit/answer-canary.ts';
import { titled } from '../../src/connector-kit/connector.ts';
import { mappingSetting } from '../../src/connector-kit/mapping/mapping.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { SUBJECT_KINDS } from '../../src/model/subject-code.ts';

const columnSetting = z.string().min(1).max(128);

const identifierColumn = columnSetting
  .meta(titled('证照标识列', 'Identifier column'))
  .describe('Column of the license identifier.');

const codeColumn = columnSetting
  .meta(titled('主体代码列', 'Code column'))
  .describe('Column of the code of the subject or holder.');

const typeCodeColumn = columnSetting
  .nullable()
  .default(null)
  .meta(titled('证照类型列', 'Type column'))
  .describe('Column of the code of the license type; null where all are of one type.');

const typeCodeOfAll = z
  .string()
  .min(1)
  .max(64)
  .nullable()
  .default(null)
  .meta(titled('证照类型代码', 'Type of all'))
  .describe('Code of the license type, where all rows are of one; null where a column says it.');

const typeCodes = z
  .record(z.string().min(1).max(64), z.string().min(1).max(64))
  .default({})
  .meta(titled('证照类型对照', 'Type codes'))
  .describe(
    'Codes of the type column that the hub knows by another: held code to code of the hub.',
  );

function answerShapeOf<N extends MappedCapability>(capability: N) {
  return {
    collection: z
      .string()
      .min(1)
      .max(64)
      .meta(titled('数据表', 'Collection'))
      .describe('Name of the collection whose rows answer.'),
    mapping: mappingSetting,
    absence: z
      .enum(['COVERED', 'UNCOVERED'])
      .default('UNCOVERED')
      .meta(titled('查无的含义', 'Absence'))
      .describe('COVERED only where the files would show the record whatever its state.'),
    canary: canarySettingOf(capability),
  };
}

const kindsOfSubject = z
  .array(z.enum(SUBJECT_KINDS))
  .min(1)
  .meta(titled('主体类别', 'Kinds of subject'))
  .describe('Subjects the files are about; asked about another kind they say nothing.');

const keysTitle = titled('键列', 'Key columns');
const KEYS = 'Columns by which a row is found, even one that the mapping cannot read.';

const bySubject = <N extends 'enterprise.registration' | 'credit.profile'>(capability: N) =>
  z.strictObject({
    ...answerShapeOf(capability),
    kinds: kindsOfSubject,
    keys: z.strictObject({ code: codeColumn }).meta(keysTitle).describe(KEYS),
  });

/** What the rows answer, by capability; a capability that is left out is not supported. */
export const answersSetting = z
  .strictObject({
    'license.byIdentifier': z
      .strictObject({
        ...answerShapeOf('license.byIdentifier'),
        kinds: kindsOfSubject.default([...SUBJECT_KINDS]),
        keys: z.strictObject({ identifier: identifierColumn }).meta(keysTitle).describe(KEYS),
      })
      .optional()
      .meta(titled('按标识查证照', 'Licenses by identifier'))
      .describe('How licenses are found by their identifier.'),
    'license.byHolder': z
      .strictObject({
        ...answerShapeOf('license.byHolder'),
        kinds: kindsOfSubject,
        keys: z
          .strictObject({ code: codeColumn, typeCode: typeCodeColumn, typeCodeOfAll, typeCodes })
          .meta(keysTitle)
          .describe(KEYS),
      })
      .optional()
      .meta(titled('按持证主体查证照', 'Licenses by holder'))
      .describe('How licenses are found by holder and type.'),
    'enterprise.registration': bySubject('enterprise.registration')
      .optional()
      .meta(titled('企业登记', 'Registrations'))
      .describe('How registrations are found by the code of the subject.'),
    'credit.profile': bySubject('credit.profile')
      .optional()
      .meta(titled('信用档案', 'Credit profiles'))
      .describe('How credit profiles are found by the code of the subject.'),
  })
  .prefault({})
  .meta(titled('可回答的查询', 'Answers'))
  .describe('What the rows answer, by capability; what is left out is not supported.');
