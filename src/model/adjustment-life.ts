import { createStateMachine } from './state-machine.ts';

/** Where a request to adjust a list stands. See enum AdjustmentState of the schema. */
export type AdjustmentState =
  'SUBMITTED' | 'APPROVED' | 'RETURNED' | 'REJECTED' | 'WITHDRAWN' | 'PUBLISHED';

/** What can be done with it. See enum AdjustmentStep of the schema. */
export type AdjustmentStep = 'SUBMIT' | 'APPROVE' | 'RETURN' | 'REJECT' | 'WITHDRAW' | 'PUBLISH';

/**
 * Requests to adjust a list: an agency submits with its basis, the justice bureau of the level
 * reviews, and what was approved is published (审核后公布, section 3 of the plan).
 */
export const ADJUSTMENT_LIFE = createStateMachine<AdjustmentState, AdjustmentStep>({
  SUBMITTED: {
    APPROVE: 'APPROVED',
    RETURN: 'RETURNED',
    REJECT: 'REJECTED',
    WITHDRAW: 'WITHDRAWN',
  },
  RETURNED: { SUBMIT: 'SUBMITTED', WITHDRAW: 'WITHDRAWN' },
  APPROVED: { RETURN: 'RETURNED', PUBLISH: 'PUBLISHED' },
  REJECTED: {},
  WITHDRAWN: {},
  PUBLISHED: {},
});
