import { readFile } from 'node:fs/promises';

import { readConfig } from '../config.ts';
import { systemClock } from '../model/clock.ts';
import { rotateVaultKeys } from '../hub/vault-keys.ts';
import { openDatabase } from '../store/database.ts';
import { createVault, parseVaultKeys } from '../vault/vault.ts';
import type { AddCommand } from './hecha.ts';
import { requireDatabaseUrl, requireSetting } from './require.ts';

/** `hecha vault rotate`: puts all credentials under the first key of the key file. */
export const addVault: AddCommand = (program, world) => {
  program
    .command('vault')
    .description('the keys that seal credentials of sources')
    .command('rotate')
    .description('put all credentials under the first key of HECHA_VAULT_KEYS_FILE')
    .exitOverride()
    .action(async () => {
      const config = readConfig(world.environment);
      const url = requireDatabaseUrl(config);
      const file = requireSetting(
        config.vaultKeysFile,
        'HECHA_VAULT_KEYS_FILE',
        'a file with the new key first and the former ones after it, one name:base64 a line',
      );
      const keys = parseVaultKeys(await readFile(file, 'utf8'));
      const db = openDatabase(url, { connectionsMax: 2, applicationName: 'hecha-vault' });
      try {
        const vault = createVault(keys);
        const { rewrapped, versions, keysInUse } = await rotateVaultKeys({
          ...{ db, vault, clock: systemClock },
        });
        for (const id of keysInUse) world.print(`in use ${id}`);
        for (const { id } of keys.slice(1))
          if (!keysInUse.includes(id)) world.print(`no longer needed ${id}`);
        world.tell(`${rewrapped} of ${versions} credentials were put under ${keys[0]?.id ?? ''}.`);
      } finally {
        await db.destroy();
      }
    });
};
