import type { CapabilityName, Connector, KeyResult } from '../connector-kit/connector.ts';
import { heldBack } from '../model/anomaly.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { judge } from '../model/judge.ts';
import { observeSilence, type About, type Told } from '../model/observe/about.ts';
import { observeTold, type OnlineDataset } from '../model/observe/answer.ts';
import type { RecordOutcome } from '../model/outcome.ts';
import { consultationOf, type Consultation, type Requirement } from '../model/policy.ts';
import type { SourceObservation, VerdictCode } from '../model/verification.ts';
import type { RecordedRow } from './queries.ts';

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

/** Reads a recorded answer again and judges anew what rests on it. Asks nobody. */
export function replay(reread: NonNullable<Connector['reread']>, recorded: RecordedRow): Replayed {
  const { observations, at, policy } = recorded;
  const observation = observations[at - 1];
  const requirement = policy.requirements.find(({ id }) => id === observation?.requirement);
  const consultation = consultationOf(requirement, observation?.dataset ?? null);
  if (observation === undefined || requirement === undefined || consultation === null)
    return { what: 'UNREADABLE', reason: 'POLICY_NOT_ON_RECORD' };

  const key = keyOf(recorded, consultation);
  const again = reread(recorded.capability as CapabilityName, key as never, recorded.raw);
  if (isSame(again, recorded)) return { what: 'SAME' };

  const about = aboutOf(recorded, { observation, requirement, consultation });
  const dataset = consultation.dataset;
  // Both sides go the same way, so that nothing but the reading differs.
  const told = observeTold(dataset, about, toldBy(recorded));
  const before = wasHeld(observation) ? heldBack(told, 0) : told;
  const after = observeAgain(dataset, about, { again, recorded });
  const verdictOf = (own: SourceObservation) => judge(policy, observations.with(at - 1, own));
  const [was, is] = [verdictOf(before), verdictOf(after)];
  const isUnreadable = !again.ok;
  if (was.code === is.code && was.refutation === is.refutation)
    return isUnreadable ? { what: 'UNREADABLE', reason: reasonOf(again) } : { what: 'SAME' };
  const cause = `${requirement.id}: ${causeOf(before, after)}`;
  return { what: 'CHANGED', cause, before: was.code, after: is.code, isUnreadable };
}

function wasHeld({ notes }: SourceObservation): boolean {
  return notes.some(({ code }) => code === 'ANOMALY_HOLD');
}

function isSame(again: KeyResult<unknown>, { records, record_outcome }: RecordedRow): boolean {
  if (!again.ok) return false;
  // Evidence was stored as JSON, which knows no absent fields.
  const read = JSON.parse(JSON.stringify(again.answer.records)) as unknown;
  const isCounted = outcomeOf(again, record_outcome) === record_outcome;
  return isCounted && canonicalJson(read) === canonicalJson(records);
}

/** An empty answer covers only what it covered when it was given: canaries were right then. */
function outcomeOf(
  again: Extract<KeyResult<unknown>, { ok: true }>,
  recorded: RecordOutcome,
): RecordOutcome {
  const { records, absence } = again.answer;
  if (records.length > 0) return records.length === 1 ? 'FOUND_ONE' : 'FOUND_MANY';
  const isCovered = absence === 'COVERED' && recorded !== 'ABSENT_UNCOVERED';
  return isCovered ? 'ABSENT_COVERED' : 'ABSENT_UNCOVERED';
}

function observeAgain(
  dataset: OnlineDataset,
  about: About,
  { again, recorded }: { readonly again: KeyResult<unknown>; readonly recorded: RecordedRow },
): SourceObservation {
  if (again.ok)
    return observeTold(dataset, about, {
      ...toldBy(recorded),
      recordOutcome: outcomeOf(again, recorded.record_outcome),
      records: again.answer.records,
      asOf: again.answer.asOf,
    });
  return observeSilence(about, {
    transport: 'SCHEMA_DRIFT',
    hop: 'SOURCE',
    reason: reasonOf(again),
    retryAt: null,
  });
}

function toldBy(recorded: RecordedRow): Told<unknown> {
  return {
    recordOutcome: recorded.record_outcome,
    records: recorded.records,
    asOf: recorded.as_of,
    observedAt: recorded.observed_at,
    evidenceId: recorded.evidence_id,
    rawDigest: recorded.raw_digest,
  };
}

function aboutOf(
  { claims, relevant_on, kind, code, name }: RecordedRow,
  of: {
    readonly observation: SourceObservation;
    readonly requirement: Requirement;
    readonly consultation: Consultation;
  },
): About {
  const { observation, requirement, consultation } = of;
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

/** The key the question was put with, as far as a recorded reply is searched by it. */
function keyOf({ capability, kind, code, records }: RecordedRow, consultation: Consultation) {
  const subject = { kind, code, name: null };
  if (capability === 'license.byHolder')
    return { holder: subject, typeCode: consultation.licenseTypeCode ?? '' };
  if (capability !== 'license.byIdentifier') return subject;
  const [license] = records as readonly { readonly identifier?: string | null }[];
  return { identifier: license?.identifier ?? '' };
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

function reasonOf(again: KeyResult<unknown>): string {
  if (again.ok) return '';
  const { code, details } = again.fault;
  return details['reason'] === undefined ? code : `${code}:${String(details['reason'])}`;
}
