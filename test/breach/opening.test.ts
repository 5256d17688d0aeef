import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Judged } from '../../src/breach/breach.ts';
import { checkOpening } from '../../src/breach/check-opening.ts';
import type { Commitment } from '../../src/model/commitment.ts';
import type { Verdict, VerdictCode } from '../../src/model/verification.ts';

const CODES: readonly VerdictCode[] = [
  ...(['CONFIRMED', 'REFUTED', 'CONFLICTING', 'INCONCLUSIVE'] as const),
  ...(['PENDING', 'UNAVAILABLE', 'EXEMPT'] as const),
];
const COMMITMENT = { subjectId: 'subject', state: 'CONCLUDED' } as Commitment;

function judged(id: string, code: VerdictCode, evidence: readonly string[]): Judged {
  const observations = evidence.map((evidenceId) => ({ evidenceId }));
  return {
    verification: { id, subjectId: 'subject' } as Judged['verification'],
    verdict: { code, observations } as unknown as Verdict,
  };
}

const open = (pair: readonly [Judged, Judged], commitment = COMMITMENT) =>
  checkOpening(
    {
      ...{ commitmentId: 'c', verificationIds: ['a', 'b'], regulatorCode: null },
      idempotencyKey: 'k',
    },
    { commitment, judged: pair, regulator: null },
  );

test('only two refutations on different evidence carry a breach, whatever the verdicts are', () => {
  const evidence = fc.uniqueArray(fc.constantFrom('e1', 'e2', 'e3', 'e4'), { maxLength: 3 });
  fc.assert(
    fc.property(
      fc.constantFrom(...CODES),
      fc.constantFrom(...CODES),
      evidence,
      evidence,
      (one, other, first, second) => {
        const errors = open([judged('a', one, first), judged('b', other, second)]);

        const isShared = first.some((id) => second.includes(id));
        const carries = one === 'REFUTED' && other === 'REFUTED' && !isShared;
        expect(errors.length === 0).toBe(carries);
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each(['WITHDRAWN', 'TERMINATED'] as const)(
  'a commitment that is %s is not broken',
  (state) => {
    const pair = [judged('a', 'REFUTED', ['e1']), judged('b', 'REFUTED', ['e2'])] as const;

    expect(open(pair)).toEqual([]);
    expect(open(pair, { ...COMMITMENT, state })).toMatchObject([
      { code: 'STEP_NOT_ALLOWED', state },
    ]);
  },
);
