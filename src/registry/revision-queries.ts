import type { RegisteredSource, SourceEvent, SourceRevision } from '../model/registered-source.ts';
import type { SourceRoute } from '../model/route.ts';
import type { LifeState, LifeStep } from '../model/source-life.ts';
import type { Database, Transaction } from '../store/database.ts';

type Store = Database | Transaction;

interface SourceRow {
  id: string;
  title: string;
  owner_agency: string;
  catalog_reference: string | null;
  registered_at: Date;
  registered_by: string;
}

interface RevisionRow {
  source: string;
  number: number;
  kind: string;
  settings: Readonly<Record<string, unknown>>;
  policy: Readonly<Record<string, unknown>>;
  routes: readonly SourceRoute[];
  note: string;
  digest: string;
  created_at: Date;
  created_by: string;
  state: LifeState;
  until: Date | null;
  reason: string | null;
}

interface EventRow {
  id: number;
  source: string;
  revision: number;
  step: LifeStep | 'REGISTER';
  state: LifeState;
  reason: string | null;
  until: Date | null;
  happened_at: Date;
  actor: string;
  request_id: string;
}

/** A step to be recorded. */
export interface NewEvent {
  readonly source: string;
  readonly revision: number;
  readonly step: LifeStep | 'REGISTER';
  readonly state: LifeState;
  readonly reason: string | null;
  readonly until: Date | null;
  readonly at: Date;
  readonly actor: string;
  readonly requestId: string;
}

/** What a revision is before it has a state. */
export type NewRevision = Omit<SourceRevision, 'state' | 'until' | 'reason'>;

/** Holds off every other change to the registry of this source until the transaction ends. */
export async function lockSource(trx: Transaction, id: string): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('hecha_registry:' || ?, 0))`, [id]);
}

/** Inserts, or does nothing where the id is taken. Returns whether it inserted. */
export async function insertSource(trx: Transaction, source: RegisteredSource): Promise<boolean> {
  const inserted = await trx('registered_source')
    .insert({
      id: source.id,
      title: source.title,
      owner_agency: source.ownerAgency,
      catalog_reference: source.catalogReference,
      registered_at: source.registeredAt,
      registered_by: source.registeredBy,
    })
    .onConflict('id')
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

/** The next number is the caller's to know: it holds the lock. */
export async function insertRevision(trx: Transaction, revision: NewRevision): Promise<void> {
  await trx('source_revision').insert({
    source: revision.source,
    number: revision.number,
    kind: revision.kind,
    settings: JSON.stringify(revision.settings),
    policy: JSON.stringify(revision.policy),
    routes: JSON.stringify(revision.routes),
    note: revision.note,
    digest: revision.digest,
    created_at: revision.createdAt,
    created_by: revision.createdBy,
  });
}

/** In the order given. */
export async function insertEvents(trx: Transaction, events: readonly NewEvent[]): Promise<void> {
  await trx('source_event').insert(
    events.map((event) => ({
      source: event.source,
      revision: event.revision,
      step: event.step,
      state: event.state,
      reason: event.reason,
      until: event.until,
      happened_at: event.at,
      actor: event.actor,
      request_id: event.requestId,
    })),
  );
}

/** In the order of their ids. */
export async function listSources(
  db: Store,
  ids: readonly string[] | null = null,
): Promise<readonly RegisteredSource[]> {
  const query = db<SourceRow>('registered_source').orderBy('id');
  if (ids !== null) query.whereIn('id', [...ids]);
  return (await query).map((row) => ({
    id: row.id,
    title: row.title,
    ownerAgency: row.owner_agency,
    catalogReference: row.catalog_reference,
    registeredAt: row.registered_at,
    registeredBy: row.registered_by,
  }));
}

/** All revisions of these sources (null: of all), newest first within each. */
export async function listRevisions(
  db: Store,
  sources: readonly string[] | null,
): Promise<readonly SourceRevision[]> {
  const { rows } = await db.raw<{ rows: RevisionRow[] }>(
    `
    select source_revision.*, last.state, last.until, last.reason
    from source_revision
    cross join lateral (
      select state, until, reason
      from source_event
      where source_event.source = source_revision.source and revision = number
      order by id desc
      limit 1
    ) as last
    where :isAll or source_revision.source = any(:sources)
    order by source_revision.source, number desc
    `,
    { isAll: sources === null, sources: [...(sources ?? [])] },
  );
  return rows.map(revisionFromRow);
}

/** Newest first, at most `limit`. */
export async function listEvents(
  db: Store,
  source: string,
  limit: number,
): Promise<readonly SourceEvent[]> {
  const rows = await db<EventRow>('source_event')
    .where({ source })
    .orderBy('id', 'desc')
    .limit(limit);
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    revision: row.revision,
    step: row.step,
    state: row.state,
    reason: row.reason,
    until: row.until,
    happenedAt: row.happened_at,
    actor: row.actor,
  }));
}

/** Changes whenever anything of the registry does. */
export async function findRegistryVersion(db: Store): Promise<string> {
  const { rows } = await db.raw<{ rows: { version: string }[] }>(
    `
    select concat_ws('.',
      (select max(id) from source_event),
      (select count(*) from source_secret),
      (select count(*) from source_secret_end)) as version
    `,
  );
  return rows[0]?.version ?? '';
}

function revisionFromRow(row: RevisionRow): SourceRevision {
  return {
    source: row.source,
    number: row.number,
    kind: row.kind,
    settings: row.settings,
    policy: row.policy,
    routes: row.routes,
    note: row.note,
    digest: row.digest,
    createdAt: row.created_at,
    createdBy: row.created_by,
    state: row.state,
    until: row.until,
    reason: row.reason,
  };
}
