import { decideRow } from './bulk.ts';
import type { CrossCheckClass } from './cross-check-finding.ts';
import type { CrossCheckField } from './cross-check.ts';
import type { FieldOutcome, RecordStatus } from './outcome.ts';
import type { SourceObservation } from './verification.ts';

/** One thing that is not as it should be. Codes only, never a value; empty where there is none. */
export interface Difference {
  readonly class: CrossCheckClass;
  readonly field: CrossCheckField | '';
  readonly valueFrom: string;
  readonly valueTo: string;
}

/** What a night says of one subject. */
export type SubjectDecision =
  | ({ readonly what: 'SETTLE' } & Settled)
  /** The source has no such record: it is asked once more before that counts. */
  | { readonly what: 'CONFIRM' }
  /** Asking failed: by the source for everybody, or perhaps for this subject alone. */
  | {
      readonly what: 'WAIT';
      readonly isOfSubject: boolean;
      readonly cause: string;
      readonly retryAt: Date | null;
    };

/** What is recorded of one subject. */
export interface Settled {
  readonly outcome: 'MATCHED' | 'DIFFERING' | 'INCONCLUSIVE';
  /** Null exactly where it is conclusive. */
  readonly cause: string | null;
  readonly status: RecordStatus | null;
  readonly differences: readonly Difference[];
}

/** What was met the last time. */
export interface LatestStatus {
  readonly status: string | null;
  readonly statusBefore: string | null;
}

/** What a subject is that nobody could be asked about. It says nothing about the subject. */
export function inconclusive(cause: string, differences: readonly Difference[] = []): Settled {
  return { outcome: 'INCONCLUSIVE', cause: cause.slice(0, 200), status: null, differences };
}

/** What a subject is whose commitment is being changed at the moment: the next night tells. */
export const IN_FLIGHT: Settled = inconclusive('IN_FLIGHT', [difference('IN_FLIGHT', '')]);

/**
 * What one source says of one commitment. Only an answer that counts can differ: silence, a held
 * answer and an absence that means nothing are inconclusive.
 */
export function compareWithSource(
  observation: SourceObservation,
  about: {
    readonly latest: LatestStatus | null;
    /** What the source said when it was asked once more. Null before. */
    readonly again: SourceObservation | null;
  },
): SubjectDecision {
  const unheard = unheardOf(observation);
  if (unheard !== null) return unheard;
  const { recordOutcome, dataset } = observation;
  switch (recordOutcome) {
    case 'ABSENT_COVERED':
      if (dataset === 'CREDIT') return settleFields(observation, about.latest);
      return about.again === null ? { what: 'CONFIRM' } : confirmAbsence(about.again, about.latest);
    case 'FOUND_MANY':
      return settle(
        inconclusive(
          'SEVERAL_RECORDS',
          // A holder may well have several licenses of one type.
          dataset === 'LICENSE' ? [] : [difference('DUPLICATE_KEY', '')],
        ),
      );
    case 'FOUND_ONE':
      return settleFields(observation, about.latest);
    default:
      return settle(inconclusive('ABSENCE_MEANS_NOTHING'));
  }
}

/** Whether two sources say the same of somebody's standing. */
export function compareSources(left: SourceObservation, right: SourceObservation): SubjectDecision {
  const unheard = unheardOf(left) ?? unheardOf(right);
  if (unheard !== null) return unheard;
  const [said, says] = [standingOf(left), standingOf(right)];
  if (said === null) return settle(inconclusive(`CREDIT_STANDING:${left.dataset}`));
  if (says === null) return settle(inconclusive(`CREDIT_STANDING:${right.dataset}`));
  const one = { field: 'CREDIT_STANDING', valueFrom: said, valueTo: says } as const;
  if (said !== says) return settle(differing([{ class: 'FIELD_CHANGED', ...one }]));
  return settle(
    says === 'LISTED' ? differing([{ class: 'COMMITMENT_UNSUPPORTED', ...one }]) : matched(null),
  );
}

/** How far a record of a commitment has come, by the hub and by its recipient. */
export interface PushSeen {
  /** PushState of src/model/credit-push.ts; NEVER_QUEUED where there is none. */
  readonly state: 'NEVER_QUEUED' | 'QUEUED' | 'TAKEN' | 'PROBLEM' | 'ACKNOWLEDGED';
  readonly isOverdue: boolean;
  /** What the recipient says it has. Null where it was not asked. */
  readonly told: 'ACKNOWLEDGED' | 'PENDING' | 'REJECTED' | 'UNKNOWN' | null;
  /** The same, when it was asked once more. Null before. */
  readonly toldAgain: PushSeen['told'];
}

/** Whether the recipient has what it was told. */
export function comparePush(seen: PushSeen): SubjectDecision {
  const { state, isOverdue, told } = seen;
  if (told === 'ACKNOWLEDGED') return settle(matched(null));
  if (told === 'UNKNOWN') {
    if (seen.toldAgain === null) return { what: 'CONFIRM' };
    if (seen.toldAgain !== 'UNKNOWN') return comparePush({ ...seen, told: seen.toldAgain });
  }
  const isLate = isOverdue || told === 'REJECTED' || told === 'UNKNOWN';
  if (!isLate) return settle(IN_FLIGHT);
  return settle(
    differing([
      {
        ...{ class: 'UNACKNOWLEDGED_PUSH', field: 'ACKNOWLEDGMENT' },
        ...{ valueFrom: state, valueTo: told ?? 'NOT_TAKEN' },
      },
    ]),
  );
}

/** Null where it was heard and is believed. */
export function unheardOf(observation: SourceObservation): SubjectDecision | null {
  if (observation.notes.some(({ code }) => code === 'ANOMALY_HOLD'))
    return settle(inconclusive('ANOMALY_HOLD'));
  if (observation.transport === 'ANSWERED') return null;
  const decision = decideRow({ code: 'UNAVAILABLE' }, [observation]);
  const cause = observation.fault ?? observation.transport;
  if (decision.what === 'CONCLUDE') return settle(inconclusive(cause));
  const retryAt = decision.what === 'HOLD' ? decision.retryAt : null;
  return { what: 'WAIT', isOfSubject: decision.what === 'BLAME', cause, retryAt };
}

function confirmAbsence(again: SourceObservation, latest: LatestStatus | null): SubjectDecision {
  if (again.recordOutcome === 'ABSENT_COVERED')
    return unheardOf(again) ?? settle(differing([difference('MISSING_IN_SOURCE', '')]));
  return compareWithSource(again, { latest, again });
}

function settleFields(
  observation: SourceObservation,
  latest: LatestStatus | null,
): SubjectDecision {
  const { status } = observation;
  const met: Difference[] = [];
  const open: string[] = [];
  for (const { field, outcome } of observation.fields) {
    if (field === 'STATUS') {
      if (status === 'VALID') continue;
      if (status === null || status === 'STATUS_UNKNOWN') open.push('STATUS_UNKNOWN');
      else met.push(statusChanged(status, latest));
    } else if (field === 'HOLDER_NAME' || field === 'CREDIT_STANDING') {
      if (isMatch(outcome)) continue;
      if (outcome !== 'MISMATCH') open.push(`${field}:${outcome}`);
      else if (field === 'HOLDER_NAME') met.push(difference('FIELD_CHANGED', field));
      else met.push({ ...difference('COMMITMENT_UNSUPPORTED', field), valueTo: 'LISTED' });
    }
  }
  if (met.length > 0) return settle({ ...differing(met), status });
  const [cause] = open;
  if (cause === undefined) return settle(matched(status));
  const unread = { ...difference('UNPARSEABLE', 'STATUS'), valueTo: 'STATUS_UNKNOWN' };
  const differences = open.includes('STATUS_UNKNOWN') ? [unread] : [];
  return settle({ ...inconclusive(cause, differences), status });
}

/** From the last status that was another one; from a valid one where nothing is known before. */
function statusChanged(to: RecordStatus, latest: LatestStatus | null): Difference {
  const before = latest?.status === to ? latest.statusBefore : latest?.status;
  const valueFrom = before ?? 'VALID';
  return { ...difference('STATUS_CHANGED', 'STATUS'), valueFrom, valueTo: to };
}

function standingOf({ fields }: SourceObservation): 'LISTED' | 'NOT_LISTED' | null {
  const outcome = fields.find(({ field }) => field === 'CREDIT_STANDING')?.outcome;
  if (outcome === undefined) return null;
  if (isMatch(outcome)) return 'NOT_LISTED';
  return outcome === 'MISMATCH' ? 'LISTED' : null;
}

function isMatch(outcome: FieldOutcome): boolean {
  return outcome === 'MATCH_EXACT' || outcome === 'MATCH_NORMALIZED' || outcome === 'NOT_CLAIMED';
}

function difference(one: CrossCheckClass, field: Difference['field']): Difference {
  return { class: one, field, valueFrom: '', valueTo: '' };
}

function differing(differences: readonly Difference[]): Settled {
  return { outcome: 'DIFFERING', cause: null, status: null, differences };
}

function matched(status: RecordStatus | null): Settled {
  return { outcome: 'MATCHED', cause: null, status, differences: [] };
}

function settle(settled: Settled): SubjectDecision {
  return { what: 'SETTLE', ...settled };
}
