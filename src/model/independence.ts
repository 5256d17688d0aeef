import type { Judgement, SourceObservation } from './verification.ts';

/**
 * The observations with this one: in the place of an earlier one of the same request or order, or
 * beside the others. That nobody answered never takes the place of an answer: a presumption is
 * overruled by any answer, and overrules nothing.
 */
export function withObservation(
  observed: readonly SourceObservation[],
  added: SourceObservation,
): readonly SourceObservation[] {
  const at = observed.findIndex((one) => isOfSame(one, added));
  const earlier = observed[at];
  if (earlier === undefined) return [...observed, added];
  if (isPresumption(added) && earlier.transport === 'ANSWERED') return observed;
  return observed.map((one, index) => (index === at ? added : one));
}

/**
 * Whether what two observations say is worth two: other evidence, other witnesses, other documents.
 */
export function areIndependent(one: SourceObservation, other: SourceObservation): boolean {
  const isOther = (left: string | null, right: string | null) => left !== null && left !== right;
  return (
    isOther(one.evidenceId, other.evidenceId) &&
    isOther(one.evidenceDigest, other.evidenceDigest) &&
    !overlap(one.witnesses, other.witnesses) &&
    !overlap(one.documents, other.documents)
  );
}

/** Whether a verdict rests on two observations that refute independently of each other. */
export function isRefutedTwice(
  judged: Pick<Judgement, 'requirements'> & {
    readonly observations: readonly SourceObservation[];
  },
): boolean {
  const refuting = judged.observations.filter((one) => refutes(judged, one));
  return refuting.some((one, index) =>
    refuting.slice(index + 1).some((other) => areIndependent(one, other)),
  );
}

/** Whether an answer says that a decisive field is not so, and that is what counts. */
export function refutes(
  { requirements }: Pick<Judgement, 'requirements'>,
  one: SourceObservation,
): boolean {
  if (one.transport !== 'ANSWERED' || one.method === 'DECISION') return false;
  const verdict = requirements.find(({ id }) => id === one.requirement);
  const refuted = (verdict?.fields ?? []).filter(
    ({ decisive, belief }) => decisive && belief === 'FALSE',
  );
  return one.fields.some(
    ({ field, outcome }) =>
      outcome === 'MISMATCH' && refuted.some((candidate) => candidate.field === field),
  );
}

/** Of one request or order. What was recorded before they were named belongs to the only one. */
function isOfSame(one: SourceObservation, added: SourceObservation): boolean {
  if (one.method !== added.method || one.requirement !== added.requirement) return false;
  if (one.method === 'ONLINE') return one.source === added.source;
  return one.reference === undefined
    ? one.evidenceId === null || one.evidenceId === added.reference
    : one.reference === added.reference;
}

function isPresumption({ notes }: SourceObservation): boolean {
  return notes.some(({ code }) => code === 'ASSISTANCE_OVERDUE');
}

function overlap(
  left: readonly string[] | undefined = [],
  right: readonly string[] | undefined = [],
): boolean {
  return left.some((one) => right.includes(one));
}
