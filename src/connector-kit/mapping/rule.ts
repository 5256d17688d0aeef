import { z } from 'zod';

import { titled } from '../connector.ts';

/** Characters of a pointer, of a code in a table and of a constant, at most. */
const POINTER_LENGTH_MAX = 256;
const TEXT_LENGTH_MAX = 256;
/** Places that one rule may look at. */
const PLACES_MAX = 8;

/**
 * How the held text is read. `TABLE` looks it up in a code table, `CODE` makes an identifier
 * canonical, `LAST_DAY` is the end of a validity (长期 included), `INSTANT` a point in time with
 * its offset, of which the day in Asia/Shanghai counts.
 */
export const READS = ['TEXT', 'CODE', 'TABLE', 'DAY', 'LAST_DAY', 'INSTANT'] as const;
export type ReadName = (typeof READS)[number];

/** Forms of a day that can be demanded of a source. */
export const DAY_FORMS = [
  /** 2021-02-09, 2021/2/9, 2021.02.09. */
  'DATE',
  /** The same with a time behind it. */
  'DATE_TIME',
  /** 2021年2月9日. */
  'CHINESE',
  /** 二〇二一年二月九日. */
  'NUMERALS',
  /** 20210209. */
  'COMPACT',
  /** 20210209235959. */
  'COMPACT_TIME',
  /** Milliseconds since 1970. */
  'EPOCH_MS',
  /** Seconds since 1970; read only where this form is named. */
  'EPOCH_S',
] as const;
export type DayForm = (typeof DAY_FORMS)[number];

/** What can be done to a held text before it is read. */
export const NORMALIZERS = ['TAGS', 'SPACES', 'WIDTH', 'BRACKETS', 'CASE', 'RADICALS'] as const;
export type NormalizerName = (typeof NORMALIZERS)[number];

/** A JSON pointer, RFC 6901: empty, or steps that begin with a slash. */
export const pointerShape = z
  .string()
  .max(POINTER_LENGTH_MAX)
  .regex(/^(?:\/(?:[^~/]|~[01])*)*$/u, { error: 'a JSON pointer (RFC 6901)' });

/** One canonical field: where it stands, and how it is read. */
export const fieldRule = z.strictObject({
  from: z
    .union([pointerShape, z.array(pointerShape).min(1).max(PLACES_MAX)])
    .nullable()
    .default(null)
    .meta(titled('取值位置', 'From'))
    .describe('JSON pointer, or /COLUMN of a row; several places where a list is given.'),
  several: z
    .enum(['FIRST', 'JOIN', 'JOIN_ALL', 'AGREE'])
    .nullable()
    .default(null)
    .meta(titled('多处取值', 'Several places'))
    .describe(
      'The first place that is not blank, all joined (JOIN_ALL: none where one is blank), or all ' +
        'read and required to agree; null for AGREE where a status is read, FIRST elsewhere.',
    ),
  joinedBy: z
    .string()
    .max(8)
    .default('')
    .meta(titled('连接符', 'Joined by'))
    .describe('What stands between the parts of a joined text.'),
  constant: z
    .string()
    .min(1)
    .max(TEXT_LENGTH_MAX)
    .nullable()
    .default(null)
    .meta(titled('固定值', 'Constant'))
    .describe('The same text for every record, of descriptive fields only.'),
  read: z
    .enum(READS)
    .nullable()
    .default(null)
    .meta(titled('读取方式', 'Read as'))
    .describe('How the text is read; null for the usual way of the field.'),
  table: z
    .string()
    .max(64)
    .nullable()
    .default(null)
    .meta(titled('代码表', 'Code table'))
    .describe('Name of a shipped code table.'),
  pairs: z
    .record(z.string().min(1).max(TEXT_LENGTH_MAX), z.string().min(1).max(TEXT_LENGTH_MAX))
    .nullable()
    .default(null)
    .meta(titled('自定义代码对照', 'Own codes'))
    .describe('Held code to canonical value: extends the named table, or stands alone.'),
  form: z
    .array(z.enum(DAY_FORMS))
    .min(1)
    .max(DAY_FORMS.length)
    .nullable()
    .default(null)
    .meta(titled('日期格式', 'Forms of the day'))
    .describe('Forms in which the day may be written; null for every unmistakable form.'),
  blank: z
    .enum(['LONG_TERM', 'NOT_TOLD'])
    .default('LONG_TERM')
    .meta(titled('截止日期空白的含义', 'Blank last day'))
    .describe('What an empty last day means: 长期, or nothing.'),
  normalize: z
    .array(z.enum(NORMALIZERS))
    .max(NORMALIZERS.length)
    .default([])
    .meta(titled('文字规整', 'Normalize'))
    .describe('What is done to the text first, in this order.'),
  required: z
    .boolean()
    .nullable()
    .default(null)
    .meta(titled('必有', 'Required'))
    .describe(
      'True: never blank. False: may be left out of the row. Null: identity, status and validity ' +
        'must be in the row, blank or not; other fields may be left out.',
    ),
});
export type FieldRule = z.infer<typeof fieldRule>;

/** Records inside a record: an array, and the fields of each of its elements. */
export const listRule = z.strictObject({
  each: pointerShape
    .meta(titled('列表位置', 'Each of'))
    .describe('JSON pointer of the array; pointers of the fields begin at its elements.'),
  split: z
    .string()
    .min(1)
    .max(4)
    .nullable()
    .default(null)
    .meta(titled('分隔符', 'Split at'))
    .describe('Where the list is one text: what stands between its parts. Null for arrays.'),
  required: z
    .boolean()
    .default(true)
    .meta(titled('必有', 'Required'))
    .describe('Whether the array must be there; false reads null, or nothing, as an empty list.'),
  fields: z
    .record(z.string().max(64), fieldRule)
    .meta(titled('字段', 'Fields'))
    .describe('Rules by canonical name, for each element.'),
});
export type ListRule = z.infer<typeof listRule>;
