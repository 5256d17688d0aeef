import { z } from 'zod';

import { answerShapeOf } from '../../src/connector-kit/answer-settings.ts';
import { titled } from '../../src/connector-kit/connector.ts';
import { envelopeSetting } from '../../src/connector-kit/json-envelope.ts';
import { pointerSetting } from '../../src/connector-kit/json-pointer.ts';
import { charsetSetting } from '../../src/connector-kit/json-reply.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { signingSetting } from '../../src/connector-kit/signing/signing.ts';
import { TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';

const questionShape = {
  method: z
    .enum(['GET', 'POST'])
    .default('POST')
    .meta(titled('请求方法', 'Method'))
    .describe('HTTP method of the call.'),
  path: z
    .string()
    .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/u, { error: 'a path such as /api/query' })
    .nullable()
    .default(null)
    .meta(titled('服务路径', 'Path'))
    .describe('Path below the base URL; null on the national platform, which has one for all.'),
  sid: z
    .string()
    .regex(/^[\x21-\x7e]{1,128}$/u, { error: 'visible ASCII' })
    .nullable()
    .default(null)
    .meta(titled('服务编码', 'Service (sid)'))
    .describe('服务编码 on the national platform; null elsewhere.'),
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
  bodyForm: z
    .enum(['JSON', 'FORM'])
    .default('JSON')
    .meta(titled('请求体形式', 'Form of the body'))
    .describe('JSON, or the fields of a form.'),
  keyPointer: pointerSetting
    .nullable()
    .default(null)
    .meta(titled('主键位置', 'Key of a record'))
    .describe('JSON pointer, within a record, of the code or identifier it is about.'),
  envelope: envelopeSetting,
};

function answerOf<N extends MappedCapability>(capability: N, zh: string, en: string) {
  return z
    .strictObject({ ...questionShape, ...answerShapeOf(capability) })
    .optional()
    .meta(titled(zh, en))
    .describe('How this is asked and how the reply is read. Left out where it is not offered.');
}

/** What an operator tells about the services behind a gateway. */
export const exchangePlatformSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  scheme: signingSetting,
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
    .describe('What the gateway can be asked, by capability.'),
});
export type ExchangePlatformSettings = z.infer<typeof exchangePlatformSettings>;

/** What must never be shown again. */
export const exchangePlatformSecrets = z.strictObject({
  secret: z
    .string()
    .min(8)
    .max(512)
    .meta(titled('签名密钥', 'Secret of the scheme'))
    .describe('服务授权码 (appKey), token, appSecret or HMAC key, as the scheme wants it.'),
});
export type ExchangePlatformSecrets = z.infer<typeof exchangePlatformSecrets>;
