import type { Statement, TextRow } from './statement.ts';

/** Where and as whom to sign in. `address` is the judged one; `host` is whom TLS must prove. */
export interface WireTarget {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Null for a plain connection. */
  readonly tls: { readonly caPem: string | null } | null;
  readonly connectTimeoutMs: number;
}

/** One connection to a database, signed in. Errors are those of the driver. */
export interface Wire {
  /** How the server numbers the connection, for ending it from another one. Digits only. */
  readonly id: string;
  /** MariaDB and MySQL differ in names of settings; both speak one protocol. */
  readonly isMariaDb: boolean;
  /** False once the connection is of no further use. */
  isUsable(): boolean;
  /** Bytes received so far. */
  bytesRead(): number;
  /** One prepared statement; its values travel apart from it. */
  run(statement: Statement): Promise<readonly TextRow[]>;
  /** A fixed statement that cannot be prepared, such as `begin`. */
  command(text: string): Promise<void>;
  /** Signs off. */
  end(): Promise<void>;
  /** Drops the socket at once. */
  destroy(): void;
}

/** Signs in. Aborting drops the socket. */
export type Connect = (target: WireTarget, signal: AbortSignal) => Promise<Wire>;

/** Names the hub to whoever looks at the sessions of the server. */
export const APPLICATION_NAME = 'hecha';

const KEEP_ALIVE_MS = 10_000;

/** Keeps a silent connection from being forgotten by firewalls on the way. */
export const KEEP_ALIVE = { enabled: true, initialDelayMs: KEEP_ALIVE_MS } as const;

/** A cell as text: what was selected as text comes as text, counts come as numbers. */
export function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new TypeError('A statement selected what is no text.');
}
