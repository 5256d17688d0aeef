import { z } from 'zod';

import { SUBJECT_KINDS } from '../model/subject-code.ts';
import { canaryFault } from './check.ts';
import { titled, type Capabilities, type KeyResult } from './connector.ts';
import type { MappedCapability } from './mapping/keys.ts';

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
    .describe('For sources that are asked by name; null will do elsewhere.'),
});

const identifierKey = z.strictObject({
  identifier: z
    .string()
    .min(1)
    .max(128)
    .meta(titled('电子证照标识', 'License identifier'))
    .describe('电子证照标识, GB/T 36904-2018.'),
});

const holderKey = z.strictObject({
  holder: subjectKey.meta(titled('持证主体', 'Holder')).describe('Whose license it is.'),
  typeCode: z
    .string()
    .min(1)
    .max(64)
    .meta(titled('证照类型代码', 'Type of license'))
    .describe('证照类型代码, 21 characters.'),
});

const KEYS = {
  'license.byIdentifier': identifierKey,
  'license.byHolder': holderKey,
  'enterprise.registration': subjectKey,
  'credit.profile': subjectKey,
} as const satisfies { readonly [N in MappedCapability]: z.ZodType };

/** Test records of one capability, as operators name them. Null for none. */
export function canarySettingOf<N extends MappedCapability>(capability: N) {
  const key: (typeof KEYS)[N] = KEYS[capability];
  return z
    .strictObject({
      present: key
        .meta(titled('已知存在', 'Known present'))
        .describe('What the source is known to hold, once.'),
      absent: key
        .meta(titled('已知不存在', 'Known absent'))
        .describe('What the source is known not to hold.'),
    })
    .nullable()
    .default(null)
    .meta(titled('探针主体', 'Canary'))
    .describe('Test subjects that tell whether absence means anything; null for none.');
}

/**
 * Asks for both test records, together where the source takes two.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED, reason `CANARY_PRESENT` or `CANARY_ABSENT`, unless
 * exactly the present one is found; or the fault of the call.
 */
export async function checkCanary<N extends MappedCapability>(
  canary: { readonly present: Capabilities[N]['key']; readonly absent: Capabilities[N]['key'] },
  batchMax: number,
  lookup: (
    keys: readonly Capabilities[N]['key'][],
  ) => Promise<readonly KeyResult<Capabilities[N]['record']>[]>,
): Promise<void> {
  const { present, absent } = canary;
  const results =
    batchMax > 1
      ? await lookup([present, absent])
      : [...(await lookup([present])), ...(await lookup([absent]))];
  const counts = results.map((result) => {
    if (!result.ok) throw result.fault;
    return result.answer.records.length;
  });
  if (counts[0] !== 1) throw canaryFault('PRESENT');
  if (counts[1] !== 0) throw canaryFault('ABSENT');
}
