import { createAgencies } from '../agencies/agencies.ts';
import { AGENCIES } from '../catalog/starter/agencies.ts';
import { createCatalog } from '../catalog/catalog.ts';
import { STARTER_MATTERS } from '../catalog/starter/matters.ts';
import { readConfig } from '../config.ts';
import { systemClock } from '../model/clock.ts';
import { openDatabase } from '../store/database.ts';
import { migrate, migrationState } from '../store/migrate.ts';
import type { AddCommand } from './hecha.ts';
import { requireDatabaseUrl } from './require.ts';
import { MIGRATIONS } from './folders.ts';

/** `hecha migrate`: applies what is pending, or with --check only tells. */
export const addMigrate: AddCommand = (program, world, finish) => {
  program
    .command('migrate')
    .description('apply pending migrations to the database of DATABASE_URL')
    .option('--check', 'change nothing; exit with 1 when any is pending, unknown or changed')
    .option('--starter-catalog', 'also publish the starter catalog, where its matters are missing')
    .exitOverride()
    .action(async (options: { check?: boolean; starterCatalog?: boolean }) => {
      const url = requireDatabaseUrl(readConfig(world.environment));
      const db = openDatabase(url, { connectionsMax: 2, applicationName: 'hecha-migrate' });
      try {
        if (options.check === true) {
          const { pending, unknown, changed } = await migrationState(db, MIGRATIONS);
          for (const name of pending) world.print(`pending ${name}`);
          for (const name of unknown) world.print(`unknown ${name}`);
          for (const name of changed) world.print(`changed ${name}`);
          finish(pending.length + unknown.length + changed.length === 0 ? 0 : 1);
          return;
        }
        const applied = await migrate(db, MIGRATIONS);
        for (const name of applied) world.print(`applied ${name}`);
        world.tell(applied.length === 0 ? 'Nothing was pending.' : `${applied.length} applied.`);
        if (options.starterCatalog === true) {
          const agencies = createAgencies({ db, clock: systemClock });
          for (const agency of Object.values(AGENCIES))
            await agencies.register(agency, 'deployment');
          const added = await createCatalog({ db }).publish(STARTER_MATTERS);
          world.tell(`${added} matters of the starter catalog published.`);
        }
      } finally {
        await db.destroy();
      }
    });
};
