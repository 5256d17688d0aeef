import { realpath } from 'node:fs/promises';
import { isIP } from 'node:net';
import { sep } from 'node:path';

import ipaddr from 'ipaddr.js';

import type { HubError } from '../errors.ts';
import { sourceFault } from './fault.ts';
import { resolveBySystem, type Network, type Origin, type Protocol } from './network.ts';

/** Where sources may be, as the deployment allows it: out of reach of operators. */
export interface EgressZone {
  readonly name: string;
  /** Address blocks, e.g. `10.20.0.0/16`, `fd00:1::/64`. */
  readonly blocks: readonly string[];
  readonly ports: readonly number[];
  readonly protocols: readonly Protocol[];
}

/** What a network is opened with. */
export interface Egress {
  readonly zones: readonly EgressZone[];
  /** Directories below which file drops may lie. */
  readonly directories: readonly string[];
  /** For a demo on one machine: reaches loopback besides the zones. Never in a real hub. */
  readonly allowsLoopback: boolean;
  /** Address and port of the hub's own listeners and its database; never reached. */
  readonly own: readonly { readonly address: string; readonly port: number }[];
  /** Resolves names; the system's by default. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Ranges no source of record lies in, whatever a zone says: `Address.range()` of ipaddr.js. */
const NEVER: readonly string[] = [
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'reserved',
  'benchmarking',
  'amt',
  'as112',
  'deprecatedOrchid',
  'orchid2',
  'droneRemoteIdProtocolEntityTags',
  'discard',
  'rfc6145',
  'rfc6052',
  '6to4',
  'teredo',
  'as112v6',
  'segmentRouting',
  'deprecatedSiteLocal',
];

/**
 * A network that reaches what a zone allows, judged on the address it really connects to.
 *
 * @throws {Error} for a block that is none.
 */
export function createNetwork(egress: Egress): Network {
  const zones = egress.zones.map((zone) => ({
    ...zone,
    blocks: zone.blocks.map((block) => ipaddr.parseCIDR(block)),
  }));
  const resolveName = egress.resolve ?? resolveBySystem;

  function isAllowed(address: Address, { port, protocol }: Origin): boolean {
    const range = address.range();
    if (NEVER.includes(range)) return false;
    if (range === 'loopback') return egress.allowsLoopback;
    const text = address.toString();
    if (egress.own.some((one) => one.port === port && isSame(one.address, text))) return false;
    return zones.some(
      (zone) =>
        zone.ports.includes(port) &&
        zone.protocols.includes(protocol) &&
        zone.blocks.some(
          ([block, bits]) => block.kind() === address.kind() && address.match(block, bits),
        ),
    );
  }

  return {
    async resolve(origin) {
      const addresses = isIP(origin.host) === 0 ? await resolveName(origin.host) : [origin.host];
      const [first, ...others] = addresses.map(parseAddress);
      if (first === undefined) throw denied();
      // One forbidden address among several is a name that must not be trusted.
      const isAll = [first, ...others].every((one) => one !== null && isAllowed(one, origin));
      if (first === null || !isAll) throw denied();
      return { address: first.toString(), family: first.kind() === 'ipv6' ? 6 : 4 };
    },
    async openDirectory(path) {
      const real = await realpath(path).catch(() => null);
      if (real === null)
        throw sourceFault('SOURCE_UNREACHABLE', { hop: 'HUB', reason: 'NO_DIRECTORY' });
      const roots = await Promise.all(
        egress.directories.map((root) => realpath(root).catch(() => null)),
      );
      const isInside = roots.some(
        (root) => root !== null && (real === root || real.startsWith(`${root}${sep}`)),
      );
      if (!isInside) throw denied();
      return real;
    },
  };
}

/** Null for what is no address, and for one that carries another inside. */
function parseAddress(text: string): Address | null {
  // A scope (`fe80::1%eth0`) names an interface of this machine.
  if (text.includes('%') || isIP(text) === 0) return null;
  const address = ipaddr.parse(text);
  return address.range() === 'ipv4Mapped' ? null : address;
}

function isSame(one: string, other: string): boolean {
  return isIP(one) !== 0 && ipaddr.parse(one).toString() === other;
}

function denied(): HubError {
  return sourceFault('SOURCE_UNREACHABLE', { hop: 'HUB', reason: 'EGRESS_DENIED' });
}
