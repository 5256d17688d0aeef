import { randomUUID } from 'node:crypto';

import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { judge } from '../model/judge.ts';
import type { Matter } from '../model/matter.ts';
import { appliedVersionOf, matterUnder, type PolicyChoice } from '../model/policy-choice.ts';
import { normalizerVersion } from '../model/text.ts';
import type {
  FollowUp,
  Judgement,
  ReasonCode,
  SourceObservation,
  Verdict,
  Verification,
} from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Holds } from './holds.ts';
import type { Climbed } from './ladder.ts';
import {
  insertDiscrepancies,
  insertFollowUps,
  insertVerdicts,
  listVerdictsOf,
} from './verdict-queries.ts';

/** What a judgement is recorded with. */
export interface Judging {
  readonly verification: Verification;
  readonly matter: Matter;
  readonly relevantOn: BusinessDate;
  readonly climbed: Climbed;
  readonly cause: Verdict['cause'];
  /** The verdict that this one corrects: under its policy. Null for the first. */
  readonly supersedes: Verdict | null;
  /** Under which policy. Absent where one is corrected. */
  readonly choice?: PolicyChoice;
}

/** A judgement by the policy that was chosen for it. */
interface Chosen extends Omit<Judging, 'choice'> {
  readonly choice: PolicyChoice | null;
}

/** A judgement that is on record, and what it came from. */
export interface Judged {
  /** With the matter under the policy that was chosen. */
  readonly judging: Pick<Judging, 'verification' | 'matter'>;
  readonly verdict: Verdict;
}

/** Judges, and records what was judged. */
export interface Verdicts {
  /**
   * Judges and records: verdict, contradictions and what is left to do, all or nothing. When
   * another process recorded this number first, its verdict stands and is returned.
   */
  record(judging: Judging): Promise<Verdict>;
  recordIn(trx: Transaction, judging: Judging): Promise<Verdict>;
  /** Many at once, of different verifications, in the same order. Tells nobody. */
  recordAllIn(trx: Transaction, all: readonly Judging[]): Promise<readonly Verdict[]>;
  /** Oldest first. */
  listOf(verificationId: string): Promise<readonly Verdict[]>;
}

/** The only writer of verdicts. */
export function createVerdicts(deps: {
  db: Database;
  clock: Clock;
  calendar: Calendar;
  holds: Pick<Holds, 'screen'>;
  /** Told of each verdict that is on record. Returns at once. */
  onVerdict(verdict: Verdict): void;
  /** Told of verdicts in the transaction that records them. */
  onJudged(trx: Transaction, judged: readonly Judged[]): Promise<void>;
}): Verdicts {
  const { db, clock, calendar, holds } = deps;

  async function recordAllIn(
    trx: Transaction,
    given: readonly Judging[],
  ): Promise<readonly Verdict[]> {
    const all = given.map(underChosen);
    const climbed = all.map((one) => one.climbed.observations);
    const screened = regroup(await holds.screen(trx, climbed.flat()), climbed);
    const judged = all.map((judging, at) => ({
      judging,
      verdict: verdictOf(judging, screened[at] ?? []),
    }));
    const inserted = await insertVerdicts(
      trx,
      judged.map(({ verdict }) => verdict),
    );
    const own = judged.filter(({ verdict }) => inserted.has(verdict.id));
    await insertDiscrepancies(
      trx,
      own.flatMap(({ verdict, judging }) => contradictionsOf(verdict, judging.verification)),
    );
    await insertFollowUps(
      trx,
      own.flatMap(({ verdict, judging }) => {
        const kind = todoAfter(verdict);
        return kind === null ? [] : [followUp(verdict, judging, kind)];
      }),
    );
    await deps.onJudged(trx, own);
    const lost = judged.flatMap(({ verdict }) => (inserted.has(verdict.id) ? [] : [verdict]));
    const standing = await listStanding(trx, lost);
    return judged.map(({ verdict }) => standing.get(verdict.id) ?? verdict);
  }

  function verdictOf(judging: Chosen, observations: readonly SourceObservation[]): Verdict {
    const { verification, matter, choice, climbed, supersedes } = judging;
    return {
      ...judge(matter.policy, observations),
      id: randomUUID(),
      verificationId: verification.id,
      number: (supersedes?.number ?? 0) + 1,
      observations,
      relevantOn: judging.relevantOn,
      dueOn: climbed.due?.on ?? null,
      dueIsProvisional: climbed.due?.isProvisional ?? false,
      policyVersion: appliedVersionOf(matter, choice),
      policyChoice: choice,
      normalizerVersion,
      decidedAt: clock.now(),
      cause: judging.cause,
      supersedes: supersedes?.id ?? null,
    };
  }

  function followUp(verdict: Verdict, judging: Judged['judging'], kind: FollowUp['kind']) {
    const due = calendar.deadline(
      businessDate(verdict.decidedAt),
      judging.matter.policy.followUpWorkingDays,
    );
    return {
      id: randomUUID(),
      agencyCode: judging.verification.agencyCode,
      verificationId: verdict.verificationId,
      verdictId: verdict.id,
      kind,
      dueOn: due.on,
      dueIsProvisional: due.provisional,
      due,
      createdAt: verdict.decidedAt,
    };
  }

  async function recordIn(trx: Transaction, judging: Judging): Promise<Verdict> {
    const [verdict] = await recordAllIn(trx, [judging]);
    if (verdict === undefined) throw new Error('one judging gave no verdict');
    return verdict;
  }

  return {
    ...{ recordIn, recordAllIn },
    async record(judging) {
      const verdict = await db.transaction((trx) => recordIn(trx, judging));
      deps.onVerdict(verdict);
      return verdict;
    },
    listOf: (verificationId) => listVerdictsOf(db, [verificationId]),
  };
}

/** A correction is judged under the policy of what it corrects, whatever is in force by then. */
function underChosen(judging: Judging): Chosen {
  const { supersedes } = judging;
  const choice = supersedes === null ? (judging.choice ?? null) : supersedes.policyChoice;
  return { ...judging, matter: matterUnder(judging.matter, choice), choice };
}

/** What was screened together, as it was before. */
function regroup<T>(
  flat: readonly T[],
  groups: readonly (readonly unknown[])[],
): readonly (readonly T[])[] {
  let from = 0;
  return groups.map(({ length }) => flat.slice(from, (from += length)));
}

/** The verdicts that were recorded first, by the ids of those that came too late. */
async function listStanding(
  trx: Transaction,
  lost: readonly Verdict[],
): Promise<ReadonlyMap<string, Verdict>> {
  if (lost.length === 0) return new Map();
  const all = await listVerdictsOf(
    trx,
    lost.map(({ verificationId }) => verificationId),
  );
  return new Map(
    lost.map(({ id, verificationId, number }) => {
      const found = all.find(
        (one) => one.verificationId === verificationId && one.number === number,
      );
      if (found === undefined) throw new HubError('STORE_UNAVAILABLE');
      return [id, found] as const;
    }),
  );
}

function contradictionsOf(verdict: Verdict, verification: Verification) {
  return verdict.requirements.flatMap((requirement) =>
    requirement.fields
      .filter(({ belief }) => belief === 'CONTRADICTORY')
      .map(({ field, bySource }) => ({
        id: randomUUID(),
        agencyCode: verification.agencyCode,
        verdictId: verdict.id,
        verificationId: verification.id,
        requirement: requirement.id,
        field,
        sources: bySource
          .filter(({ belief }) => belief !== 'UNKNOWN')
          .map(({ source }) => source)
          .sort(),
        openedAt: verdict.decidedAt,
      })),
  );
}

const WORTH_ANOTHER_TRY: readonly ReasonCode[] = ['SOURCE_DID_NOT_ANSWER', 'ANOMALY_HOLD'];

/** Silence asks for another try, anything else unsettled or adverse for a person. */
function todoAfter({ code, reasons }: Judgement): FollowUp['kind'] | null {
  switch (code) {
    case 'CONFIRMED':
    case 'EXEMPT':
    case 'PENDING':
      return null;
    case 'UNAVAILABLE':
      return 'VERIFY_AGAIN';
    case 'INCONCLUSIVE':
      return reasons.some(({ code: why }) => WORTH_ANOTHER_TRY.includes(why))
        ? 'VERIFY_AGAIN'
        : 'DECIDE_BY_PERSON';
    case 'REFUTED':
    case 'CONFLICTING':
      return 'DECIDE_BY_PERSON';
  }
}
