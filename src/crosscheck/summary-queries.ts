import type { SummaryDifference } from '../model/cross-check-summary.ts';
import {
  counterKeyIdOf,
  type CounterSignature,
  type SignedSummary,
} from '../model/signed-summary.ts';
import type { Database, Transaction } from '../store/database.ts';

/** In no order; there are no more than classes times fields. */
export async function countByClassAndField(
  trx: Transaction,
  runId: string,
): Promise<readonly SummaryDifference[]> {
  const { rows } = await trx.raw<{ rows: SummaryDifference[] }>(
    `
    select class, nullif(field, '') as field, count(*)::integer as subjects
    from cross_check_difference
    where run_id = :runId
    group by class, field
    `,
    { runId },
  );
  return rows;
}

/** Keeps what was signed, once. */
export async function insertSummary(
  trx: Transaction,
  signed: {
    readonly runId: string;
    readonly document: Buffer;
    readonly digest: string;
    readonly signature: Buffer;
    readonly keyId: string;
    readonly at: Date;
  },
): Promise<void> {
  const { runId, document, digest, signature, keyId, at } = signed;
  await trx('cross_check_summary').insert({
    ...{ run_id: runId, document, digest, signature, key_id: keyId, signed_at: at },
  });
}

interface SummaryRow {
  run_id: string;
  document: Buffer;
  digest: string;
  signature: Buffer;
  key_id: string;
  signed_at: Date;
}

interface CounterRow {
  run_id: string;
  agency_code: string;
  key_version: number;
  signature: Buffer;
  received_at: Date;
  received_by: string;
}

/** In the order of runs; null where nothing was signed. Of each the first `countersMax`. */
export async function listSummaries(
  db: Database,
  runIds: readonly string[],
  countersMax: number,
): Promise<readonly (SignedSummary | null)[]> {
  const rows = await db<SummaryRow>('cross_check_summary').whereIn('run_id', [...runIds]);
  const { rows: counters } = await db.raw<{ rows: CounterRow[] }>(
    `
    select one.*
    from unnest(:runIds::uuid[]) as wanted (id)
    cross join lateral (
      select * from cross_check_counter_signature
      where run_id = wanted.id
      order by received_at, agency_code, key_version
      limit :countersMax
    ) as one
    `,
    { runIds: [...runIds], countersMax },
  );
  const byRun = new Map(rows.map((row) => [row.run_id, row]));
  return runIds.map((id) => {
    const row = byRun.get(id);
    if (row === undefined) return null;
    return {
      ...{ document: row.document.toString('utf8'), digest: row.digest, keyId: row.key_id },
      ...{ signature: row.signature.toString('base64'), signedAt: row.signed_at },
      counterSignatures: counters.filter(({ run_id: of }) => of === id).map(counterFromRow),
    };
  });
}

/** Keeps a signature of an agency that was verified. What is there stays as it is. */
export async function insertCounterSignature(
  db: Database,
  given: {
    readonly runId: string;
    readonly agencyCode: string;
    readonly version: number;
    readonly signature: Buffer;
    readonly at: Date;
    readonly by: string;
  },
): Promise<void> {
  await db('cross_check_counter_signature')
    .insert({
      ...{ run_id: given.runId, agency_code: given.agencyCode, key_version: given.version },
      ...{ signature: given.signature, received_at: given.at, received_by: given.by },
    })
    .onConflict(['run_id', 'agency_code', 'key_version'])
    .ignore();
}

function counterFromRow(row: CounterRow): CounterSignature {
  const { agency_code: agencyCode, key_version: version } = row;
  return {
    ...{ keyId: counterKeyIdOf({ agencyCode, version }), agencyCode },
    ...{ signature: row.signature.toString('base64') },
    ...{ receivedAt: row.received_at, receivedBy: row.received_by },
  };
}
