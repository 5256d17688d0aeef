import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import mysql from 'mysql2/promise';

const SERVER = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/usr/local/bin/mariadbd'];
const START_MS_MAX = 60_000;
const ADMIN = { user: 'twin_admin', password: 'synthetic-admin-password' };

/** A MariaDB of one test file, as a login that may do everything. */
export interface MariadbServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Runs statements as that login. */
  administer(...statements: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Certificate and key of the server, PEM. */
export interface MariadbTls {
  readonly certPem: string;
  readonly keyPem: string;
}

/**
 * Why tests that need MariaDB are skipped here. Null where there is one, and in CI, where a
 * server that is missing must not go unnoticed.
 */
export function whyNoMariadb(): string | null {
  const isThere = SERVER.some((path) => existsSync(path));
  return isThere || process.env['CI'] === 'true' ? null : 'no mariadbd on this machine';
}

/** Starts a server in a folder of its own on a free port; it ends with this process. */
export async function startMariadb(tls: MariadbTls | null = null): Promise<MariadbServer> {
  const server = SERVER.find((path) => existsSync(path));
  if (server === undefined) throw new Error('There is no mariadbd on this machine.');
  const folder = mkdtempSync(join(tmpdir(), 'hecha-mariadb-'));
  chmodSync(folder, 0o711);
  install(folder);
  const port = await findFreePort();
  const child = spawn(server, listOptions(folder, port, tls), { stdio: 'ignore' });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', kill);
    await endProcess(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const login = { host: '127.0.0.1', port, ...ADMIN };
  try {
    await waitUntilUp(login, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...login, administer: (...statements) => administer(login, statements), stop };
}

function install(folder: string): void {
  const { status, stderr } = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${join(folder, 'files')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...ownUser(),
    ],
    // Two that install at once would take each other's temporary tables away.
    { encoding: 'utf8', env: { ...process.env, TMPDIR: folder } },
  );
  if (status !== 0) throw new Error(`mariadb-install-db failed: ${stderr}`);
}

/** Root has to say that it means to run the server as root. */
function ownUser(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

function listOptions(folder: string, port: number, tls: MariadbTls | null): readonly string[] {
  const init = join(folder, 'init.sql');
  const { user, password } = ADMIN;
  writeFileSync(
    init,
    `create user '${user}'@'%' identified by '${password}';\ngrant all on *.* to '${user}'@'%' with grant option;\n`,
  );
  const certificates =
    tls === null
      ? []
      : [
          `--ssl-cert=${keepFile(folder, 'cert.pem', tls.certPem)}`,
          `--ssl-key=${keepFile(folder, 'key.pem', tls.keyPem)}`,
        ];
  return [
    '--no-defaults',
    `--datadir=${join(folder, 'files')}`,
    `--port=${port}`,
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    `--init-file=${init}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--character-set-server=utf8mb4',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-buffer-pool-size=128M',
    ...certificates,
    ...ownUser(),
  ];
}

function keepFile(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

type Login = { readonly host: string; readonly port: number } & typeof ADMIN;

async function waitUntilUp(login: Login, child: ChildProcess): Promise<void> {
  const endsAt = performance.now() + START_MS_MAX;
  for (;;) {
    try {
      await administer(login, ['select 1']);
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > endsAt) throw error;
      await delay(100);
    }
  }
}

async function administer(login: Login, statements: readonly string[]): Promise<void> {
  const connection = await mysql.createConnection({ ...login, connectTimeout: 5_000 });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}

/** Nothing in it is worth an orderly end. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
