import { lookup } from 'node:dns/promises';
import { realpath } from 'node:fs/promises';
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
  /**
   * The real path of a directory of the hub's own machine, links resolved.
   *
   * @throws {HubError} SOURCE_UNREACHABLE with hop HUB and reason EGRESS_DENIED or NO_DIRECTORY.
   */
  openDirectory(path: string): Promise<string>;
}

/** Every address a name has, by the resolver of the system. @throws {HubError} reason DNS. */
export async function resolveBySystem(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'DNS' }, cause);
  }
}

/** Without zones, every address may be connected to: for tests, and never in a hub. */
export const OPEN_NETWORK: Network = {
  async resolve({ host }) {
    const [address = host] = isIP(host) === 0 ? await resolveBySystem(host) : [host];
    return { address, family: isIP(address) === 6 ? 6 : 4 };
  },
  openDirectory: (path) => realpath(path),
};
