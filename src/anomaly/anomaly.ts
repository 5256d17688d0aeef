import { createHash, randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Log } from '../log.ts';
import { findAnomaly, isAdverse, withHold, type SourceHold } from '../model/anomaly.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { checkLength, mistake, type Accepted } from '../model/user-error.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  deleteSamples,
  insertHold,
  listHolds,
  listOpenHolds,
  listRefuted,
  releaseHolds,
  settleHold,
  takeUnsettled,
  tallyAnswers,
  upsertSamples,
} from './queries.ts';

/** Notices when a source suddenly speaks against too many, and holds that back (异常冻结). */
export interface Anomalies {
  /**
   * The observations as they may be judged: counted first, and what speaks against the subject
   * taken back where the source is held. In the transaction of the verdict.
   */
  screen(
    trx: Transaction,
    about: { readonly id: string; readonly code: string },
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]>;
  /** Goes back to the revision before, where a held one is younger than a day. Never rejects. */
  settle(): Promise<void>;
  /** Of one source, newest first, at most 20. */
  list(source: string): Promise<readonly SourceHold[]>;
  /** Verifications that rest on adverse answers of a held revision, at most 100. */
  listToReview(hold: SourceHold): Promise<readonly string[]>;
  /** An operator has looked: what the source says counts again. */
  release(
    caller: Caller,
    input: { source: string; reason: string },
  ): Promise<Accepted<readonly SourceHold[]>>;
  /** Removes what is no longer counted. */
  purge(): Promise<void>;
}

/** What the room works with. */
export interface AnomaliesDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** The revision by which a source is asked now. Null where it has none. */
  revisionOf(source: string): number | null;
  /** When a revision was activated last. Null where it never was. */
  activatedAt(source: string, revision: number): Promise<Date | null>;
  /** Goes back to the revision before. Returns its number, or null where that cannot be. */
  rollBack(source: string, revision: number, reason: string): Promise<number | null>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Answers this young are compared with those of the days before. */
const WINDOW_MS = HOUR_MS;
const USUAL_MS = 7 * DAY_MS;
const KEPT_MS = 8 * DAY_MS;
/** A revision younger than this is the likely cause. */
const YOUNG_MS = DAY_MS;
const HOLDS_SHOWN = 20;
const REVIEWED_MAX = 100;
const REASON_LENGTH_MAX = 500;

/** The room that does not believe a sudden flood of "no". */
export function createAnomalies(deps: AnomaliesDependencies): Anomalies {
  const { db, clock, log, refusals } = deps;

  async function screen(
    trx: Transaction,
    about: { readonly id: string; readonly code: string },
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]> {
    const heard = observations.filter(
      ({ transport, method }) => transport === 'ANSWERED' && method === 'ONLINE',
    );
    const sources = [...new Set(heard.map(({ source }) => source))];
    if (sources.length === 0) return observations;
    const at = clock.now();
    const subjectKey = createHash('sha256').update(about.code).digest('hex');
    await upsertSamples(
      trx,
      sources.map((source) => ({
        ...{ source, revision: revisionOf(source), subjectId: about.id, subjectKey, at },
        isAdverse: heard.some((one) => one.source === source && isAdverse(one)),
      })),
    );
    const adverse = [...new Set(heard.filter(isAdverse).map(({ source }) => source))];
    if (adverse.length === 0) return observations;
    for (const source of adverse) await look(trx, source, at);
    const open = await listOpenHolds(trx, adverse);
    const isHeld = ({ source }: SourceObservation): boolean =>
      open.some((hold) => hold.source === source && hold.revision === revisionOf(source));
    return observations.map((one) => (isHeld(one) ? withHold(one) : one));
  }

  const revisionOf = (source: string): number => deps.revisionOf(source) ?? 0;

  /** Holds a source whose answers differ from what is usual. */
  async function look(trx: Transaction, source: string, at: Date): Promise<void> {
    const revision = revisionOf(source);
    const recent = new Date(at.getTime() - WINDOW_MS);
    const now = await tallyAnswers(trx, {
      ...{ source, revision, isOwn: true, since: recent, until: at },
    });
    const before = await tallyAnswers(trx, {
      ...{ source, revision, isOwn: false },
      ...{ since: new Date(at.getTime() - USUAL_MS), until: recent },
    });
    const found = findAnomaly(now, before);
    if (found === null) return;
    const hold = { id: randomUUID(), source, revision, since: at, answers: now.answers, ...found };
    if (await insertHold(trx, hold))
      log.warn({ source, revision, ...found, answers: now.answers }, 'adverse answers are held');
  }

  async function settle(): Promise<void> {
    try {
      while (await settleOne());
    } catch (error) {
      log.warn({ err: error }, 'a hold could not be settled; it stands');
    }
  }

  /** False where nothing is left to settle. */
  async function settleOne(): Promise<boolean> {
    return db.transaction(async (trx) => {
      const hold = await takeUnsettled(trx);
      if (hold === null) return false;
      const { source, revision } = hold;
      const activatedAt = await deps.activatedAt(source, revision);
      const isYoung =
        activatedAt !== null && hold.since.getTime() - activatedAt.getTime() < YOUNG_MS;
      const rolledBackTo = isYoung ? await deps.rollBack(source, revision, WHY) : null;
      await settleHold(trx, hold.id, { at: clock.now(), rolledBackTo });
      if (rolledBackTo !== null)
        log.warn({ source, revision, rolledBackTo }, 'went back to the revision before');
      return true;
    });
  }

  async function listToReview(hold: SourceHold): Promise<readonly string[]> {
    const activatedAt = await deps.activatedAt(hold.source, hold.revision);
    const from = activatedAt ?? new Date(hold.since.getTime() - WINDOW_MS);
    return listRefuted(db, {
      ...{ source: hold.source, from, until: hold.since, limit: REVIEWED_MAX },
    });
  }

  async function release(
    caller: Caller,
    { source, reason }: { source: string; reason: string },
  ): Promise<Accepted<readonly SourceHold[]>> {
    const errors = checkLength(reason, ['reason'], REASON_LENGTH_MAX);
    if (errors.length > 0) return refusals.refuse(caller, 'releaseHold', errors);
    const ended = await releaseHolds(db, source, {
      ...{ at: clock.now(), by: caller.account, reason: reason.trim() },
    });
    if (ended === 0)
      return refusals.refuse(caller, 'releaseHold', [
        mistake('UNKNOWN_SOURCE', ['id'], 'Nothing is held for a source of this id.'),
      ]);
    return { ok: true, value: await listHolds(db, source, HOLDS_SHOWN) };
  }

  return {
    ...{ screen, settle, listToReview, release },
    list: (source) => listHolds(db, source, HOLDS_SHOWN),
    async purge() {
      await deleteSamples(db, new Date(clock.now().getTime() - KEPT_MS));
    },
  };
}

const WHY = 'ANOMALY_HOLD: too many answers speak against subjects since it was activated.';
