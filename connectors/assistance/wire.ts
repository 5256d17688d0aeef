import { z } from 'zod';

import { decodeReply, parseShape } from '../../src/connector-kit/decode.ts';
import { driftFault, integrityFault } from '../../src/connector-kit/fault.ts';
import type { HttpReply } from '../../src/connector-kit/http.ts';
import type { AssistanceDraft, AssistanceReceipt } from '../../src/model/assistance.ts';

const receiptShape = z.object({
  receiptNo: z.string().trim().min(1).max(128),
  requestNo: z.string().min(1),
  receivedAt: z.string(),
});

const listShape = z.object({ requests: z.array(z.unknown()) });

/** The request in the words of the assisting agency's system. */
export function writeNotification(draft: AssistanceDraft): string {
  return JSON.stringify({
    requestNo: draft.requestId,
    askingAgency: draft.askingAgency,
    assistingAgency: draft.assistingAgency,
    matterCode: draft.matterCode,
    matterName: draft.matterName,
    caseNo: draft.caseNumber,
    legalBasis: draft.legalBasis,
    subject: draft.subject,
    questions: draft.questions.map(({ code, text }) => ({ code, text })),
    dueOn: draft.dueOn,
  });
}

/**
 * The receipt of a request.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT; SOURCE_INTEGRITY_FAILED for the receipt of another one.
 */
export function readReceipt(
  reply: HttpReply,
  requestId: string,
): { readonly receipt: AssistanceReceipt; readonly receivedAt: Date } {
  const held = parseShape(receiptShape, decodeReply(reply));
  if (held.requestNo !== requestId) throw integrityFault('OTHER_REQUEST', '/requestNo');
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u;
  const receivedAt = isInstant.test(held.receivedAt) ? Date.parse(held.receivedAt) : Number.NaN;
  if (Number.isNaN(receivedAt)) throw driftFault('/receivedAt', 'BAD_DATE');
  return {
    receipt: { receiptNumber: held.receiptNo, requestId },
    receivedAt: new Date(receivedAt),
  };
}

/** @throws {HubError} SOURCE_SCHEMA_DRIFT unless the reply is a list of requests. */
export function requireList(reply: HttpReply): void {
  parseShape(listShape, decodeReply(reply));
}
