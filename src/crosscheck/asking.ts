import { HubError } from '../errors.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Log } from '../log.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CaseFile, CaseSubject, SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import type { SubjectDecision } from '../model/cross-check-compare.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import type { Matter } from '../model/matter.ts';
import type { ClaimField, Consultation, Requirement } from '../model/policy.ts';
import type { Purpose } from '../model/purpose.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Handovers } from '../sources/handover.ts';
import type { Database } from '../store/database.ts';
import { isStoreUnavailable } from '../store/faults.ts';
import type { UnreadSubject } from './observation-queries.ts';

/** Puts one question about one subject to whichever source is responsible. */
export type Consult = (
  inquiry: {
    readonly subject: CaseSubject;
    readonly claimsOf: (requirement: string) => ReadonlyMap<ClaimField, string>;
    readonly relevantOn: BusinessDate;
    readonly purpose: Purpose;
    readonly urgency: 'BATCH';
  },
  requirement: Requirement,
  consultation: Consultation,
) => Promise<SourceObservation>;

/** Where subjects, cases and matters are looked up; their rooms fulfill it. */
export interface CheckedRecords {
  listCases(agencyCode: string, ids: readonly string[]): Promise<readonly (CaseFile | null)[]>;
  listSubjects(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (CaseSubject | null)[]>;
  listMatterVersions(
    keys: readonly { code: string; version: number }[],
  ): Promise<readonly (Matter | null)[]>;
}

/** What asking works with. */
export interface AskDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly calendar: Pick<Calendar, 'addWorkingDays'>;
  readonly records: CheckedRecords;
  readonly handovers: Pick<Handovers, 'batchMaxOf' | 'acknowledgements'>;
  consult: Consult;
  /** Counts what is said, and gives it back without what is not believed. */
  weigh(
    requirement: Requirement,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]>;
}

/** Which subjects, and by which definition. */
export interface Question {
  readonly check: CrossCheck;
  readonly run: CrossCheckRun;
  readonly subjects: readonly AskedSubject[];
}

/** A subject with the case that gives the purpose. */
export interface AskedSubject extends UnreadSubject {
  readonly about: SubjectInCase;
  /** In its own case, in the name of the job. */
  readonly purpose: Purpose;
}

/** What a night says of one subject, and what that rests on. */
export interface Asked {
  readonly decision: SubjectDecision;
  readonly told: readonly SourceObservation[];
  /** Identifier by which it is asked for the next time. Null where none was told. */
  readonly recordKey: string | null;
}

/** The name under which questions of a night are on record. */
export const ACTOR = 'job:cross-check';

/** What became of a subject whose asking failed on the hub's own side. */
export function failed(
  { log }: Pick<AskDependencies, 'log'>,
  error: unknown,
  { run }: Pick<Question, 'run'>,
): Asked {
  const isOfHub = error instanceof HubError || isStoreUnavailable(error);
  const cause = error instanceof HubError ? error.code : isOfHub ? 'STORE_UNAVAILABLE' : 'INTERNAL';
  if (!isOfHub)
    log.warn({ run: run.id, error: error instanceof Error ? error.name : typeof error }, 'unread');
  const decision = { what: 'WAIT', isOfSubject: !isOfHub, cause, retryAt: null } as const;
  return { decision, told: [], recordKey: null };
}

/** The day whose situation counts: that of the slot, however late the run. */
export function dayOf({ slot }: Pick<CrossCheckRun, 'slot'>): BusinessDate {
  return businessDate(slot);
}
