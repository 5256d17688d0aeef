import { randomUUID } from 'node:crypto';

import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { judge } from '../model/judge.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import { matterUnder, type PolicyChoice } from '../model/policy-choice.ts';
import type { UserError } from '../model/user-error.ts';
import type { Claim, Judgement, Verdict, Verification } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import { checkClaims } from './check-claims.ts';
import { inquiryOf, relevantDay } from './inquiry.ts';
import type { Ladders } from './ladder.ts';
import { insertVerifications } from './queries.ts';
import { questionDigestOf } from './question.ts';
import type { Judging, Verdicts } from './verdicts.ts';

/**
 * Questions of a job, many at a time and in steps of their own: put on record, asked, concluded.
 * Nobody waits for them, so slow sources have their time and no person is asked for help.
 */
export interface ManyQuestions {
  /** Mistakes in what is claimed of one subject. */
  checkClaims(policy: VerificationPolicy, claims: readonly Claim[]): readonly UserError[];
  /**
   * Puts questions of one agency on record, in the same order. Repeating a key changes nothing.
   *
   * @throws {HubError} CONFLICT when a key belongs to another question.
   */
  put(
    caller: Pick<Caller, 'account' | 'agencyCode'>,
    questions: readonly ManyQuestion[],
  ): Promise<readonly PutQuestion[]>;
  /** What the sources say. Nothing is concluded. @throws {HubError} AUDIT_UNAVAILABLE. */
  ask(put: PutQuestion, caller: Pick<Caller, 'account' | 'requestId'>): Promise<AskedQuestion>;
  /** Records the verdicts, in the same order: all of them, or none. */
  conclude(trx: Transaction, asked: readonly AskedQuestion[]): Promise<readonly Verdict[]>;
  /** To be told when the transaction has ended well. */
  onConcluded(verdicts: readonly Verdict[]): void;
}

/** One question of a job, already checked. */
export interface ManyQuestion {
  readonly about: SubjectInCase;
  readonly claims: readonly Claim[];
  readonly idempotencyKey: string;
}

/** A question on record. */
export interface PutQuestion extends ManyQuestion {
  readonly verification: Verification;
}

/** What the sources said about it, and what that would be worth. */
export interface AskedQuestion {
  readonly judging: Judging;
  readonly judgement: Judgement;
}

/** Questions of jobs over the same ladders and verdicts as all others. */
export function createManyQuestions(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly ladders: Ladders;
  readonly verdicts: Verdicts;
  choosePolicy(about: SubjectInCase, at: Date): Promise<PolicyChoice>;
  onVerdict(verdict: Verdict): void;
}): ManyQuestions {
  const { db, clock, ladders, verdicts } = deps;

  async function put(
    caller: Pick<Caller, 'account' | 'agencyCode'>,
    questions: readonly ManyQuestion[],
  ): Promise<readonly PutQuestion[]> {
    const askedAt = clock.now();
    const wanted = questions.map(({ about, claims, idempotencyKey }) => {
      const named = { caseId: about.caseFile.id, subjectId: about.subject.id, claims };
      const questionDigest = questionDigestOf(named);
      const { agencyCode, account: askedBy } = caller;
      const row = { id: randomUUID(), agencyCode, askedAt, askedBy, idempotencyKey };
      return { ...row, ...named, questionDigest };
    });
    const kept = await insertVerifications(db, wanted);
    return questions.map((question, at) => {
      const row = kept[at];
      if (row?.questionDigest !== wanted[at]?.questionDigest || row === undefined)
        throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
      return { ...question, verification: row.verification };
    });
  }

  async function ask(
    { about, claims, verification }: PutQuestion,
    caller: Pick<Caller, 'account' | 'requestId'>,
  ): Promise<AskedQuestion> {
    const { caseFile, subject } = about;
    const choice = await deps.choosePolicy(about, verification.askedAt);
    const matter = matterUnder(about.matter, choice);
    const askedOn = businessDate(verification.askedAt);
    const relevantOn = relevantDay(matter.policy, { acceptedOn: caseFile.acceptedOn, askedOn });
    const named = { caller, caseFile, subject, matter, relevantOn, urgency: 'BATCH' as const };
    const climbed = await ladders.climb(matter.policy, {
      ...inquiryOf(named, claims),
      verificationId: verification.id,
    });
    const judging = { verification, matter, relevantOn, climbed };
    return {
      judging: { ...judging, cause: 'ASKED', supersedes: null, choice },
      judgement: judge(matter.policy, climbed.observations),
    };
  }

  return {
    ...{ put, ask },
    checkClaims: (policy, claims) => checkClaims(policy, { claims, idempotencyKey: 'none' }),
    conclude: (trx, asked) =>
      verdicts.recordAllIn(
        trx,
        asked.map(({ judging }) => judging),
      ),
    onConcluded: (concluded) => concluded.forEach((verdict) => deps.onVerdict(verdict)),
  };
}
