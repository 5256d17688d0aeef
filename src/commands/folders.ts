import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The code runs from `src/` in development and from `dist/src/` when built: the project's own
// folder
// is the nearest one above that holds the migrations.
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'migrations', '0001_journal.sql'))) {
    const above = dirname(folder);
    if (above === folder)
      throw new Error('The folder migrations/ is missing from the installation.');
    folder = above;
  }
  return folder;
}

const ROOT = findRoot();

/** Folder of the migrations, in a clone and in an installation. */
export const MIGRATIONS = join(ROOT, 'migrations');
/** Folder of the files served at /console. */
export const CONSOLE = join(ROOT, 'console');
