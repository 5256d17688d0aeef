import { z } from 'zod';

import { answerShapeOf } from '../../src/connector-kit/answer-settings.ts';
import { CODE_CLASSES } from '../../src/connector-kit/business-code.ts';
import { titled } from '../../src/connector-kit/connector.ts';
import { authSecrets, authSetting } from '../../src/connector-kit/http-auth.ts';
import { pointerSetting } from '../../src/connector-kit/json-pointer.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { pagingSetting } from '../../src/connector-kit/paging.ts';
import { TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';
import { judgeQuery } from './query-text.ts';

const questionShape = {
  query: z
    .string()
    .min(1)
    .max(10_000)
    .refine((text) => judgeQuery(text) === null, { error: 'one query, and no other operation' })
    .meta(titled('查询语句', 'Query'))
    .describe('One GraphQL query with variables; sent as it stands.'),
  variables: z
    .record(z.string().regex(/^[_A-Za-z]\w{0,63}$/u, { error: 'name of a variable' }), z.json())
    .meta(titled('变量模板', 'Variables'))
    .describe('Texts that may name {code}, {name}, …; {"$list": …} stands for all keys.'),
  recordsPointer: pointerSetting
    .meta(titled('记录位置', 'Place of the records'))
    .describe('JSON pointer in the reply, from /data on.'),
  records: z
    .enum(['LIST', 'OBJECT'])
    .default('LIST')
    .meta(titled('记录形式', 'Form of the records'))
    .describe('A list of records, or one object, null where there is none.'),
  keyPointer: pointerSetting
    .nullable()
    .default(null)
    .meta(titled('主键位置', 'Key of a record'))
    .describe('JSON pointer, within a record, of the code or identifier it is about.'),
  asOfPointer: pointerSetting
    .nullable()
    .default(null)
    .meta(titled('数据时间位置', 'Place of the date'))
    .describe('JSON pointer of the time of the holdings; null where the source does not say.'),
  paging: pagingSetting,
};

function answerOf<N extends MappedCapability>(capability: N, zh: string, en: string) {
  return z
    .strictObject({ ...questionShape, ...answerShapeOf(capability) })
    .optional()
    .meta(titled(zh, en))
    .describe('How this is asked and how the reply is read. Left out where it is not offered.');
}

/** What an operator tells about a GraphQL API. */
export const graphqlSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  path: z
    .string()
    .regex(/^\/[\w./~-]*$/u, { error: 'a path such as /graphql' })
    .default('/graphql')
    .meta(titled('路径', 'Path'))
    .describe('Below the base URL.'),
  auth: authSetting,
  faults: z
    .record(z.string().min(1).max(64), z.enum(CODE_CLASSES))
    .default({})
    .meta(titled('错误代码分类', 'Codes of trouble'))
    .describe('AUTH, QUOTA, TRANSIENT, CONFIG or KEY, by extensions.code; others are malformed.'),
  answers: z
    .strictObject({
      'license.byIdentifier': answerOf('license.byIdentifier', '按标识查证照', 'License'),
      'license.byHolder': answerOf('license.byHolder', '按持证主体查证照', 'Licenses of a holder'),
      'enterprise.registration': answerOf('enterprise.registration', '企业登记', 'Registration'),
      'credit.profile': answerOf('credit.profile', '信用信息', 'Credit profile'),
    })
    .refine((answers) => Object.values(answers).some((each) => each !== undefined), {
      error: 'at least one answer',
    })
    .meta(titled('可答问题', 'Answers'))
    .describe('What the API can be asked, by capability.'),
});
export type GraphqlSettings = z.infer<typeof graphqlSettings>;

/** What must never be shown again. */
export const graphqlSecrets = authSecrets;
export type GraphqlSecrets = z.infer<typeof graphqlSecrets>;
