import { checkDocuments, type BasisDocument } from './basis-document.ts';
import { checkLength, type UserError } from './user-error.ts';

/** What an officer decided on the last rung of a ladder (人工认定). */
export interface OfficerDecision {
  readonly verificationId: string;
  /** Of the verdict that names it. */
  readonly number: number;
  /** There is no value against the subject: a refutation needs an observation. */
  readonly outcome: 'CONFIRM' | 'LEAVE_OPEN';
  readonly reason: string;
  readonly documents: readonly BasisDocument[];
  readonly decidedAt: Date;
  readonly decidedBy: string;
}

const REASON_LENGTH_MAX = 2_000;
const KEY_LENGTH_MAX = 64;

/** Mistakes in a decision, apart from what it is about. */
export function checkDecision(
  input: Pick<OfficerDecision, 'outcome' | 'reason' | 'documents'> & {
    readonly idempotencyKey: string;
  },
): readonly UserError[] {
  return [
    ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...checkLength(input.reason, ['reason'], REASON_LENGTH_MAX),
    ...checkDocuments(input.documents, input.outcome === 'CONFIRM' ? 1 : 0),
  ];
}
