import { z } from 'zod';

import { answerShapeOf } from '../../src/connector-kit/answer-settings.ts';
import { CODE_CLASSES, CODE_SHAPE } from '../../src/connector-kit/business-code.ts';
import { titled } from '../../src/connector-kit/connector.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';

const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.-]{0,63}`;

/** A name of XML without a prefix. */
export const ELEMENT_NAME = new RegExp(`^${NAME}$`, 'u');

const elementName = z.string().regex(ELEMENT_NAME, { error: 'an XML name without a prefix' });
const elementPath = z
  .string()
  .regex(new RegExp(`^(?:/${NAME}){1,16}$`, 'u'), { error: 'a path such as /response/head/code' });

const questionShape = {
  operation: elementName
    .meta(titled('操作', 'Operation'))
    .describe('Element of the operation, in the namespace of the service.'),
  action: z
    .string()
    .max(256)
    .regex(/^[\x21\x23-\x7e]*$/u, { error: 'visible ASCII without quotes' })
    .default('')
    .meta(titled('SOAPAction 请求头', 'SOAPAction'))
    .describe('SOAPAction of the operation, without its quotes; empty where the source has none.'),
  question: z
    .json()
    .meta(titled('入参模板', 'Question'))
    .describe(
      'Element tree {name, attributes, text, children, secret}; texts may name parts of the key, ' +
        '{"$list": …} among the children stands for all keys, "secret": true for the secret.',
    ),
  envelope: z
    .strictObject({
      codePath: elementPath
        .meta(titled('业务代码位置', 'Place of the code'))
        .describe('Path of the business code in the inner document, which decides over HTTP 200.'),
      ...CODE_SHAPE,
      resetPath: elementPath
        .nullable()
        .default(null)
        .meta(titled('限额恢复时间位置', 'Place of the end of a quota'))
        .describe('Path of the time at which a quota ends; null where none is told.'),
      rowsPath: elementPath
        .meta(titled('记录位置', 'Place of the rows'))
        .describe('Path of the rows; what contains them must be there even without rows.'),
      besideRows: z
        .array(elementName)
        .max(20)
        .default([])
        .meta(titled('记录旁的元素', 'Beside the rows'))
        .describe('Elements that stand beside the rows. Any other is drift: it may be a row.'),
      asOfPath: elementPath
        .nullable()
        .default(null)
        .meta(titled('数据时间位置', 'Place of the date'))
        .describe('Path of the time of the holdings; null where the source does not say.'),
    })
    .meta(titled('应答结构', 'Envelope'))
    .describe('How the inner document says whether it is an answer, and where the rows are.'),
  columnAttribute: elementName
    .nullable()
    .default(null)
    .meta(titled('列名属性', 'Attribute of the column'))
    .describe('Attribute that names a column; null where its element does.'),
  repeated: z
    .array(elementName)
    .max(20)
    .default([])
    .meta(titled('可重复列', 'Columns that repeat'))
    .describe('Columns that are lists, even of one. Any other column twice in a row is drift.'),
  keyColumn: elementName
    .nullable()
    .default(null)
    .meta(titled('主键列', 'Key of a row'))
    .describe('Column with the code or identifier that a row is about.'),
};

function answerOf<N extends MappedCapability>(capability: N, zh: string, en: string) {
  return z
    .strictObject({ ...questionShape, ...answerShapeOf(capability) })
    .optional()
    .meta(titled(zh, en))
    .describe('How this is asked and how the reply is read. Left out where it is not offered.');
}

/** What an operator tells about a SOAP 1.1 service. */
export const soapSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  path: z
    .string()
    .regex(/^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]*)*$/u, { error: 'a path such as /services/Query' })
    .default('')
    .meta(titled('服务路径', 'Path'))
    .describe('Path of the endpoint below the base URL.'),
  namespace: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[\x21-\x7e]+$/u, { error: 'visible ASCII' })
    .meta(titled('命名空间', 'Namespace'))
    .describe('Namespace of the service, as its WSDL gives it.'),
  argument: elementName
    .default('in0')
    .meta(titled('参数元素', 'Argument'))
    .describe('Element of the one text argument, which carries XML.'),
  isArgumentQualified: z
    .boolean()
    .default(false)
    .meta(titled('参数带命名空间', 'Qualified argument'))
    .describe('Whether the argument is in the namespace of the service.'),
  returned: elementName
    .nullable()
    .default(null)
    .meta(titled('返回元素', 'Returned element'))
    .describe('Element of the one text result; null for whichever there is.'),
  user: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[^:\p{C}]+$/u, { error: 'without colons and control characters' })
    .nullable()
    .default(null)
    .meta(titled('HTTP 用户名', 'User of HTTP'))
    .describe('User of basic authentication, with the secret as password; null for none.'),
  undeclaredCharset: z
    .enum(['UTF_8', 'GB18030'])
    .default('UTF_8')
    .meta(titled('未声明时的字符集', 'Charset where none is declared'))
    .describe('How a reply is read that declares no charset. Conflicting ones are refused.'),
  faultCodes: z
    .record(z.string().min(1).max(64), z.enum(CODE_CLASSES))
    .default({})
    .meta(titled('faultcode 分类', 'Classes by faultcode'))
    .describe(
      'Class of a Fault by its code without prefix, over Client: CONFIG, Server: TRANSIENT.',
    ),
  faultTexts: z
    .record(z.string().min(1).max(256), z.enum(CODE_CLASSES))
    .default({})
    .meta(titled('faultstring 分类', 'Classes by faultstring'))
    .describe('Class of a Fault by its whole text, before its code is looked at.'),
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
    .describe('What the service can be asked, by capability.'),
});
export type SoapSettings = z.infer<typeof soapSettings>;

/** What must never be shown again. */
export const soapSecrets = z.strictObject({
  secret: z
    .string()
    .min(1)
    .max(512)
    .nullable()
    .default(null)
    .meta(titled('口令', 'Secret'))
    .describe('Password of HTTP, or text of the elements marked secret; null for none.'),
});
export type SoapSecrets = z.infer<typeof soapSecrets>;
