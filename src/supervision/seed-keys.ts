import type { Database } from '../store/database.ts';
import { listSeedKeys } from './draw-queries.ts';

/** Names of the keys of the vault without which a planned draw could not be drawn. */
export function seedKeysInUse(db: Database): Promise<readonly string[]> {
  return listSeedKeys(db);
}
