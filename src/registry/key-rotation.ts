import type { Clock } from '../model/clock.ts';
import type { Database } from '../store/database.ts';
import { sealedOf } from '../vault/sealed-columns.ts';
import type { Vault } from '../vault/vault.ts';
import { boundTo } from './credentials.ts';
import { insertWrap, listSecrets } from './secret-queries.ts';

/** What a rotation did, and which keys are still needed. */
export interface KeyRotation {
  /** Versions of credentials whose data key is now under the current key. */
  readonly rewrapped: number;
  /** All there are, those that were ended included. */
  readonly versions: number;
  /** Names of the keys that open any of them now, in order. */
  readonly keysInUse: readonly string[];
}

/**
 * Puts the data key of all credentials of sources under the current key of the vault. Nothing of
 * what is sealed changes, a hub under way needs nothing, and what was cut off is done again.
 *
 * @throws {Error} when a key that is still needed is missing; what was done before stands.
 */
export async function rotateKeys(deps: {
  readonly db: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}): Promise<KeyRotation> {
  const { db, vault, clock } = deps;
  let rewrapped = 0;
  for (const row of await listSecrets(db, null)) {
    const { source, version } = row;
    const sealed = vault.rewrap(sealedOf(row), boundTo(row));
    if (sealed === null) continue;
    await insertWrap(db, { source, version, sealed, at: clock.now() });
    rewrapped += 1;
  }
  const rows = await listSecrets(db, null);
  const keysInUse = [...new Set(rows.map((row) => row.key_id))].sort();
  return { rewrapped, versions: rows.length, keysInUse };
}
