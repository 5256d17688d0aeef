import { heldBack } from '../model/anomaly.ts';
import { judge } from '../model/judge.ts';
import { observeSilence, type About, type Told, type Untold } from '../model/observe/about.ts';
import { observeTold } from '../model/observe/answer.ts';
import { consultationOf, type Consultation, type Requirement } from '../model/policy.ts';
import type { Judgement, SourceObservation, VerdictCode } from '../model/verification.ts';
import type { JudgedRow } from './queries.ts';

/** What would become of one verdict. */
export type Replayed =
  | { readonly what: 'SAME' }
  | { readonly what: 'UNREADABLE'; readonly reason: string }
  | {
      readonly what: 'CHANGED';
      /** Requirement, and what of the observation would be another. */
      readonly cause: string;
      readonly before: VerdictCode;
      readonly after: VerdictCode;
      readonly isUnreadable: boolean;
    };

/** Where an answer stands in the policy it was judged by. */
export interface Place {
  readonly observation: SourceObservation;
  readonly requirement: Requirement;
  readonly consultation: Consultation;
}

/** Another answer to the same question, or none. */
export type Otherwise =
  | { readonly ok: true; readonly told: Told<unknown> }
  | { readonly ok: false; readonly untold: Untold };

/** Two answers to one question, each judged with everything else the verdict rests on. */
export interface Pair {
  /** Null where the verdict would be the same. */
  readonly cause: string | null;
  readonly before: VerdictCode;
  readonly after: Judgement;
}

/** Null where the policy no longer says what the answer was asked for. */
export function placeOf({ observations, at, policy }: JudgedRow): Place | null {
  const observation = observations[at - 1];
  const requirement = policy.requirements.find(({ id }) => id === observation?.requirement);
  const consultation = consultationOf(requirement, observation?.dataset ?? null);
  return observation === undefined || requirement === undefined || consultation === null
    ? null
    : { observation, requirement, consultation };
}

/** Judges by the recorded answer and by another one, both in the same way. */
export function comparePair(recorded: JudgedRow, place: Place, otherwise: Otherwise): Pair {
  const { observation, requirement, consultation } = place;
  const { policy, observations, at } = recorded;
  const about = aboutOf(recorded, place);
  const told = observeTold(consultation.dataset, about, toldBy(recorded));
  const before = wasHeld(observation) ? heldBack(told, 0) : told;
  const after = otherwise.ok
    ? observeTold(consultation.dataset, about, otherwise.told)
    : observeSilence(about, otherwise.untold);
  const verdictOf = (own: SourceObservation) => judge(policy, observations.with(at - 1, own));
  const [was, is] = [verdictOf(before), verdictOf(after)];
  const isSame = was.code === is.code && was.refutation === is.refutation;
  const cause = isSame ? null : `${requirement.id}: ${causeOf(before, after)}`;
  return { cause, before: was.code, after: is };
}

/** The recorded answer. */
export function toldBy(recorded: JudgedRow): Told<unknown> {
  return {
    recordOutcome: recorded.record_outcome,
    records: recorded.records,
    asOf: recorded.as_of,
    observedAt: recorded.observed_at,
    evidenceId: recorded.evidence_id,
    rawDigest: recorded.raw_digest,
  };
}

function wasHeld({ notes }: SourceObservation): boolean {
  return notes.some(({ code }) => code === 'ANOMALY_HOLD');
}

function aboutOf(
  { claims, relevant_on, kind, code, name }: JudgedRow,
  { observation, requirement, consultation }: Place,
): About {
  const own = claims.filter((claim) => claim.requirement === requirement.id);
  return {
    requirement,
    source: observation.source,
    dataset: consultation.dataset,
    rank: consultation.rank,
    fieldRanks: consultation.fieldRanks,
    claims: new Map(own.map(({ field, value }) => [field, value])),
    subject: { kind, code, name },
    relevantOn: relevant_on,
  };
}

/** What differs first: whether it can be read, a record, its status, its fields. */
function causeOf(before: SourceObservation, after: SourceObservation): string {
  if (before.transport !== after.transport) return after.fault ?? after.transport;
  if (before.recordOutcome !== after.recordOutcome)
    return `${before.recordOutcome} → ${after.recordOutcome}`;
  if (before.status !== after.status) return `STATUS ${before.status} → ${after.status}`;
  const changed = after.fields.flatMap((field, index) => {
    const was = before.fields[index]?.outcome;
    return was === field.outcome ? [] : [`${field.field} ${was} → ${field.outcome}`];
  });
  return changed.length === 0 ? 'OTHER' : changed.join(', ');
}
