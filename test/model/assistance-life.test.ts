import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import {
  ASSISTANCE_LIFE,
  RUNNING_STATES,
  STATE_OWNERS,
  STEP_SIDES,
} from '../../src/model/assistance-life.ts';

/** Every legal step, written down once more: what is not here must be refused. */
const LEGAL: Readonly<Record<string, string>> = {
  DRAFT: 'SUBMIT>SUBMITTED WITHDRAW>WITHDRAWN',
  SUBMITTED:
    'ACCEPT>IN_PROGRESS PROPOSE_DATE>DATE_PROPOSED FORWARD>SUBMITTED SPLIT>SPLIT ' +
    'PROPOSE_REFUSAL>REFUSAL_PROPOSED ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  DATE_PROPOSED:
    'AGREE_DATE>IN_PROGRESS DENY_DATE>SUBMITTED REPLY>REPLIED PROPOSE_REPLY>REPLY_PROPOSED ' +
    'ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  IN_PROGRESS:
    'REPLY>REPLIED PROPOSE_REPLY>REPLY_PROPOSED REPLY_PARTLY>PARTIALLY_REPLIED ' +
    'ASK>CLARIFICATION_WANTED EXTEND>IN_PROGRESS PROPOSE_REFUSAL>REFUSAL_PROPOSED ' +
    'ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  CLARIFICATION_WANTED: 'CLARIFY>IN_PROGRESS ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  PARTIALLY_REPLIED:
    'REPLY>REPLIED PROPOSE_REPLY>REPLY_PROPOSED REPLY_PARTLY>PARTIALLY_REPLIED ' +
    'ASK>CLARIFICATION_WANTED ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  REPLY_PROPOSED:
    'APPROVE_REPLY>REPLIED APPROVE_PART>PARTIALLY_REPLIED RETURN_REPLY>IN_PROGRESS ' +
    'ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  REPLIED:
    'CONFIRM>CLOSED_SATISFIED WANT_SUPPLEMENT>SUPPLEMENT_WANTED REJECT>CLOSED_UNSATISFIED ' +
    'ESCALATE>DISPUTED',
  SUPPLEMENT_WANTED:
    'REPLY>REPLIED PROPOSE_REPLY>REPLY_PROPOSED ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  SPLIT: 'JOIN>REPLIED WITHDRAW>WITHDRAWN',
  REFUSAL_PROPOSED:
    'APPROVE_REFUSAL>REFUSED RETURN_REFUSAL>IN_PROGRESS ESCALATE>DISPUTED WITHDRAW>WITHDRAWN',
  REFUSED: 'CONTEST>DISPUTED ACCEPT_REFUSAL>REFUSED_FINAL WITHDRAW>WITHDRAWN',
  DISPUTED:
    'DIRECT>SUBMITTED UPHOLD>REFUSED_FINAL REPLY>REPLIED PROPOSE_REPLY>REPLY_PROPOSED ' +
    'WITHDRAW>WITHDRAWN',
  CLOSED_SATISFIED: '',
  CLOSED_UNSATISFIED: '',
  REFUSED_FINAL: '',
  WITHDRAWN: '',
};

const { states, steps } = ASSISTANCE_LIFE;
const linesOf = (state: (typeof states)[number]) =>
  ASSISTANCE_LIFE.stepsFrom(state).map((step) => `${step}>${ASSISTANCE_LIFE.after(state, step)}`);

test.each(states)(
  'a request that is %s allows what the table says, and refuses the rest',
  (state) => {
    const written = (LEGAL[state] ?? 'unwritten').split(' ').filter((line) => line !== '');

    expect(linesOf(state).toSorted()).toEqual(written.toSorted());
    for (const step of steps.filter((one) => !ASSISTANCE_LIFE.stepsFrom(state).includes(one))) {
      expect(ASSISTANCE_LIFE.after(state, step)).toBeNull();
      expect(ASSISTANCE_LIFE.refuse(state, step, ['requestId'])).toMatchObject({
        ...{ code: 'STEP_NOT_ALLOWED', state, allowed: ASSISTANCE_LIFE.stepsFrom(state) },
      });
    }
  },
);

test('every open state has one owner who can act, and no final one has any', () => {
  for (const state of states) {
    const owner = STATE_OWNERS[state];
    const sides = ASSISTANCE_LIFE.stepsFrom(state).map((step) => STEP_SIDES[step]);

    expect(owner === null).toBe(ASSISTANCE_LIFE.isFinal(state));
    // A split request goes on by itself once its parts are done.
    if (owner !== null && state !== 'SPLIT') expect(sides).toContain(owner);
  }
});

test('from every state a final one can be reached', () => {
  const reach = new Set(states.filter((state) => ASSISTANCE_LIFE.isFinal(state)));
  for (let before = -1; before < reach.size;) {
    before = reach.size;
    for (const state of states)
      if (
        ASSISTANCE_LIFE.stepsFrom(state).some((step) =>
          reach.has(ASSISTANCE_LIFE.after(state, step) ?? state),
        )
      )
        reach.add(state);
  }

  expect([...reach].toSorted()).toEqual([...states].toSorted());
});

test('wherever the clock of the assisting agency runs, its neglect leads to the coordinator', () => {
  for (const state of RUNNING_STATES)
    // The parts of a split request have clocks of their own.
    if (state !== 'SPLIT') expect(ASSISTANCE_LIFE.after(state, 'ESCALATE')).toBe('DISPUTED');
});

test('docs/reference/assistance.md tells the same table', () => {
  const page = readFileSync('docs/reference/assistance.md', 'utf8');

  for (const state of states)
    for (const line of linesOf(state)) {
      const [step, after] = line.split('>');
      expect(page).toMatch(
        new RegExp(
          `\\| \`${state}\` +\\| \`${step}\` +\\| \`${after}\` +\\| ${STEP_SIDES[step as 'ASK']} +\\|`,
          'u',
        ),
      );
    }
});
