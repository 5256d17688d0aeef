import { randomUUID } from 'node:crypto';

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import {
  AssignWorkOrderDocument,
  ReadLadderDocument,
  ReadWorkOrderDocument,
  ReportWorkOrderDocument,
  SignWorkOrderDocument,
  StartWorkOrderDocument,
  type OnSiteOutcome,
  type WorkOrderPartsFragment,
} from '../generated/operations.ts';
import type { AskOptions, TestHub } from './hub.ts';

/** Two inspectors and an officer who have nothing to do with any case. */
export const INSPECTOR_1 = { role: 'COUNTER', account: 'inspector-1' } as const;
export const INSPECTOR_2 = { role: 'COUNTER', account: 'inspector-2' } as const;
export const DECIDER = { role: 'COUNTER', account: 'officer-9' } as const;

export const RECORD = { name: '现场核查记录.pdf', digest: 'c'.repeat(64), bytes: 2_048 };

interface Done {
  readonly done: {
    readonly workOrder: WorkOrderPartsFragment | null;
    readonly userErrors: readonly { readonly code: string }[];
  };
}

/** Drives one order over HTTP. */
export interface OrderJourney {
  readonly id: string;
  read(as?: AskOptions): Promise<WorkOrderPartsFragment>;
  /** Takes a step on the version that stands now. */
  take<I>(
    document: TypedDocumentNode<Done, { input: I }>,
    given: Omit<I, 'workOrderId' | 'version' | 'idempotencyKey'>,
    as?: AskOptions,
  ): Promise<Done['done']>;
  assign(inspectors?: readonly string[]): Promise<Done['done']>;
  report(outcome: OnSiteOutcome, inspectedOn: string): Promise<Done['done']>;
  /** Assigned, under way, reported by one and signed by the other. */
  look(outcome: OnSiteOutcome, inspectedOn: string): Promise<WorkOrderPartsFragment>;
}

/** `own` is who orders; inspectors are of the same agency. */
export function orderJourneyOf(hub: TestHub, id: string, own: AskOptions = {}): OrderJourney {
  const read = async (as: AskOptions = {}) => {
    const { workOrder } = await hub.get(ReadWorkOrderDocument, { id }, { ...own, ...as });
    if (workOrder === null) throw new Error('not to be read');
    return workOrder;
  };
  const take: OrderJourney['take'] = async (document, given, as = {}) => {
    const { version } = await read();
    const input = { ...given, workOrderId: id, version, idempotencyKey: randomUUID() };
    return (await hub.get(document, { input: input as never }, { ...own, ...as })).done;
  };
  const assign = (inspectors = [INSPECTOR_1.account, INSPECTOR_2.account] as readonly string[]) =>
    take(AssignWorkOrderDocument, { inspectors });
  const report = async (outcome: OnSiteOutcome, inspectedOn: string) => {
    const { questions } = await read();
    const results = questions.map(({ code }) => ({
      ...{ question: code, outcome, note: outcome === 'REFUTED' ? '现场与承诺不一致' : null },
    }));
    return take(
      ReportWorkOrderDocument,
      { inspectedOn, results, documents: [RECORD] },
      INSPECTOR_1,
    );
  };
  return {
    ...{ id, read, take, assign, report },
    async look(outcome, inspectedOn) {
      const steps = [
        await assign(),
        await take(StartWorkOrderDocument, {}, INSPECTOR_1),
        await report(outcome, inspectedOn),
        await take(SignWorkOrderDocument, {}, INSPECTOR_2),
      ];
      const wrong = steps.flatMap(({ userErrors }) => userErrors);
      if (wrong.length > 0) throw new Error(JSON.stringify(wrong));
      return read();
    },
  };
}

/** A verification with its ladder, orders and decisions. */
export async function readLadder(hub: TestHub, id: string, as: AskOptions = {}) {
  const { verification } = await hub.get(ReadLadderDocument, { id }, as);
  if (verification === null) throw new Error('not to be read');
  return verification;
}
