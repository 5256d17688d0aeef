import { readFile } from 'node:fs/promises';

import { generate, loadContext } from '@graphql-codegen/cli';

/** Run as `npm run codegen:check`: generates in memory, writes nothing, and names what differs. */
const context = await loadContext('codegen.yml');
context.updateConfig({ silent: true });
const files = (await generate(context, false)) as readonly {
  readonly filename: string;
  readonly content: string;
}[];

const stale: string[] = [];
for (const { filename, content } of files) {
  const committed = await readFile(filename, 'utf8').catch(() => null);
  if (committed !== content) stale.push(filename);
}

if (files.length === 0 || stale.length > 0) {
  console.error(`Not as generated: ${stale.join(', ')}. Run \`npm run codegen\` and commit.`);
  process.exitCode = 1;
}
