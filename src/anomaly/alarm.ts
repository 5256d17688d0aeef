import { randomUUID } from 'node:crypto';

import type { Log } from '../log.ts';
import {
  baselineOf,
  DEFAULT_ANOMALY_POLICY,
  isAnomalous,
  shareOf,
  type AnomalyPolicy,
  type AnswerCount,
  type SourceHold,
} from '../model/anomaly.ts';
import type { Clock } from '../model/clock.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  countAnswer,
  findAcceptedShare,
  listBuckets,
  sumBaseline,
  type Episode,
  type GivenAnswer,
} from './count-queries.ts';
import { hasHold, insertHold, takeHoldLock } from './hold-queries.ts';

/** Returns to the revision before, in the transaction that begins the hold. */
export type Retreat = (
  trx: Transaction,
  wanted: {
    readonly source: string;
    readonly revision: number;
    /** Only a revision that was activated since then is rolled back. */
    readonly since: Date;
    readonly reason: string;
  },
) => Promise<{
  /** Null where the hub may not, or cannot, return to another one. */
  readonly rolledBackTo: number | null;
  /** When the revision began to be asked, if it did since then. Null otherwise. */
  readonly activatedAt: Date | null;
}>;

/** Counts answers, and begins holds. */
export interface Alarm {
  /** Whether the answer is held by now. */
  count(given: GivenAnswer, adverse: boolean): Promise<boolean>;
}

interface AlarmDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  readonly retreat: Retreat;
  onHold(hold: SourceHold): void;
}

/** Answers that were looked at together. */
interface Window extends AnswerCount {
  readonly from: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const BUCKET_MS = 5 * MINUTE_MS;

/** The part of the room that decides when to stop believing. */
export function createAlarm(deps: AlarmDependencies): Alarm {
  const { db, clock, log } = deps;

  async function count(given: GivenAnswer, adverse: boolean): Promise<boolean> {
    const at = clock.now();
    const { source, revision, episode, key_digest } = given;
    const counted = await countAnswer(db, {
      ...{ source, revision, episode, key_digest, adverse, at },
      since: before(at, DAY_MS),
      bucket: new Date(Math.floor(at.getTime() / BUCKET_MS) * BUCKET_MS),
    });
    if (!counted || !adverse) return false;

    const policy = { ...DEFAULT_ANOMALY_POLICY, ...given.policy };
    const met = await readWindow(given, { at, policy });
    // Most of the time there are too few of them, and the baseline need not be read.
    if (!isAnomalous(met, 0, policy)) return false;
    const baseline = await readBaseline(given, { at, policy, met });
    if (!isAnomalous(met, baseline, policy)) return false;
    await begin(given, { at, policy, met, baseline });
    return true;
  }

  /** The last hour, or as far back as it takes to have enough answers, a day at most. */
  async function readWindow(
    of: Episode,
    { at, policy }: { readonly at: Date; readonly policy: AnomalyPolicy },
  ): Promise<Window> {
    const buckets = await listBuckets(db, of, before(at, DAY_MS));
    const hourAgo = before(at, policy.windowMinutes * MINUTE_MS);
    let met: Window = { answers: 0, adverse: 0, from: at };
    for (const { starts_at: from, answers, adverse } of buckets) {
      if (from < hourAgo && met.answers >= policy.answersMin) break;
      met = { answers: met.answers + answers, adverse: met.adverse + adverse, from };
    }
    return met;
  }

  async function readBaseline(
    { source, revision, episode }: Episode,
    about: { readonly at: Date; readonly policy: AnomalyPolicy; readonly met: Window },
  ): Promise<number> {
    const { at, policy, met } = about;
    const from = before(at, policy.baselineDays * DAY_MS);
    const [period, accepted] = await Promise.all([
      sumBaseline(db, { source, revision, episode, from, windowFrom: met.from }),
      findAcceptedShare(db, { source, revision, from }),
    ]);
    return Math.max(baselineOf(period, policy), accepted ?? 0);
  }

  async function begin(
    of: Episode,
    about: {
      readonly at: Date;
      readonly policy: AnomalyPolicy;
      readonly met: Window;
      readonly baseline: number;
    },
  ): Promise<void> {
    const { source, revision, episode } = of;
    const { at, policy, met, baseline } = about;
    const observed = shareOf(met);
    const share = (one: number): string => `${Math.round(one * 100)} %`;
    const shares = { usual: share(baseline), observed: share(observed), answers: met.answers };
    const told = `${shares.observed} of ${met.answers} answers, usually ${shares.usual}`;
    const begun = await db.transaction(async (trx): Promise<SourceHold | null> => {
      await takeHoldLock(trx, source);
      if (await hasHold(trx, of)) return null;
      const { rolledBackTo, activatedAt } = await deps.retreat(trx, {
        ...{ source, revision },
        since: before(at, policy.rollBackHours * HOUR_MS),
        reason: `anomaly hold: adverse were ${told}`,
      });
      const since = clock.now();
      const about = { id: randomUUID(), source, revision, since, usual: baseline, observed };
      const reviewFrom = activatedAt ?? met.from;
      const hold = { ...about, answers: met.answers, rolledBackTo, release: null };
      await insertHold(trx, { ...hold, episode, windowFrom: met.from, reviewFrom });
      return hold;
    });
    if (begun === null) return;
    const { id, rolledBackTo } = begun;
    const facts = { hold: id, source, revision, ...shares, rolledBackTo };
    log.error(facts, 'source is on anomaly hold: nothing it says against anybody is believed');
    deps.onHold(begun);
  }

  return { count };
}

function before(at: Date, ms: number): Date {
  return new Date(at.getTime() - ms);
}
