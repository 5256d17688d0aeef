import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The account PostgreSQL runs as. `ids` is empty when it is the account of this process. */
export interface Account {
  readonly name: string;
  readonly ids: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

/** PostgreSQL refuses to run as root; then an account without rights takes its place. */
export function accountForPostgres(): Account {
  if (process.getuid?.() !== 0) return { name: String(process.getuid?.() ?? 'user'), ids: {} };
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const row = rows.find(([one]) => one === name);
    if (row !== undefined) return { name, ids: { uid: Number(row[2]), gid: Number(row[3]) } };
  }
  throw new Error(
    'PostgreSQL does not run as root, and neither of the accounts postgres and nobody exists. ' +
      'Start as an ordinary user, or set DATABASE_URL.',
  );
}

/**
 * The folder for the server's files. Where its account cannot reach the wanted one (`/root` is
 * closed to others), a folder under /var/lib that is the same for the same wish.
 */
export function reachableFolder(
  wanted: string,
  account: Account,
  log: (message: string) => void,
): string {
  const folder = resolve(wanted);
  makeFolder(folder);
  if (account.ids.uid === undefined || isReachable(folder, account)) return folder;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const elsewhere = `/var/lib/hecha-postgres-${digest}`;
  makeFolder(elsewhere);
  log(`account ${account.name} cannot reach ${folder}; PostgreSQL keeps its files in ${elsewhere}`);
  return elsewhere;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    // Others may pass through, not look: the server's account needs to reach its own folder.
    chmodSync(folder, 0o711);
  } catch (cause) {
    throw new Error(
      `The folder ${folder} cannot be written by this account. It may belong to another user: ` +
        `set HECHA_DATA to a folder of your own, or change its owner.`,
      { cause },
    );
  }
}

function isReachable(folder: string, { ids }: Account): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], { ...ids, cwd: '/' });
  return probe.status === 0;
}
