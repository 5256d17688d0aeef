import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

import { sourceFault } from './fault.ts';

/** What a connector speaks to a place. */
export type Protocol = 'http' | 'https' | 'postgresql' | 'mysql' | 'sftp' | 'file';

/** A place a source is reached at. */
export interface Origin {
  readonly protocol: Protocol;
  /** Lower case, without brackets. A directory, where the protocol is `file`. */
  readonly host: string;
  /** 0 where the protocol has none. */
  readonly port: number;
}

/** The way out of the hub. */
export interface Network {
  /**
   * The address to connect to, judged after the name was resolved. Connect to exactly this
   * address: resolving again may give another.
   *
   * @throws {HubError} SOURCE_UNREACHABLE with hop HUB and reason EGRESS_DENIED, or hop NETWORK
   * and reason DNS.
   */
  resolve(origin: Origin): Promise<{ readonly address: string; readonly family: 4 | 6 }>;
  /** A directory of the hub's own machine. @throws {HubError} EGRESS_DENIED. */
  openDirectory(path: string): Promise<string>;
}

/** A network without zones: every address may be connected to. */
export const OPEN_NETWORK: Network = {
  async resolve({ host }) {
    const literal = isIP(host);
    if (literal !== 0) return { address: host, family: literal === 6 ? 6 : 4 };
    try {
      const { address, family } = await lookup(host);
      return { address, family: family === 6 ? 6 : 4 };
    } catch (cause) {
      throw sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'DNS' }, cause);
    }
  },
  openDirectory: (path) => Promise.resolve(path),
};
