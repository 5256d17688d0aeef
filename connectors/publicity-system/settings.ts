import { z } from 'zod';

import { TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';
import { ENTERPRISE_STATUSES } from '../../src/model/enterprise.ts';

const organizationKey = z.strictObject({
  kind: z.enum(['ENTERPRISE', 'INDIVIDUAL_BUSINESS']).describe('企业 or 个体工商户.'),
  code: z.string().length(18).describe('统一社会信用代码.'),
  name: z.string().nullable().default(null).describe('Not asked with; null will do.'),
});

const visibleAscii = z.string().regex(/^[\x21-\x7e]{1,128}$/u, { error: 'visible ASCII' });

/** What an operator tells about the service behind the exchange platform. */
export const publicitySystemSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  rid: visibleAscii.describe('Who asks (请求者标识, rid).'),
  sid: visibleAscii.describe('Which service (服务编码, sid).'),
  secretWrapping: z
    .enum(['ECB', 'CBC', 'AUTO'])
    .default('AUTO')
    .describe('AES generation of the platform; AUTO finds it out by trying both.'),
  stateCodes: z
    .record(z.string(), z.enum(ENTERPRISE_STATUSES))
    .default({})
    .describe('Registration state by REGSTATE, over those that are shipped.'),
  stateWords: z
    .record(z.string(), z.enum(ENTERPRISE_STATUSES))
    .default({})
    .describe('Registration state by REGSTATE_CN, over those that are shipped.'),
  canary: z
    .strictObject({
      present: organizationKey.describe('A subject the register holds.'),
      absent: organizationKey.describe('A sound code the register has never issued.'),
    })
    .nullable()
    .default(null)
    .describe('Test subjects that tell whether absence means anything; null for none.'),
});
export type PublicitySystemSettings = z.infer<typeof publicitySystemSettings>;

/** What must never be shown again. */
export const publicitySystemSecrets = z.strictObject({
  appKey: z
    .string()
    .min(8)
    .max(512)
    .describe('Authorization code of the service (服务授权码, appKey).'),
});
export type PublicitySystemSecrets = z.infer<typeof publicitySystemSecrets>;
