import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { includeInto, listPages, readPage, ROOT } from './docs-includes.ts';

/**
 * Writes every included block of every page anew. With `--check` it writes nothing, names the pages
 * that would change, and fails when there is one.
 */
const checksOnly = process.argv.includes('--check');
const stale = listPages().filter((page) => includeInto(page, readPage(page)) !== readPage(page));

if (!checksOnly)
  for (const page of stale) writeFileSync(join(ROOT, page), includeInto(page, readPage(page)));

for (const page of stale) console.log(checksOnly ? `stale: ${page}` : `written: ${page}`);
if (checksOnly && stale.length > 0) {
  console.log('Run `npm run docs`.');
  process.exitCode = 1;
}
