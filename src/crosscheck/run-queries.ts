import type {
  CrossCheckResult,
  CrossCheckRun,
  CrossCheckRunEvent,
  CrossCheckRunState,
  CrossCheckRunStep,
} from '../model/cross-check-run.ts';
import type { Database, Transaction } from '../store/database.ts';

interface RunRow {
  id: string;
  check_id: string;
  check_version: number;
  number: number;
  slot: Date;
  state: CrossCheckRunState;
  version: number;
  opened_at: Date;
  opened_by: string;
  ends_at: Date;
  subjects: number | null;
  result: CrossCheckResult | null;
  root_digest: string | null;
  ended_at: Date | null;
}

/** Opens a run. False where its slot or key is taken, or another run of the check goes on. */
export async function insertRun(
  trx: Transaction,
  run: Omit<CrossCheckRun, 'number'> & { readonly idempotencyKey: string | null },
): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    insert into cross_check_run (id, check_id, check_version, number, slot, idempotency_key, state,
      version, opened_at, opened_by, ends_at)
    select :id::uuid, :checkId::uuid, :checkVersion::integer, coalesce(max(number), 0) + 1,
      :slot::timestamptz, :idempotencyKey::text, :state, 1, :openedAt::timestamptz, :openedBy,
      :endsAt::timestamptz
    from cross_check_run
    where check_id = :checkId
    on conflict do nothing
    `,
    {
      ...{ id: run.id, checkId: run.checkId, checkVersion: run.checkVersion, slot: run.slot },
      ...{ idempotencyKey: run.idempotencyKey, state: run.state, openedAt: run.openedAt },
      ...{ openedBy: run.openedBy, endsAt: run.endsAt },
    },
  );
  if (rowCount === 0) return false;
  const event = { number: 1, step: null, state: run.state, at: run.openedAt, by: run.openedBy };
  await trx('cross_check_run_event').insert({ run_id: run.id, ...event, reason: null });
  return true;
}

/** Null where there is none. */
export async function findRun(
  db: Database | Transaction,
  by: { readonly id: string } | { readonly checkId: string; readonly key: string },
): Promise<CrossCheckRun | null> {
  const where = 'id' in by ? { id: by.id } : { check_id: by.checkId, idempotency_key: by.key };
  const row = await db<RunRow>('cross_check_run').where(where).first();
  return row === undefined ? null : fromRow(row);
}

/** As it stands, and so that no other changes it until the transaction ends. */
export async function lockRun(trx: Transaction, id: string): Promise<CrossCheckRun> {
  const row = await trx<RunRow>('cross_check_run').where({ id }).forUpdate().first();
  if (row === undefined) throw new Error('a run that was read is not there');
  return fromRow(row);
}

/** As `lockRun`; null where another transaction has it. */
export async function lockRunIfFree(trx: Transaction, id: string): Promise<CrossCheckRun | null> {
  const row = await trx<RunRow>('cross_check_run').where({ id }).forUpdate().skipLocked().first();
  return row === undefined ? null : fromRow(row);
}

/** The state of a run, which no other takes a step from until the transaction ends. */
export async function shareRunState(trx: Transaction, id: string): Promise<CrossCheckRunState> {
  const row = await trx<RunRow>('cross_check_run').where({ id }).forShare().first('state');
  if (row === undefined) throw new Error('a run that was read is not there');
  return row.state;
}

/** The slot of the newest scheduled run of a check. Null where there is none. */
export async function findLastSlot(db: Database, checkId: string): Promise<Date | null> {
  const row = await db('cross_check_run')
    .where({ check_id: checkId })
    .whereNull('idempotency_key')
    .max<{ slot: Date | null }>('slot as slot')
    .first();
  return row?.slot ?? null;
}

/** Newest first, those before `before`. */
export async function listNewestRuns(
  db: Database | Transaction,
  wanted: {
    readonly checkId: string | null;
    readonly states: readonly CrossCheckRunState[] | null;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly rows: number;
  },
): Promise<readonly CrossCheckRun[]> {
  const query = db<RunRow>('cross_check_run')
    .orderBy([
      { column: 'opened_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(wanted.rows);
  if (wanted.checkId !== null) void query.where({ check_id: wanted.checkId });
  if (wanted.states !== null) void query.whereIn('state', [...wanted.states]);
  if (wanted.before !== null)
    void query.whereRaw('(opened_at, id) < (?, ?::uuid)', [wanted.before.at, wanted.before.id]);
  return (await query).map(fromRow);
}

/** What a step changes besides the state. */
export interface RunChange {
  readonly step: CrossCheckRunStep;
  readonly state: CrossCheckRunState;
  readonly at: Date;
  readonly by: string;
  readonly reason: string | null;
  readonly subjects?: number;
  readonly alike?: number;
  readonly result?: CrossCheckResult;
  readonly rootDigest?: string;
}

/** Takes a step of a run that is locked. */
export async function changeRun(
  trx: Transaction,
  held: CrossCheckRun,
  change: RunChange,
): Promise<CrossCheckRun> {
  const { step, state, at, by, reason } = change;
  const hasEnded = state === 'COMPLETE' || state === 'CANCELED';
  const changed: CrossCheckRun = {
    ...{ ...held, state, version: held.version + 1, endedAt: hasEnded ? at : null },
    ...{ subjects: change.subjects ?? held.subjects, result: change.result ?? held.result },
    rootDigest: change.rootDigest ?? held.rootDigest,
  };
  await trx('cross_check_run')
    .where({ id: held.id })
    .update({
      ...{ state, version: changed.version, ended_at: changed.endedAt },
      ...{ subjects: changed.subjects, root_digest: changed.rootDigest },
      ...(change.alike === undefined ? {} : { alike: change.alike }),
      result: changed.result === null ? null : JSON.stringify(changed.result),
    });
  const event = { run_id: held.id, number: changed.version, step, state, at, by, reason };
  await trx('cross_check_run_event').insert(event);
  return changed;
}

/** Oldest first, the latest `rows`. */
export async function listRunEvents(
  db: Database,
  runId: string,
  rows: number,
): Promise<readonly CrossCheckRunEvent[]> {
  const latest = await db<CrossCheckRunEvent & { run_id: string }>('cross_check_run_event')
    .where({ run_id: runId })
    .orderBy('number', 'desc')
    .limit(rows)
    .select('number', 'step', 'state', 'at', 'by', 'reason');
  return latest.toReversed();
}

function fromRow(row: RunRow): CrossCheckRun {
  return {
    ...{ id: row.id, checkId: row.check_id, checkVersion: row.check_version, number: row.number },
    ...{ slot: row.slot, state: row.state, version: row.version },
    ...{ openedAt: row.opened_at, openedBy: row.opened_by, endsAt: row.ends_at },
    ...{ subjects: row.subjects, rootDigest: row.root_digest, endedAt: row.ended_at },
    // Runs of before samples were drawn say nothing of them.
    result: row.result === null ? null : { ...row.result, sample: row.result.sample ?? null },
  };
}
