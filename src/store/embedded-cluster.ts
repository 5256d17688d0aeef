import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { Place } from './embedded-account.ts';
import { PROGRAM_ENVIRONMENT } from './embedded-binaries.ts';

/** Of the programs that package.json pins. */
const MAJOR_VERSION = '18';
const USER = 'hecha';

/** The only account of an embedded server. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * Makes the database files unless they are there, and returns the only login. A making that was
 * interrupted is begun anew; files that are there are never removed.
 *
 * @throws {Error} that names the folder, when the files are of another version or not whole.
 */
export function prepareCluster(
  place: Place,
  { initdb, isDurable }: { initdb: string; isDurable: boolean },
): Login {
  const { folder, cluster } = place;
  const secret = join(folder, 'pg.secret');
  if (!holdsFiles(cluster)) makeCluster(place, { initdb, isDurable, secret });
  const version = readVersion(cluster);
  if (version !== MAJOR_VERSION)
    throw new Error(
      `The database files in ${cluster} were made by PostgreSQL ${version}, and this is ` +
        `PostgreSQL ${MAJOR_VERSION}. Set DATABASE_URL to a server of version ${version}, or ` +
        `move the folder away to begin with an empty database.`,
    );
  if (!existsSync(secret))
    throw new Error(
      `The database files in ${cluster} are there, but not ${secret}, their password. Put it ` +
        `back from the backup of the folder, or move the folder away to begin anew.`,
    );
  return { user: USER, password: readFileSync(secret, 'utf8') };
}

function holdsFiles(cluster: string): boolean {
  return existsSync(cluster) && readdirSync(cluster).length > 0;
}

function readVersion(cluster: string): string {
  const file = join(cluster, 'PG_VERSION');
  if (!existsSync(file))
    throw new Error(
      `The folder ${cluster} has files but no PG_VERSION: it is damaged or holds something else. ` +
        `Put it back from a backup, or move it away to begin with an empty database.`,
    );
  return readFileSync(file, 'utf8').trim();
}

/** Made aside and renamed, so that a cluster is either whole, with its password, or not there. */
function makeCluster(
  { folder, cluster, account }: Place,
  { initdb, isDurable, secret }: { initdb: string; isDurable: boolean; secret: string },
): void {
  const aside = `${cluster}.new`;
  const passwordFile = `${secret}.new`;
  for (const path of [aside, passwordFile]) rmSync(path, { recursive: true, force: true });
  if (existsSync(cluster)) rmdirSync(cluster);
  mkdirSync(aside, { mode: 0o700 });
  writeDurably(passwordFile, randomBytes(24).toString('hex'));
  if (account.ids !== null)
    for (const path of [aside, passwordFile]) chownSync(path, account.ids.uid, account.ids.gid);
  const made = spawnSync(
    initdb,
    [
      ...['-D', aside, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C', '--data-checksums'],
      ...(isDurable ? [] : ['--no-sync']),
    ],
    { ...(account.ids ?? {}), cwd: '/', encoding: 'utf8', env: PROGRAM_ENVIRONMENT },
  );
  if (made.status !== 0)
    throw new Error(
      `PostgreSQL could not make its files in ${aside}: ${made.stderr || String(made.error)}`,
    );
  if (account.ids !== null) chownSync(passwordFile, 0, 0);
  renameSync(passwordFile, secret);
  renameSync(aside, cluster);
  if (isDurable) syncFolder(folder);
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
}

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  fsyncSync(file);
  closeSync(file);
}
