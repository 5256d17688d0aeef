import type { BusinessDate } from '../model/business-date.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Ledger } from './ledger.ts';

/** What the database knows of a source's budget. */
export interface LedgerFound {
  /** Clock of the database, milliseconds since 1970. */
  readonly atMs: number;
  /** Null when nothing was ever bought. */
  readonly ledger: Ledger | null;
  /** Leases that have not expired. */
  readonly inFlight: number;
}

interface LedgerRow {
  readonly at_ms: number;
  readonly in_flight: number;
  readonly day: BusinessDate | null;
  readonly used: number | null;
  readonly recent: readonly (readonly [number, number])[] | null;
  readonly slowed_rate: number | null;
  readonly full_rate: number | null;
  readonly slowed_at_ms: number | null;
  readonly held_until_ms: number | null;
}

/**
 * Holds every other purchase from this source off until the end of the transaction. Statements
 * that follow see all that was bought before; the one that takes the lock would not.
 */
export async function lockLedger(trx: Transaction, source: string): Promise<void> {
  await trx.raw(`select pg_advisory_xact_lock(hashtextextended('source_budget ' || ?, 0))`, [
    source,
  ]);
}

/** The row of the latest day, whatever day it is. */
export async function findLedger(db: Database, source: string): Promise<LedgerFound> {
  const { rows } = await db.raw<{ rows: [LedgerRow] }>(FIND_LEDGER, { source });
  const [row] = rows;
  return { atMs: row.at_ms, ledger: ledgerOf(row), inFlight: row.in_flight };
}

const FIND_LEDGER = `
  select cast(extract(epoch from clock.at) * 1000 as double precision) as at_ms,
         (select cast(count(*) as integer)
          from source_lease
          where source = :source and expires_at > clock.at) as in_flight,
         latest.day, latest.used, latest.recent, latest.slowed_rate, latest.full_rate,
         cast(extract(epoch from latest.slowed_at) * 1000 as double precision) as slowed_at_ms,
         cast(extract(epoch from latest.held_until) * 1000 as double precision) as held_until_ms
  from (select clock_timestamp() as at) as clock
  left join lateral (
    select *
    from source_budget
    where source = :source
    order by day desc
    limit 1
  ) as latest on true
`;

function ledgerOf(row: LedgerRow): Ledger | null {
  if (row.day === null) return null;
  const { slowed_rate, full_rate, slowed_at_ms } = row;
  const isSlowed = slowed_rate !== null && full_rate !== null && slowed_at_ms !== null;
  return {
    day: row.day,
    used: row.used ?? 0,
    recent: (row.recent ?? []).map(([untilMs, calls]) => ({ untilMs, calls })),
    slowed: isSlowed ? { perSecond: slowed_rate, full: full_rate, sinceMs: slowed_at_ms } : null,
    heldUntilMs: row.held_until_ms,
  };
}

/**
 * Writes what a purchase or a complaint made of the ledger, under the lock. `used` is added to, for
 * what is given back is taken off without the lock. Leases of replicas that are gone go with it.
 */
export async function writeLedger(
  trx: Transaction,
  written: {
    readonly source: string;
    readonly ledger: Ledger;
    readonly bought: number;
    readonly leases: readonly { readonly id: string; readonly lastsMs: number }[];
  },
): Promise<void> {
  const { source, ledger, bought, leases } = written;
  await trx.raw(WRITE_LEDGER, {
    source,
    bought,
    day: ledger.day,
    recent: JSON.stringify(ledger.recent.map(({ untilMs, calls }) => [untilMs, calls])),
    slowed_rate: ledger.slowed?.perSecond ?? null,
    full_rate: ledger.slowed?.full ?? null,
    slowed_at: secondsOf(ledger.slowed?.sinceMs ?? null),
    held_until: secondsOf(ledger.heldUntilMs),
    leases: JSON.stringify(leases.map(({ id, lastsMs }) => ({ id, lasts_ms: lastsMs }))),
  });
}

const WRITE_LEDGER = `
  with expired as (
    delete from source_lease
    where source = :source and expires_at <= clock_timestamp()
  ), taken as (
    insert into source_lease (id, source, expires_at)
    select id, :source, clock_timestamp() + lasts_ms * interval '1 millisecond'
    from json_to_recordset(cast(:leases as json)) as lease
      (id uuid, lasts_ms double precision)
  )
  insert into source_budget
    (source, day, used, recent, slowed_rate, full_rate, slowed_at, held_until)
  values (:source, :day, :bought, cast(:recent as jsonb), :slowed_rate, :full_rate,
          to_timestamp(cast(:slowed_at as double precision)),
          to_timestamp(cast(:held_until as double precision)))
  on conflict (source, day) do update
  set used = source_budget.used + excluded.used,
      recent = excluded.recent,
      slowed_rate = excluded.slowed_rate,
      full_rate = excluded.full_rate,
      slowed_at = excluded.slowed_at,
      held_until = excluded.held_until
`;

/** Takes calls that were bought on that day and never begun off what was used. */
export async function refundCalls(
  db: Database,
  given: { readonly source: string; readonly day: BusinessDate; readonly calls: number },
): Promise<void> {
  await db('source_budget')
    .where({ source: given.source, day: given.day })
    .update({ used: db.raw('greatest(0, used - ?)', [given.calls]) });
}

/** Ends leases whose calls have ended. */
export async function deleteLeases(db: Database, ids: readonly string[]): Promise<void> {
  await db('source_lease').whereIn('id', ids).delete();
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}
