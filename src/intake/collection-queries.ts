import type { Database, Transaction } from '../store/database.ts';

/** Which rows are meant: of one source, as read under one set of settings. */
export interface CollectionName {
  readonly source: string;
  readonly edition: string;
  readonly collection: string;
}

/** A collection that this run alone may read, and how far it was read. */
export interface ClaimedCollection {
  readonly id: number;
  readonly watermark: string | null;
  /** The pass that can be gone on with. Null to begin one. */
  readonly open: OpenPass | null;
}

/** A pass that was begun and not ended. */
export interface OpenPass {
  /** As `int8`; refers to the pass within the tables of this room. */
  readonly number: number;
  readonly id: string;
  readonly name: string;
  readonly resume: string | null;
}

/**
 * Null while another run holds the collection. The row decides: of two that claim at the same
 * time one passes by the row that the other has locked.
 */
export async function claimCollection(
  db: Database,
  claim: CollectionName & {
    readonly holder: string;
    readonly leaseMs: number;
    /** When the run begins, by the clock of the hub. Null where nothing is to be read. */
    readonly runAt: Date | null;
  },
): Promise<ClaimedCollection | null> {
  const { source, edition, collection } = claim;
  await db('intake_collection')
    .insert({ source, edition, collection })
    .onConflict(['source', 'edition', 'collection'])
    .ignore();
  const { rows } = await db.raw<{ rows: { id: number; watermark: string | null }[] }>(
    `
    update intake_collection
    set holder = :holder,
        held_until = clock_timestamp() + make_interval(secs => :leaseMs / 1000.0),
        run_at = coalesce(cast(:runAt as timestamptz), run_at)
    where id in (
      select id
      from intake_collection
      where source = :source
        and edition = :edition
        and collection = :collection
        and (holder is null or held_until <= clock_timestamp())
      for update skip locked
    )
    returning id, watermark
    `,
    { ...claim },
  );
  const [row] = rows;
  return row === undefined ? null : { ...row, open: await findOpenPass(db, row.id) };
}

async function findOpenPass(db: Database, collectionId: number): Promise<OpenPass | null> {
  const { rows } = await db.raw<{ rows: OpenPass[] }>(
    `
    select pass.number, pass.id, pass.name, pass.resume
    from intake_collection as held
    join intake_pass as pass on pass.number = held.open_pass
    where held.id = :collectionId
    `,
    { collectionId },
  );
  return rows[0] ?? null;
}

/** What a holder proves with: the collection, and the name under which it was claimed. */
export interface Lease {
  readonly collectionId: number;
  readonly holder: string;
  readonly leaseMs: number;
}

/**
 * Holds on for another `leaseMs`. False when another run has taken over. Within a transaction it
 * locks the row, so that nobody can take over before the transaction ends.
 */
export async function extendLease(db: Database | Transaction, lease: Lease): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `
    update intake_collection
    set held_until = clock_timestamp() + make_interval(secs => :leaseMs / 1000.0)
    where id = :collectionId
      and holder = :holder
    `,
    { ...lease },
  );
  return rowCount === 1;
}

/** Lets go. Changes nothing when another run has taken over. */
export async function releaseCollection(
  db: Database,
  { collectionId, holder }: Omit<Lease, 'leaseMs'>,
): Promise<void> {
  await db('intake_collection')
    .where({ id: collectionId, holder })
    .update({ holder: null, held_until: null });
}

/** Why the run ended early; null when it came to its end. */
export async function recordFault(
  trx: Transaction,
  ended: { readonly collectionId: number; readonly fault: string | null; readonly at: Date },
): Promise<void> {
  const { collectionId: id, fault, at } = ended;
  await trx('intake_collection')
    .where({ id })
    .update({ fault, fault_at: fault === null ? null : at });
}

/** A page may begin a pass: then it is the last one, and the one to go on with. */
export async function setOpenPass(
  trx: Transaction,
  opened: { readonly collectionId: number; readonly number: number },
): Promise<void> {
  const { collectionId: id, number } = opened;
  await trx('intake_collection').where({ id }).update({ open_pass: number, last_pass: number });
}

/** The next run begins a new pass. */
export async function clearOpenPass(trx: Transaction, collectionId: number): Promise<void> {
  await trx('intake_collection').where({ id: collectionId }).update({ open_pass: null });
}

/** The only place where a watermark moves. */
export async function setCompletePass(
  trx: Transaction,
  done: {
    readonly collectionId: number;
    readonly number: number;
    readonly watermark: string | null;
    /** Whether nothing that was not taken until now matters any more. */
    readonly isSettled: boolean;
  },
): Promise<void> {
  const { collectionId, number, watermark, isSettled } = done;
  await trx('intake_collection')
    .where({ id: collectionId })
    .update({ watermark, open_pass: null, complete_pass: number });
  if (isSettled) await settle(trx, { collectionId, number });
}

/** What was not taken up to this pass no longer keeps silence from meaning anything. */
export async function settle(
  trx: Transaction,
  { collectionId: id, number }: { readonly collectionId: number; readonly number: number },
): Promise<void> {
  await trx('intake_collection').where({ id }).update({ settled_pass: number });
}

/** How much of a collection is kept. */
export interface Holding {
  readonly rows: number;
  readonly live: number;
  readonly bytes: number;
}

/** By how much it has grown or shrunk; how much there is now. */
export async function addHolding(
  trx: Transaction,
  { collectionId, rows, live, bytes }: Holding & { readonly collectionId: number },
): Promise<Holding> {
  const { rows: now } = await trx.raw<{ rows: [Holding] }>(
    `
    update intake_collection
    set rows_kept = rows_kept + :rows,
        rows_live = rows_live + :live,
        bytes_kept = bytes_kept + :bytes
    where id = :collectionId
    returning rows_kept as rows, rows_live as live, bytes_kept as bytes
    `,
    { collectionId, rows, live, bytes },
  );
  return now[0];
}

/**
 * From now on nothing was ever read, whatever rows are still there: nothing is answered, and the
 * next run begins at the beginning.
 */
export async function forgetPasses(trx: Transaction, collectionId: number): Promise<void> {
  const none = { open_pass: null, last_pass: null, complete_pass: null, settled_pass: null };
  await trx('intake_collection')
    .where({ id: collectionId })
    .update({ ...none, watermark: null });
}

/** The collection, its passes and rejects; its passes must be forgotten and its rows gone. */
export async function deleteCollection(trx: Transaction, collectionId: number): Promise<void> {
  const bindings = { collectionId };
  await trx.raw(
    `
    delete from intake_reject
    where pass in (select number from intake_pass where collection_id = :collectionId)
    `,
    bindings,
  );
  await trx.raw(`delete from intake_pass where collection_id = :collectionId`, bindings);
  await trx.raw(`delete from intake_collection where id = :collectionId`, bindings);
}
