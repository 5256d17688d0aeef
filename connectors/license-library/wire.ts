import { z } from 'zod';

import { parseShape } from '../../src/connector-kit/decode.ts';
import { driftFault, sourceFault } from '../../src/connector-kit/fault.ts';
import type { HubError } from '../../src/errors.ts';
import type { RecordStatus } from '../../src/model/outcome.ts';
import type { Purpose } from '../../src/model/purpose.ts';

/** Characters of `certificateCopyCause`, at most. */
const CAUSE_CHARACTERS_MAX = 200;

/** The operations of the sharing interface that this connector uses. */
export type Operation =
  'queryCertInfo' | 'queryCertInfoByHolderCode' | 'queryCertInfosByVerifyTrx' | 'getCertRemarkInfo';

/** What a reply said, `head.status` resolved. */
export type LibraryAnswer =
  /** Status 0: ciphertexts of the licenses, one or several (`data.certData`). */
  | { readonly kind: 'LICENSES'; readonly sealed: readonly SealedLicense[] }
  /** Status 10, 未找到匹配的证照信息. */
  | { readonly kind: 'NONE' }
  /** Status 21, 22, 23: there is one, its state is told, its fields are kept back. */
  | { readonly kind: 'WITHHELD'; readonly status: RecordStatus; readonly statusAsHeld: string };

export interface SealedLicense {
  readonly hex: string;
  /** Where it stands in the reply. */
  readonly pointer: string;
}

const replyShape = z.object({
  head: z.object({ status: z.number().int() }),
  data: z.unknown(),
});
const sealedShape = z.object({ certData: z.string().min(1) });
const listShape = z.array(sealedShape).min(1);
const nothingShape = z.strictObject({});

/** head.status of a license that is not in force; only the identifier query tells. */
const WITHHELD: Readonly<Record<number, RecordStatus>> = {
  21: 'REVOKED',
  22: 'EXPIRED',
  23: 'SUSPENDED',
};

/** The purpose as the library audits it (useCause, in its object form). */
export function writeUseCause(
  purpose: Purpose,
  systemName: string,
): Readonly<Record<string, string>> {
  const cause = `核查证明事项告知承诺，办件编号${purpose.caseNumber}，依据${purpose.legalBasis}`;
  return {
    certificateCopyCause: [...cause].slice(0, CAUSE_CHARACTERS_MAX).join(''),
    // 0: for a matter (事项), 1: for anything else.
    certificateCallCategory: '0',
    certificateEventCode: purpose.matterCode,
    certificateMatterName: purpose.matterName,
    certificateSystemName: systemName,
  };
}

/**
 * What a reply to a license query says.
 *
 * @throws {HubError} the fault its status amounts to, or SOURCE_SCHEMA_DRIFT.
 */
export function readLibraryReply(reply: unknown, operation: Operation): LibraryAnswer {
  const { head, data } = parseShape(replyShape, reply);
  const fault = judgeStatus(head.status);
  if (fault !== null) throw fault;
  if (head.status === 0) return { kind: 'LICENSES', sealed: readSealed(data) };
  // With any other status the library sends {}; anything in there contradicts the status.
  parseShape(nothingShape, data, '/data');
  if (head.status === 10) return { kind: 'NONE' };
  const status = WITHHELD[head.status];
  if (status === undefined || operation !== 'queryCertInfo') throw driftFault('/head/status');
  return { kind: 'WITHHELD', status, statusAsHeld: String(head.status) };
}

/** @throws {HubError} unless the library took the credentials. */
export function requireCredentials(reply: unknown): void {
  const { head } = parseShape(replyShape, reply);
  const fault = judgeStatus(head.status);
  // A library may lack the operation or the type asked with; it let the hub in all the same.
  if (fault !== null && fault.code !== 'SOURCE_UNSUPPORTED') throw fault;
}

/** What a reply about consent holds. @throws {HubError} as `readLibraryReply`. */
export function readConsentReply<T>(reply: unknown, shape: z.ZodType<T>, begun?: number): T {
  const { head, data } = parseShape(replyShape, reply);
  if (head.status !== 0 && head.status !== begun) {
    const told = { hop: 'SOURCE', reason: 'NOT_SHOWN', status: head.status } as const;
    if (head.status === 102) throw sourceFault('SOURCE_UNSUPPORTED', told);
    throw judgeStatus(head.status) ?? driftFault('/head/status', `STATUS_${head.status}`);
  }
  return parseShape(shape, data, '/data');
}

/**
 * The sealed address of a file. Null where the library gives none away: 10, 21, 22, 23.
 *
 * @throws {HubError} as `readLibraryReply`.
 */
export function readDownloadReply(reply: unknown): string | null {
  const { head, data } = parseShape(replyShape, reply);
  const fault = judgeStatus(head.status);
  if (fault !== null) throw fault;
  if (head.status === 0) return parseShape(sealedShape, data, '/data').certData;
  parseShape(nothingShape, data, '/data');
  return null;
}

function readSealed(data: unknown): readonly SealedLicense[] {
  if (!Array.isArray(data)) {
    const { certData } = parseShape(sealedShape, data, '/data');
    return [{ hex: certData, pointer: '/data/certData' }];
  }
  return parseShape(listShape, data, '/data').map(({ certData }, index) => ({
    hex: certData,
    pointer: `/data/${index}/certData`,
  }));
}

/** Null for the statuses that are answers: 0, 10, 21, 22, 23. */
function judgeStatus(status: number): HubError | null {
  const facts = { hop: 'SOURCE', reason: `STATUS_${status}`, status } as const;
  switch (status) {
    case 0:
    case 10:
    case 21:
    case 22:
    case 23:
      return null;
    // 11 身份验证不通过, 100 该用户无访问该证的权限
    case 11:
    case 100:
      return sourceFault('SOURCE_UNAUTHORIZED', facts);
    // 104 须经持证主体授权
    case 104:
      return sourceFault('SOURCE_NEEDS_CONSENT', facts);
    // 2 证照源未提供此服务接口, 13 证照类型不存在或未发布
    case 2:
    case 13:
      return sourceFault('SOURCE_UNSUPPORTED', facts);
    // 99 其他异常: what the library says when its own upstream fails
    case 99:
      return sourceFault('SOURCE_UNREACHABLE', facts);
    // 101 状态配置错误: the library does not know its own state; asking again does not help
    case 101:
      return sourceFault('SOURCE_MALFORMED', facts);
    // 12, 102, 103, 105-113: the library refuses how it was asked; any other status is new
    default:
      return driftFault('/head/status', facts.reason);
  }
}
