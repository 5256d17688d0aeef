import type { AssistanceQuestion } from './assistance.ts';
import type { BusinessDate } from './business-date.ts';

/** How many working days each turn of a request has. */
export interface AssistanceLimits {
  /** To accept (签收). */
  readonly accept: number;
  /** To reply, from the submission. */
  readonly reply: number;
  /** What the assisting agency may add once. 0 where it may not. */
  readonly extension: number;
  /** For the asking agency to answer a question back. */
  readonly clarify: number;
  /** To complete a reply (补充). */
  readonly supplement: number;
  /** For the asking agency to act on a reply or a refusal; then silence closes it. */
  readonly confirm: number;
  /** For the coordinator to decide. */
  readonly decide: number;
}

/** Where the list says nothing. No statute fixes these numbers: they are what is in use. */
export const DEFAULT_LIMITS: AssistanceLimits = {
  ...{ accept: 1, reply: 3, extension: 0, clarify: 2, supplement: 2, confirm: 3, decide: 5 },
};

/** An entry of the list of assistance (行政协助事项清单), in one of its versions. */
export interface AssistanceItem {
  /** Stable, e.g. `insured-since-2020`. */
  readonly code: string;
  /** Counts from 1. */
  readonly version: number;
  readonly title: string;
  /** From whom: unified social credit code. */
  readonly assistingAgency: string;
  /** Other agencies that can answer the same independently. */
  readonly otherAgencies: readonly string[];
  readonly legalBasis: string;
  /** Whom to ask about it: a desk and its telephone, no person. */
  readonly contact: string;
  readonly questions: readonly AssistanceQuestion[];
  readonly limits: AssistanceLimits;
  /** What one answer by hand costs, for ranking what to automate. */
  readonly minutesPerRequest: number;
  /** First day it holds, Asia/Shanghai; until the next version does. */
  readonly effectiveFrom: BusinessDate;
  readonly publishedAt: Date;
  readonly publishedBy: string;
}
