import { createStateMachine } from './state-machine.ts';

/** Where a request for assistance (行政协助) stands. */
export type AssistanceState =
  | 'DRAFT'
  | 'SUBMITTED'
  | 'DATE_PROPOSED'
  | 'IN_PROGRESS'
  | 'CLARIFICATION_WANTED'
  | 'PARTIALLY_REPLIED'
  | 'REPLY_PROPOSED'
  | 'REPLIED'
  | 'SUPPLEMENT_WANTED'
  | 'SPLIT'
  | 'REFUSAL_PROPOSED'
  | 'REFUSED'
  | 'DISPUTED'
  | 'CLOSED_SATISFIED'
  | 'CLOSED_UNSATISFIED'
  | 'REFUSED_FINAL'
  | 'WITHDRAWN';

/** What can be done to a request. */
export type AssistanceStep =
  | 'SUBMIT'
  | 'ACCEPT'
  | 'PROPOSE_DATE'
  | 'AGREE_DATE'
  | 'DENY_DATE'
  | 'FORWARD'
  | 'SPLIT'
  | 'EXTEND'
  | 'ASK'
  | 'CLARIFY'
  | 'REPLY'
  | 'REPLY_PARTLY'
  | 'PROPOSE_REPLY'
  | 'APPROVE_REPLY'
  | 'APPROVE_PART'
  | 'RETURN_REPLY'
  | 'JOIN'
  | 'CONFIRM'
  | 'WANT_SUPPLEMENT'
  | 'REJECT'
  | 'PROPOSE_REFUSAL'
  | 'APPROVE_REFUSAL'
  | 'RETURN_REFUSAL'
  | 'ACCEPT_REFUSAL'
  | 'CONTEST'
  | 'ESCALATE'
  | 'DIRECT'
  | 'UPHOLD'
  | 'WITHDRAW';

const REPLIES = { REPLY: 'REPLIED', PROPOSE_REPLY: 'REPLY_PROPOSED' } as const;
const ENDS = { ESCALATE: 'DISPUTED', WITHDRAW: 'WITHDRAWN' } as const;

/**
 * The life of a request. A refusal, and a reply that something does not match, wait for a second
 * person. Forwarding (转办) leads to the same state at another agency. What nobody answers, and what
 * is contested, lies with the coordinator (牵头的司法局); a late reply is still taken there.
 */
export const ASSISTANCE_LIFE = createStateMachine<AssistanceState, AssistanceStep>({
  DRAFT: { SUBMIT: 'SUBMITTED', WITHDRAW: 'WITHDRAWN' },
  SUBMITTED: {
    ACCEPT: 'IN_PROGRESS',
    PROPOSE_DATE: 'DATE_PROPOSED',
    FORWARD: 'SUBMITTED',
    SPLIT: 'SPLIT',
    PROPOSE_REFUSAL: 'REFUSAL_PROPOSED',
    ...ENDS,
  },
  DATE_PROPOSED: { AGREE_DATE: 'IN_PROGRESS', DENY_DATE: 'SUBMITTED', ...REPLIES, ...ENDS },
  IN_PROGRESS: {
    ...REPLIES,
    REPLY_PARTLY: 'PARTIALLY_REPLIED',
    ASK: 'CLARIFICATION_WANTED',
    EXTEND: 'IN_PROGRESS',
    PROPOSE_REFUSAL: 'REFUSAL_PROPOSED',
    ...ENDS,
  },
  CLARIFICATION_WANTED: { CLARIFY: 'IN_PROGRESS', ...ENDS },
  PARTIALLY_REPLIED: {
    ...REPLIES,
    REPLY_PARTLY: 'PARTIALLY_REPLIED',
    ASK: 'CLARIFICATION_WANTED',
    ...ENDS,
  },
  REPLY_PROPOSED: {
    APPROVE_REPLY: 'REPLIED',
    APPROVE_PART: 'PARTIALLY_REPLIED',
    RETURN_REPLY: 'IN_PROGRESS',
    ...ENDS,
  },
  REPLIED: {
    CONFIRM: 'CLOSED_SATISFIED',
    WANT_SUPPLEMENT: 'SUPPLEMENT_WANTED',
    REJECT: 'CLOSED_UNSATISFIED',
    ESCALATE: 'DISPUTED',
  },
  SUPPLEMENT_WANTED: { ...REPLIES, ...ENDS },
  SPLIT: { JOIN: 'REPLIED', WITHDRAW: 'WITHDRAWN' },
  REFUSAL_PROPOSED: { APPROVE_REFUSAL: 'REFUSED', RETURN_REFUSAL: 'IN_PROGRESS', ...ENDS },
  REFUSED: { CONTEST: 'DISPUTED', ACCEPT_REFUSAL: 'REFUSED_FINAL', WITHDRAW: 'WITHDRAWN' },
  DISPUTED: { DIRECT: 'SUBMITTED', UPHOLD: 'REFUSED_FINAL', ...REPLIES, WITHDRAW: 'WITHDRAWN' },
  CLOSED_SATISFIED: {},
  CLOSED_UNSATISFIED: {},
  REFUSED_FINAL: {},
  WITHDRAWN: {},
});

/** Who stands where in a request. HUB is what follows from the clock or from parts. */
export type AssistanceSide = 'ASKING' | 'ASSISTING' | 'COORDINATOR' | 'HUB';

/** Who takes a step. */
export const STEP_SIDES: Readonly<Record<AssistanceStep, AssistanceSide>> = {
  SUBMIT: 'ASKING',
  ACCEPT: 'ASSISTING',
  PROPOSE_DATE: 'ASSISTING',
  AGREE_DATE: 'ASKING',
  DENY_DATE: 'ASKING',
  FORWARD: 'ASSISTING',
  SPLIT: 'ASSISTING',
  EXTEND: 'ASSISTING',
  ASK: 'ASSISTING',
  CLARIFY: 'ASKING',
  REPLY: 'ASSISTING',
  REPLY_PARTLY: 'ASSISTING',
  PROPOSE_REPLY: 'ASSISTING',
  APPROVE_REPLY: 'ASSISTING',
  APPROVE_PART: 'ASSISTING',
  RETURN_REPLY: 'ASSISTING',
  JOIN: 'HUB',
  CONFIRM: 'ASKING',
  WANT_SUPPLEMENT: 'ASKING',
  REJECT: 'ASKING',
  PROPOSE_REFUSAL: 'ASSISTING',
  APPROVE_REFUSAL: 'ASSISTING',
  RETURN_REFUSAL: 'ASSISTING',
  ACCEPT_REFUSAL: 'ASKING',
  CONTEST: 'ASKING',
  ESCALATE: 'HUB',
  DIRECT: 'COORDINATOR',
  UPHOLD: 'COORDINATOR',
  WITHDRAW: 'ASKING',
};

/** Whose turn it is in a state. Null where it is over. */
export const STATE_OWNERS: Readonly<Record<AssistanceState, AssistanceSide | null>> = {
  DRAFT: 'ASKING',
  SUBMITTED: 'ASSISTING',
  DATE_PROPOSED: 'ASKING',
  IN_PROGRESS: 'ASSISTING',
  CLARIFICATION_WANTED: 'ASKING',
  PARTIALLY_REPLIED: 'ASSISTING',
  REPLY_PROPOSED: 'ASSISTING',
  REPLIED: 'ASKING',
  SUPPLEMENT_WANTED: 'ASSISTING',
  SPLIT: 'ASSISTING',
  REFUSAL_PROPOSED: 'ASSISTING',
  REFUSED: 'ASKING',
  DISPUTED: 'COORDINATOR',
  CLOSED_SATISFIED: null,
  CLOSED_UNSATISFIED: null,
  REFUSED_FINAL: null,
  WITHDRAWN: null,
};

/** States in which the time of the assisting agency runs. In every other it stands still. */
export const RUNNING_STATES: ReadonlySet<AssistanceState> = new Set([
  'SUBMITTED',
  'DATE_PROPOSED',
  'IN_PROGRESS',
  'PARTIALLY_REPLIED',
  'REPLY_PROPOSED',
  'SUPPLEMENT_WANTED',
  'SPLIT',
  'REFUSAL_PROPOSED',
] satisfies AssistanceState[]);

/** Why an agency does not assist (拒绝理由). */
export const REFUSAL_GROUNDS = [
  'BEYOND_COMPETENCE',
  'FORBIDDEN_BY_LAW',
  'NO_SUCH_INFORMATION',
  'REQUEST_INCOMPLETE',
  'DUPLICATE',
  'VERIFIABLE_ONLINE',
  'IMPAIRS_OWN_DUTIES',
  'OTHER',
] as const;
export type RefusalGround = (typeof REFUSAL_GROUNDS)[number];
