import type { Capability, CapabilityName, Connector } from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';

/**
 * A connector that asks once more with the credentials before, while both versions are live and
 * the source does not accept the newer ones yet. Only what may be asked twice is asked twice.
 */
export function withFallback(newer: Connector, older: Connector): Connector {
  const capabilities = Object.fromEntries(
    Object.entries(newer.capabilities).map(([name, capability]) => {
      const former = older.capabilities[name as CapabilityName];
      const both = [capability, former] as [AnyCapability, AnyCapability | undefined];
      return [name, either(...both)];
    }),
  ) as Connector['capabilities'];
  return {
    ...newer,
    capabilities,
    async close() {
      await Promise.all([newer.close(), older.close()]);
    },
  };
}

type AnyCapability = Capability<CapabilityName>;

function either(newer: AnyCapability, older: AnyCapability | undefined): AnyCapability {
  if (older === undefined || !newer.idempotent) return newer;
  return {
    ...newer,
    async lookup(keys, call) {
      try {
        return await newer.lookup(keys, call);
      } catch (error) {
        const isRefused = error instanceof HubError && error.code === 'SOURCE_UNAUTHORIZED';
        if (!isRefused || call.signal.aborted) throw error;
        return older.lookup(keys, call);
      }
    },
  };
}
