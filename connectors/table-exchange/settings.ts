import { z } from 'zod';

import { canarySettingOf } from '../../src/connector-kit/answer-canary.ts';
import { registerSetting } from '../../src/connector-kit/register/register-answer.ts';
import { titled } from '../../src/connector-kit/connector.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { mappingSetting } from '../../src/connector-kit/mapping/mapping.ts';
import { columnName, tableName } from '../../src/connector-kit/tables/table-names.ts';
import {
  DATABASE_SHAPE,
  databasePassword,
  tableSetting,
} from '../../src/connector-kit/tables/table-settings.ts';
import { SUBJECT_KINDS } from '../../src/model/subject-code.ts';

const TYPE_LENGTH_MAX = 64;
const COLLECTIONS_MAX = 64;

const codeColumn = columnName
  .meta(titled('主体代码列', 'Code column'))
  .describe('Column of the code of the subject or holder.');

function answerShapeOf<N extends MappedCapability>(capability: N) {
  return {
    collection: tableName
      .meta(titled('数据表', 'Collection'))
      .describe('Table whose rows answer, as it is named among the collections.'),
    mapping: mappingSetting,
    absence: z
      .enum(['COVERED', 'UNCOVERED'])
      .default('UNCOVERED')
      .meta(titled('查无的含义', 'Worth of absence'))
      .describe('COVERED only where the table would show the record whatever its state.'),
    kinds: z
      .array(z.enum(SUBJECT_KINDS))
      .min(1)
      .default([...SUBJECT_KINDS])
      .meta(titled('主体类别', 'Kinds of subject'))
      .describe('Subjects the table is about; asked about another kind it says nothing.'),
    canary: canarySettingOf(capability),
  };
}

const keysTitle = titled('键列', 'Key columns');
const KEYS = 'Columns by which a row is found, even one that the mapping cannot read.';

const bySubject = <N extends 'enterprise.registration' | 'credit.profile'>(capability: N) =>
  z.strictObject({
    ...answerShapeOf(capability),
    keys: z.strictObject({ code: codeColumn }).meta(keysTitle).describe(KEYS),
  });

const identifierKeys = z.strictObject({
  identifier: columnName
    .meta(titled('证照标识列', 'Identifier column'))
    .describe('Column of the license identifier.'),
});

const typeText = z.string().min(1).max(TYPE_LENGTH_MAX);

const holderKeys = z.strictObject({
  code: codeColumn,
  typeCode: columnName
    .nullable()
    .default(null)
    .meta(titled('证照类型列', 'Type column'))
    .describe('Column of the code of the license type; null where all are of one type.'),
  typeCodeOfAll: typeText
    .nullable()
    .default(null)
    .meta(titled('证照类型代码', 'Type of all'))
    .describe('Code of the license type, where all rows are of one; null where a column says it.'),
  typeCodes: z
    .record(typeText, typeText)
    .default({})
    .meta(titled('证照类型对照', 'Type codes'))
    .describe('Codes of the type column that the hub knows by another: held to ours.'),
});

const answersSetting = z
  .strictObject({
    'license.byIdentifier': z
      .strictObject({
        ...answerShapeOf('license.byIdentifier'),
        keys: identifierKeys.meta(keysTitle).describe(KEYS),
      })
      .optional()
      .meta(titled('按标识查证照', 'Licenses by identifier'))
      .describe('How licenses are found by their identifier.'),
    'license.byHolder': z
      .strictObject({
        ...answerShapeOf('license.byHolder'),
        keys: holderKeys.meta(keysTitle).describe(KEYS),
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
  .describe('What the tables answer, by capability; what is left out is not supported.');

/** What an operator tells about a front-end database (前置机) and its tables. No SQL anywhere. */
export const tableExchangeSettings = z.strictObject({
  ...DATABASE_SHAPE,
  collections: z
    .array(tableSetting)
    .min(1)
    .max(COLLECTIONS_MAX)
    .meta(titled('数据表', 'Collections'))
    .describe('The tables, in the order in which they are read.'),
  answerFrom: z
    .enum(['TABLE', 'HOLDINGS'])
    .default('TABLE')
    .meta(titled('应答方式', 'Answers from'))
    .describe('TABLE asks the database each time; HOLDINGS reads all changes and keeps the rows.'),
  keyForm: z
    .enum(['TRIMMED', 'EXACT'])
    .default('TRIMMED')
    .meta(titled('键值比对', 'Form of keys'))
    .describe(
      'TRIMMED finds keys in any case and with blanks around them, reading the whole table; ' +
        'EXACT uses an index, where all keys are held as they are asked.',
    ),
  batchMax: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .meta(titled('批量上限', 'Keys a call at most'))
    .describe('Keys that are put in one statement.'),
  answers: answersSetting,
  register: registerSetting,
});
export type TableExchangeSettings = z.infer<typeof tableExchangeSettings>;

/** What must never be shown again. */
export const tableExchangeSecrets = z.strictObject({ password: databasePassword });
export type TableExchangeSecrets = z.infer<typeof tableExchangeSecrets>;
