import type { FieldOutcome } from './outcome.ts';
import type { Belief } from './verification.ts';

/**
 * Belnap's four values and the two operations a verdict is made of. Both are commutative,
 * associative and idempotent, so a verdict does not depend on the order of answers, on retries or
 * on duplicates.
 */

/** What a source's word on a field is worth, and with which authority. */
export interface RankedBelief {
  readonly belief: Belief;
  /** Higher wins. Means nothing while the belief is UNKNOWN. */
  readonly rank: number;
}

/** ⊥: joins with anything without changing it. */
export const NOTHING_KNOWN: RankedBelief = { belief: 'UNKNOWN', rank: Number.NEGATIVE_INFINITY };

/** What one comparison is worth. Only a plain match confirms and only a mismatch refutes. */
export function beliefOf(outcome: FieldOutcome): Belief {
  switch (outcome) {
    case 'MATCH_EXACT':
    case 'MATCH_NORMALIZED':
      return 'TRUE';
    case 'MISMATCH':
      return 'FALSE';
    case 'MATCH_APPROXIMATE':
    case 'SOURCE_BLANK':
    case 'NOT_HELD':
    case 'NOT_CLAIMED':
    case 'NOT_COMPARABLE':
    case 'WITHHELD':
      return 'UNKNOWN';
    default:
      return unreachable(outcome);
  }
}

/**
 * Sources combine: the information join, lexicographic on (rank, value). A definite value of a
 * higher rank wins; equal ranks that disagree are CONTRADICTORY.
 */
export function join(left: RankedBelief, right: RankedBelief): RankedBelief {
  if (left.belief === 'UNKNOWN') return right.belief === 'UNKNOWN' ? NOTHING_KNOWN : right;
  if (right.belief === 'UNKNOWN') return left;
  if (left.rank !== right.rank) return left.rank > right.rank ? left : right;
  return left.belief === right.belief ? left : { belief: 'CONTRADICTORY', rank: left.rank };
}

// The truth order as a chain. Belnap's own meet would make UNKNOWN and CONTRADICTORY FALSE: a
// silence and a quarrel would refute somebody. See docs/decisions/0003.
const TRUTH_ORDER: readonly Belief[] = ['FALSE', 'CONTRADICTORY', 'UNKNOWN', 'TRUE'];

/** Fields combine: the least true of both. FALSE comes only from FALSE. */
export function meet(left: Belief, right: Belief): Belief {
  return TRUTH_ORDER.indexOf(left) <= TRUTH_ORDER.indexOf(right) ? left : right;
}

function unreachable(outcome: never): never {
  throw new Error(`no belief is defined for ${String(outcome)}`);
}
