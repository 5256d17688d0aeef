import { describe, expect, test } from '@jest/globals';

import { BREACH_LIFE, checkConsequences } from '../../src/model/breach.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import { PUSH_LIFE } from '../../src/model/credit-push.ts';

/** Every legal step, written down once more: what is not here must be refused. */
const BREACH: readonly string[] = [
  'OPENED NOTIFY NOTIFIED',
  'OPENED DISMISS DISMISSED',
  'NOTIFIED HEAR HEARD',
  'NOTIFIED DISMISS DISMISSED',
  'HEARD DECIDE DECIDED',
  'HEARD TOLERATE TOLERATED',
  'HEARD DISMISS DISMISSED',
  'DECIDED ANNUL ANNULLED',
];
const PUSH: readonly string[] = [
  'QUEUED HAND_OVER TAKEN',
  'QUEUED REFUSE PROBLEM',
  'QUEUED SUPERSEDE SUPERSEDED',
  'TAKEN ACKNOWLEDGE ACKNOWLEDGED',
  'TAKEN REFUSE PROBLEM',
  'TAKEN LOSE QUEUED',
  'TAKEN SUPERSEDE SUPERSEDED',
  'PROBLEM RESEND QUEUED',
  'PROBLEM SUPERSEDE SUPERSEDED',
];

const allOf = <S extends string, T extends string>(machine: {
  states: readonly S[];
  steps: readonly T[];
}) => machine.states.flatMap((state) => machine.steps.map((step) => [state, step] as const));

test.each(allOf(BREACH_LIFE))(
  'a breach that is %s goes by %s as written, or nowhere',
  (state, step) => {
    const written = BREACH.find((line) => line.startsWith(`${state} ${step} `));

    expect(BREACH_LIFE.after(state, step)).toBe(written?.split(' ')[2] ?? null);
  },
);

test.each(allOf(PUSH_LIFE))(
  'a record that is %s goes by %s as written, or nowhere',
  (state, step) => {
    const written = PUSH.find((line) => line.startsWith(`${state} ${step} `));

    expect(PUSH_LIFE.after(state, step)).toBe(written?.split(' ')[2] ?? null);
  },
);

describe('consequences', () => {
  const day = (text: string) => text as BusinessDate;
  const decidedOn = day('2026-09-21');
  const one = (kind: Parameters<typeof checkConsequences>[0][number]['kind'], until?: string) => [
    { kind, document: '文号', until: until === undefined ? null : day(until) },
  ];

  test.each([
    ['TERMINATE', undefined, false, true],
    ['TERMINATE', undefined, true, false],
    ['REVOKE', undefined, true, true],
    ['REVOKE', undefined, false, false],
    ['RECTIFY', '2026-10-20', true, true],
    ['RECTIFY', '2026-09-21', true, false],
    ['RECTIFY', undefined, true, false],
    ['PENALTY', undefined, true, true],
    ['PENALTY', '2026-10-20', true, false],
    ['TRANSFER_TO_JUSTICE', undefined, true, true],
    ['BAR', '2027-09-21', true, true],
    ['BAR', '2029-09-21', true, true],
    ['BAR', '2028-09-21', true, false],
    ['BAR', undefined, true, false],
  ] as const)('%s until %p, concluded %p: right is %p', (kind, until, isConcluded, isRight) => {
    const wrong = checkConsequences(one(kind, until), { decidedOn, isConcluded });

    expect(wrong.length === 0).toBe(isRight);
  });

  test('each needs its document', () => {
    const nameless = [{ kind: 'PENALTY', document: ' ', until: null }] as const;

    expect(checkConsequences(nameless, { decidedOn, isConcluded: true })).toEqual([
      { index: 0, message: 'Name the document.' },
    ]);
  });
});
