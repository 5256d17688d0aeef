import { createHash } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';

import ssh2 from 'ssh2';
import type { AuthContext, Connection } from 'ssh2';

import { serveFiles } from './sftp-files.ts';

/** How the server fails from now on, on connections that are open as well. */
export type SftpFault =
  /** Every connection ends and new ones are refused. */
  | { readonly kind: 'refuse' }
  /** Requests are taken and never answered. */
  | { readonly kind: 'hang' }
  /** No proof is good enough. */
  | { readonly kind: 'unauthorized' }
  /** Another host key than before, on new connections. */
  | { readonly kind: 'other-host' }
  /** Every request of a signed-in user fails. */
  | { readonly kind: 'failing' }
  /** Paths that begin so may not be read. */
  | { readonly kind: 'denied'; readonly path: string }
  /** The connection ends at this many reads from now. */
  | { readonly kind: 'cut'; readonly afterReads: number }
  /** At most this many bytes are sent for a read. */
  | { readonly kind: 'short-reads'; readonly bytes: number }
  /** Names that are listed besides those there are. */
  | { readonly kind: 'names'; readonly names: readonly string[] };

/** An Ed25519 pair, OpenSSH. ssh2 writes a few in a thousand so that nobody can read them. */
export function generateSshKeys(encryption: { passphrase?: string } = {}): {
  readonly public: string;
  readonly private: string;
} {
  const { passphrase } = encryption;
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync(
      'ed25519',
      passphrase === undefined ? {} : { passphrase, cipher: 'aes256-cbc', rounds: 16 },
    );
    if (!(ssh2.utils.parseKey(keys.private, passphrase) instanceof Error)) return keys;
  }
}

export interface SftpServerOptions {
  /** The directory that clients see as `/`. */
  readonly root: string;
  readonly user: string;
  readonly password: string;
  /** Public key of the user, OpenSSH; null where only the password counts. */
  readonly publicKey?: string | null;
}

export interface SftpServer {
  readonly host: string;
  readonly port: number;
  /** As `ssh-keygen -lf` prints it. */
  readonly hostKeySha256: string;
  setFault(fault: SftpFault | null): void;
  /** Passwords and keys that were offered since it started. */
  proofsOffered(): number;
  /** Requests of signed-in users since it started. */
  requestsReceived(): number;
  openConnections(): number;
  /** May be called twice. */
  stop(): Promise<void>;
}

/** An SFTP server on 127.0.0.1. */
export async function startSftpServer(options: SftpServerOptions): Promise<SftpServer> {
  const keys = [generateSshKeys(), generateSshKeys()];
  let fault: SftpFault | null = null;
  let proofs = 0;
  let requests = 0;
  const sockets = new Set<Socket>();
  const accept = (context: AuthContext): void => {
    if (context.method === 'none') {
      context.reject(['password', 'publickey']);
      return;
    }
    proofs += 1;
    if (fault?.kind === 'unauthorized' || !isProven(context, options)) context.reject();
    else context.accept();
  };
  const servers = keys.map(({ private: key }) => {
    const server = new ssh2.Server({ hostKeys: [key] });
    server.on('connection', (client: Connection) => {
      client.on('authentication', accept);
      client.on('error', () => {
        // A client that leaves in the middle is what this server is there for.
      });
      client.on('session', (takeSession) => {
        takeSession().on('sftp', (takeSftp) => {
          serveFiles(takeSftp(), {
            root: options.root,
            fault: () => fault,
            count: () => (requests += 1),
            cut: () => sockets.forEach((socket) => socket.destroy()),
          });
        });
      });
    });
    return server;
  });
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (fault?.kind === 'refuse') socket.destroy();
    else servers[fault?.kind === 'other-host' ? 1 : 0]?.injectSocket(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (listener.address() as AddressInfo).port,
    hostKeySha256: fingerprint(keys[0]?.public ?? ''),
    setFault(next) {
      fault = next;
      if (next?.kind === 'refuse') sockets.forEach((socket) => socket.destroy());
    },
    proofsOffered: () => proofs,
    requestsReceived: () => requests,
    openConnections: () => sockets.size,
    stop: () =>
      new Promise((resolve) => {
        sockets.forEach((socket) => socket.destroy());
        listener.close(() => resolve());
      }),
  };
}

function isProven(context: AuthContext, options: SftpServerOptions): boolean {
  if (context.username !== options.user) return false;
  if (context.method === 'password') return context.password === options.password;
  if (context.method !== 'publickey' || typeof options.publicKey !== 'string') return false;
  const known = ssh2.utils.parseKey(options.publicKey);
  if (known instanceof Error || !context.key.data.equals(known.getPublicSSH())) return false;
  const { blob, signature, hashAlgo } = context;
  if (blob === undefined || signature === undefined) return true;
  return known.verify(blob, signature, hashAlgo);
}

function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}`;
}
