import { z } from 'zod';

import { titled } from '../connector.ts';
import { DIALECTS } from './statement.ts';
import { columnName, tableName } from './table-names.ts';

/** Settings that every connector over tables has; spread into its own strict object. */
export const DATABASE_SHAPE = {
  dialect: z
    .enum(DIALECTS)
    .meta(titled('数据库类型', 'Kind of database'))
    .describe('PostgreSQL, or MySQL and MariaDB.'),
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:-]{1,253}$/u, { error: 'a host name or an address' })
    .meta(titled('主机', 'Host'))
    .describe('Host name or address of the database (前置机).'),
  port: z
    .number()
    .int()
    .min(1)
    .max(65_535)
    .meta(titled('端口', 'Port'))
    .describe('TCP port, as a rule 5432 or 3306.'),
  database: columnName.meta(titled('数据库名', 'Database')).describe('Name of the database.'),
  user: z
    .string()
    .regex(/^[^\p{Cc}]{1,63}$/u, { error: 'no control characters, at most 63' })
    .meta(titled('用户名', 'User'))
    .describe('Login of the hub, which may read and nothing else.'),
  encryption: z
    .enum(['TLS', 'NONE'])
    .default('TLS')
    .meta(titled('传输加密', 'Encryption'))
    .describe('NONE only where the network itself is protected.'),
  caPem: z
    .string()
    .startsWith('-----BEGIN CERTIFICATE-----')
    .nullable()
    .default(null)
    .meta(titled('受信任的证书颁发机构（PEM）', 'Trusted authority (PEM)'))
    .describe('The only authority trusted for this source, PEM; null for the public ones.'),
  connectionsMax: z
    .number()
    .int()
    .min(1)
    .max(32)
    .default(4)
    .meta(titled('最大连接数', 'Connections at most'))
    .describe('Connections to the database at most; one more where a statement is ended.'),
  statementTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(30_000)
    .default(1_000)
    .meta(titled('语句超时（毫秒）', 'Statement timeout (ms)'))
    .describe('After so long the server ends a statement of a question.'),
  scanTimeoutMs: z
    .number()
    .int()
    .min(1_000)
    .max(600_000)
    .default(60_000)
    .meta(titled('扫描语句超时（毫秒）', 'Scan timeout (ms)'))
    .describe('After so long the server ends a statement of a pass, which reads one page.'),
  rowsMax: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(1_000)
    .meta(titled('行数上限', 'Rows at most'))
    .describe('Rows of one answer at most; more are a fault, never a part of the answer.'),
  pageRows: z
    .number()
    .int()
    .min(1)
    .max(5_000)
    .default(1_000)
    .meta(titled('每页行数', 'Rows of a page'))
    .describe('Rows that a pass hands over at a time.'),
};

export type DatabaseSettings = z.infer<z.ZodObject<typeof DATABASE_SHAPE>>;

const nullableColumn = (fallback: string) => columnName.nullable().default(fallback);

/** One table that a provider fills (库表交换), and what its columns mean. */
export const tableSetting = z.strictObject({
  table: tableName
    .meta(titled('表名', 'Table'))
    .describe('Name of the table or view, with its schema where one is needed.'),
  id: z
    .array(columnName)
    .min(1)
    .max(4)
    .meta(titled('主键列', 'Id columns'))
    .describe('Columns that tell one record from another, through all of its changes.'),
  about: columnName
    .nullable()
    .default(null)
    .meta(titled('主体列', 'About column'))
    .describe('Column that rows about one subject share, e.g. PRIPID; null for the id.'),
  operation: nullableColumn('cd_operation')
    .meta(titled('操作列', 'Operation column'))
    .describe('Column of the change: I, U or D; null where rows are never taken back.'),
  time: nullableColumn('cd_time')
    .meta(titled('变更时间列', 'Time column'))
    .describe('Column of the time of the change; null where there is none, and no scan either.'),
  batch: nullableColumn('cd_batch')
    .meta(titled('批次列', 'Batch column'))
    .describe('Column of the batch number; null where there is none.'),
  serial: nullableColumn('cd_id')
    .meta(titled('流水列', 'Serial column'))
    .describe('Column that orders changes of one time; null where there is none.'),
  deletions: z
    .array(z.string().min(1).max(16))
    .min(1)
    .max(8)
    .default(['D'])
    .meta(titled('删除标志', 'Marks of deletion'))
    .describe('Values of the operation column that take a record back.'),
  changes: z
    .array(z.string().min(1).max(16))
    .min(1)
    .max(8)
    .default(['I', 'U'])
    .meta(titled('新增与更新标志', 'Marks of change'))
    .describe('Values of the operation column that put a record, the first for new ones.'),
  holds: z
    .enum(['EVERYTHING', 'CHANGES'])
    .default('EVERYTHING')
    .meta(titled('表内容', 'What it holds'))
    .describe('EVERYTHING where the table shows every record; CHANGES where it is cleared.'),
  overlapSeconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(3_600)
    .meta(titled('重叠窗口（秒）', 'Overlap (s)'))
    .describe('How far before the newest change the next pass begins, for late commits.'),
  futureSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .meta(titled('未来时间容差（秒）', 'Future tolerance (s)'))
    .describe('How far in the future the time of a change may lie before it is put aside.'),
  reload: z
    .enum(['DETECT', 'NEVER'])
    .nullable()
    .default(null)
    .meta(titled('全量重载', 'Full re-load'))
    .describe(
      'DETECT: a batch without I, U or D is a new copy of everything, and what it does not show ' +
        'is gone. Null: DETECT where the table holds everything, NEVER where it is cleared.',
    ),
  reloadAfterSeconds: z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(600)
    .meta(titled('重载静置时间（秒）', 'Re-load settles after (s)'))
    .describe('How old the newest change of a re-load must be: until then it may be going on.'),
  reloadShareMin: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta(titled('重载最小比例', 'Share a re-load must have'))
    .describe('A re-load with a smaller share of the ids known before is a fault and is not read.'),
});
export type TableSetting = z.infer<typeof tableSetting>;

/** The password of the login, and nothing else. */
export const databasePassword = z
  .string()
  .min(1)
  .max(512)
  .meta(titled('密码', 'Password'))
  .describe('Password of the login.');
