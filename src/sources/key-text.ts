import type { Capabilities, CapabilityName } from '../connector-kit/connector.ts';

/**
 * One text for one question, whatever the order in which the fields of the key were written. It
 * is personal data: digest it, never store or log it.
 */
export function keyText(capability: CapabilityName, key: Capabilities[CapabilityName]['key']) {
  return JSON.stringify([capability, sorted(key)]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const);
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
