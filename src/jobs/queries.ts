import type { Database } from '../store/database.ts';

/** True for one of all callers with the same job and slot, from however many processes. */
export async function claimSlot(
  db: Database,
  claim: { readonly job: string; readonly slot: Date; readonly replica: string },
): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `
    insert into job_slot (job, slot, replica)
    values (:job, :slot, :replica)
    on conflict (job, slot) do nothing
    returning job
    `,
    claim,
  );
  return rows.length === 1;
}
