import type { AnomalyPolicy, AnswerCount } from '../model/anomaly.ts';
import type { Database, Transaction } from '../store/database.ts';

type Store = Database | Transaction;

/** An answer a verdict is about to rest on: who gave it, and whether it may be believed. */
export interface GivenAnswer {
  readonly evidence_id: string;
  readonly source: string;
  /** 0 where the source is not registered. */
  readonly revision: number;
  readonly key_digest: string;
  /** How many holds of the revision have been released. */
  readonly episode: number;
  readonly is_held: boolean;
  /** What the revision says other than the default. */
  readonly policy: Partial<AnomalyPolicy>;
}

/** Which answers count together. */
export type Episode = Pick<GivenAnswer, 'source' | 'revision' | 'episode'>;

/** A hold ends for answers given after its release, or for all when they were right. */
const IS_HELD = `
  exists (
    select from source_hold
    where source_hold.source = evidence.source
      and source_hold.revision = given.revision
      and (finding is null or (finding = 'FAULT_MENDED' and observed_at <= released_at))
  )
`;

/** In no particular order. */
export async function listGiven(
  db: Store,
  evidenceIds: readonly string[],
): Promise<readonly GivenAnswer[]> {
  const { rows } = await db.raw<{ rows: GivenAnswer[] }>(
    `
    select evidence.id as evidence_id, evidence.source, given.revision, key_digest,
           ${IS_HELD} as is_held, coalesce(source_revision.policy -> 'anomaly', '{}') as policy,
           (
             select count(*)::integer
             from source_hold
             where source_hold.source = evidence.source
               and source_hold.revision = given.revision
               and released_at is not null
           ) as episode
    from evidence
    cross join lateral (
      select coalesce(substring(connector from '[+]r([0-9]+)$')::integer, 0) as revision
    ) as given
    left join source_revision on source_revision.source = evidence.source
      and number = given.revision
    where evidence.id = any(:ids::uuid[])
    `,
    { ids: [...evidenceIds] },
  );
  return rows;
}

/** Counts an answer unless its key has been counted since. Returns whether it counted. */
export async function countAnswer(
  db: Store,
  counted: Episode & {
    readonly key_digest: string;
    readonly adverse: boolean;
    readonly at: Date;
    readonly since: Date;
    readonly bucket: Date;
  },
): Promise<boolean> {
  // A key that was fine before and no longer is counts once more: it is news.
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `
    with mark as (
      insert into answer_mark (source, revision, episode, key_digest, is_adverse, counted_at)
      values (:source, :revision, :episode, :key_digest, :adverse, :at)
      on conflict (source, revision, episode, key_digest) do update
      set is_adverse = excluded.is_adverse, counted_at = excluded.counted_at
      where answer_mark.counted_at < :since or (excluded.is_adverse and not answer_mark.is_adverse)
      returning is_adverse
    )
    insert into answer_bucket (source, revision, episode, starts_at, answers, adverse)
    select :source, :revision, :episode, :bucket, 1, is_adverse::integer from mark
    on conflict (source, revision, episode, starts_at) do update
    set answers = answer_bucket.answers + 1, adverse = answer_bucket.adverse + excluded.adverse
    returning answers
    `,
    { ...counted },
  );
  return rows.length > 0;
}

/** Newest first, those that begin at `from` or later. */
export async function listBuckets(
  db: Store,
  { source, revision, episode }: Episode,
  from: Date,
): Promise<readonly (AnswerCount & { readonly starts_at: Date })[]> {
  return db<AnswerCount & Episode & { starts_at: Date }>('answer_bucket')
    .where({ source, revision, episode })
    .where('starts_at', '>=', from)
    .orderBy('starts_at', 'desc')
    .select('starts_at', 'answers', 'adverse');
}

/**
 * What was answered in the period before the window, by this revision and by others, without what
 * was found to be an anomaly.
 */
export async function sumBaseline(
  db: Store,
  of: Episode & { readonly from: Date; readonly windowFrom: Date },
): Promise<AnswerCount> {
  const { rows } = await db.raw<{ rows: AnswerCount[] }>(
    `
    select coalesce(sum(answers), 0)::integer as answers,
           coalesce(sum(adverse), 0)::integer as adverse
    from answer_bucket as counted
    where source = :source
      and starts_at >= :from
      and (revision <> :revision or episode <> :episode or starts_at < :windowFrom)
      and not exists (
        select from source_hold
        where source_hold.source = counted.source
          and source_hold.revision = counted.revision
          and source_hold.episode = counted.episode
          and counted.starts_at >= window_from
      )
    `,
    { ...of },
  );
  return rows[0] ?? { answers: 0, adverse: 0 };
}

/** The greatest share of this revision that an operator found right since then. Null for none. */
export async function findAcceptedShare(
  db: Store,
  of: Pick<Episode, 'source' | 'revision'> & { readonly from: Date },
): Promise<number | null> {
  const { rows } = await db.raw<{ rows: { share: number | null }[] }>(
    `
    select max(observed) as share
    from source_hold
    where source = :source
      and revision = :revision
      and finding = 'ANSWERS_RIGHT'
      and released_at >= :from
    `,
    { ...of },
  );
  return rows[0]?.share ?? null;
}

/** Removes what no window and no baseline reaches back to. */
export async function deleteCounts(
  db: Database,
  before: { readonly marks: Date; readonly buckets: Date },
): Promise<void> {
  await db('answer_mark').where('counted_at', '<', before.marks).delete();
  await db('answer_bucket').where('starts_at', '<', before.buckets).delete();
}
