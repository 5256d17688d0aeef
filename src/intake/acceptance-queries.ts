import type { Transaction } from '../store/database.ts';

/** A pass that operators want to accept, and whether it is still the last one. */
export interface AcceptablePass {
  readonly number: number;
  readonly state: 'RUNNING' | 'COMPLETE' | 'FAILED';
  readonly reason: string | null;
  readonly not_taken: number;
  readonly watermark: string | null;
  readonly proposed_by: string | null;
  readonly accepted_by: string | null;
  /** Whether no pass was begun after it. */
  readonly is_last: boolean;
  /** Whether what was not taken up to it no longer matters. */
  readonly is_settled: boolean;
}

/** The pass, locked until the transaction ends. Null where there is none. */
export async function lockPass(trx: Transaction, id: string): Promise<AcceptablePass | null> {
  const { rows } = await trx.raw<{ rows: AcceptablePass[] }>(
    `
    select pass.number, pass.state, pass.reason, pass.rejected + pass.quarantined as not_taken,
           pass.watermark, pass.proposed_by, pass.accepted_by,
           pass.number = part.last_pass as is_last,
           pass.number <= coalesce(part.settled_pass, 0) as is_settled
    from intake_pass as pass
    join intake_collection as part on part.id = pass.collection_id
    where pass.id = :id
    for update of pass
    `,
    { id },
  );
  return rows[0] ?? null;
}

/** The first operator, and why; the pass must be locked. */
export async function recordProposal(
  trx: Transaction,
  told: {
    readonly number: number;
    readonly at: Date;
    readonly by: string;
    readonly reason: string;
  },
): Promise<void> {
  const { number, at, by, reason } = told;
  await trx('intake_pass')
    .where({ number })
    .update({ proposed_at: at, proposed_by: by, proposal: reason });
}

/** The second operator; another than the first, or the database refuses it. */
export async function recordAccepted(
  trx: Transaction,
  accepted: { readonly number: number; readonly at: Date; readonly by: string },
): Promise<void> {
  const { number, at, by } = accepted;
  await trx('intake_pass').where({ number }).update({ accepted_at: at, accepted_by: by });
}

/** What was wrong with the last run is settled, where it was that. */
export async function settleFault(
  trx: Transaction,
  { collectionId: id, fault }: { readonly collectionId: number; readonly fault: string },
): Promise<void> {
  await trx('intake_collection').where({ id, fault }).update({ fault: null, fault_at: null });
}
