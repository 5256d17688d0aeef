import { join } from 'node:path';

import { readConfig } from '../config.ts';
import { startDemo } from '../demo/demo.ts';
import { createLog } from '../log.ts';
import { systemClock } from '../model/clock.ts';
import { CONSOLE, MIGRATIONS } from './folders.ts';
import type { AddCommand } from './hecha.ts';
import { untilTold } from './signals.ts';

/** `hecha demo`: everything on one machine, until it is told to end. */
export const addDemo: AddCommand = (program, world, finish) => {
  program
    .command('demo')
    .description('start everything on this machine: database, simulated sources, hub, sample case')
    .option('--quiet', 'log warnings only')
    .exitOverride()
    .addHelpText(
      'after',
      `
Environment: PORT (4000), HOST (127.0.0.1), HECHA_DATA (.hecha), DATABASE_URL (instead of the
database the demo brings). Refused when NODE_ENV is production.`,
    )
    .action(async (options: { quiet?: boolean }) => {
      const config = readConfig(world.environment);
      if (config.isProduction)
        throw new Error('a demo has known secrets: it does not run with NODE_ENV=production.');
      const told = untilTold();
      const demo = await startDemo({
        config: { ...config, introspection: true },
        migrations: MIGRATIONS,
        consoleFolder: CONSOLE,
        clock: systemClock,
        log: createLog({ level: options.quiet === true ? 'warn' : config.logLevel }),
        tell: world.tell,
      });
      try {
        world.print(demo.banner);
        world.tell(`Files of this demo: ${join(config.dataFolder)}. Ctrl+C stops it.`);
        await told;
      } finally {
        await demo.stop();
      }
      finish(0);
    });
};
