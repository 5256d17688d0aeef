import type { BusinessDate } from '../model/business-date.ts';
import { addDays } from '../model/clock.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import type { TakeAssistanceStep, WantedStep } from './steps.ts';

const NOTE_LENGTH_MAX = 1_000;
const KEY_LENGTH_MAX = 64;
const PROPOSED_DAYS_MAX = 92;

/** Steps that mean nothing without a word. */
const NEEDS_NOTE: ReadonlySet<WantedStep> = new Set([
  'ASK',
  'CLARIFY',
  'RETURN',
  'WANT_SUPPLEMENT',
  'REJECT',
  'CONTEST',
  'DIRECT',
  'UPHOLD',
  'EXTEND',
  'WITHDRAW',
] satisfies WantedStep[]);

/** Mistakes in what a step brings with it. */
export function checkFacts(input: TakeAssistanceStep, today: BusinessDate): readonly UserError[] {
  const { step, note, date, ground, rating, idempotencyKey } = input;
  const needsNote = NEEDS_NOTE.has(step) || ground === 'OTHER';
  return [
    ...checkLength(idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...(needsNote && note === null
      ? [mistake('REASON_MISSING', ['note'], 'Say it in a sentence.')]
      : []),
    ...(note === null ? [] : checkLength(note, ['note'], NOTE_LENGTH_MAX)),
    ...(step === 'PROPOSE_DATE' && !isNear(date, today)
      ? [mistake('DATE_OUT_OF_RANGE', ['date'], `Send a day within ${PROPOSED_DAYS_MAX} days.`)]
      : []),
    ...(rating === null ? [] : checkRating(rating)),
  ];
}

function isNear(date: BusinessDate | null, today: BusinessDate): boolean {
  return date !== null && date > today && date <= addDays(today, PROPOSED_DAYS_MAX);
}

function checkRating(rating: { timeliness: number; effort: number }): readonly UserError[] {
  return (['timeliness', 'effort'] as const)
    .filter((name) => rating[name] < 1 || rating[name] > 5)
    .map((name) => mistake('MALFORMED_VALUE', ['rating', name], 'Send 1 to 5.'));
}
