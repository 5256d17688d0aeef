import { beliefOf, join, meet, NOTHING_KNOWN, type RankedBelief } from './belief.ts';
import type { Requirement, VerificationPolicy } from './policy.ts';
import { reasonsFor } from './reasons.ts';
import type {
  Belief,
  FieldBySource,
  FieldVerdict,
  Judgement,
  Refutation,
  RequirementVerdict,
  SourceObservation,
  VerdictCode,
} from './verification.ts';

/**
 * What the observations are worth under a policy. Pure and total: the same observations give the
 * same judgement, in whatever order they came and however often each is repeated, and nothing but
 * an answer can refute.
 */
export function judge(
  policy: VerificationPolicy,
  observed: readonly SourceObservation[],
): Judgement {
  if (policy.exemption !== null) return EXEMPT;

  const observations = inCanonicalOrder(policy, observed);
  const requirements = policy.requirements.map((requirement) =>
    judgeRequirement(requirement, ofRequirement(observations, requirement)),
  );
  const belief = requirements.reduce<Belief>((sum, one) => meet(sum, one.belief), 'TRUE');
  const code = codeOf(belief, observations);
  return {
    code,
    refutation: code === 'REFUTED' ? refutationOf(requirements, observations) : null,
    reasons: requirements.flatMap((requirement) =>
      reasonsFor(requirement, ofRequirement(observations, requirement)),
    ),
    requirements,
    retryAt: earliestRetry(requirements, observations),
  };
}

const EXEMPT: Judgement = {
  code: 'EXEMPT',
  refutation: null,
  reasons: [],
  requirements: [],
  retryAt: null,
};

/** Whether a requirement still has a decisive field that no source has settled. */
export function isOpen(requirement: Requirement, observed: readonly SourceObservation[]): boolean {
  return judgeRequirement(requirement, observed).belief === 'UNKNOWN';
}

/** The order of the policy, then of authority, then of names: the order of arrival is lost. */
function inCanonicalOrder(
  policy: VerificationPolicy,
  observed: readonly SourceObservation[],
): readonly SourceObservation[] {
  const position = new Map(policy.requirements.map(({ id }, index) => [id, index]));
  const unique = new Map(observed.map((one) => [JSON.stringify(one), one]));
  return [...unique]
    .filter(([, one]) => position.has(one.requirement))
    .sort(
      ([leftText, left], [rightText, right]) =>
        (position.get(left.requirement) ?? 0) - (position.get(right.requirement) ?? 0) ||
        right.rank - left.rank ||
        compareText(left.source, right.source) ||
        compareText(leftText, rightText),
    )
    .map(([, one]) => one);
}

function ofRequirement(
  observations: readonly SourceObservation[],
  { id }: { readonly id: string },
): readonly SourceObservation[] {
  return observations.filter(({ requirement }) => requirement === id);
}

function judgeRequirement(
  requirement: Requirement,
  observations: readonly SourceObservation[],
): RequirementVerdict {
  const fields = requirement.fields.map(({ field, decisive }): FieldVerdict => {
    const bySource = observations.map((one): FieldBySource => {
      const found = one.fields.find((candidate) => candidate.field === field);
      const outcome =
        one.transport === 'ANSWERED' ? (found?.outcome ?? 'NOT_HELD') : ('WITHHELD' as const);
      return {
        source: one.source,
        rank: found?.rank ?? one.rank,
        outcome,
        belief: beliefOf(outcome),
        rules: found?.rules ?? [],
      };
    });
    const joined = bySource.reduce<RankedBelief>(join, NOTHING_KNOWN);
    return {
      field,
      decisive,
      belief: joined.belief,
      bySource,
      dissent: dissentOf(bySource, joined),
    };
  });

  return {
    id: requirement.id,
    label: requirement.label,
    belief: fields
      .filter(({ decisive }) => decisive)
      .reduce<Belief>((sum, { belief }) => meet(sum, belief), 'TRUE'),
    fields,
    successor: successorOf(observations),
  };
}

/** Sources that hold a definite value which lost against a higher rank. */
function dissentOf(bySource: readonly FieldBySource[], joined: RankedBelief): readonly string[] {
  const losers = bySource.filter(
    ({ belief, rank }) => belief !== 'UNKNOWN' && rank < joined.rank && belief !== joined.belief,
  );
  return [...new Set(losers.map(({ source }) => source))];
}

function successorOf(observations: readonly SourceObservation[]): string | null {
  const notes = observations.flatMap(({ notes }) => notes);
  return notes.find(({ code }) => code === 'SUCCESSOR_EXISTS')?.detail ?? null;
}

function codeOf(belief: Belief, observations: readonly SourceObservation[]): VerdictCode {
  switch (belief) {
    case 'TRUE':
      return 'CONFIRMED';
    case 'FALSE':
      return 'REFUTED';
    case 'CONTRADICTORY':
      return 'CONFLICTING';
    case 'UNKNOWN':
      if (observations.some(({ transport }) => transport === 'DEFERRED')) return 'PENDING';
      return observations.some(({ transport }) => transport === 'ANSWERED')
        ? 'INCONCLUSIVE'
        : 'UNAVAILABLE';
  }
}

/**
 * The gravest comes first: no record at all, then a record that is not valid, then a difference.
 */
function refutationOf(
  requirements: readonly RequirementVerdict[],
  observations: readonly SourceObservation[],
): Refutation {
  const refuted = requirements.flatMap(({ id, fields }) =>
    fields
      .filter(({ decisive, belief }) => decisive && belief === 'FALSE')
      .map(({ field, bySource }) => ({ id, field, bySource })),
  );
  const status = refuted.filter(({ field }) => field === 'STATUS');
  const isAbsent = status.some(({ id, bySource }) =>
    observations.some(
      (one) =>
        one.requirement === id &&
        one.recordOutcome === 'ABSENT_COVERED' &&
        bySource.some(({ source, belief }) => source === one.source && belief === 'FALSE'),
    ),
  );
  if (isAbsent) return 'NO_SUCH_RECORD';
  return status.length > 0 ? 'STATUS_NOT_VALID' : 'FIELD_MISMATCH';
}

/** Asking again can only help a requirement that is still open. */
function earliestRetry(
  requirements: readonly RequirementVerdict[],
  observations: readonly SourceObservation[],
): string | null {
  const open = new Set(
    requirements.filter(({ belief }) => belief === 'UNKNOWN').map(({ id }) => id),
  );
  const times = observations
    .filter(({ requirement }) => open.has(requirement))
    .flatMap(({ retryAt }) => (retryAt === null ? [] : [retryAt]));
  return times.sort(compareText)[0] ?? null;
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
