import { businessDate } from '../model/clock.ts';
import { REPAIR_LIFE, type Repair } from '../model/repair.ts';
import { findRepair, insertRepairEvent, listApproved, lockRepair } from './queries.ts';
import type { RepairsDependencies } from './repairs.ts';

const ROWS_PER_ROUND = 100;
const ROUNDS_MAX = 100;
const BY = 'job:repair';

/**
 * Ends the records whose repair every recipient has acknowledged (修复结果互认). Until then they
 * stand: whoever was told of the record would go on holding it against the subject.
 */
export function createPropagation(deps: RepairsDependencies) {
  const { db, clock, log } = deps;

  async function end({ id, agencyCode }: Repair): Promise<void> {
    await db.transaction(async (trx) => {
      await lockRepair(trx, id);
      const held = await findRepair(trx, { agencyCode, id });
      const state = held === null ? null : REPAIR_LIFE.after(held.state, 'PROPAGATE');
      if (held === null || state === null) return;
      const at = clock.now();
      await insertRepairEvent(trx, id, {
        ...{ number: held.version + 1, step: 'PROPAGATE', state, at, by: BY },
        ...{ statement: null, document: null },
      });
      await deps.enter(trx, {
        ...{ kind: 'REPAIRED', subject: held.subject, on: businessDate(at), about: held.entryId },
        ...{ reference: id, agencyCode, by: BY },
      });
    });
  }

  return async (signal: AbortSignal): Promise<void> => {
    try {
      let after: string | null = null;
      for (let round = 0; round < ROUNDS_MAX && !signal.aborted; round += 1) {
        const approved = await listApproved(db, { after, rows: ROWS_PER_ROUND });
        for (const repair of approved) {
          const breach = await deps.findBreach(repair.agencyCode, repair.breachId);
          if (breach !== null && (await deps.isToldOfAll(breach.commitmentId))) await end(repair);
        }
        after = approved.at(-1)?.id ?? null;
        if (after === null) return;
      }
    } catch (error) {
      log.warn({ err: error }, 'repairs could not be ended; they are tried again');
    }
  };
}
