import { z } from 'zod';

import { titled } from '../../src/connector-kit/connector.ts';
import { headerSecret, TRANSPORT_SHAPE } from '../../src/connector-kit/transport.ts';
import { faceShape } from './faces.ts';

const identifierKey = z.strictObject({
  identifier: z
    .string()
    .min(1)
    .meta(titled('证照标识', 'License identifier'))
    .describe('证照标识, canonical.'),
});

/** What an operator tells about the library. */
export const licenseLibrarySettings = z.strictObject({
  ...TRANSPORT_SHAPE,
  accessId: z
    .string()
    .min(1)
    .max(128)
    .meta(titled('接入账号', 'Account (accessId)'))
    .describe('Account of the hub at the library (accessId).'),
  systemName: z
    .string()
    .min(1)
    .max(64)
    .default('hecha')
    .meta(titled('系统名称', 'System name'))
    .describe('Name under which the library logs the calls of this hub.'),
  leading04: z
    .boolean()
    .default(true)
    .meta(titled('SM2 密文带 04 前缀', 'SM2 ciphertext starts with 04'))
    .describe('Whether the library writes 04 before the point of an SM2 ciphertext.'),
  order: z
    .enum(['C1C2C3', 'C1C3C2'])
    .default('C1C2C3')
    .meta(titled('SM2 密文顺序', 'Order of an SM2 ciphertext'))
    .describe('Order in which the library writes the parts of an SM2 ciphertext.'),
  faces: z
    .record(z.string().length(21), faceShape)
    .default({})
    .meta(titled('照面字段', 'Fields by license type'))
    .describe('Field names by license type (证照类型代码), over those that are shipped.'),
  fileBaseUrl: TRANSPORT_SHAPE.baseUrl
    .nullable()
    .default(null)
    .meta(titled('文件下载地址', 'Place of files'))
    .describe('Base URL of the server that gives license files; null for the library itself.'),
  fileBytesMax: z
    .number()
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(16 * 1024 * 1024)
    .meta(titled('证照文件字节上限', 'File bytes at most'))
    .describe('Bytes of one license file, at most.'),
  canary: z
    .strictObject({
      present: identifierKey
        .meta(titled('已知存在', 'Known present'))
        .describe('A license the library holds.'),
      absent: identifierKey
        .meta(titled('已知不存在', 'Known absent'))
        .describe('An identifier the library has never issued.'),
    })
    .nullable()
    .default(null)
    .meta(titled('探针证照', 'Canary'))
    .describe('Test licenses that tell whether absence means anything; null for none.'),
});
export type LicenseLibrarySettings = z.infer<typeof licenseLibrarySettings>;

/** What must never be shown again. */
export const licenseLibrarySecrets = z.strictObject({
  accessToken: headerSecret
    .meta(titled('访问令牌', 'Access token'))
    .describe('Token sent in the head of every call (accessToken).'),
  sm2PrivateKey: z
    .string()
    .regex(/^(?:00)?[0-9a-f]{64}$/iu, { error: '64 hex digits' })
    .meta(titled('SM2 私钥', 'SM2 private key'))
    .describe('SM2 private key of the hub, hex; the library encrypts for its public half.'),
});
export type LicenseLibrarySecrets = z.infer<typeof licenseLibrarySecrets>;
