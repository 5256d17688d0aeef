import { expect, test } from '@jest/globals';

import { createStateMachine } from '../../src/model/state-machine.ts';

type State = 'OPEN' | 'WAITING' | 'CLOSED';
type Step = 'ASK' | 'ANSWER' | 'CLOSE';
const machine = createStateMachine<State, Step>({
  OPEN: { ASK: 'WAITING', CLOSE: 'CLOSED' },
  WAITING: { ANSWER: 'OPEN' },
  CLOSED: {},
});

test('a step leads where the table says, and nowhere where it says nothing', () => {
  expect(machine.after('OPEN', 'ASK')).toBe('WAITING');
  expect(machine.after('OPEN', 'ANSWER')).toBeNull();
  expect(machine.stepsFrom('OPEN')).toEqual(['ASK', 'CLOSE']);
  expect(machine.steps).toEqual(['ASK', 'CLOSE', 'ANSWER']);
});

test('a refusal names the state, the steps it allows, and the field', () => {
  const refusal = machine.refuse('WAITING', 'CLOSE', ['id']);

  expect(refusal).toEqual({
    code: 'STEP_NOT_ALLOWED',
    field: ['id'],
    message: 'WAITING allows ANSWER, not CLOSE.',
    state: 'WAITING',
    allowed: ['ANSWER'],
  });
});

test('a final state says that nothing follows it', () => {
  const refusal = machine.refuse('CLOSED', 'ASK', ['id']);

  expect(machine.isFinal('CLOSED')).toBe(true);
  expect(machine.isFinal('OPEN')).toBe(false);
  expect(refusal.message).toBe('CLOSED is final: nothing follows it.');
});
