import type { Database, Transaction } from '../store/database.ts';

/** A change as it is kept: of two with one id there is only the one that stands. */
export interface StoredChange {
  readonly row_id: string;
  readonly about: string;
  readonly keys: readonly string[];
  readonly change_order: string;
  readonly deleted: boolean;
  readonly values: Readonly<Record<string, string | null>>;
  readonly bytes: number;
}

/** In which pass changes are kept. */
export interface KeptIn {
  readonly collectionId: number;
  /** Number of the pass. */
  readonly pass: number;
  readonly at: Date;
}

/** What became of changes, and by how much the collection has grown. */
export interface Kept {
  readonly kept: number;
  readonly deleted: number;
  /** May be less than nothing, as the two below. */
  readonly rows: number;
  readonly live: number;
  readonly bytes: number;
}

/** Of one statement: rows, and characters of JSON. */
const ROWS_MAX = 2_000;
const TEXT_MAX = 2_000_000;

/**
 * Keeps changes whose ids differ; the collection must be locked. `showsAll`: the pass shows
 * everything there is. See `TAKES` for which of two changes stands.
 */
export async function keepChanges(
  trx: Transaction,
  changes: readonly StoredChange[],
  { collectionId, pass, at, showsAll }: KeptIn & { readonly showsAll: boolean },
): Promise<Kept> {
  let sum: Kept = { kept: 0, deleted: 0, rows: 0, live: 0, bytes: 0 };
  for (const rows of cut(changes.map((change) => JSON.stringify(change)))) {
    const bindings = { rows, collectionId, pass, showsAll, at };
    const { rows: counted } = await trx.raw<{ rows: [Kept] }>(KEEP, bindings);
    const [part] = counted;
    sum = {
      kept: sum.kept + part.kept,
      deleted: sum.deleted + part.deleted,
      rows: sum.rows + part.rows,
      live: sum.live + part.live,
      bytes: sum.bytes + part.bytes,
    };
  }
  return sum;
}

/** JSON arrays of these texts, none of them too long for one statement. */
function cut(texts: readonly string[]): readonly string[] {
  const parts: string[][] = [];
  let length = TEXT_MAX;
  for (const text of texts) {
    const last = parts.at(-1);
    length += text.length;
    if (last === undefined || last.length === ROWS_MAX || length > TEXT_MAX) {
      parts.push([text]);
      length = text.length;
    } else {
      last.push(text);
    }
  }
  return parts.map((part) => `[${part.join(',')}]`);
}

/**
 * The greater order stands; of equal ones the later. A row that is gone because a pass that showed
 * everything did not show it is another matter: nobody has said when it went. A pass that shows
 * everything brings it back by showing it; any other only by a greater order, for it may repeat
 * what was there before.
 */
const TAKES = `(
  case
    when held.row_id is null then true
    when held.swept and :showsAll then true
    when held.swept then change.change_order > held.change_order
    else change.change_order >= held.change_order
  end)`;

const IS_OTHER = `(
  (change.deleted, change.about, change.keys, change."values")
  is distinct from (held.deleted, held.about, held.keys, held."values"))`;

/**
 * Writes as little as it can: a row that is shown again as it was is left alone, or only marked as
 * seen. A row that is the same under a greater order stays of the pass that made it what it is.
 */
const KEEP = `
  with change as materialized (
    select row_id collate "C" as row_id, about collate "C" as about, keys collate "C" as keys,
           change_order collate "C" as change_order, deleted, "values", bytes
    from json_to_recordset(cast(:rows as json)) as change
      (row_id text, about text, keys text[], change_order text, deleted boolean, "values" jsonb,
       bytes integer)
  ), judged as materialized (
    select change.*, held.row_id is not null as was_kept,
           coalesce(not held.deleted, false) as was_live, coalesce(held.bytes, 0) as was_bytes,
           held.pass as was_pass, ${TAKES} as takes, ${TAKES} and ${IS_OTHER} as is_other,
           ${TAKES} and (${IS_OTHER} or change.change_order <> held.change_order) as is_written
    from change
    left join intake_row as held
      on held.collection_id = :collectionId
     and held.row_id = change.row_id
  ), written as (
    insert into intake_row
      (collection_id, row_id, about, keys, change_order, deleted, swept, "values", bytes,
       pass, seen_in, seen_at)
    select cast(:collectionId as integer), row_id, about, keys, change_order, deleted, false,
           "values", bytes, case when is_other then cast(:pass as bigint) else was_pass end,
           cast(:pass as bigint), cast(:at as timestamptz)
    from judged
    where is_written
    on conflict (collection_id, row_id) do update
    set about = excluded.about,
        keys = excluded.keys,
        change_order = excluded.change_order,
        deleted = excluded.deleted,
        swept = excluded.swept,
        "values" = excluded."values",
        bytes = excluded.bytes,
        pass = excluded.pass,
        seen_in = excluded.seen_in,
        seen_at = excluded.seen_at
  ), seen as (
    update intake_row
    set seen_in = :pass, seen_at = :at
    from judged
    where :showsAll
      and not judged.is_written
      and intake_row.collection_id = :collectionId
      and intake_row.row_id = judged.row_id
  )
  select count(*) filter (where is_other and not deleted) as kept,
         count(*) filter (where is_other and deleted) as deleted,
         count(*) filter (where not was_kept) as rows,
         count(*) filter (where takes and not deleted) - count(*) filter (where takes and was_live)
           as live,
         coalesce(sum(bytes - was_bytes) filter (where takes), 0) as bytes
  from judged
`;

/**
 * Sorts new keys into their index. PostgreSQL collects them in a list, which makes a pass twice as
 * fast, and which every question would have to read to its end.
 */
export async function sortKeys(db: Database): Promise<void> {
  await db.raw(`select gin_clean_pending_list('intake_row_keys')`);
}

/** How many rows the pass has not shown. */
export async function countUnseen(
  trx: Transaction,
  { collectionId, pass }: Omit<KeptIn, 'at'>,
): Promise<number> {
  const { rows } = await trx.raw<{ rows: [{ unseen: number }] }>(
    `
    select count(*) as unseen
    from intake_row
    where collection_id = :collectionId
      and not deleted
      and seen_in <> :pass
    `,
    { collectionId, pass },
  );
  return rows[0].unseen;
}

/** A part of a sweep: what went, and behind which id the next part begins. */
interface Swept {
  readonly removed: number;
  readonly bytes: number;
  /** Null when there are no more rows. */
  readonly last: string | null;
}

/** Rows that one statement looks at, so that none of them takes long, however much is held. */
const SWEPT_MAX = 20_000;

/** Takes every row for gone that the pass has not shown. How many, and the bytes they held. */
export async function sweepRows(
  trx: Transaction,
  kept: KeptIn,
): Promise<{ readonly removed: number; readonly bytes: number }> {
  let [removed, bytes, after]: [number, number, string | null] = [0, 0, ''];
  while (after !== null) {
    const part: Swept = await sweepPart(trx, { ...kept, after });
    [removed, bytes, after] = [removed + part.removed, bytes + part.bytes, part.last];
  }
  return { removed, bytes };
}

async function sweepPart(
  trx: Transaction,
  part: KeptIn & { readonly after: string },
): Promise<Swept> {
  const { rows } = await trx.raw<{ rows: [Swept] }>(SWEEP, { ...part, max: SWEPT_MAX });
  return rows[0];
}

const SWEEP = `
  with part as materialized (
    select row_id, bytes, not deleted and seen_in <> :pass as is_gone
    from intake_row
    where collection_id = :collectionId
      and row_id > :after
    order by row_id
    limit :max
  ), gone as (
    update intake_row
    set deleted = true, swept = true, keys = '{}', "values" = '{}', bytes = 0,
        pass = :pass, seen_at = :at
    where collection_id = :collectionId
      and row_id in (select row_id from part where is_gone)
  )
  select count(*) filter (where is_gone) as removed,
         coalesce(sum(bytes) filter (where is_gone), 0) as bytes,
         max(row_id) as last
  from part
`;

/** Deletes at most so many rows for good. What there was of them. */
export async function deleteRows(
  trx: Transaction,
  { collectionId, rowsMax }: { readonly collectionId: number; readonly rowsMax: number },
): Promise<{ readonly rows: number; readonly live: number; readonly bytes: number }> {
  const { rows } = await trx.raw<{
    rows: [{ rows: number; live: number; bytes: number }];
  }>(
    `
    with gone as (
      delete from intake_row
      where collection_id = :collectionId
        and row_id in (
          select row_id
          from intake_row
          where collection_id = :collectionId
          limit :rowsMax
        )
      returning deleted, bytes
    )
    select count(*) as rows, count(*) filter (where not deleted) as live,
           coalesce(sum(bytes), 0) as bytes
    from gone
    `,
    { collectionId, rowsMax },
  );
  return rows[0];
}
