import type { Agency } from '../model/agency.ts';
import type { Commitment } from '../model/commitment.ts';
import { isRefutedTwice } from '../model/independence.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import type { Judged, OpenBreach } from './breach.ts';

const KEY_LENGTH_MAX = 64;

/**
 * What speaks against opening a breach. Only two refutations of the same subject carry it, the
 * second on other evidence than the first, or one that rests on two independent observations:
 * silence, contradiction and an open question never do, and a withdrawn commitment is never broken.
 */
export function checkOpening(
  input: OpenBreach,
  about: {
    readonly commitment: Commitment | null;
    readonly judged: readonly [Judged | null, Judged | null];
    readonly regulator: Agency | null;
  },
): readonly UserError[] {
  const { commitment, judged, regulator } = about;
  if (commitment === null)
    return [mistake('UNKNOWN_COMMITMENT', ['commitmentId'], 'Your agency has no such commitment.')];
  return [
    ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...(commitment.state === 'WITHDRAWN' || commitment.state === 'TERMINATED'
      ? [
          {
            ...mistake('STEP_NOT_ALLOWED', ['commitmentId'], 'It has ended; nothing is broken.'),
            state: commitment.state,
          },
        ]
      : []),
    ...judged.flatMap((one, index) => checkRefutes(one, commitment, index)),
    ...checkIndependent(judged),
    ...(input.regulatorCode !== null && regulator === null
      ? [mistake('UNKNOWN_AGENCY', ['regulatorCode'], 'No agency is registered under this code.')]
      : []),
  ];
}

function checkRefutes(
  judged: Judged | null,
  { subjectId }: Commitment,
  index: number,
): readonly UserError[] {
  const field = ['verificationIds', String(index)];
  if (judged?.verification.subjectId !== subjectId)
    return [mistake('BASIS_MISSING', field, 'Name a verification of the same subject.')];
  if (judged.verdict.code === 'REFUTED') return [];
  const { code } = judged.verdict;
  return [mistake('BASIS_MISSING', field, `${code} says nothing against anyone. Verify again.`)];
}

function checkIndependent([first, second]: readonly [
  Judged | null,
  Judged | null,
]): readonly UserError[] {
  if (first === null || second === null) return [];
  const isTwice = first.verification.id === second.verification.id;
  // One verification carries it where two people, or two looks, refute independently.
  if (isTwice && isRefutedTwice(first.verdict)) return [];
  const seen = evidenceOf(first);
  const isShared = evidenceOf(second).some((id) => seen.includes(id));
  if (!isTwice && !isShared) return [];
  return [
    mistake(
      'BASIS_MISSING',
      ['verificationIds', '1'],
      'The second refutation rests on the same evidence. Ask the sources anew.',
    ),
  ];
}

function evidenceOf({ verdict }: Judged): readonly string[] {
  return verdict.observations.flatMap(({ evidenceId }) => evidenceId ?? []);
}
