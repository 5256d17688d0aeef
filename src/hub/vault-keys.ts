import type { Clock } from '../model/clock.ts';
import { rotateKeys, type KeyRotation } from '../registry/key-rotation.ts';
import type { Database } from '../store/database.ts';
import { seedKeysInUse } from '../supervision/seed-keys.ts';
import type { Vault } from '../vault/vault.ts';

/**
 * Puts whatever can be put under the current key of the vault under it, and tells which keys open
 * anything at all, of whichever room.
 *
 * @throws {Error} when a key that is still needed is missing; what was done before stands.
 */
export async function rotateVaultKeys(deps: {
  readonly db: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}): Promise<KeyRotation> {
  const rotated = await rotateKeys(deps);
  // A seed is sealed for weeks only: its key waits for that, instead of being wrapped anew.
  const keysInUse = [...new Set([...rotated.keysInUse, ...(await seedKeysInUse(deps.db))])].sort();
  return { ...rotated, keysInUse };
}
