import { join } from 'node:path';

import type { CheckLine } from '../connector-kit/connector.ts';
import { readConfig, type Config } from '../config.ts';
import { createConnector } from '../hub.ts';
import { systemClock } from '../model/clock.ts';
import { readSourceList } from '../source-list.ts';
import type { AddCommand, World } from './hecha.ts';

const CHECK_MS_MAX = 30_000;

/** `hecha connector check <source>`: one line a probe; 1 when any of them failed. */
export const addConnector: AddCommand = (program, world, finish) => {
  const connector = program.command('connector').description('work with the sources of a hub');
  connector
    .command('check')
    .argument('<source>', 'id of the source, e.g. license-library')
    .description('probe a source: network, credentials, each capability, clock; exit 1 on a FAIL')
    .exitOverride()
    .action(async (id: string) => {
      const config = readConfig(world.environment);
      const lines = await check(config, world, id);
      for (const line of lines) world.print(format(line));
      finish(lines.some(({ result }) => result === 'FAIL') ? 1 : 0);
    });
};

async function check(config: Config, world: World, id: string): Promise<readonly CheckLine[]> {
  const file = config.sourcesFile ?? join(config.dataFolder, 'demo-sources.json');
  const { sources } = await readSourceList(file, world.environment);
  const listed = sources.find((one) => one.id === id);
  if (listed === undefined)
    throw new Error(`No source ${id}. There are: ${sources.map((one) => one.id).join(', ')}.`);
  const connector = createConnector(listed, systemClock);
  try {
    return await connector.check(AbortSignal.timeout(CHECK_MS_MAX));
  } finally {
    await connector.close();
  }
}

function format({ result, probe, code, advice, tookMs }: CheckLine): string {
  const columns = [result.padEnd(4), probe.padEnd(34), code.padEnd(26)];
  const line = `${columns.join(' ')} ${Math.round(tookMs)} ms`;
  return advice === null ? line : `${line}\n     ${advice}`;
}
