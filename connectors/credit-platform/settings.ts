import { z } from 'zod';

import { titled } from '../../src/connector-kit/connector.ts';
import { headerSecret, TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';
import { SUBJECT_KINDS } from '../../src/model/subject-code.ts';

const subjectKey = z.strictObject({
  kind: z
    .enum(SUBJECT_KINDS)
    .meta(titled('主体类别', 'Kind of subject'))
    .describe('企业, 个体工商户 or 自然人.'),
  code: z
    .string()
    .length(18)
    .meta(titled('主体代码', 'Code'))
    .describe('统一社会信用代码, or 公民身份号码.'),
  name: z
    .string()
    .nullable()
    .default(null)
    .meta(titled('名称', 'Name'))
    .describe('Not asked with; null will do.'),
});

/** What an operator tells about the platform. */
export const creditPlatformSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  canary: z
    .strictObject({
      present: subjectKey
        .meta(titled('已知存在', 'Known present'))
        .describe('A subject the platform holds.'),
      absent: subjectKey
        .meta(titled('已知不存在', 'Known absent'))
        .describe('A sound code that nobody has.'),
    })
    .nullable()
    .default(null)
    .meta(titled('探针主体', 'Canary'))
    .describe('Test subjects that tell whether absence means anything; null for none.'),
});
export type CreditPlatformSettings = z.infer<typeof creditPlatformSettings>;

/** What must never be shown again. */
export const creditPlatformSecrets = z.strictObject({
  appKey: headerSecret
    .meta(titled('应用密钥', 'Application key'))
    .describe('Key sent with every call (X-App-Key).'),
});
export type CreditPlatformSecrets = z.infer<typeof creditPlatformSecrets>;
