import type { Commitment } from './commitment.ts';
import type { CommitmentRecord } from './commitment-record.ts';
import { createStateMachine } from './state-machine.ts';

/** How far a record has come on its way to a recipient. */
export type PushState = 'QUEUED' | 'TAKEN' | 'ACKNOWLEDGED' | 'PROBLEM' | 'SUPERSEDED';

/** What can happen to a record on its way. */
export type PushStep = 'HAND_OVER' | 'REFUSE' | 'ACKNOWLEDGE' | 'LOSE' | 'RESEND' | 'SUPERSEDE';

/**
 * The way of a record (信用信息归集报送). A refused row goes to the problem list (问题清单) until a person
 * corrects it; one the recipient does not know any more goes out again; a newer record of the same
 * commitment ends whatever is not acknowledged, since it says more.
 */
export const PUSH_LIFE = createStateMachine<PushState, PushStep>({
  QUEUED: { HAND_OVER: 'TAKEN', REFUSE: 'PROBLEM', SUPERSEDE: 'SUPERSEDED' },
  TAKEN: {
    ACKNOWLEDGE: 'ACKNOWLEDGED',
    REFUSE: 'PROBLEM',
    LOSE: 'QUEUED',
    SUPERSEDE: 'SUPERSEDED',
  },
  ACKNOWLEDGED: {},
  PROBLEM: { RESEND: 'QUEUED', SUPERSEDE: 'SUPERSEDED' },
  SUPERSEDED: {},
});

/** What was not kept, and what follows, as a decision on a breach has it. */
export interface Shortfall {
  readonly finding: 'PARTLY_FULFILLED' | 'NOT_FULFILLED';
  readonly unperformed: string;
  readonly sanction: string;
}

/** One record of a commitment for one recipient. */
export interface CreditPush {
  readonly id: string;
  readonly commitmentId: string;
  /** Version of the commitment that the record tells. */
  readonly commitmentVersion: number;
  readonly agencyCode: string;
  /** Id of the registered source that takes it. */
  readonly recipient: string;
  /** What it has to tell, as it stood in the transaction that queued it. */
  readonly told: { readonly commitment: Commitment; readonly shortfall: Shortfall | null };
  /** Made when it is first sent. Null before. */
  readonly record: CommitmentRecord | null;
  readonly state: PushState;
  /** Counts the steps so far. */
  readonly version: number;
  /** The recipient's receipt. Null before it took the record. */
  readonly reference: string | null;
  /** Field to blame, in the hub's vocabulary. Null where none is named. */
  readonly field: string | null;
  /** Why it is on the problem list, in the recipient's words or the hub's. Null unless it is. */
  readonly reason: string | null;
  readonly attempts: number;
  /** Fault of the last attempt that came to nothing. Null where there was none. */
  readonly lastFault: string | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** What an officer can put right in a record: texts, never what the register says. */
export interface RecordCorrections {
  readonly subjectName: string | null;
  readonly subjectCode: string | null;
  readonly reason: string | null;
  readonly content: string | null;
  readonly liability: string | null;
  readonly remarks: string | null;
}

/** The record with what was put right. */
export function correctRecord(
  record: CommitmentRecord,
  corrections: RecordCorrections,
): CommitmentRecord {
  const given = Object.entries(corrections).filter(([, value]) => value !== null);
  return { ...record, ...(Object.fromEntries(given) as Partial<CommitmentRecord>) };
}
