import { z } from 'zod';

import { headerSecret, TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';
import { SUBJECT_KINDS } from '../../src/model/subject-code.ts';

const subjectKey = z.strictObject({
  kind: z.enum(SUBJECT_KINDS).describe('企业, 个体工商户 or 自然人.'),
  code: z.string().length(18).describe('统一社会信用代码, or 公民身份号码.'),
  name: z.string().nullable().default(null).describe('Not asked with; null will do.'),
});

/** What an operator tells about the platform. */
export const creditPlatformSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  canary: z
    .strictObject({
      present: subjectKey.describe('A subject the platform holds.'),
      absent: subjectKey.describe('A sound code that nobody has.'),
    })
    .nullable()
    .default(null)
    .describe('Test subjects that tell whether absence means anything; null for none.'),
});
export type CreditPlatformSettings = z.infer<typeof creditPlatformSettings>;

/** What must never be shown again. */
export const creditPlatformSecrets = z.strictObject({
  appKey: headerSecret.describe('Key sent with every call (X-App-Key).'),
});
export type CreditPlatformSecrets = z.infer<typeof creditPlatformSecrets>;
