import { z } from 'zod';

import { registerSetting } from '../../src/connector-kit/register/register-answer.ts';
import { titled } from '../../src/connector-kit/connector.ts';
import { DIGEST_ALGORITHMS } from '../../src/connector-kit/files/file-inspection.ts';
import { fileFormatSetting } from '../../src/connector-kit/files/file-format.ts';
import { isPathInside } from '../../src/connector-kit/files/file-path.ts';
import { judgePattern } from '../../src/connector-kit/files/file-pattern.ts';
import { placeSecrets, placeSetting } from '../../src/connector-kit/files/place-settings.ts';
import { answersSetting } from './answers-settings.ts';
import { limitsSetting } from './limits-settings.ts';

const columnSetting = z.string().min(1).max(128);

const suffixSetting = z
  .string()
  .regex(/^[^/\\\p{Cc}]{1,32}$/u, { error: 'one to 32 characters of a file name' })
  .meta(titled('后缀', 'Suffix'))
  .describe('How the name of the second file ends, e.g. .ok or .md5.');

const replacesExtension = z
  .boolean()
  .default(false)
  .meta(titled('替换扩展名', 'Replaces the extension'))
  .describe('True for x.ok beside x.csv; false for x.csv.ok.');

const readinessSetting = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z
        .literal('MARKER')
        .meta(titled('类型', 'Type'))
        .describe('A second file says that the first is whole (标志文件).'),
      suffix: suffixSetting.default('.ok'),
      replacesExtension,
    }),
    z.strictObject({
      type: z
        .literal('MANIFEST')
        .meta(titled('类型', 'Type'))
        .describe('A second file holds the digest of the first (校验文件), and maybe its rows.'),
      suffix: suffixSetting.default('.md5'),
      replacesExtension,
      algorithm: z
        .enum(DIGEST_ALGORITHMS)
        .default('MD5')
        .meta(titled('摘要算法', 'Digest algorithm'))
        .describe('Algorithm of the digest.'),
    }),
    z.strictObject({
      type: z
        .literal('STABLE')
        .meta(titled('类型', 'Type'))
        .describe('Size and time of the file stop changing.'),
      seconds: z
        .number()
        .int()
        .min(1)
        .max(300)
        .default(30)
        .meta(titled('稳定时间', 'Stable for'))
        .describe(
          'Seconds for which they must not change; every scan of a new file waits so long.',
        ),
    }),
  ])
  .meta(titled('就绪判断', 'Readiness'))
  .describe('How it is known that a file is whole.');

const operationSetting = z
  .strictObject({
    column: columnSetting
      .meta(titled('操作列', 'Operation column'))
      .describe('Column that says what became of the row.'),
    words: z
      .record(z.string().min(1).max(16), z.enum(['PUT', 'DELETE']))
      .default({ I: 'PUT', U: 'PUT', D: 'DELETE' })
      .meta(titled('操作代码', 'Operation codes'))
      .describe('What its words mean; any other word rejects the row.'),
  })
  .nullable()
  .default(null)
  .meta(titled('操作标识', 'Operation'))
  .describe('How a row says that it is gone; null where every row is one that is held.');

const collectionSetting = z.strictObject({
  name: z
    .string()
    .regex(/^[\p{L}\p{N}_-]{1,64}$/u, { error: 'letters, digits, - and _' })
    .meta(titled('表名', 'Name'))
    .describe('Name of the collection, and what {TABLE} stands for.'),
  fileName: z
    .string()
    .max(200)
    .refine((text) => judgePattern(text) === null, {
      error: 'a file name with {yyyymmdd}, {TABLE} and {seq}, each of them optional',
    })
    .default('{yyyymmdd}_{TABLE}.txt')
    .meta(titled('文件名', 'File name'))
    .describe('Name of its files: {yyyymmdd} a day, {TABLE} the name, {seq} a number.'),
  format: fileFormatSetting,
  aliases: z
    .record(columnSetting, columnSetting)
    .default({})
    .meta(titled('列别名', 'Header aliases'))
    .describe('Other headings of columns: the heading in the file, and the name used here.'),
  id: z
    .array(columnSetting)
    .min(1)
    .max(8)
    .meta(titled('主键列', 'Id columns'))
    .describe('Columns that together tell one row from another.'),
  about: columnSetting
    .nullable()
    .default(null)
    .meta(titled('主体列', 'About column'))
    .describe('Column that rows about one subject share; null for the id.'),
  operation: operationSetting,
  mode: z
    .enum(['FULL', 'DELTA'])
    .meta(titled('数据方式', 'Mode'))
    .describe('Whether a file shows everything there is (全量) or what has changed (增量).'),
  sequence: z
    .enum(['DAILY', 'NUMBERED', 'NONE'])
    .default('DAILY')
    .meta(titled('连续性', 'Sequence'))
    .describe('What must not be missing between two deltas: a day, a number, or nothing.'),
  rowsMin: z
    .number()
    .int()
    .min(0)
    .default(1)
    .meta(titled('最少行数', 'Rows at least'))
    .describe('Rows below which a full file is not believed, so that an empty one erases nobody.'),
});

/** What an operator tells about a place where files are dropped (文件交换). */
export const fileDropSettings = z.strictObject({
  place: placeSetting,
  subdirectory: z
    .string()
    .max(200)
    .refine((text) => text === '' || judgePattern(text.replace(/\/$/u, '')) === null, {
      error: 'a path under the directory, with {yyyymmdd} where it has days',
    })
    .default('')
    .meta(titled('子目录', 'Subdirectory'))
    .describe('Where under the directory the files are, e.g. incoming/{yyyymmdd}/.'),
  readiness: readinessSetting,
  collections: z
    .array(collectionSetting)
    .min(1)
    .max(64)
    .meta(titled('数据表', 'Collections'))
    .describe('Kinds of files, in the order in which a pass must read them.'),
  answers: answersSetting,
  register: registerSetting,
  rejectPath: z
    .string()
    .min(1)
    .max(200)
    .refine(isPathInside, { error: 'a path under the directory' })
    .nullable()
    .default(null)
    .meta(titled('拒收清单目录', 'Reject directory'))
    .describe('Where reject files are put for the operator of the source; null for nowhere.'),
  limits: limitsSetting,
});

export type FileDropSettings = z.infer<typeof fileDropSettings>;
export type CollectionSettings = z.infer<typeof collectionSetting>;

/** What must never be shown again: how the hub signs in over SFTP. */
export const fileDropSecrets = placeSecrets;
export type FileDropSecrets = z.infer<typeof fileDropSecrets>;
