import type { IntakeCollection, IntakePass, IntakeReject } from '../model/intake.ts';
import type { Database, Transaction } from '../store/database.ts';

interface PassRow {
  readonly id: string;
  readonly number: number;
  readonly source: string;
  readonly edition: string;
  readonly collection: string;
  readonly name: string;
  readonly state: IntakePass['state'];
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly attempts: number;
  readonly live_before: number;
  readonly pages: number;
  readonly kept: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly rejected: number;
  readonly quarantined: number;
  readonly removed: number;
  readonly full: boolean;
  readonly watermark: string | null;
  readonly as_of: Date | null;
  readonly reason: string | null;
  readonly proposed_at: Date | null;
  readonly proposed_by: string | null;
  readonly proposal: string | null;
  readonly accepted_at: Date | null;
  readonly accepted_by: string | null;
}

const SELECT_PASS = `
  select pass.*, part.source, part.edition, part.collection
  from intake_pass as pass
  join intake_collection as part on part.id = pass.collection_id
`;

/** A pass, and its number, by which pages of passes are cut. */
export interface NumberedPass {
  readonly number: number;
  readonly pass: IntakePass;
}

/** Of all editions and collections, newest first, those before a number; at most so many. */
export async function listPasses(
  db: Database,
  wanted: {
    readonly source: string;
    readonly before: number | null;
    readonly rowsMax: number;
  },
): Promise<readonly NumberedPass[]> {
  const { rows } = await db.raw<{ rows: PassRow[] }>(
    `
    ${SELECT_PASS}
    where part.source = :source
      and (cast(:before as bigint) is null or pass.number < :before)
    order by pass.number desc
    limit :rowsMax
    `,
    { ...wanted },
  );
  return rows.map((row) => ({ number: row.number, pass: passOf(row) }));
}

/** Null where there is none. */
export async function findPassById(
  db: Database | Transaction,
  id: string,
): Promise<IntakePass | null> {
  const { rows } = await db.raw<{ rows: PassRow[] }>(`${SELECT_PASS} where pass.id = :id`, { id });
  return rows[0] === undefined ? null : passOf(rows[0]);
}

/** In the order in which they were met, behind an ordinal; at most so many. */
export async function listRejects(
  db: Database,
  wanted: { readonly passId: string; readonly after: number; readonly rowsMax: number },
): Promise<readonly IntakeReject[]> {
  const { rows } = await db.raw<{ rows: IntakeReject[] }>(
    `
    select reject.ordinal, reject.place, reject.field, reject.reason
    from intake_reject as reject
    join intake_pass as pass on pass.number = reject.pass
    where pass.id = :passId
      and reject.ordinal > :after
    order by reject.ordinal
    limit :rowsMax
    `,
    { ...wanted },
  );
  return rows;
}

interface CollectionRow {
  readonly source: string;
  readonly edition: string;
  readonly collection: string;
  readonly rows_live: number;
  readonly rows_kept: number;
  readonly bytes_kept: number;
  readonly run_at: Date | null;
  readonly fault: string | null;
  readonly watermark: string | null;
  readonly is_being_read: boolean;
  readonly last_id: string | null;
  readonly complete_id: string | null;
  readonly not_taken: number;
}

/** Changes that were not taken by the complete passes since the collection was last settled. */
export const SELECT_NOT_TAKEN = `
  select cast(coalesce(sum(aside.rejected + aside.quarantined), 0) as bigint)
  from intake_pass as aside
  where aside.collection_id = part.id
    and aside.number > coalesce(part.settled_pass, 0)
    and aside.state = 'COMPLETE'
    and aside.rejected + aside.quarantined > 0
`;

/** Of all editions, in the order in which they were first read; at most so many. */
export async function listCollections(
  db: Database,
  wanted: { readonly source: string; readonly rowsMax: number },
): Promise<readonly IntakeCollection[]> {
  const { rows } = await db.raw<{ rows: CollectionRow[] }>(
    `
    select part.*, last.id as last_id, done.id as complete_id,
           coalesce(part.held_until > clock_timestamp(), false) as is_being_read,
           (${SELECT_NOT_TAKEN}) as not_taken
    from intake_collection as part
    left join intake_pass as last on last.number = part.last_pass
    left join intake_pass as done on done.number = part.complete_pass
    where part.source = :source
    order by part.id
    limit :rowsMax
    `,
    { ...wanted },
  );
  const ids = rows.flatMap(({ last_id: last, complete_id: done }) => [last, done]);
  const passes = await listPassesByIds(
    db,
    ids.filter((id) => id !== null),
  );
  return rows.map((row) => ({
    source: row.source,
    edition: row.edition,
    collection: row.collection,
    rowsLive: row.rows_live,
    rowsKept: row.rows_kept,
    bytesKept: row.bytes_kept,
    runAt: row.run_at,
    fault: row.fault,
    isBeingRead: row.is_being_read,
    watermark: row.watermark,
    last: passes.get(row.last_id ?? '') ?? null,
    complete: passes.get(row.complete_id ?? '') ?? null,
    notTaken: row.not_taken,
  }));
}

async function listPassesByIds(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, IntakePass>> {
  const { rows } = await db.raw<{ rows: PassRow[] }>(
    `${SELECT_PASS} where pass.id = any(cast(:ids as uuid[]))`,
    { ids: [...ids] },
  );
  return new Map(rows.map((row) => [row.id, passOf(row)]));
}

function passOf(row: PassRow): IntakePass {
  const { pages, kept, unchanged, deleted, rejected, quarantined, removed } = row;
  const { proposed_at: proposedAt, proposed_by: proposedBy, proposal } = row;
  const { accepted_at: acceptedAt, accepted_by: acceptedBy } = row;
  return {
    id: row.id,
    source: row.source,
    edition: row.edition,
    collection: row.collection,
    name: row.name,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    attempts: row.attempts,
    counts: { pages, kept, unchanged, deleted, rejected, quarantined, removed },
    liveBefore: row.live_before,
    full: row.full,
    watermark: row.watermark,
    asOf: row.as_of,
    reason: row.reason,
    proposed:
      proposedAt === null || proposedBy === null || proposal === null
        ? null
        : { at: proposedAt, by: proposedBy, reason: proposal },
    accepted:
      acceptedAt === null || acceptedBy === null ? null : { at: acceptedAt, by: acceptedBy },
  };
}
