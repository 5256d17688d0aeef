import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import {
  isOnSide,
  questionsOf,
  WORK_ORDER_LIFE,
  WORK_ORDER_SIDES,
} from '../../src/model/work-order.ts';
import { requirementOf } from './observations.ts';

/** Every legal step, written down once more: what is not here must be refused. */
const LEGAL: Readonly<Record<string, string>> = {
  DRAFTED: 'ASSIGN>ASSIGNED CANCEL>CANCELED',
  ASSIGNED: 'ASSIGN>ASSIGNED REFUSE>DRAFTED START>UNDER_WAY CANCEL>CANCELED',
  UNDER_WAY: 'ASSIGN>ASSIGNED REPORT>REPORT_PROPOSED CANCEL>CANCELED',
  REPORT_PROPOSED: 'ASSIGN>ASSIGNED SIGN>REPORTED RETURN>UNDER_WAY',
  REPORTED: '',
  CANCELED: '',
};

const { states, steps } = WORK_ORDER_LIFE;

test.each(states)(
  'an order that is %s allows what the table says, and refuses the rest',
  (state) => {
    const written = (LEGAL[state] ?? 'unwritten').split(' ').filter((line) => line !== '');
    const allowed = WORK_ORDER_LIFE.stepsFrom(state);

    expect(
      allowed.map((step) => `${step}>${WORK_ORDER_LIFE.after(state, step)}`).toSorted(),
    ).toEqual(written.toSorted());
    for (const step of steps.filter((one) => !allowed.includes(one))) {
      expect(WORK_ORDER_LIFE.after(state, step)).toBeNull();
      expect(WORK_ORDER_LIFE.refuse(state, step, ['workOrderId'])).toMatchObject({
        ...{ code: 'STEP_NOT_ALLOWED', state, allowed },
      });
    }
  },
);

test('docs/reference/ladder.md tells the same table', () => {
  const page = readFileSync('docs/reference/ladder.md', 'utf8');

  for (const state of states)
    for (const step of WORK_ORDER_LIFE.stepsFrom(state)) {
      const after = WORK_ORDER_LIFE.after(state, step);
      const cells = [`\`${state}\``, `\`${step}\``, `\`${after}\``, WORK_ORDER_SIDES[step]];
      expect(page).toMatch(new RegExp(`\\| ${cells.join(' +\\| ')} +\\|`, 'u'));
    }
});

test('an order is over only when both have signed, or it was canceled', () => {
  expect(states.filter((state) => WORK_ORDER_LIFE.isFinal(state))).toEqual([
    ...['REPORTED', 'CANCELED'],
  ]);
  const toReported = states.flatMap((state) =>
    WORK_ORDER_LIFE.stepsFrom(state).filter(
      (step) => WORK_ORDER_LIFE.after(state, step) === 'REPORTED',
    ),
  );
  expect(toReported).toEqual(['SIGN']);
  expect(WORK_ORDER_SIDES.SIGN).toBe('OTHER_INSPECTOR');
});

test('who reported does not sign, and who is not assigned does neither', () => {
  const report = { reportedBy: 'a' } as never;
  const order = { inspectors: ['a', 'b'], report };
  const may = (account: string, step: (typeof steps)[number]) => isOnSide(order, account, step);

  expect([may('a', 'SIGN'), may('b', 'SIGN'), may('c', 'SIGN')]).toEqual([false, true, false]);
  expect([may('a', 'RETURN'), may('b', 'RETURN')]).toEqual([false, true]);
  expect([may('a', 'REPORT'), may('c', 'REPORT'), may('c', 'START')]).toEqual([true, false, false]);
  expect([may('c', 'ASSIGN'), may('c', 'CANCEL')]).toEqual([true, true]);
});

test('the question set is filled in from the request, or from the fields that decide', () => {
  const insured = STARTER_MATTERS.flatMap(({ policy }) => policy.requirements).find(
    ({ id }) => id === 'insured-since-2020',
  );

  expect(questionsOf(insured!)).toEqual([
    {
      ...{ code: 'INSURED_SINCE_2020', field: 'STATEMENT' },
      text: '2020年1月以来是否连续参加职工医疗保险？',
    },
  ]);
  expect(
    questionsOf(requirementOf('地址', ['ADDRESS', 'STATUS'])).map(({ field }) => field),
  ).toEqual(['ADDRESS', 'STATUS']);
});

test('every requirement of every starter matter has a question for each field that decides', () => {
  for (const { policy } of STARTER_MATTERS)
    for (const requirement of policy.requirements) {
      const decisive = requirement.fields.filter((one) => one.decisive).map(({ field }) => field);
      const asked = new Set(questionsOf(requirement).map(({ field }) => field));
      expect([...asked].toSorted()).toEqual(decisive.toSorted());
    }
});
