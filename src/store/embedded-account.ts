import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** The account that PostgreSQL runs as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  /** For starting programs as that account; null when it is the account of this process. */
  readonly ids: { readonly uid: number; readonly gid: number } | null;
}

/** Where the server's files are, and the account that owns them. */
export interface Place {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  /** Inside `folder`: the files of the databases. */
  readonly cluster: string;
  readonly account: Account;
}

/**
 * Decides who runs PostgreSQL and where its files are. An ordinary user runs it in the wanted
 * folder. PostgreSQL refuses to run as root; root runs it as the owner of the files that are there,
 * and otherwise as `postgres` or `nobody`. Where that account cannot reach the wanted folder
 * (`/root` is closed to others), the files go to `/var/lib/hecha-postgres-<digest of the folder>`,
 * the same for the same wish, and `log` says so.
 *
 * @throws {Error} that says what to do, when the files belong to somebody else or no account will
 * do.
 */
export function findPlace(wanted: string, log: (message: string) => void): Place {
  const folder = resolve(wanted);
  if (process.getuid?.() !== 0) return ownPlace(folder);
  const elsewhere = fallbackFor(folder);
  const account =
    ownerOf(join(folder, 'pgdata')) ?? ownerOf(join(elsewhere, 'pgdata')) ?? unprivilegedAccount();
  makeFolder(folder);
  if (isReachable(folder, account)) return placeAt(folder, account);
  if (existsSync(join(folder, 'pgdata')))
    throw new Error(
      `Account ${account.name} owns the database files in ${folder} and cannot reach them: ` +
        `let it pass through the folders above (chmod o+x).`,
    );
  makeFolder(elsewhere);
  log(`account ${account.name} cannot reach ${folder}; PostgreSQL keeps its files in ${elsewhere}`);
  return placeAt(elsewhere, account);
}

/** Where the files go that the wanted folder cannot take. */
export function fallbackFor(folder: string): string {
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return `/var/lib/hecha-postgres-${digest}`;
}

function ownPlace(folder: string): Place {
  const account = { name: ownName(), uid: process.getuid?.() ?? -1, ids: null };
  makeFolder(folder);
  const place = placeAt(folder, account);
  const owner = uidOf(place.cluster);
  if (owner !== null && owner !== account.uid)
    throw new Error(
      `The database files in ${place.cluster} belong to ${nameOf(owner)} and not to ` +
        `${account.name}. Start as root or as that account, set HECHA_DATA to another folder, ` +
        `or give them away: chown -R ${account.uid} ${folder}`,
    );
  return place;
}

function placeAt(folder: string, account: Account): Place {
  const real = realpathSync(folder);
  return { folder: real, cluster: join(real, 'pgdata'), account };
}

/** PostgreSQL looks its own account up by name when it makes its files. */
function ownName(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new Error(
      `The account that runs this process (uid ${process.getuid?.()}) has no name on this ` +
        'machine, which PostgreSQL needs. Add it to /etc/passwd, or set DATABASE_URL.',
      { cause },
    );
  }
}

function unprivilegedAccount(): Account {
  for (const name of ['postgres', 'nobody']) {
    const row = passwordRows().find(([one]) => one === name);
    if (row !== undefined) return accountOf(name, Number(row[2]), Number(row[3]));
  }
  throw new Error(
    'PostgreSQL does not run as root, and neither of the accounts postgres and nobody exists. ' +
      'Start as an ordinary user, or set DATABASE_URL.',
  );
}

function ownerOf(cluster: string): Account | null {
  const owner = statSync(cluster, { throwIfNoEntry: false });
  if (owner === undefined || owner.uid === 0) return null;
  return accountOf(nameOf(owner.uid), owner.uid, owner.gid);
}

/** Null when it does not exist or lies where this account cannot look. */
function uidOf(path: string): number | null {
  try {
    return statSync(path).uid;
  } catch {
    // Then nothing can be said about whose it is.
    return null;
  }
}

function accountOf(name: string, uid: number, gid: number): Account {
  return { name, uid, ids: { uid, gid } };
}

function nameOf(uid: number): string {
  return passwordRows().find((row) => row[2] === String(uid))?.[0] ?? `uid ${uid}`;
}

function passwordRows(): readonly (readonly string[])[] {
  const text = readFileSync('/etc/passwd', 'utf8');
  return text.split('\n').map((line) => line.split(':'));
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    // Others may pass through, not look: the server's account needs to reach its own folder. Only
    // in a folder that serves nothing else.
    const names = readdirSync(folder);
    if (process.getuid?.() === 0 && (names.length === 0 || names.includes('pgdata')))
      chmodSync(folder, statSync(folder).mode | 0o011);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const owner = uidOf(folder);
    throw new Error(
      `The data folder ${folder} cannot be used by this account` +
        (owner === null ? '. ' : `: it belongs to ${nameOf(owner)}. `) +
        `Start as that account, set HECHA_DATA to another folder, or give it away: ` +
        `chown -R ${process.getuid?.()} ${folder}`,
      { cause },
    );
  }
}

function isReachable(folder: string, { ids }: Account): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], {
    ...(ids ?? {}),
    cwd: '/',
  });
  return probe.status === 0;
}
