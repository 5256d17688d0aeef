import { readConfig } from '../config.ts';
import type { AddCommand } from './hecha.ts';
import { openSafely } from './serve.ts';
import { untilTold } from './signals.ts';

/** `hecha worker`: everything a replica does by itself, without listening. */
export const addWorker: AddCommand = (program, world, finish) => {
  program
    .command('worker')
    .description('run jobs and workers on the database of DATABASE_URL, without serving anybody')
    .exitOverride()
    .addHelpText('after', '\nEnvironment: as `hecha serve`. PORT and HOST are not used.')
    .action(async () => {
      const hub = await openSafely(readConfig(world.environment), world.environment);
      try {
        await hub.work();
        world.tell('working');
        await untilTold();
      } finally {
        await hub.stop();
      }
      finish(0);
    });
};
