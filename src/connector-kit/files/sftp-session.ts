import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';

import ssh2 from 'ssh2';
import type { Client, ConnectConfig, SFTPWrapper } from 'ssh2';

import { HubError } from '../../errors.ts';
import { integrityFault, sourceFault } from '../fault.ts';
import { readNetworkError, timeoutFault } from '../network-fault.ts';
import type { Network, Origin } from '../network.ts';

/** Whom an SFTP place is reached as, and by which keys its host is known. */
export interface SftpAccount {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** SHA-256 of the host's public keys as `ssh-keygen -lf` prints them: `SHA256:…`. */
  readonly hostKeys: readonly string[];
  readonly password: string | null;
  /** Private key in PEM or OpenSSH form; null where the password is the only proof. */
  readonly privateKey: string | null;
  readonly passphrase: string | null;
}

/** A connection on which SFTP is spoken. */
export interface SftpSession {
  /** One request. @throws {HubError} the fault that the answer, or its absence, amounts to. */
  ask<T>(run: (sftp: SFTPWrapper, done: SftpDone<T>) => void): Promise<T>;
  /** As `ask`, where the end of a file or a listing is an answer: null. */
  askOrEnd<T>(run: (sftp: SFTPWrapper, done: SftpDone<T>) => void): Promise<T | null>;
  close(): Promise<void>;
}

export type SftpDone<T> = (error: Error | null | undefined, value: T) => void;

/** The place of an account, as an egress zone names it. */
export function sftpOrigin({ host, port }: Pick<SftpAccount, 'host' | 'port'>): Origin {
  return { protocol: 'sftp', host: host.toLowerCase().replace(/^\[|\]$/gu, ''), port };
}

/** Why a private key cannot be used; null where it can. */
export function judgePrivateKey(privateKey: string, passphrase: string | null): string | null {
  const parsed = ssh2.utils.parseKey(privateKey, passphrase ?? undefined);
  if (parsed instanceof Error) return 'PRIVATE_KEY';
  const [key] = [parsed].flat();
  return key?.isPrivateKey() === true ? null : 'PRIVATE_KEY';
}

/**
 * Connects to exactly the address that the network judged, makes sure of the host's key before
 * any credential is sent, and signs in. At the deadline the socket is destroyed.
 *
 * @throws {HubError} SOURCE_UNREACHABLE; SOURCE_INTEGRITY_FAILED reason HOST_KEY;
 * SOURCE_UNAUTHORIZED reason LOGIN; SOURCE_TIMEOUT.
 */
export async function openSftpSession(
  deps: { readonly network: Network; readonly account: SftpAccount },
  signal: AbortSignal,
): Promise<SftpSession> {
  if (signal.aborted) throw timeoutFault();
  const { address, family } = await deps.network.resolve(sftpOrigin(deps.account));
  const { port } = deps.account;
  // Without noDelay, small packets wait for acknowledgements: a hundred times slower.
  const socket = connect({ host: address, port, family, noDelay: true });
  const client = new ssh2.Client();
  const line = watchLine({ client, socket, signal });
  try {
    await line.until(signIn({ client, socket, account: deps.account }));
    const sftp = await line.until(
      new Promise<SFTPWrapper>((resolve, reject) => {
        client.sftp((error, value) => {
          if (error) reject(sourceFault('SOURCE_UNREACHABLE', noSftp(), error));
          else resolve(value);
        });
      }),
    );
    sftp.on('error', (error: unknown) => line.fail(readSshError(error)));
    return createSession({ client, socket, sftp, line });
  } catch (error) {
    line.fail(timeoutFault());
    client.destroy();
    socket.destroy();
    throw error;
  }
}

interface Line {
  /** The promise, or the fault by which the line broke before it was kept. */
  until<T>(promise: Promise<T>): Promise<T>;
  fail(fault: HubError): void;
}

function watchLine(deps: {
  readonly client: Client;
  readonly socket: Socket;
  readonly signal: AbortSignal;
}): Line {
  let fail: (fault: HubError) => void = () => undefined;
  const broken = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  // Whoever waits is told by `until`; a line that breaks while nobody waits breaks silently.
  broken.catch(() => undefined);
  const expire = (): void => {
    fail(timeoutFault());
    deps.client.destroy();
    deps.socket.destroy();
  };
  deps.signal.addEventListener('abort', expire, { once: true });
  deps.socket.once('close', () => {
    deps.signal.removeEventListener('abort', expire);
    fail(sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'RESET' }));
  });
  deps.socket.on('error', (error) => fail(readSshError(error)));
  deps.client.on('error', (error) => fail(readSshError(error)));
  return { until: (promise) => Promise.race([promise, broken]), fail };
}

function signIn(deps: {
  readonly client: Client;
  readonly socket: Socket;
  readonly account: SftpAccount;
}): Promise<void> {
  const { account, client, socket } = deps;
  return new Promise((resolve, reject) => {
    client.once('ready', () => resolve());
    const { password, privateKey, passphrase } = account;
    const config: ConnectConfig = {
      sock: socket,
      username: account.user,
      // The deadline of the call is the only clock here.
      readyTimeout: 0,
      hostVerifier: (key: Buffer) => {
        const isKnown = account.hostKeys.includes(fingerprintOf(key));
        if (!isKnown) reject(integrityFault('HOST_KEY'));
        return isKnown;
      },
      ...(password === null ? {} : { password }),
      ...(privateKey === null ? {} : { privateKey }),
      ...(passphrase === null ? {} : { passphrase }),
    };
    client.connect(config);
  });
}

/** SHA-256 of a public host key, as `ssh-keygen -lf` prints it. */
export function fingerprintOf(key: Uint8Array): string {
  const digest = createHash('sha256').update(key).digest('base64').replace(/=+$/u, '');
  return `SHA256:${digest}`;
}

const END_OF_FILE = 1;
const STATUS_FAULTS: Readonly<
  Record<number, readonly [Parameters<typeof sourceFault>[0], string]>
> = {
  2: ['SOURCE_UNREACHABLE', 'NO_FILE'],
  3: ['SOURCE_UNAUTHORIZED', 'DENIED'],
  8: ['SOURCE_UNSUPPORTED', 'SFTP_OPERATION'],
};

function createSession(deps: {
  readonly client: Client;
  readonly socket: Socket;
  readonly sftp: SFTPWrapper;
  readonly line: Line;
}): SftpSession {
  const { client, socket, sftp, line } = deps;
  const askOrEnd = <T>(run: (sftp: SFTPWrapper, done: SftpDone<T>) => void): Promise<T | null> =>
    line.until(
      new Promise<T | null>((resolve, reject) => {
        run(sftp, (error, value) => {
          if (error === null || error === undefined) resolve(value);
          else if (statusOf(error) === END_OF_FILE) resolve(null);
          else reject(readStatus(error));
        });
      }),
    );
  return {
    askOrEnd,
    async ask(run) {
      const value = await askOrEnd(run);
      if (value === null)
        throw sourceFault('SOURCE_MALFORMED', { ...noSftp(), reason: 'SFTP_END' });
      return value;
    },
    async close() {
      if (socket.closed) return;
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      client.end();
      // A peer that does not read any more must not keep the hub waiting.
      socket.destroy();
      await closed;
    },
  };
}

function statusOf(error: Error): number | null {
  const code: unknown = 'code' in error ? error.code : null;
  return typeof code === 'number' ? code : null;
}

function readStatus(error: Error): HubError {
  const status = statusOf(error);
  const [code, reason] = STATUS_FAULTS[status ?? -1] ?? ['SOURCE_UNREACHABLE', 'SFTP_FAILURE'];
  return sourceFault(code, { hop: 'SOURCE', reason }, error);
}

/** An error of the handshake, the login or the socket; their levels are ssh2's own words. */
function readSshError(error: unknown): HubError {
  const level = typeof error === 'object' && error !== null && 'level' in error ? error.level : '';
  if (level === 'client-authentication') {
    return sourceFault('SOURCE_UNAUTHORIZED', { hop: 'SOURCE', reason: 'LOGIN' });
  }
  const network = readNetworkError(error);
  if (network !== null) return network;
  return sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'SSH' }, error);
}

function noSftp(): { readonly hop: 'SOURCE'; readonly reason: string } {
  return { hop: 'SOURCE', reason: 'NO_SFTP' };
}
