import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseRecords, SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { ConsentSought, UsableConsent } from '../model/consent.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { matterUnder, type PolicyChoice } from '../model/policy-choice.ts';
import type { Accepted } from '../model/user-error.ts';
import type {
  Claim,
  Discrepancy,
  FollowUp,
  Verdict,
  VerdictCode,
  Verification,
  VerificationPlan,
} from '../model/verification.ts';
import type { RoutedAsk } from '../sources/routed-ask.ts';
import type { Sources } from '../sources/sources.ts';
import type { Database, Transaction } from '../store/database.ts';
import { checkClaims } from './check-claims.ts';
import { createConsultants } from './consult.ts';
import type { Holds } from './holds.ts';
import { createLateAnswers, type AnswerCameLate } from './late-answer.ts';
import { createLadders, type ListSeenOnSite, type RequestAssistance } from './ladder.ts';
import { inquiryOf, relevantDay } from './inquiry.ts';
import { createManyQuestions, type ManyQuestions } from './many.ts';
import { planOf } from './plan.ts';
import { createDecisions, type Decisions } from './decisions.ts';
import { createLadderRecords, type LadderMoved, type LadderReading } from './ladder-records.ts';
import { insertVerification, recountFollowUps } from './queries.ts';
import { questionDigestOf } from './question.ts';
import { createReading } from './reading.ts';
import { createReconsider, type Reconsider } from './reconsider.ts';
import { createVerdicts } from './verdicts.ts';

/** Is what was claimed true at the sources? */
export interface Verifications extends Decisions, LadderReading {
  /** @throws {HubError} CONFLICT when the key belongs to another question; AUDIT_UNAVAILABLE. */
  verify(caller: Caller, input: Verify): Promise<Accepted<Verification>>;
  /** Questions of jobs. */
  readonly many: ManyQuestions;
  /** Judges anew whatever waits for a reply that came in. */
  readonly reconsider: Reconsider;
  /** Judges anew whatever waits for a slow source that has answered. */
  readonly answerCameLate: AnswerCameLate;
  /** Counts the due days of what is left to do anew. */
  recompute(trx: Transaction, calendar: Pick<Calendar, 'deadline'>): Promise<unknown>;
  /** Null when the agency has no such case or subject. Asks no source. */
  explain(
    caller: Caller,
    input: { caseId: string; subjectId: string },
  ): Promise<VerificationPlan | null>;
  /** In the order of `ids`; null where the agency has no such verification. */
  listByIds(agencyCode: string, ids: readonly string[]): Promise<readonly (Verification | null)[]>;
  /** Newest first; only those whose current verdict is `verdict`, unless null. */
  pageOf(
    agencyCode: string,
    filter: { verdict: VerdictCode | null },
    page: PageRequest,
  ): Promise<Page<Verification>>;
  /** In the order of `caseIds`, each newest first, at most 50. */
  listOfCases(
    agencyCode: string,
    caseIds: readonly string[],
  ): Promise<readonly (readonly Verification[])[]>;
  /** In the order of `subjectIds`, each newest first, at most 20. */
  listOfSubjects(
    agencyCode: string,
    subjectIds: readonly string[],
  ): Promise<readonly (readonly Verification[])[]>;
  /** In the order of `verificationIds`, each oldest first; the last one counts. */
  listVerdicts(verificationIds: readonly string[]): Promise<readonly (readonly Verdict[])[]>;
  listDiscrepancies(
    verificationIds: readonly string[],
  ): Promise<readonly (readonly Discrepancy[])[]>;
  listFollowUps(verificationIds: readonly string[]): Promise<readonly (readonly FollowUp[])[]>;
  pageOfDiscrepancies(agencyCode: string, page: PageRequest): Promise<Page<Discrepancy>>;
  /** By due date. */
  pageOfFollowUps(agencyCode: string, page: PageRequest): Promise<Page<FollowUp>>;
}

/** A question as the agency sends it, not yet checked. */
export interface Verify {
  readonly caseId: string;
  readonly subjectId: string;
  readonly claims: readonly Claim[];
  readonly idempotencyKey: string;
}

/** The room that answers whether what was claimed is true. */
export function createVerifications(deps: {
  db: Database;
  clock: Clock;
  routedAsk: RoutedAsk;
  /** How long a verification waits for a slow source before its answer counts as coming later. */
  patienceMs: number;
  /** Id of the source by which another agency is told now, or the inbox. */
  assistanceSource(): string;
  records: CaseRecords;
  /** Refused where the agency has no such case, or the case no such subject. */
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  refusals: Refusals;
  calendar: Calendar;
  requestAssistance: RequestAssistance;
  listSeenOnSite: ListSeenOnSite;
  /** Told, in the transaction, how far a ladder has come by a verdict. */
  onLadder(trx: Transaction, moved: LadderMoved): Promise<void>;
  holds: Holds;
  /** The same, beside the connections of those who wait. */
  holdsOfJobs: Pick<Holds, 'weigh'>;
  sources: Pick<Sources, 'ask'>;
  /** By which policy a question is judged that was put at this instant. */
  choosePolicy(about: SubjectInCase, at: Date): Promise<PolicyChoice>;
  /** Under which consent a holder's licenses may be read. Null where there is none. */
  findConsent(about: ConsentSought): Promise<UsableConsent | null>;
  /** Told of each verdict that is on record. Returns at once. */
  onVerdict(verdict: Verdict): void;
}): Verifications {
  const { db, clock, records, refusals } = deps;
  const consultants = createConsultants(deps);
  const ladders = createLadders({ ...deps, consultants });
  const ladderRecords = createLadderRecords(deps);
  const verdicts = createVerdicts({ ...deps, onJudged: ladderRecords.follow });
  const reconsider = createReconsider({ records, verdicts, consultants });
  const answerCameLate = createLateAnswers({ ...deps, verdicts, consultants, ladders });

  async function verify(caller: Caller, input: Verify): Promise<Accepted<Verification>> {
    const found = await deps.findInCase(caller.agencyCode, input);
    if (!found.ok) return refusals.refuse(caller, 'verify', found.errors);
    const { caseFile, subject } = found.value;
    // By which standard is a matter of the kind of subject; the grade is looked up when asked.
    const standard = matterUnder(
      found.value.matter,
      await deps.choosePolicy(found.value, clock.now()),
    );
    const errors = checkClaims(standard.policy, input);
    if (errors.length > 0) return refusals.refuse(caller, 'verify', errors);

    const { verification, isSameQuestion } = await recordQuestion(caller, input);
    if (!isSameQuestion) throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
    // A verdict means that the question was asked before; without one it was interrupted.
    if ((await verdicts.listOf(verification.id)).length > 0)
      return { ok: true, value: verification };

    const choice = await deps.choosePolicy(found.value, verification.askedAt);
    const matter = matterUnder(found.value.matter, choice);
    const askedOn = businessDate(verification.askedAt);
    const relevantOn = relevantDay(matter.policy, { acceptedOn: caseFile.acceptedOn, askedOn });
    const inquiry = inquiryOf({ caller, caseFile, subject, matter, relevantOn }, input.claims);
    const climbed = await ladders.climb(matter.policy, {
      ...inquiry,
      verificationId: verification.id,
    });
    await verdicts.record({
      verification,
      matter,
      relevantOn,
      climbed,
      cause: 'ASKED',
      supersedes: null,
      choice,
    });
    return { ok: true, value: verification };
  }

  async function recordQuestion(
    caller: Caller,
    input: Verify,
  ): Promise<{ verification: Verification; isSameQuestion: boolean }> {
    const questionDigest = questionDigestOf(input);
    const row = await insertVerification(db, {
      id: randomUUID(),
      agencyCode: caller.agencyCode,
      caseId: input.caseId,
      subjectId: input.subjectId,
      claims: input.claims,
      askedAt: clock.now(),
      askedBy: caller.account,
      idempotencyKey: input.idempotencyKey,
      questionDigest,
    });
    return {
      verification: row.verification,
      isSameQuestion: row.questionDigest === questionDigest,
    };
  }

  async function explain(
    caller: Caller,
    input: { caseId: string; subjectId: string },
  ): Promise<VerificationPlan | null> {
    const found = await deps.findInCase(caller.agencyCode, input);
    if (!found.ok) return null;
    const { caseFile, subject } = found.value;
    const choice = await deps.choosePolicy(found.value, clock.now());
    const matter = matterUnder(found.value.matter, choice);
    const askedOn = businessDate(clock.now());
    const relevantOn = relevantDay(matter.policy, { acceptedOn: caseFile.acceptedOn, askedOn });
    return planOf({ matter, choice, caseFile, subject, relevantOn, routedAsk: deps.routedAsk });
  }

  return {
    ...{ verify, reconsider, answerCameLate, explain },
    many: createManyQuestions({
      ...{ ...deps, verdicts },
      ladders: createLadders({ ...deps, consultants, holds: deps.holdsOfJobs }),
    }),
    recompute: async (trx, calendar) => {
      await recountFollowUps(trx, calendar);
      await ladderRecords.recompute(trx, calendar);
    },
    ...{ ...createReading(db), ...ladderRecords.reading },
    ...createDecisions({ ...deps, verdicts, consultants }),
  };
}
