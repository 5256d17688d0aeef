import { createHash } from 'node:crypto';

import { HubError } from '../errors.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Accepted } from '../model/user-error.ts';
import type { Transaction } from './database.ts';

/** A mutation that may be repeated. */
export interface KeyedRequest {
  readonly agencyCode: string;
  readonly idempotencyKey: string;
  /** Field of type Mutation. */
  readonly operation: string;
  /** Whatever makes it the same request; instants and codes as text. */
  readonly input: unknown;
}

/**
 * Carries a request out unless it was carried out before; answers with the id of what came of it.
 * A repetition that runs at the same time waits. What was refused may be sent again corrected.
 *
 * @throws {HubError} CONFLICT when the key belongs to another request.
 */
export async function runOnce(
  trx: Transaction,
  { agencyCode, idempotencyKey, operation, input }: KeyedRequest,
  work: () => Promise<Accepted<string>>,
): Promise<Accepted<string>> {
  const digest = createHash('sha256').update(canonicalJson(input)).digest('hex');
  const key = { agency_code: agencyCode, idempotency_key: idempotencyKey };
  const added = await trx('request_key')
    .insert({ ...key, operation, digest })
    .onConflict(['agency_code', 'idempotency_key'])
    .ignore()
    .returning('operation');
  if (added.length === 0) {
    const held = await trx<HeldRow>('request_key').where(key).first();
    if (held?.operation !== operation || held.digest !== digest || held.result_id === null)
      throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
    return { ok: true, value: held.result_id };
  }
  const done = await work();
  if (done.ok) await trx('request_key').where(key).update({ result_id: done.value });
  else await trx('request_key').where(key).delete();
  return done;
}

interface HeldRow {
  operation: string;
  digest: string;
  result_id: string | null;
}
