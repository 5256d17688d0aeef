import { INBOX, type AssistanceDraft } from '../model/assistance.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { Delivery } from '../model/observe/assistance.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Sources } from '../sources/sources.ts';
import type { Database } from '../store/database.ts';
import {
  claimDeliveries,
  recordDelivered,
  recordUndelivered,
  type DueDelivery,
} from './delivery-queries.ts';
import { listRequestsByIds } from './queries.ts';

const DELIVERIES_PER_RUN_MAX = 50;
const WAIT_SECONDS_MAX = 3_600;

/** Tells assisting agencies' own systems of requests that are in their inbox already. */
export interface Deliveries {
  /** Null when another replica is at it, or nothing is due. */
  deliver(request: AssistanceRequest, purpose: Purpose): Promise<Delivery | null>;
  /** Whatever is due, oldest first, at most 50. Safe to run on every replica. */
  deliverDue(signal: AbortSignal): Promise<void>;
}

/** Deliveries over the registered source of each request, one attempt at a time. */
export function createDeliveries(deps: { db: Database; sources: Sources }): Deliveries {
  const { db, sources } = deps;

  async function deliver(request: AssistanceRequest, purpose: Purpose): Promise<Delivery | null> {
    const [due] = await claimDeliveries(db, { requestId: request.id, rows: 1 });
    return due === undefined ? null : attempt(due, request, purpose);
  }

  async function deliverDue(signal: AbortSignal): Promise<void> {
    for (const due of await claimDeliveries(db, {
      requestId: null,
      rows: DELIVERIES_PER_RUN_MAX,
    })) {
      if (signal.aborted) return;
      const [request] = await listRequestsByIds(db, due.askingAgency, [due.requestId]);
      if (request !== undefined) await attempt(due, request, purposeOf(request));
    }
  }

  async function attempt(
    due: DueDelivery,
    request: AssistanceRequest,
    purpose: Purpose,
  ): Promise<Delivery> {
    if (due.source === INBOX) {
      await recordDelivered(db, { requestId: due.requestId, receiptNumber: INBOX });
      return { delivered: true };
    }
    const answer = await sources.ask({
      source: due.source,
      capability: 'assistance.request',
      key: draftOf(request),
      purpose,
      maxAgeMs: 0,
    });
    const receipt = answer.transport === 'ANSWERED' ? answer.records[0] : undefined;
    if (receipt !== undefined) {
      const { receiptNumber } = receipt;
      await recordDelivered(db, { requestId: due.requestId, receiptNumber });
      return { delivered: true };
    }
    const failure =
      answer.transport === 'ANSWERED'
        ? {
            transport: 'SCHEMA_DRIFT' as const,
            hop: 'SOURCE' as const,
            reason: 'SOURCE_SCHEMA_DRIFT:NO_RECEIPT',
            retryAt: null,
          }
        : {
            transport: answer.transport,
            hop: answer.hop,
            reason: answer.reason,
            retryAt: answer.retryAt,
          };
    await recordUndelivered(db, {
      requestId: due.requestId,
      fault: failure.reason,
      waitSeconds: Math.min(30 * 2 ** (due.attempts - 1), WAIT_SECONDS_MAX),
    });
    return { delivered: false, ...failure };
  }

  return { deliver, deliverDue };
}

function draftOf(request: AssistanceRequest): AssistanceDraft {
  return {
    requestId: request.id,
    askingAgency: request.askingAgency,
    assistingAgency: request.assistingAgency,
    matterCode: request.matterCode,
    matterName: request.matterName,
    caseNumber: request.caseNumber,
    legalBasis: request.legalBasis,
    subject: {
      kind: request.subjectKind,
      code: request.subjectCode,
      name: request.subjectName,
    },
    questions: request.questions,
    dueOn: request.dueOn,
  };
}

function purposeOf(request: AssistanceRequest): Purpose {
  return {
    caseId: request.caseId,
    caseNumber: request.caseNumber,
    matterCode: request.matterCode,
    matterName: request.matterName,
    legalBasis: request.legalBasis,
    agencyCode: request.askingAgency,
    actor: 'job:assistance-delivery',
    requestId: `assistance-${request.id}`,
  };
}
