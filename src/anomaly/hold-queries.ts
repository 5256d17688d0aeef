import type { HoldFinding, HoldRelease, SourceHold, VerdictToReview } from '../model/anomaly.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Episode } from './count-queries.ts';

type Store = Database | Transaction;

/** Verdicts hold this while they are recorded, so that no hold begins in between. */
export async function shareHoldLock(trx: Transaction, sources: readonly string[]): Promise<void> {
  for (const source of sources)
    await trx.raw(`select pg_advisory_xact_lock_shared(hashtextextended('hecha_hold:' || ?, 0))`, [
      source,
    ]);
}

/** Waits for the verdicts that are being recorded, and holds off others until the end. */
export async function takeHoldLock(trx: Transaction, source: string): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('hecha_hold:' || ?, 0))`, [source]);
}

/** A hold before it is on record. */
export interface NewHold extends Omit<SourceHold, 'release'> {
  readonly episode: number;
  readonly windowFrom: Date;
  readonly reviewFrom: Date;
}

interface HoldRow {
  id: string;
  source: string;
  revision: number;
  episode: number;
  since: Date;
  usual: number;
  observed: number;
  answers: number;
  rolled_back_to: number | null;
  released_at: Date | null;
  released_by: string | null;
  reason: string | null;
  finding: HoldFinding | null;
}

/** Whether there is one of this episode. The caller holds the lock. */
export async function hasHold(trx: Transaction, of: Episode): Promise<boolean> {
  const { source, revision, episode } = of;
  const found = await trx<HoldRow>('source_hold').where({ source, revision, episode }).first('id');
  return found !== undefined;
}

/** Records one. */
export async function insertHold(trx: Transaction, hold: NewHold): Promise<void> {
  await trx('source_hold').insert({
    id: hold.id,
    source: hold.source,
    revision: hold.revision,
    episode: hold.episode,
    since: hold.since,
    window_from: hold.windowFrom,
    review_from: hold.reviewFrom,
    usual: hold.usual,
    observed: hold.observed,
    answers: hold.answers,
    rolled_back_to: hold.rolledBackTo,
  });
}

/** Newest first. */
export async function listHolds(
  db: Store,
  source: string,
  limit: number,
): Promise<readonly SourceHold[]> {
  const rows = await db<HoldRow>('source_hold')
    .where({ source })
    .orderBy('since', 'desc')
    .limit(limit);
  return rows.map(fromRow);
}

/** Sources with a hold that stands. */
export async function listHeldSources(db: Store): Promise<readonly string[]> {
  return db('source_hold').whereNull('released_at').distinct().pluck<string[]>('source');
}

/** Ends what stands for a source. Returns how many. */
export async function releaseHolds(
  db: Store,
  source: string,
  release: HoldRelease,
): Promise<number> {
  const { at, by, reason, finding } = release;
  return db('source_hold')
    .where({ source })
    .whereNull('released_at')
    .update({ released_at: at, released_by: by, reason, finding });
}

interface ReviewRow {
  id: string;
  verification_id: string;
  agency_code: string;
  code: VerdictToReview['code'];
  decided_at: Date;
}

/** Verdicts that still count, and rest on an adverse answer of the held revision; newest first. */
export async function listToReview(
  db: Database,
  holdId: string,
  limit: number,
): Promise<readonly VerdictToReview[]> {
  const { rows } = await db.raw<{ rows: ReviewRow[] }>(
    `
    select verdict.id, verification_id, verification.agency_code, verdict.code, decided_at
    from source_hold as held
    join verdict on decided_at >= review_from and code in ('REFUTED', 'CONFLICTING')
    join verification on verification.id = verification_id
    where held.id = :holdId
      and not exists (
        select from verdict as later
        where later.verification_id = verdict.verification_id and later.number > verdict.number
      )
      and exists (
        select from jsonb_array_elements(observations) as one
        join evidence on evidence.id = (one ->> 'evidenceId')::uuid
        where one ->> 'method' = 'ONLINE'
          and one ->> 'source' = held.source
          and coalesce(substring(connector from '[+]r([0-9]+)$')::integer, 0) = held.revision
          and one -> 'fields' @> '[{"outcome": "MISMATCH"}]'
      )
    order by decided_at desc, verdict.id
    limit :limit
    `,
    { holdId, limit },
  );
  return rows.map((row) => ({
    verdictId: row.id,
    verificationId: row.verification_id,
    agencyCode: row.agency_code,
    code: row.code,
    decidedAt: row.decided_at,
  }));
}

function fromRow(row: HoldRow): SourceHold {
  const { released_at: at, released_by: by, reason, finding } = row;
  return {
    ...{ id: row.id, source: row.source, revision: row.revision, since: row.since },
    ...{ usual: row.usual, observed: row.observed, answers: row.answers },
    rolledBackTo: row.rolled_back_to,
    release:
      at === null || by === null || reason === null || finding === null
        ? null
        : { at, by, reason, finding },
  };
}
