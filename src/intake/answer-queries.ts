import type { HeldState, PassState } from '../model/intake.ts';
import type { Database } from '../store/database.ts';
import { SELECT_NOT_TAKEN } from './report-queries.ts';

/** What is looked for among the rows of one source, as read under one set of settings. */
export interface HeldQuestion {
  readonly source: string;
  readonly edition: string;
  readonly collections: readonly string[];
  /** Texts that rows are found by. */
  readonly keys: readonly string[];
  /** Rows about one subject, beyond which there are too many. */
  readonly rowsMax: number;
  /** Rows that lead to others, by what a column of theirs holds. */
  readonly follow: readonly { readonly from: string; readonly column: string }[];
}

/** A row that is about what a key found. */
export interface FoundRow {
  /** Of the key among those that were asked, from 0. */
  readonly position: number;
  readonly collection: string;
  readonly id: string;
  readonly values: Readonly<Record<string, string | null>>;
  /** Name of the pass that made the row what it is; `#` and its number where it is forgotten. */
  readonly pass: string;
}

/** What is known of a collection, and the name of its last complete pass. */
export interface NamedState extends HeldState {
  readonly collection: string;
  /** Null exactly when `complete` is. */
  readonly passName: string | null;
}

/** What is held, all of it as it stood at one instant. */
export interface Held {
  /** In no order; only collections of which something is known. */
  readonly states: readonly NamedState[];
  /** In no order. At most `rowsMax` + 1 about each subject that a key found. */
  readonly rows: readonly FoundRow[];
}

interface StateRow {
  readonly collection: string;
  readonly is_faulty: boolean;
  readonly last_state: PassState | null;
  readonly name: string | null;
  readonly started_ms: number | null;
  readonly as_of_ms: number | null;
  readonly not_taken: number;
}

/** One statement, so that the rows and the state of their passes are of the same instant. */
export async function findHeld(db: Database, question: HeldQuestion): Promise<Held> {
  const { rows } = await db.raw<{
    rows: [{ states: readonly StateRow[]; found: readonly FoundRow[] }];
  }>(FIND_HELD, {
    ...question,
    collections: [...question.collections],
    keys: [...question.keys],
    foundMax: question.rowsMax + 1,
    followFrom: question.follow.map(({ from }) => from),
    followColumn: question.follow.map(({ column }) => column),
  });
  const [{ states, found }] = rows;
  return { states: states.map(stateOf), rows: found };
}

const FIND_HELD = `
  with part as materialized (
    select *
    from intake_collection
    where source = :source
      and edition = :edition
      and collection = any(cast(:collections as text[]))
  ), state as (
    select part.collection, part.fault is not null as is_faulty, last.state as last_state,
           done.name, extract(epoch from done.started_at) * 1000 as started_ms,
           extract(epoch from done.as_of) * 1000 as as_of_ms,
           (${SELECT_NOT_TAKEN}) as not_taken
    from part
    left join intake_pass as last on last.number = part.last_pass
    left join intake_pass as done on done.number = part.complete_pass
  ), subject as (
    select distinct wanted.position, hit.about
    from unnest(cast(:keys as text[])) with ordinality as wanted (key, position)
    cross join lateral (
      select about
      from intake_row
      where intake_row.keys @> array[wanted.key]
        and not deleted
        and collection_id in (select id from part)
      limit :foundMax
    ) as hit
  ), direct as (
    select subject.position - 1 as position, part.collection, own.row_id as id, own."values",
           own.pass
    from subject
    cross join lateral (
      select *
      from intake_row
      where intake_row.about = subject.about
        and not deleted
        and collection_id in (select id from part)
      limit :foundMax
    ) as own
    join part on part.id = own.collection_id
  ), led as (
    select distinct direct.position, direct."values" ->> step.column as about
    from direct
    join unnest(cast(:followFrom as text[]), cast(:followColumn as text[])) as step ("from", "column")
      on step."from" = direct.collection
  ), found as (
    select * from direct
    union all
    select led.position, part.collection, own.row_id, own."values", own.pass
    from led
    cross join lateral (
      select *
      from intake_row
      where intake_row.about = led.about
        and not deleted
        and collection_id in (select id from part)
      limit :foundMax
    ) as own
    join part on part.id = own.collection_id
  )
  select
    (select coalesce(json_agg(state), '[]') from state) as states,
    (
      select coalesce(json_agg(json_build_object(
        'position', found.position, 'collection', found.collection, 'id', found.id,
        'values', found."values", 'pass', coalesce(pass.name, '#' || found.pass))), '[]')
      from found
      -- Passes of long ago are forgotten; their rows are not.
      left join intake_pass as pass on pass.number = found.pass
    ) as found
`;

function stateOf(row: StateRow): NamedState {
  const { name, started_ms: startedMs, as_of_ms: asOfMs } = row;
  const asOf = asOfMs === null ? null : new Date(asOfMs);
  return {
    collection: row.collection,
    passName: name,
    isFaulty: row.is_faulty,
    lastState: row.last_state,
    complete: startedMs === null ? null : { startedAt: new Date(startedMs), asOf },
    notTaken: row.not_taken,
  };
}
