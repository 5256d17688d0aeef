import { z } from 'zod';

import { titled } from '../connector.ts';
import { readDelimited } from './delimited.ts';
import type { FileRecord, ReadPlan } from './file-record.ts';
import { readXlsx } from './xlsx.ts';
import { readXmlRecords } from './xml-records.ts';

const SEPARATOR_REASON = 'one to three characters, no line end, letter, digit or the quote';

const charsetSetting = z
  .enum(['utf-8', 'gb18030'])
  .meta(titled('字符集', 'Character set'))
  .describe('How text is encoded; gb18030 where the source says GBK or GB2312.');

const columnName = z.string().min(1).max(128);

const columnsSetting = z
  .array(columnName)
  .min(1)
  .max(2_000)
  .nullable()
  .default(null)
  .meta(titled('列名', 'Columns'))
  .describe('Columns in order, where the file has no header; null where its first row is one.');

function delimitedShape(standard: { readonly separator: string; readonly quote: '"' | null }) {
  return {
    separator: z
      .string()
      .regex(/^[^\r\n\p{L}\p{N}]{1,3}$/u, { error: SEPARATOR_REASON })
      .default(standard.separator)
      .meta(titled('分隔符', 'Separator'))
      .describe('What divides the values of a line: one to three characters.'),
    quote: z
      .enum(['"', "'"])
      .nullable()
      .default(standard.quote)
      .meta(titled('引号', 'Quote'))
      .describe('What stands around values that hold a separator; null where nothing does.'),
    charset: charsetSetting,
    trailingSeparator: z
      .boolean()
      .default(false)
      .meta(titled('行末有分隔符', 'Trailing separator'))
      .describe('Whether a separator follows the last value of a line as well.'),
    finalNewline: z
      .enum(['REQUIRED', 'OPTIONAL'])
      .default('OPTIONAL')
      .meta(titled('末行换行符', 'Final line end'))
      .describe('Whether a last line without an end is a truncated one in any case.'),
    columns: columnsSetting,
  };
}

/** How the files of a collection are written (文件格式), as operators say it. */
export const fileFormatSetting = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z
        .literal('CSV')
        .meta(titled('类型', 'Type'))
        .describe('Text with a separator and quotes (RFC 4180).'),
      ...delimitedShape({ separator: ',', quote: '"' }),
    }),
    z.strictObject({
      type: z
        .literal('TXT')
        .meta(titled('类型', 'Type'))
        .describe('Text with a separator and no quotes.'),
      ...delimitedShape({ separator: '|', quote: null }),
    }),
    z.strictObject({
      type: z
        .literal('XLSX')
        .meta(titled('类型', 'Type'))
        .describe('A spreadsheet (ISO/IEC 29500).'),
      sheet: z
        .string()
        .min(1)
        .max(31)
        .nullable()
        .default(null)
        .meta(titled('工作表', 'Sheet'))
        .describe('Name of the sheet; null for the first one.'),
      columns: columnsSetting,
    }),
    z.strictObject({
      type: z.literal('XML').meta(titled('类型', 'Type')).describe('XML, one element a record.'),
      charset: charsetSetting,
      record: z
        .string()
        .min(1)
        .max(128)
        .meta(titled('记录元素', 'Record element'))
        .describe('Local name of the element that is one record.'),
      depth: z
        .number()
        .int()
        .min(2)
        .max(16)
        .default(2)
        .meta(titled('记录层级', 'Record depth'))
        .describe('How deep it stands; 1 is the root.'),
      beside: z
        .array(z.string().min(1).max(128))
        .max(32)
        .default([])
        .meta(titled('并列元素', 'Elements beside'))
        .describe('Other elements of that depth, which are not read.'),
      columns: z
        .array(columnName)
        .min(1)
        .max(2_000)
        .nullable()
        .default(null)
        .meta(titled('列名', 'Columns'))
        .describe('Every column a record may have; null where it may hold others.'),
    }),
  ])
  .meta(titled('文件格式', 'File format'))
  .describe('How the files are written.');

export type FileFormat = z.infer<typeof fileFormatSetting>;

/** The records of a file, a batch at a time, in its order. @throws {HubError} see each format. */
export function readRecords(
  chunks: AsyncIterable<Uint8Array>,
  { format, plan }: { readonly format: FileFormat; readonly plan: ReadPlan },
): AsyncIterable<readonly FileRecord[]> {
  switch (format.type) {
    case 'CSV':
    case 'TXT':
      return readDelimited(chunks, { format, plan });
    case 'XLSX':
      return readXlsx(chunks, { format, plan });
    case 'XML':
      return readXmlRecords(chunks, { format, plan });
  }
}
