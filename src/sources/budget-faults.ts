import { HubError } from '../errors.ts';
import { sqlStateOf } from '../store/faults.ts';
import type { Limit } from './ledger.ts';

/** Why an attempt was not permitted. All of them are the hub's own. */
export interface BudgetFaults {
  /** BUDGET for what operators agreed upon, SLOWED for what the source asked for itself. */
  spent(limit: Limit, retryAfterMs: number): HubError;
  tooLong(): HubError;
  stopping(): HubError;
  /** The budget could not be read or written; whatever the reason, nothing may be asked. */
  unavailable(error: unknown): HubError;
}

/** Faults of one source's budget. */
export function budgetFaults(deps: {
  readonly source: string;
  readonly log: { warn(facts: object, message: string): void };
}): BudgetFaults {
  const place = { source: deps.source, hop: 'HUB' } as const;
  return {
    spent(limit, retryAfterMs) {
      const reason = limit === 'HELD' ? 'SLOWED' : 'BUDGET';
      const details = { ...place, reason, limit, retryAfterMs };
      return new HubError('SOURCE_QUOTA_EXHAUSTED', { details });
    },
    tooLong: () =>
      new HubError('SOURCE_TIMEOUT', { details: { ...place, reason: 'WAITED_TOO_LONG' } }),
    stopping: () =>
      new HubError('SOURCE_RESTING', { details: { ...place, reason: 'HUB_STOPPING' } }),
    unavailable(error) {
      const reason = sqlStateOf(error) ?? 'NO_SQLSTATE';
      deps.log.warn(
        { source: deps.source, sqlState: reason },
        'budget cannot be read or spent from',
      );
      const details = { ...place, stage: 'BUDGET', reason };
      return new HubError('STORE_UNAVAILABLE', { details, cause: error });
    },
  };
}
