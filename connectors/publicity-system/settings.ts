import { z } from 'zod';

import { titled } from '../../src/connector-kit/connector.ts';
import { TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';
import { ENTERPRISE_STATUSES } from '../../src/model/enterprise.ts';

const organizationKey = z.strictObject({
  kind: z
    .enum(['ENTERPRISE', 'INDIVIDUAL_BUSINESS'])
    .meta(titled('主体类别', 'Kind of subject'))
    .describe('企业 or 个体工商户.'),
  code: z
    .string()
    .length(18)
    .meta(titled('统一社会信用代码', 'Unified social credit code'))
    .describe('统一社会信用代码.'),
  name: z
    .string()
    .nullable()
    .default(null)
    .meta(titled('名称', 'Name'))
    .describe('Not asked with; null will do.'),
});

const visibleAscii = z.string().regex(/^[\x21-\x7e]{1,128}$/u, { error: 'visible ASCII' });

/** What an operator tells about the service behind the exchange platform. */
export const publicitySystemSettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  rid: visibleAscii
    .meta(titled('请求者标识', 'Requester (rid)'))
    .describe('Who asks (请求者标识, rid).'),
  sid: visibleAscii
    .meta(titled('服务编码', 'Service (sid)'))
    .describe('Which service (服务编码, sid).'),
  commitments: z
    .strictObject({
      sid: visibleAscii
        .meta(titled('服务编码', 'Service (sid)'))
        .describe('Service that takes commitments, under the same authorization code.'),
    })
    .nullable()
    .default(null)
    .meta(titled('承诺信息报送', 'Commitments'))
    .describe('Where public commitments of enterprises are supplied; null where none are taken.'),
  secretWrapping: z
    .enum(['ECB', 'CBC', 'AUTO'])
    .default('AUTO')
    .meta(titled('密钥封装方式', 'Wrapping of the secret'))
    .describe('AES generation of the platform; AUTO finds it out by trying both.'),
  stateCodes: z
    .record(z.string(), z.enum(ENTERPRISE_STATUSES))
    .default({})
    .meta(titled('登记状态代码对照', 'Registration states by code'))
    .describe('Registration state by REGSTATE, over those that are shipped.'),
  stateWords: z
    .record(z.string(), z.enum(ENTERPRISE_STATUSES))
    .default({})
    .meta(titled('登记状态文字对照', 'Registration states by word'))
    .describe('Registration state by REGSTATE_CN, over those that are shipped.'),
  canary: z
    .strictObject({
      present: organizationKey
        .meta(titled('已知存在', 'Known present'))
        .describe('A subject the register holds.'),
      absent: organizationKey
        .meta(titled('已知不存在', 'Known absent'))
        .describe('A sound code the register has never issued.'),
    })
    .nullable()
    .default(null)
    .meta(titled('探针主体', 'Canary'))
    .describe('Test subjects that tell whether absence means anything; null for none.'),
});
export type PublicitySystemSettings = z.infer<typeof publicitySystemSettings>;

/** What must never be shown again. */
export const publicitySystemSecrets = z.strictObject({
  appKey: z
    .string()
    .min(8)
    .max(512)
    .meta(titled('服务授权码', 'Authorization code (appKey)'))
    .describe('Authorization code of the service (服务授权码, appKey).'),
});
export type PublicitySystemSecrets = z.infer<typeof publicitySystemSecrets>;
