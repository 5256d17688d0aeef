import type { AnswerTally, SourceHold } from '../model/anomaly.ts';
import type { Database, Transaction } from '../store/database.ts';

/** The last answer of a source about a subject. */
export interface AnswerSample {
  readonly source: string;
  readonly revision: number;
  readonly subjectId: string;
  readonly subjectKey: string;
  readonly isAdverse: boolean;
  readonly at: Date;
}

/** Newer samples of the same subject replace older ones. */
export async function upsertSamples(
  trx: Transaction,
  samples: readonly AnswerSample[],
): Promise<void> {
  await trx('answer_sample')
    .insert(
      samples.map((one) => ({
        ...{ source: one.source, revision: one.revision, subject_id: one.subjectId },
        ...{ subject_key: one.subjectKey, is_adverse: one.isAdverse, sampled_at: one.at },
      })),
    )
    .onConflict(['source', 'revision', 'subject_id'])
    .merge(['is_adverse', 'sampled_at']);
}

/** Different subjects of a source since then; only of a revision, or of all others. */
export async function tallyAnswers(
  trx: Transaction,
  about: { source: string; revision: number; isOwn: boolean; since: Date; until: Date },
): Promise<AnswerTally> {
  const { rows } = await trx.raw<{ rows: AnswerTally[] }>(
    `
    select count(*)::integer as answers, count(*) filter (where adverse)::integer as adverse
    from (
      select subject_key, bool_or(is_adverse) as adverse
      from answer_sample
      where source = :source and sampled_at > :since and sampled_at <= :until
        and (revision = :revision or not :isOwn)
      group by subject_key
    ) as subjects
    `,
    about,
  );
  return rows[0] ?? { answers: 0, adverse: 0 };
}

interface HoldRow {
  id: string;
  source: string;
  revision: number;
  since: Date;
  usual: number;
  observed: number;
  answers: number;
  rolled_back_to: number | null;
  released_at: Date | null;
  released_by: string | null;
  reason: string | null;
}

/** Returns whether there was none yet. */
export async function insertHold(
  trx: Transaction,
  hold: Omit<SourceHold, 'rolledBackTo' | 'release'>,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `
    insert into source_hold (id, source, revision, since, usual, observed, answers)
    values (:id, :source, :revision, :since, :usual, :observed, :answers)
    on conflict (source, revision) where released_at is null do nothing
    returning id
    `,
    hold,
  );
  return rows.length > 0;
}

/** Standing holds of some sources. */
export async function listOpenHolds(
  trx: Transaction,
  sources: readonly string[],
): Promise<readonly SourceHold[]> {
  const rows = await trx<HoldRow>('source_hold')
    .whereNull('released_at')
    .whereIn('source', sources);
  return rows.map(fromRow);
}

/** Newest first. */
export async function listHolds(
  db: Database,
  source: string,
  limit: number,
): Promise<readonly SourceHold[]> {
  const rows = await db<HoldRow>('source_hold')
    .where({ source })
    .orderBy('since', 'desc')
    .limit(limit);
  return rows.map(fromRow);
}

/** Takes one that nobody has settled, for this transaction. Null where there is none. */
export async function takeUnsettled(trx: Transaction): Promise<SourceHold | null> {
  const row = await trx<HoldRow>('source_hold')
    .whereNull('settled_at')
    .orderBy('since')
    .forUpdate()
    .skipLocked()
    .first();
  return row === undefined ? null : fromRow(row);
}

/** That the hub has decided whether to go back to an earlier revision. */
export async function settleHold(
  trx: Transaction,
  id: string,
  settled: { at: Date; rolledBackTo: number | null },
): Promise<void> {
  await trx('source_hold')
    .where({ id })
    .update({ settled_at: settled.at, rolled_back_to: settled.rolledBackTo });
}

/** Ends what stands for a source. Returns how many. */
export async function releaseHolds(
  db: Database,
  source: string,
  release: { at: Date; by: string; reason: string },
): Promise<number> {
  return db('source_hold')
    .where({ source })
    .whereNull('released_at')
    .update({ released_at: release.at, released_by: release.by, reason: release.reason });
}

/** Verifications refuted by answers of the source while that revision was asked, oldest first. */
export async function listRefuted(
  db: Database,
  about: { source: string; from: Date; until: Date; limit: number },
): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { verification_id: string }[] }>(
    `
    select distinct on (verification_id) verification_id, decided_at
    from verdict
    where code in ('REFUTED', 'CONFLICTING') and decided_at between :from and :until
      and observations @> jsonb_build_array(jsonb_build_object('source', :source::text))
    order by verification_id, decided_at
    limit :limit
    `,
    about,
  );
  return rows.map((row) => row.verification_id);
}

/** Removes samples that nobody counts any more. */
export async function deleteSamples(db: Database, before: Date): Promise<number> {
  return db('answer_sample').where('sampled_at', '<', before).delete();
}

function fromRow(row: HoldRow): SourceHold {
  return {
    ...{ id: row.id, source: row.source, revision: row.revision, since: row.since },
    ...{ usual: row.usual, observed: row.observed, answers: row.answers },
    rolledBackTo: row.rolled_back_to,
    release:
      row.released_at === null || row.released_by === null || row.reason === null
        ? null
        : { at: row.released_at, by: row.released_by, reason: row.reason },
  };
}
