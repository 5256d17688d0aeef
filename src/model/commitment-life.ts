import { createStateMachine } from './state-machine.ts';

/** Where a commitment (承诺) stands. */
export type CommitmentState =
  | 'SIGNED'
  | 'WITHDRAWN'
  | 'TERMINATED'
  | 'CONCLUDED'
  | 'FULFILLED'
  | 'PARTLY_FULFILLED'
  | 'NOT_FULFILLED'
  | 'REPAIRED';

/** What can be done to a commitment. */
export type CommitmentStep =
  'WITHDRAW' | 'TERMINATE' | 'CONCLUDE' | 'FULFILL' | 'FIND_PARTLY' | 'FIND_UNFULFILLED' | 'REPAIR';

/**
 * The life of a commitment. It can be withdrawn until the matter is concluded and not after; a
 * withdrawn one is never a breach. That something promised was not kept is found only after the
 * conclusion, and a finding may be corrected or repaired. Before it a false one ends the handling
 * (终止办理).
 */
export const COMMITMENT_LIFE = createStateMachine<CommitmentState, CommitmentStep>({
  SIGNED: { WITHDRAW: 'WITHDRAWN', TERMINATE: 'TERMINATED', CONCLUDE: 'CONCLUDED' },
  WITHDRAWN: {},
  TERMINATED: {},
  CONCLUDED: {
    FULFILL: 'FULFILLED',
    FIND_PARTLY: 'PARTLY_FULFILLED',
    FIND_UNFULFILLED: 'NOT_FULFILLED',
  },
  FULFILLED: { FIND_PARTLY: 'PARTLY_FULFILLED', FIND_UNFULFILLED: 'NOT_FULFILLED' },
  PARTLY_FULFILLED: {
    FULFILL: 'FULFILLED',
    FIND_UNFULFILLED: 'NOT_FULFILLED',
    REPAIR: 'REPAIRED',
  },
  NOT_FULFILLED: { FULFILL: 'FULFILLED', FIND_PARTLY: 'PARTLY_FULFILLED', REPAIR: 'REPAIRED' },
  REPAIRED: { FULFILL: 'FULFILLED' },
});
