import type { BusinessDate } from './business-date.ts';
import type { EligibilityGround } from './eligibility.ts';
import type { SubjectKind } from './subject-code.ts';
import { createStateMachine } from './state-machine.ts';

/** How far an objection (异议) has come. */
export type ObjectionState =
  'SUBMITTED' | 'ACCEPTED' | 'REJECTED' | 'UPHELD' | 'DISMISSED' | 'WITHDRAWN';

/** What can be done with it. */
export type ObjectionStep = 'ACCEPT' | 'REJECT' | 'UPHOLD' | 'DISMISS' | 'WITHDRAW';

/** While it is accepted and not decided, the record is disputed. */
export const OBJECTION_LIFE = createStateMachine<ObjectionState, ObjectionStep>({
  SUBMITTED: { ACCEPT: 'ACCEPTED', REJECT: 'REJECTED', WITHDRAW: 'WITHDRAWN' },
  ACCEPTED: { UPHOLD: 'UPHELD', DISMISS: 'DISMISSED', WITHDRAW: 'WITHDRAWN' },
  REJECTED: {},
  UPHELD: {},
  DISMISSED: {},
  WITHDRAWN: {},
});

/**
 * Working days until an objection has to be decided, from its submission: Shandong public credit
 * information regulation, art. 39.
 */
export const OBJECTION_WORKING_DAYS = { own: 3, ofOthers: 7 } as const;

/** Which record is objected to: a decision of the agency itself, or what a source tells. */
export type Objected =
  | { readonly of: 'OWN'; readonly breachId: string; readonly entryId: string }
  | ({ readonly of: 'SOURCE'; readonly checkId: string } & SourceRecord);

/** A record as its source names it. */
export interface SourceRecord {
  readonly source: string;
  readonly ground: EligibilityGround;
  readonly reference: string;
}

/** What is put right where an objection is upheld and the decision stands in part. */
export interface Correction {
  readonly finding: 'PARTLY_FULFILLED' | 'NOT_FULFILLED';
  /** Last day of the conduct, from which the five years of the record count. */
  readonly conductEndedOn: BusinessDate;
}

/** An objection of a subject, filed through an agency. */
export interface Objection {
  readonly id: string;
  readonly agencyCode: string;
  readonly subject: { readonly kind: SubjectKind; readonly code: string };
  readonly objected: Objected;
  /** Why the subject objects. */
  readonly grounds: string;
  readonly submittedOn: BusinessDate;
  readonly submittedAt: Date;
  readonly submittedBy: string;
  readonly state: ObjectionState;
  /** Counts the events so far. */
  readonly version: number;
  /** Officer who accepted it. Null before. */
  readonly acceptedBy: string | null;
}

/** One thing that was done with an objection. Append-only. */
export interface ObjectionEvent {
  readonly number: number;
  readonly step: ObjectionStep | null;
  readonly state: ObjectionState;
  readonly at: Date;
  readonly by: string;
  readonly statement: string | null;
  readonly document: string | null;
  readonly correction: Correction | null;
}

/** Working days this one has. */
export function objectionWorkingDays({ of }: Objected): number {
  return of === 'OWN' ? OBJECTION_WORKING_DAYS.own : OBJECTION_WORKING_DAYS.ofOthers;
}
