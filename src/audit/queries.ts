import type { UserErrorCode } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';

/** A row of table `refusal`. */
export interface RefusalRow {
  id: number;
  refused_at: Date;
  agency_code: string;
  actor: string;
  operation: string;
  code: UserErrorCode;
  field: string;
  request_id: string;
}

/** One row for each mistake, in the order given. */
export async function insertRefusals(
  db: Database,
  refusals: readonly Omit<RefusalRow, 'id'>[],
): Promise<void> {
  await db('refusal').insert([...refusals]);
}

/** Newest first. */
export async function listNewestRefusals(
  db: Database,
  wanted: { beforeId: number | null; rows: number },
): Promise<readonly RefusalRow[]> {
  const query = db<RefusalRow>('refusal').orderBy('id', 'desc').limit(wanted.rows);
  if (wanted.beforeId !== null) query.where('id', '<', wanted.beforeId);
  return query;
}
