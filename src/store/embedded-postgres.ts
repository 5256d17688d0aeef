import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { accountForPostgres, reachableFolder, type Account } from './embedded-account.ts';
import { findBinaries, type Binaries } from './embedded-binaries.ts';
import { withFolderLock } from './embedded-lock.ts';
import { adoptServer, launchServer, type Server } from './embedded-server.ts';

const MAJOR_VERSION = '18';
const USER = 'hecha';

/** A PostgreSQL of our own, for one machine with nothing installed. */
export interface EmbeddedPostgres {
  /** Of the maintenance database; replace the path for others. */
  readonly url: string;
  readonly port: number;
  /** True when a server left behind by an earlier process was taken over. */
  readonly adopted: boolean;
  /** Ends the server and waits for it. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts, or adopts, the server whose files are in `folder`. Works as root and as an ordinary user;
 * a folder that an interrupted start left half made is made anew, a server that an interrupted
 * process left behind is taken over, and one that was killed recovers.
 *
 * @throws {Error} that names the folder and says what to do.
 */
export async function startEmbeddedPostgres(options: {
  folder: string;
  log: (message: string) => void;
  /** Server settings, e.g. fsync. The default is durable. */
  settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const { log, settings = {} } = options;
  const account = accountForPostgres();
  const folder = reachableFolder(options.folder, account, log);
  return withFolderLock(join(folder, 'start.lock'), async () => {
    const binaries = await findBinaries(account, folder, log);
    const cluster = join(folder, 'pgdata');
    const password = prepareCluster({ account, binaries, folder, cluster });
    const login = { user: USER, password };
    const ownerFile = join(folder, 'owner.pid');
    const adopted = await adoptServer(cluster, login);
    if (adopted !== null) {
      log(`using the PostgreSQL that is running on port ${adopted.port}`);
      // Its process may still live and need it: then ending it is not ours to do.
      if (isAlive(ownerFile)) return { ...describe(adopted, login, true), stop: async () => {} };
      writeFileSync(ownerFile, String(process.pid));
      return describe(adopted, login, true);
    }
    const server = await launchServer({
      program: binaries.postgres,
      account,
      cluster,
      login,
      settings,
      log,
    });
    writeFileSync(ownerFile, String(process.pid));
    return describe(server, login, false);
  });
}

function describe(
  server: Server,
  login: { user: string; password: string },
  adopted: boolean,
): EmbeddedPostgres {
  const url = `postgres://${login.user}:${login.password}@127.0.0.1:${server.port}/postgres`;
  return { url, port: server.port, adopted, stop: server.stop };
}

/** Makes the cluster unless it is there. Returns the password of its only account. */
function prepareCluster(given: {
  account: Account;
  binaries: Binaries;
  folder: string;
  cluster: string;
}): string {
  const { account, folder, cluster } = given;
  const secret = join(folder, 'pg.secret');
  const versionFile = join(cluster, 'PG_VERSION');
  if (account.ids.uid === undefined && existsSync(cluster) && !isReadable(versionFile))
    throw new Error(
      `The database files in ${cluster} belong to another account. Start as that account, ` +
        `or set HECHA_DATA to another folder.`,
    );
  if (!existsSync(versionFile) || !existsSync(secret)) {
    makeCluster(given, secret);
  } else {
    const version = readFileSync(versionFile, 'utf8').trim();
    if (version !== MAJOR_VERSION)
      throw new Error(
        `The database files in ${cluster} were made by PostgreSQL ${version}, and this is ` +
          `${MAJOR_VERSION}. Move the folder away, or set DATABASE_URL to a server of that version.`,
      );
  }
  return readFileSync(secret, 'utf8');
}

/** Made aside and renamed, so that a cluster is either whole or not there. */
function makeCluster(
  given: { account: Account; binaries: Binaries; folder: string; cluster: string },
  secret: string,
): void {
  const { account, binaries, folder, cluster } = given;
  const aside = `${cluster}.new`;
  const passwordFile = join(folder, 'pg.secret.new');
  for (const path of [cluster, aside]) rmSync(path, { recursive: true, force: true });
  const password = randomBytes(24).toString('hex');
  mkdirSync(aside, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account.ids.uid !== undefined) {
    chownSync(aside, account.ids.uid, account.ids.gid);
    chownSync(passwordFile, account.ids.uid, account.ids.gid);
  }
  const made = spawnSync(
    binaries.initdb,
    [
      ...['-D', aside, '-U', USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C', '--data-checksums'],
    ],
    { ...account.ids, cwd: '/', encoding: 'utf8' },
  );
  if (made.status !== 0)
    throw new Error(
      `PostgreSQL could not make its files in ${aside}: ${made.stderr || String(made.error)}`,
    );
  if (account.ids.uid !== undefined) chownSync(passwordFile, 0, 0);
  renameSync(passwordFile, secret);
  renameSync(aside, cluster);
}

/** Whether the process that started the server still runs. */
function isAlive(ownerFile: string): boolean {
  try {
    process.kill(Number(readFileSync(ownerFile, 'utf8')), 0);
    return true;
  } catch (error) {
    // EPERM: it runs under another account.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    // Missing or closed: either way it cannot be used as it is.
    return false;
  }
}
