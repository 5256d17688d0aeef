import type {
  CallContext,
  Capability,
  CapabilityName,
  Connector,
  KeyResult,
} from '../../../src/connector-kit/connector.ts';
import type { PushDesk } from '../../../src/connector-kit/push.ts';
import type { Holdings, ScanPage } from '../../../src/connector-kit/scan.ts';

/** A look-up without the types of its keys and records. */
export type Ask = (
  keys: readonly unknown[],
  call: CallContext,
) => Promise<readonly KeyResult<unknown>[]>;

/** Every look-up goes through this. */
export function spoilLookups(
  lookup: (
    ask: Ask,
    keys: readonly unknown[],
    call: CallContext,
  ) => Promise<readonly KeyResult<unknown>[]>,
): (connector: Connector) => Connector {
  return (connector) => {
    const spoiled = Object.entries(connector.capabilities).map(([name, good]) => {
      const capability = good as unknown as Capability<CapabilityName>;
      const ask: Ask = (keys, call) => capability.lookup(keys as never, call);
      return [
        name,
        {
          ...capability,
          lookup: (keys: readonly unknown[], call: CallContext) => lookup(ask, keys, call),
        },
      ];
    });
    return { ...connector, capabilities: Object.fromEntries(spoiled) as never };
  };
}

/** Every scan goes through this. */
export function spoilScan(
  scan: (good: Holdings['scan'], ...asked: Parameters<Holdings['scan']>) => AsyncIterable<ScanPage>,
): (connector: Connector) => Connector {
  return (connector) => {
    const { holdings } = connector;
    if (holdings === null) return connector;
    return {
      ...connector,
      holdings: { ...holdings, scan: (...asked) => scan(holdings.scan, ...asked) },
    };
  };
}

/** Some of what a desk does is replaced. */
export function spoilDesk(
  spoil: (desk: PushDesk<'credit.commitment'>) => Partial<PushDesk<'credit.commitment'>>,
): (connector: Connector) => Connector {
  return (connector) => {
    const desk = connector.push?.['credit.commitment'];
    if (desk === undefined) return connector;
    return { ...connector, push: { 'credit.commitment': { ...desk, ...spoil(desk) } } };
  };
}
