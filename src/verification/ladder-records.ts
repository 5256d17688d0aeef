import type { CaseRecords } from '../model/case-file.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { addDays, businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import { groupedBy } from '../model/in-order.ts';
import {
  LADDER_RUNGS,
  ladderStandingOf,
  minimumsOf,
  termsOf,
  type LadderMinimums,
  type LadderRungName,
  type LadderStanding,
} from '../model/ladder.ts';
import {
  isOver,
  partsOf,
  type Ladder,
  type LadderClock,
  type LadderEntry,
  type LadderPart,
} from '../model/ladder-clock.ts';
import type { Matter } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { matterUnder } from '../model/policy-choice.ts';
import type { Verification } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  insertLadders,
  listLaddersByDueDay,
  listLaddersOf,
  moveLadder,
  recountLadders,
} from './ladder-queries.ts';
import type { Judged } from './verdicts.ts';
import { listVerificationsByIds } from './queries.ts';
import { listVerdictsOf } from './verdict-queries.ts';

/** How far the ladder of a verification has come by a verdict. */
export interface LadderMoved {
  readonly verification: Verification;
  readonly matter: Matter;
  readonly standing: LadderStanding;
  readonly clock: LadderClock;
  readonly minimums: LadderMinimums;
  /** Day of the verdict. */
  readonly on: BusinessDate;
}

/** Ladders of the caller's agency, as they are read. */
export interface LadderReading {
  /** In the order of `verificationIds`; null where it was concluded at once. */
  listLadders(verificationIds: readonly string[]): Promise<readonly (Ladder | null)[]>;
  /** Open ones, by due day. */
  pageOfLadders(
    agencyCode: string,
    filter: { readonly overdueOnly: boolean },
    page: PageRequest,
  ): Promise<Page<Ladder>>;
  /** Each rung's part of the one clock. */
  explainLadder(ladder: Ladder): Promise<readonly LadderPart[]>;
  isLadderOverdue(ladder: Ladder): Promise<boolean>;
}

/** Keeps how far ladders have come. */
export interface LadderRecords {
  readonly reading: LadderReading;
  follow(trx: Transaction, judged: readonly Judged[]): Promise<void>;
  recompute(trx: Transaction, calendar: Pick<Calendar, 'deadline'>): Promise<number>;
}

// No holiday is longer; beyond it nothing could be overdue.
const REST_DAYS_MAX = 62;

/** The only writer of ladders. */
export function createLadderRecords(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly records: Pick<CaseRecords, 'listCases' | 'listMatterVersions'>;
  onLadder(trx: Transaction, moved: LadderMoved): Promise<void>;
}): LadderRecords {
  const { db, clock, calendar, records } = deps;
  const today = () => businessDate(clock.now());

  async function follow(trx: Transaction, judged: readonly Judged[]): Promise<void> {
    const moves = judged.map((one) => ({ ...movedBy(one), judged: one }));
    const kept = await listLaddersOf(
      trx,
      moves.map(({ verification }) => verification.id),
    );
    const held = new Map(kept.map((one) => [one.verificationId, one]));
    const isNew = ({ verification, standing }: LadderMoved) =>
      !held.has(verification.id) && standing.rung !== 'CONCLUDED';
    await insertLadders(trx, moves.filter(isNew).map(begun));
    for (const moved of moves) {
      const ladder = held.get(moved.verification.id);
      if (ladder !== undefined) await move(trx, ladder, moved);
      if (moved.standing.toInspect.length > 0 || ladder !== undefined)
        await deps.onLadder(trx, moved);
    }
  }

  function movedBy({ judging, verdict }: Judged): LadderMoved {
    const { verification, matter } = judging;
    const { policy } = matter;
    return {
      ...{ verification, matter, minimums: minimumsOf(policy) },
      standing: ladderStandingOf(policy, verdict.observations),
      on: businessDate(verdict.decidedAt),
      clock: {
        from: businessDate(verification.askedAt),
        workingDays: termsOf(policy).workingDays,
      },
    };
  }

  function begun(
    moved: LadderMoved & { readonly judged: Judged },
  ): Ladder & { rung: LadderRungName } {
    const { verification, clock: counted, standing, on } = moved;
    const due = calendar.deadline(counted.from, counted.workingDays);
    return {
      ...{ verificationId: verification.id, agencyCode: verification.agencyCode },
      ...{ clock: counted, dueOn: due.on, dueIsProvisional: due.provisional },
      ...{
        rung: standing.rung,
        entries: [...passedAtOnce(moved), { rung: standing.rung, enteredOn: on }],
      },
    };
  }

  async function move(
    trx: Transaction,
    { verificationId, entries }: Ladder,
    { standing: { rung }, on }: LadderMoved,
  ): Promise<void> {
    if (entries.at(-1)?.rung === rung) return;
    const added: readonly LadderEntry[] = [{ rung, enteredOn: on }];
    const rungs = entries.length + 1;
    await moveLadder(trx, { verificationId, rung, rungs, entries: added });
  }

  async function pageOfLadders(
    agencyCode: string,
    { overdueOnly }: { readonly overdueOnly: boolean },
    page: PageRequest,
  ): Promise<Page<Ladder>> {
    const [dueOn = '', id = ''] = decodeCursor(page.after, 2) ?? [];
    if (page.after !== null && (!isUuid(id) || !/^\d{4}-\d{2}-\d{2}$/u.test(dueOn)))
      throw new HubError('MALFORMED_CURSOR');
    const found = await listLaddersByDueDay(db, {
      ...{ agencyCode, dueBefore: overdueOnly ? lastWorkday() : null, rows: rowsToRead(page) },
      after: page.after === null ? null : { dueOn, id },
    });
    return pageOf(found, page, (one) => [one.dueOn, one.verificationId]);
  }

  /** What was due before it is overdue: a working day has passed since. */
  function lastWorkday(): BusinessDate {
    let day = today();
    for (let back = 0; back < REST_DAYS_MAX && !calendar.dayOf(day).isWorkday; back += 1)
      day = addDays(day, -1);
    return day;
  }

  async function explainLadder(ladder: Ladder): Promise<readonly LadderPart[]> {
    const { agencyCode, verificationId } = ladder;
    const [verification] = await listVerificationsByIds(db, agencyCode, [verificationId]);
    if (verification === undefined) throw new HubError('NOT_FOUND');
    const [caseFile = null] = await records.listCases(agencyCode, [verification.caseId]);
    const [matter = null] = await records.listMatterVersions(
      caseFile === null ? [] : [{ code: caseFile.matterCode, version: caseFile.matterVersion }],
    );
    if (matter === null) throw new HubError('NOT_FOUND');
    const [current] = (await listVerdictsOf(db, [verificationId])).slice(-1);
    const { policy } = matterUnder(matter, current?.policyChoice ?? null);
    return partsOf(ladder.clock, minimumsOf(policy), ladder.entries, calendar);
  }

  return {
    follow,
    recompute: recountLadders,
    reading: {
      listLadders: async (ids) =>
        groupedBy(
          ids,
          await listLaddersOf(db, ids.filter(isUuid)),
          ({ verificationId }) => verificationId,
        ).map(([ladder = null]) => ladder),
      pageOfLadders,
      explainLadder,
      isLadderOverdue: async ({ dueOn, entries }) =>
        entries.at(-1)?.rung !== 'CONCLUDED' && isOver({ on: dueOn }, calendar, today()),
    },
  };
}

/** What was climbed on the way to the first verdict, all of it on one day. */
function passedAtOnce({
  standing,
  minimums,
  on,
  judged,
}: LadderMoved & { readonly judged: Judged }): readonly LadderEntry[] {
  const asked = judged.verdict.observations.some(({ method }) => method === 'ASSISTANCE');
  const before = LADDER_RUNGS.slice(
    0,
    LADDER_RUNGS.findIndex((one) => one === standing.rung),
  );
  return before
    .filter((rung) => rung !== 'ON_SITE' && (rung !== 'ASSISTANCE' || asked))
    .filter((rung) => minimums[rung] !== null)
    .map((rung) => ({ rung, enteredOn: on }));
}
