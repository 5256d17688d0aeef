import { randomUUID } from 'node:crypto';

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  AcceptAssistanceDocument,
  ApproveAssistanceDocument,
  ReadAssistanceDocument,
  ReplyToAssistanceDocument,
  type AssistanceOutcome,
  type AssistancePartsFragment,
} from '../generated/operations.ts';
import type { AskOptions, TestHub } from './hub.ts';
import { MATTERS, verifySubject, type Verified } from './journey.ts';

/** Who stands where in the requests of a test. */
export const COUNTER = { role: 'COUNTER' } as const;
export const CLERK = { role: 'ASSIST_UNIT' } as const;
export const CLERK_2 = { role: 'ASSIST_UNIT', account: 'demo-assist-2' } as const;
export const JUSTICE = { role: 'JUSTICE' } as const;

/** A clerk of another agency. */
export const clerkOf = (agency: keyof typeof AGENCIES) =>
  ({ role: 'ASSIST_UNIT', agencyCode: AGENCIES[agency].code }) as const;

const { p1 } = SUBJECTS;

interface Done {
  readonly done: {
    readonly request: AssistancePartsFragment | null;
    readonly userErrors: readonly { readonly code: string }[];
  };
}

/** Drives one request over HTTP, as its agencies would. */
export interface Journey {
  readonly id: string;
  readonly verified: Verified;
  read(as?: AskOptions): Promise<AssistancePartsFragment>;
  /** Takes a step on the version that stands now. */
  take<I>(
    document: TypedDocumentNode<Done, { input: I }>,
    given: Omit<I, 'requestId' | 'version' | 'idempotencyKey'>,
    as: AskOptions,
  ): Promise<Done['done']>;
  reply(outcome: AssistanceOutcome, as?: AskOptions): Promise<AssistancePartsFragment>;
}

/** A request that waits in the inbox of the health insurance bureau, for a person of its own. */
export async function startJourney(hub: TestHub): Promise<Journey> {
  const subject = { kind: 'PERSON', code: p1.code, name: p1.name } as const;
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject });
  return journeyOf(hub, verified, verified.assistanceRequests[0]!.id);
}

export function journeyOf(
  hub: TestHub,
  verified: Verified,
  id: string,
  asker: AskOptions = COUNTER,
): Journey {
  const read = async (as: AskOptions = asker) => {
    const { assistanceRequest } = await hub.get(ReadAssistanceDocument, { id }, as);
    if (assistanceRequest === null) throw new Error('not to be read');
    return assistanceRequest;
  };
  const take: Journey['take'] = async (document, given, as) => {
    const { version } = await read(as.role === 'ASSIST_UNIT' ? as : asker);
    const input = { ...given, requestId: id, version, idempotencyKey: randomUUID() };
    const { done } = await hub.get(document, { input: input as never }, as);
    return done;
  };
  return {
    ...{ id, verified, read, take },
    async reply(outcome, as = CLERK) {
      const input = {
        ...{ requestId: id, answererName: '经办人', asOf: '2021-01-05' },
        answers: [{ question: 'INSURED_SINCE_2020', outcome, note: null }],
      };
      const { replyToAssistance } = await hub.get(ReplyToAssistanceDocument, { input }, as);
      if (replyToAssistance.userErrors.length > 0)
        throw new Error(JSON.stringify(replyToAssistance.userErrors));
      return read();
    },
  };
}

/** The clerk takes the request in. */
export const accept = (journey: Journey) => journey.take(AcceptAssistanceDocument, {}, CLERK);

/** The second person at the assisting agency approves what the first proposed. */
export const approve = (journey: Journey) => journey.take(ApproveAssistanceDocument, {}, CLERK_2);
