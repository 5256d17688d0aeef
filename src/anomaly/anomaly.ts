import type { Refusals } from '../audit/refusals.ts';
import type { Log } from '../log.ts';
import {
  heldBack,
  isAdverse,
  type HoldFinding,
  type SourceHold,
  type VerdictToReview,
} from '../model/anomaly.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import type { Requirement } from '../model/policy.ts';
import { checkLength, mistake, type Accepted } from '../model/user-error.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import { createAlarm, type Retreat } from './alarm.ts';
import { deleteCounts, listGiven } from './count-queries.ts';
import {
  listHeldSources,
  listHolds,
  listToReview,
  releaseHolds,
  shareHoldLock,
} from './hold-queries.ts';

/** Notices when a source suddenly speaks against too many, and holds that back (异常冻结). */
export interface Anomalies {
  /**
   * Counts what these answers say of the requirement, and gives them back; those of a held
   * revision without what speaks against the subject. A hold may begin by it.
   */
  weigh(
    requirement: Requirement,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]>;
  /** As `weigh`, without counting; until the transaction ends no hold begins that was not seen. */
  screen(
    trx: Transaction,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]>;
  /** Of one source, newest first, at most 20. */
  list(source: string): Promise<readonly SourceHold[]>;
  /** Sources with a hold that stands. */
  listHeld(): Promise<readonly string[]>;
  /** Verdicts that count and rest on adverse answers of the held revision, at most 100. */
  listToReview(hold: SourceHold): Promise<readonly VerdictToReview[]>;
  /** An operator has looked: what the source says from now on counts again. */
  release(caller: Caller, input: Release): Promise<Accepted<readonly SourceHold[]>>;
  /** Removes what is no longer counted. */
  purge(): Promise<void>;
}

/** The end of a hold, as an operator decides it. */
export interface Release {
  readonly source: string;
  readonly finding: HoldFinding;
  readonly reason: string;
}

/** What the room works with. */
export interface AnomaliesDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'error'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** Returns to the revision before, where that may be done; the registry fulfills it. */
  readonly retreat: Retreat;
  /** Told when a hold begins, for metrics. */
  onHold(hold: SourceHold): void;
}

const REASON_LENGTH_MAX = 500;
const HOLDS_SHOWN = 20;
const REVIEWS_SHOWN = 100;
const DAY_MS = 86_400_000;
const MARK_DAYS = 2;
/** The longest baseline that a policy may name. */
const BUCKET_DAYS = 31;

/** The room that holds back what is too bad to be true. */
export function createAnomalies(deps: AnomaliesDependencies): Anomalies {
  const { db, clock, refusals } = deps;
  const alarm = createAlarm(deps);

  async function weigh(
    requirement: Requirement,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]> {
    const ids = evidenceOf(observations);
    if (ids.length === 0) return observations;
    const held = new Map<string, number>();
    for (const given of await listGiven(db, ids)) {
      const own = observations.filter(({ evidenceId }) => evidenceId === given.evidence_id);
      const adverse = own.some((one) => isAdverse(requirement, one));
      const isHeld = given.is_held || (await alarm.count(given, adverse));
      if (isHeld) held.set(given.evidence_id, given.revision);
    }
    return withoutHeld(observations, held);
  }

  async function screen(
    trx: Transaction,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]> {
    const against = observations.filter((one) => heldBack(one, 0) !== one);
    const ids = evidenceOf(against);
    if (ids.length === 0) return observations;
    // Always in the same order, so that two verdicts cannot wait for each other.
    await shareHoldLock(trx, [...new Set(against.map(({ source }) => source))].sort());
    const given = await listGiven(trx, ids);
    const held = given.filter((one) => one.is_held);
    return withoutHeld(
      observations,
      new Map(held.map((one) => [one.evidence_id, one.revision] as const)),
    );
  }

  async function release(
    caller: Caller,
    { source, finding, reason }: Release,
  ): Promise<Accepted<readonly SourceHold[]>> {
    const errors = checkLength(reason, ['reason'], REASON_LENGTH_MAX);
    if (errors.length > 0) return refusals.refuse(caller, 'releaseHold', errors);
    const told = { finding, reason: reason.trim(), at: clock.now(), by: caller.account };
    if ((await releaseHolds(db, source, told)) > 0)
      return { ok: true, value: await listHolds(db, source, HOLDS_SHOWN) };
    return refusals.refuse(caller, 'releaseHold', [
      mistake('UNKNOWN_SOURCE', ['id'], 'Nothing is held for a source of this id.'),
    ]);
  }

  return {
    ...{ weigh, screen, release },
    list: (source) => listHolds(db, source, HOLDS_SHOWN),
    listHeld: () => listHeldSources(db),
    listToReview: ({ id }) => listToReview(db, id, REVIEWS_SHOWN),
    purge() {
      const before = (days: number) => new Date(clock.now().getTime() - days * DAY_MS);
      return deleteCounts(db, { marks: before(MARK_DAYS), buckets: before(BUCKET_DAYS) });
    },
  };
}

/** What sources answered online; what a person replied is nobody's mapping. */
function evidenceOf(observations: readonly SourceObservation[]): readonly string[] {
  return observations.flatMap(({ method, transport, evidenceId }) =>
    method === 'ONLINE' && transport === 'ANSWERED' && evidenceId !== null ? [evidenceId] : [],
  );
}

function withoutHeld(
  observations: readonly SourceObservation[],
  held: ReadonlyMap<string, number>,
): readonly SourceObservation[] {
  return observations.map((one) => {
    const revision = one.method === 'ONLINE' ? held.get(one.evidenceId ?? '') : undefined;
    return revision === undefined ? one : heldBack(one, revision);
  });
}
