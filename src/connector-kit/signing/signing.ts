import { z } from 'zod';

import { titled } from '../connector.ts';
import { createGjgxjhptScheme, gjgxjhptSetting, toGjgxjhptOptions } from './gjgxjhpt-scheme.ts';
import { createRequestSecretScheme, requestSecretSetting } from './request-secret.ts';
import type { SigningDeps, SigningScheme } from './scheme.ts';
import { createSortedHmacScheme, sortedHmacSetting } from './sorted-hmac.ts';
import { createTifScheme, tifSetting } from './tif.ts';

/** How a gateway wants its calls signed, as operators choose it. */
export const signingSetting = z
  .discriminatedUnion('style', [
    gjgxjhptSetting,
    tifSetting,
    requestSecretSetting,
    sortedHmacSetting,
  ])
  .meta(titled('签名方案', 'Signing scheme'))
  .describe('How the gateway wants its calls signed.');
export type SigningSettings = z.infer<typeof signingSetting>;

/** The scheme of a setting. Calls nobody yet. */
export function createSigningScheme(deps: SigningDeps<SigningSettings>): SigningScheme {
  const { settings } = deps;
  switch (settings.style) {
    case 'GJGXJHPT':
      return createGjgxjhptScheme({ ...deps, settings: toGjgxjhptOptions(settings) });
    case 'TIF':
      return createTifScheme({ ...deps, settings });
    case 'REQUEST_SECRET':
      return createRequestSecretScheme({ ...deps, settings });
    case 'SORTED_HMAC':
      return createSortedHmacScheme({ ...deps, settings });
  }
}
