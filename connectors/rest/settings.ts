import { z } from 'zod';

import { answerShapeOf } from '../../src/connector-kit/answer-settings.ts';
import { titled } from '../../src/connector-kit/connector.ts';
import { authSecrets, authSetting } from '../../src/connector-kit/http-auth.ts';
import { envelopeSetting } from '../../src/connector-kit/json-envelope.ts';
import { pointerSetting } from '../../src/connector-kit/json-pointer.ts';
import { charsetSetting } from '../../src/connector-kit/json-reply.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { pagingSetting } from '../../src/connector-kit/paging.ts';
import { TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';

const SEGMENT = String.raw`(?:[\w.~-]|\{(?:kind|code|name|identifier|typeCode)\})+`;

const questionShape = {
  method: z
    .enum(['GET', 'POST'])
    .default('GET')
    .meta(titled('请求方法', 'Method'))
    .describe('HTTP method of the call.'),
  path: z
    .string()
    .max(512)
    .regex(new RegExp(String.raw`^(?:/(?!\.{1,2}(?:/|$))${SEGMENT})+$`, 'u'), {
      error: 'a path such as /companies/{code}',
    })
    .meta(titled('路径', 'Path'))
    .describe('Below the base URL; a part of the key in it stays inside its segment.'),
  query: z
    .record(z.string().min(1).max(64), z.json())
    .default({})
    .meta(titled('查询参数', 'Query parameters'))
    .describe('Texts that may name {code}, {name}, {kind}, {identifier} or {typeCode}.'),
  body: z
    .json()
    .nullable()
    .default(null)
    .meta(titled('请求体模板', 'Body'))
    .describe('JSON whose texts may name parts of the key; {"$list": …} stands for all keys.'),
  keyPointer: pointerSetting
    .nullable()
    .default(null)
    .meta(titled('主键位置', 'Key of a record'))
    .describe('JSON pointer, within a record, of the code or identifier it is about.'),
  paging: pagingSetting,
  envelope: envelopeSetting,
};

function answerOf<N extends MappedCapability>(capability: N, zh: string, en: string) {
  return z
    .strictObject({ ...questionShape, ...answerShapeOf(capability) })
    .optional()
    .meta(titled(zh, en))
    .describe('How this is asked and how the reply is read. Left out where it is not offered.');
}

/** What an operator tells about an ordinary JSON API. */
export const restSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  auth: authSetting,
  headers: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,63}$/u, { error: 'name of a header, lower case' }),
      z.string().regex(/^[\x20-\x7e]{0,512}$/u, { error: 'visible ASCII' }),
    )
    .default({})
    .meta(titled('固定请求头', 'Headers'))
    .describe('Sent with every call. Never a secret: those have their own place.'),
  contentTypes: z
    .array(z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/u, { error: 'a media type' }))
    .min(1)
    .max(5)
    .default(['application/json'])
    .meta(titled('应答类型', 'Media types'))
    .describe('Media types a reply may have.'),
  charset: charsetSetting,
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
export type RestSettings = z.infer<typeof restSettings>;

/** What must never be shown again. */
export const restSecrets = authSecrets;
export type RestSecrets = z.infer<typeof restSecrets>;
