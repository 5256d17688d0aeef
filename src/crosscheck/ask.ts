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
import { purposeOfCase, type Purpose } from '../model/purpose.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Handovers } from '../sources/handover.ts';
import type { Database } from '../store/database.ts';
import { isStoreUnavailable } from '../store/faults.ts';
import { askSources } from './ask-sources.ts';
import { askRecipients } from './ask-recipients.ts';
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

/** Asks about subjects side by side. In their order; never rejects because of a source. */
export async function askAbout(
  deps: AskDependencies,
  question: Omit<Question, 'subjects'> & { readonly subjects: readonly UnreadSubject[] },
): Promise<readonly Asked[]> {
  const { check } = question;
  const asked = { ...question, subjects: await withCases(deps, question) };
  return check.right === 'CREDIT_ACKNOWLEDGMENTS'
    ? askRecipients(deps, asked)
    : askSources(deps, asked);
}

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

/** Where an agency has no such record, the hub itself is broken. @throws {Error} */
async function withCases(
  { records }: AskDependencies,
  { run, subjects }: { readonly run: CrossCheckRun; readonly subjects: readonly UnreadSubject[] },
): Promise<readonly AskedSubject[]> {
  const found = new Map<string, SubjectInCase>();
  for (const agencyCode of new Set(subjects.map((one) => one.agencyCode))) {
    const own = subjects.filter((one) => one.agencyCode === agencyCode);
    const ids = [...new Set(own.map(({ subjectId }) => subjectId))];
    const bound = await records.listSubjects(agencyCode, ids);
    const caseIds = [...new Set(own.map(({ caseId }) => caseId))];
    const cases = (await records.listCases(agencyCode, caseIds)).flatMap((one) => one ?? []);
    const byId = new Map(cases.map((one) => [one.id, one]));
    const keys = cases.map((one) => ({ code: one.matterCode, version: one.matterVersion }));
    const matters = await records.listMatterVersions(keys);
    const matterOf = new Map(cases.map((one, at) => [one.id, matters[at] ?? null]));
    for (const subject of bound) {
      const caseFile = byId.get(subject?.caseId ?? '');
      const matter = matterOf.get(subject?.caseId ?? '') ?? null;
      if (subject !== null && caseFile !== undefined && matter !== null)
        found.set(subject.id, { caseFile, subject, matter });
    }
  }
  const job = { account: ACTOR, requestId: `cross-check-${run.id}` };
  return subjects.map((one) => {
    const about = found.get(one.subjectId);
    if (about === undefined) throw new Error('a commitment has no subject, case or matter');
    return { ...one, about, purpose: purposeOfCase(job, about) };
  });
}
