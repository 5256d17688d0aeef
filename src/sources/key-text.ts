import type { Capabilities, CapabilityName } from '../connector-kit/connector.ts';
import { canonicalJson } from '../model/canonical-json.ts';

/**
 * One text for one question, whatever the order in which the fields of the key were written. It
 * is personal data: digest it, never store or log it.
 */
export function keyText(capability: CapabilityName, key: Capabilities[CapabilityName]['key']) {
  return canonicalJson([capability, key]);
}
