import { z } from 'zod';

import { titled } from '../../src/connector-kit/connector.ts';
import { headerSecret, TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';

/** What an operator tells about the assisting agency's system. It has no records to test with. */
export const assistanceSettings = z.strictObject(TRANSPORT_SHAPE);
export type AssistanceSettings = z.infer<typeof assistanceSettings>;

/** What must never be shown again. */
export const assistanceSecrets = z.strictObject({
  token: headerSecret
    .meta(titled('访问令牌', 'Bearer token'))
    .describe('Bearer token of the hub at the assisting agency.'),
});
export type AssistanceSecrets = z.infer<typeof assistanceSecrets>;
